//! What the answers of the service mean: for one upload, and for a finish that was never answered.

use waypost_core::follow::evidence::{Asked, Finding, find};
use waypost_core::follow::judge::{FeedAnswer, Judgement, Subject, Visible, judge, pause_ms};
use waypost_core::journal::FollowFacts;
use waypost_core::state::Event;
use waypost_core::upload::FollowSettings;
use waypost_mapillary::{ClusterId, FeedNode, Stage};
use waypost_wire::StageState;

const NOW_MS: i64 = 1_790_000_000_000;
const HOUR_MS: i64 = 3_600_000;

fn node() -> FeedNode {
    FeedNode {
        cluster_id: ClusterId("42".into()),
        kind: Some("UPLOAD".into()),
        created_at_s: Some(NOW_MS / 1_000),
        captured_at_s: Some(1_780_000_000),
        item_count: None,
        image_id: None,
        thumb_url: None,
        overall: Some(Stage::Started),
        initial_processing: Some(Stage::InProgress),
        anonymization: Some(Stage::Finished),
        tiler: Some(Stage::Finished),
        error_code: None,
        timezone: None,
    }
}

fn visible(count: u64) -> Visible {
    Visible {
        count,
        links: Vec::new(),
    }
}

fn judged(before: &FollowFacts, feed: &FeedAnswer, visible: Option<Visible>) -> Judgement {
    let subject = Subject {
        image_count: 10,
        taken_at_ms: NOW_MS - HOUR_MS,
    };
    judge(before, subject, feed, visible, NOW_MS, &FollowSettings::service())
}

fn listed(change: impl FnOnce(&mut FeedNode)) -> FeedAnswer {
    let mut node = node();
    change(&mut node);
    FeedAnswer::Listed(Box::new(node))
}

#[test]
fn finished_stages_without_a_visible_image_are_not_published() {
    let all_finished = listed(|node| {
        node.overall = Some(Stage::Finished);
        node.initial_processing = Some(Stage::Finished);
    });
    let judgement = judged(&FollowFacts::default(), &all_finished, Some(visible(0)));
    assert_eq!(judgement.event, Some(Event::SeenProcessing));
}

#[test]
fn a_part_that_is_visible_is_counted_and_not_called_published() {
    let judgement = judged(&FollowFacts::default(), &listed(|_| {}), Some(visible(4)));
    assert_eq!(judgement.event, Some(Event::SeenProcessing));
    assert_eq!(judgement.facts.visible_count, Some(4));
    let judgement = judged(&judgement.facts, &FeedAnswer::Unknown, Some(visible(10)));
    assert_eq!(judgement.event, Some(Event::SeenPublished));
    assert_eq!(judgement.facts.next_ask_at_ms, None, "nothing more is to be asked");
}

#[test]
fn what_is_visible_is_asked_about_until_the_last_stage_or_for_three_days() {
    let judgement = judged(&FollowFacts::default(), &listed(|_| {}), Some(visible(10)));
    assert_eq!(judgement.event, Some(Event::SeenPublished));
    assert!(judgement.facts.next_ask_at_ms.is_some(), "the map comes later");
    let finished = listed(|node| node.overall = Some(Stage::Finished));
    let judgement = judged(&judgement.facts, &finished, Some(visible(10)));
    assert_eq!(judgement.facts.next_ask_at_ms, None);
    let old = Subject {
        image_count: 10,
        taken_at_ms: NOW_MS - 73 * HOUR_MS,
    };
    let settings = FollowSettings::service();
    let judgement = judge(
        &FollowFacts::default(),
        old,
        &listed(|_| {}),
        Some(visible(10)),
        NOW_MS,
        &settings,
    );
    assert_eq!(
        judgement.facts.next_ask_at_ms, None,
        "stages can stand still for months"
    );
}

#[test]
fn images_that_the_service_left_out_do_not_keep_an_upload_open_for_ever() {
    let done = listed(|node| {
        node.overall = Some(Stage::Finished);
        node.image_id = Some("1".into());
    });
    let first = judged(&FollowFacts::default(), &done, Some(visible(8)));
    assert_eq!(first.event, Some(Event::SeenProcessing), "more may be on its way");
    let second = judged(&first.facts, &done, Some(visible(8)));
    assert_eq!(second.event, Some(Event::SeenPublished));
}

