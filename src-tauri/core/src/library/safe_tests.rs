//! The answer for every kind of doubt.

use proptest::prelude::*;
use waypost_wire::SafeVerdict::{NotKnown, NotSafe, Safe};

use super::*;

fn asked_about(files: &[Evidence]) -> Known<'static> {
    Known {
        files: files
            .iter()
            .map(|evidence| (Path::new("G0010001.JPG"), *evidence))
            .collect(),
        asked_at_ms: Some(7),
        ..Known::default()
    }
}

#[test]
fn only_files_that_were_all_seen_are_safe_to_delete() {
    let answer = judge(&asked_about(&[Evidence::Seen, Evidence::Seen]));
    assert_eq!(answer.verdict, Safe);
    assert_eq!(answer.reasons, [SafeReason::AllSeen { file_count: 2 }]);
    assert_eq!(
        (answer.seen_count, answer.open_count, answer.asked_at_ms),
        (2, 0, Some(7))
    );
}

#[test]
fn one_file_that_is_missing_at_mapillary_makes_the_answer_no_and_is_named() {
    let answer = judge(&asked_about(&[Evidence::Seen, Evidence::NotSeen]));
    assert_eq!(answer.verdict, NotSafe);
    assert_eq!(answer.reasons, [SafeReason::NotSeen { file_count: 1 }]);
    assert_eq!(answer.files[0].path, "G0010001.JPG");
    assert_eq!(answer.files[0].why, "not_seen");
}

#[test]
fn each_kind_of_doubt_has_its_answer() {
    for (evidence, verdict) in [
        (Evidence::ChangedSince, NotSafe),
        (Evidence::NeverSent, NotSafe),
        (Evidence::NotKnown, NotSafe),
        (Evidence::NotTaken, NotSafe),
        (Evidence::NotSeen, NotSafe),
        (Evidence::NotSeenYet, NotKnown),
        (Evidence::CannotBeRead, NotKnown),
        (Evidence::VideoNotKept, NotKnown),
    ] {
        assert_eq!(
            judge(&asked_about(&[Evidence::Seen, evidence])).verdict,
            verdict,
            "{evidence:?}"
        );
    }
}

#[test]
fn nothing_a_zip_made_elsewhere_and_silence_are_no_evidence() {
    assert_eq!(judge(&asked_about(&[])).verdict, NotKnown);
    let seen = asked_about(&[Evidence::Seen]);
    let zip = Known {
        in_ready_zip: true,
        ..seen.clone()
    };
    assert_eq!(judge(&zip).verdict, NotKnown);
    let never_asked = Known {
        asked_at_ms: None,
        ..seen
    };
    assert_eq!(judge(&never_asked).verdict, NotKnown);
    assert_eq!(judge(&never_asked).reasons, [SafeReason::NeverAsked]);
}

proptest! {
    #[test]
    fn safe_is_never_said_of_anything_but_files_that_were_all_seen(
        picks in proptest::collection::vec(0..Evidence::ALL.len(), 0..20),
        asked in any::<bool>(),
        in_ready_zip in any::<bool>(),
    ) {
        let evidence: Vec<Evidence> = picks.into_iter().map(|pick| Evidence::ALL[pick]).collect();
        let known = Known {
            asked_at_ms: asked.then_some(1),
            in_ready_zip,
            ..asked_about(&evidence)
        };
        let answer = judge(&known);
        let all_seen = !evidence.is_empty() && evidence.iter().all(|its| *its == Evidence::Seen);
        prop_assert_eq!(answer.verdict == Safe, all_seen && asked && !in_ready_zip);
        prop_assert_eq!(answer.seen_count + answer.open_count, answer.file_count);
    }
}