#[test]
fn words_that_nobody_knows_are_kept_as_they_came() {
    let odd = listed(|node| {
        node.overall = Some(Stage::Other("DREAMING".into()));
        node.tiler = None;
    });
    let judgement = judged(&FollowFacts::default(), &odd, Some(visible(0)));
    let states: Vec<_> = judgement
        .facts
        .stages
        .iter()
        .map(|stage| (stage.name.as_str(), &stage.state))
        .collect();
    assert_eq!(states[0], ("processing_status", &StageState::Other("DREAMING".into())));
    assert_eq!(states[3], ("tiler_status", &StageState::Unknown));
    assert_eq!(judgement.event, Some(Event::SeenProcessing));
}

#[test]
fn a_failure_is_named_in_the_services_words_but_not_while_images_can_be_seen() {
    let failed = listed(|node| node.anonymization = Some(Stage::Failed));
    let judgement = judged(&FollowFacts::default(), &failed, Some(visible(0)));
    assert!(matches!(judgement.event, Some(Event::SeenFailed { .. })));
    assert_eq!(judgement.failure.as_deref(), Some("anonymization_status FAILED"));

    let failed_but_seen = listed(|node| {
        node.anonymization = Some(Stage::Failed);
        node.image_id = Some("1".into());
    });
    let judgement = judged(&FollowFacts::default(), &failed_but_seen, Some(visible(3)));
    assert_eq!(judgement.event, Some(Event::SeenProcessing));

    let coded = listed(|node| node.error_code = Some("TOO_DARK".into()));
    let judgement = judged(&FollowFacts::default(), &coded, Some(visible(0)));
    assert_eq!(judgement.failure.as_deref(), Some("error_code TOO_DARK"));
}

#[test]
fn only_what_was_listed_and_vanished_several_times_is_lost() {
    let never_listed = (0..20).fold(FollowFacts::default(), |facts, _| {
        let judgement = judged(&facts, &FeedAnswer::NotListed, Some(visible(0)));
        assert_eq!(judgement.event, None, "unknown is not lost");
        judgement.facts
    });
    assert!(!never_listed.was_listed);

    let mut facts = judged(&FollowFacts::default(), &listed(|_| {}), Some(visible(0))).facts;
    let misses = FollowSettings::service().lost_after_misses;
    for _ in 1..misses {
        let judgement = judged(&facts, &FeedAnswer::NotListed, Some(visible(0)));
        assert_eq!(judgement.event, None, "silence is not lost, and no sign of life");
        facts = judgement.facts;
    }
    // A feed that was not read to its end tells nothing either way.
    facts = judged(&facts, &FeedAnswer::Unknown, Some(visible(0))).facts;
    let seen = judged(&facts, &FeedAnswer::NotListed, Some(visible(2)));
    assert_eq!(seen.event, Some(Event::SeenProcessing), "what can be seen is not lost");
    assert_eq!(
        judged(&facts, &FeedAnswer::NotListed, Some(visible(0))).event,
        Some(Event::SeenLost)
    );
}

#[test]
fn overdue_is_a_flag_and_no_failure() {
    let settings = FollowSettings::service();
    for (hours, is_overdue) in [(71, false), (72, true), (24 * 13, true)] {
        let subject = Subject {
            image_count: 10,
            taken_at_ms: NOW_MS - hours * HOUR_MS,
        };
        let before = FollowFacts::default();
        let judgement = judge(&before, subject, &listed(|_| {}), Some(visible(0)), NOW_MS, &settings);
        assert_eq!(judgement.facts.overdue, is_overdue, "{hours} hours");
        assert_eq!(judgement.event, Some(Event::SeenProcessing));
        assert!(judgement.facts.next_ask_at_ms.is_some());
    }
    let subject = Subject {
        image_count: 10,
        taken_at_ms: NOW_MS - 15 * 24 * HOUR_MS,
    };
    let judgement = judge(
        &FollowFacts::default(),
        subject,
        &listed(|_| {}),
        Some(visible(0)),
        NOW_MS,
        &settings,
    );
    assert_eq!(
        judgement.facts.next_ask_at_ms, None,
        "some day nothing is asked any more"
    );
    assert_eq!(judgement.event, Some(Event::SeenProcessing));
}

#[test]
fn pauses_grow_to_an_hour_and_shrink_when_something_moves() {
    let settings = FollowSettings::service();
    let pauses: Vec<u64> = (0..20).map(|count| pause_ms(count, &settings)).collect();
    assert_eq!(pauses[0], 60_000);
    assert!(pauses.windows(2).all(|pair| pair[0] <= pair[1]));
    assert_eq!(pauses[19], 3_600_000);
    assert_eq!(pause_ms(u32::MAX, &settings), 3_600_000);

    let idle = FollowFacts {
        ask_count: 8,
        visible_count: Some(0),
        ..FollowFacts::default()
    };
    let same = judged(&idle, &FeedAnswer::Unknown, Some(visible(0))).facts;
    assert_eq!(same.ask_count, 9);
    let moved = judged(&idle, &FeedAnswer::Unknown, Some(visible(1))).facts;
    assert_eq!(moved.ask_count, 4);
}

fn asked() -> Asked {
    Asked {
        finish_sent_at_ms: NOW_MS,
        captured_ms: Some((1_780_000_000_000, 1_780_000_060_000)),
        image_count: 10,
        has_rival: false,
    }
}

fn entry(change: impl FnOnce(&mut FeedNode)) -> FeedNode {
    let mut node = node();
    change(&mut node);
    node
}

#[test]
fn one_entry_that_fits_in_everything_is_the_upload() {
    assert_eq!(find(asked(), &[entry(|_| {})]), Finding::Taken("42".into()));
    let counted = entry(|node| node.item_count = Some(10));
    assert_eq!(find(asked(), &[counted]), Finding::Taken("42".into()));
    assert_eq!(find(asked(), &[]), Finding::NotListed);
}

#[test]
fn entries_of_other_walks_are_no_evidence() {
    let other_walk = entry(|node| node.captured_at_s = Some(1_780_000_100));
    let other_kind = entry(|node| node.kind = Some("EDIT".into()));
    assert_eq!(find(asked(), &[other_walk.clone(), other_kind]), Finding::NotListed);
    assert_eq!(find(asked(), &[other_walk, entry(|_| {})]), Finding::Taken("42".into()));
}

#[test]
fn whatever_fits_in_part_makes_the_answer_doubtful_and_is_named() {
    let cases = [
        vec![entry(|node| node.item_count = Some(9))],
        vec![entry(|node| node.created_at_s = None)],
        vec![entry(|node| node.captured_at_s = None)],
        // Uploaded a day before: another upload, or a clock that is a day off.
        vec![entry(|node| {
            node.created_at_s = Some(NOW_MS / 1_000 - 86_400);
        })],
        vec![entry(|_| {}), entry(|node| node.cluster_id = ClusterId("43".into()))],
        vec![entry(|_| {}), entry(|node| node.item_count = Some(9))],
    ];
    for case in cases {
        match find(asked(), &case) {
            Finding::Doubtful(words) => assert!(words.contains("42"), "{words}"),
            other => panic!("{other:?} for {case:#?}"),
        }
    }
    let rival = Asked {
        has_rival: true,
        ..asked()
    };
    assert!(matches!(find(rival, &[entry(|_| {})]), Finding::Doubtful(_)));
}

#[test]
fn without_a_capture_window_nothing_is_certain() {
    let zip = Asked {
        captured_ms: None,
        ..asked()
    };
    assert!(matches!(find(zip, &[entry(|_| {})]), Finding::Doubtful(_)));
    let other_count = entry(|node| node.item_count = Some(9));
    let earlier = entry(|node| node.created_at_s = Some(NOW_MS / 1_000 - 86_400));
    assert_eq!(find(zip, &[other_count, earlier]), Finding::NotListed);
}
