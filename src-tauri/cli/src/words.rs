//! Where an upload is, in words for a terminal.

use waypost_wire::{AskReason, Fate, FateKind, UploadRow, UploadState};

use crate::output::{bytes, counted};

/// Where an upload is, as the end of a sentence that begins with its title.
pub fn words(row: &UploadRow) -> String {
    let problem = || {
        row.problem
            .as_ref()
            .map_or_else(String::new, |problem| format!(": {}", problem.message))
    };
    match row.state {
        UploadState::Draft => "not started".into(),
        UploadState::Queued => "waiting for its turn".into(),
        UploadState::Preparing => "being measured".into(),
        UploadState::Sending => format!("sending {}", bytes(row.total_bytes)),
        UploadState::Finishing => "all bytes are there, asking Mapillary to take them".into(),
        UploadState::Processing => "taken by Mapillary, being processed".into(),
        UploadState::Published => "published".into(),
        UploadState::Paused if row.sent_bytes >= row.total_bytes && row.total_bytes > 0 => {
            "all bytes are there, not handed over".into()
        }
        UploadState::Paused => "halted".into(),
        UploadState::Waiting => format!(
            "waiting{}",
            row.waiting
                .as_ref()
                .map_or_else(String::new, |waiting| format!(": {}", waiting.message))
        ),
        UploadState::NeedsSignIn => format!("needs a sign-in{}", problem()),
        UploadState::FinishUnknown => format!("nobody knows yet whether it was taken{}", problem()),
        UploadState::SourceChanged => format!("not sent{}", problem()),
        UploadState::Failed => format!("failed{}", problem()),
        UploadState::Cancelled => "given up".into(),
        UploadState::Lost => format!("lost{}", problem()),
    }
}

/// What became of an upload that Mapillary has taken, as the end of a sentence that begins with its title. `now_ms` is
/// milliseconds since 1970 UTC.
pub fn fate_words(fate: &Fate, now_ms: i64) -> String {
    let visible = match (fate.visible, fate.expected) {
        (Some(visible), Some(expected)) => format!("{visible} of {expected} visible"),
        (Some(visible), None) => format!("{} visible", counted(visible, "image", "images")),
        (None, _) => "how many can be seen is not known".into(),
    };
    let late = if fate.overdue { ", longer than usual" } else { "" };
    match fate.kind {
        FateKind::Accepted => "taken by Mapillary, not listed yet".into(),
        FateKind::Ingesting => "taken by Mapillary, being read in".into(),
        FateKind::Processing => "taken by Mapillary, being processed".into(),
        FateKind::PartlyVisible => format!("being processed by Mapillary, {visible}{late}"),
        FateKind::Visible => format!("published, {visible}"),
        FateKind::OnMap => format!("published and on the map, {visible}"),
        FateKind::Failed => fate
            .code
            .as_ref()
            .map_or_else(|| "failed".into(), |code| format!("failed at Mapillary: {code}")),
        FateKind::Overdue => "overdue: nothing of it can be seen after 72 hours; that is no failure".into(),
        FateKind::LostFromFeed => "lost: Mapillary no longer lists it, and nothing of it can be seen".into(),
        FateKind::Unknown => match fate.known_at_ms {
            Some(at_ms) => format!(
                "unknown: the last answer came {}, then {visible}",
                ago(now_ms.saturating_sub(at_ms))
            ),
            None => "unknown: Mapillary has never answered".into(),
        },
    }
}

/// When Mapillary is asked again and why not before; nothing where the usual pause is all there is to say, or where it
/// is not asked any more.
pub fn ask_words(fate: &Fate, now_ms: i64) -> Option<String> {
    let next = fate.next_ask?;
    let why = match next.reason {
        AskReason::Timer => return None,
        AskReason::Throttled => "Mapillary limits requests",
        AskReason::Quota => "most of the app's requests are used up",
        AskReason::Outage => "Mapillary has trouble",
        AskReason::Offline => "Mapillary cannot be reached",
        AskReason::SignIn => "the sign-in is missing",
        AskReason::Refused => "Mapillary refused the question",
    };
    Some(format!("{why}; asked again {}", until(next.at_ms, now_ms)))
}

/// How long it is until then, rounded up to minutes.
fn until(at_ms: i64, now_ms: i64) -> String {
    let minutes = at_ms.saturating_sub(now_ms).max(0).unsigned_abs().div_ceil(60_000);
    format!("in {minutes} min")
}

/// What is in an upload: its images, or the video whose images Mapillary chooses.
pub fn contents(row: &UploadRow) -> String {
    match row.package.as_str() {
        "video" => "video".into(),
        _ => counted(row.image_count, "image", "images"),
    }
}

/// How long ago, in the largest unit that fits.
pub fn ago(age_ms: i64) -> String {
    let seconds = age_ms.max(0) / 1000;
    match seconds {
        0..60 => format!("{seconds} s ago"),
        60..3600 => format!("{} min ago", seconds / 60),
        3600..172_800 => format!("{} h ago", seconds / 3600),
        _ => format!("{} days ago", seconds / 86_400),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW_MS: i64 = 1_790_000_000_000;

    fn fate(kind: FateKind) -> Fate {
        Fate {
            kind,
            since_ms: NOW_MS,
            visible: Some(4),
            expected: Some(10),
            code: None,
            known_at_ms: Some(NOW_MS - 7_200_000),
            overdue: false,
            next_ask: None,
        }
    }

    #[test]
    fn every_fate_has_words_of_its_own() {
        let kinds = [
            (FateKind::Accepted, "not listed yet"),
            (FateKind::Ingesting, "read in"),
            (FateKind::Processing, "being processed"),
            (FateKind::PartlyVisible, "4 of 10 visible"),
            (FateKind::Visible, "published, 4 of 10"),
            (FateKind::OnMap, "on the map"),
            (FateKind::Failed, "failed"),
            (FateKind::Overdue, "overdue"),
            (FateKind::LostFromFeed, "no longer lists"),
            (FateKind::Unknown, "unknown: the last answer came 2 h ago"),
        ];
        let all: std::collections::HashSet<String> =
            kinds.iter().map(|(kind, _)| fate_words(&fate(*kind), NOW_MS)).collect();
        assert_eq!(all.len(), kinds.len());
        for (kind, part) in kinds {
            let words = fate_words(&fate(kind), NOW_MS);
            assert!(words.contains(part), "{words}");
        }
        let coded = Fate {
            code: Some("error_code TOO_DARK".into()),
            ..fate(FateKind::Failed)
        };
        assert!(fate_words(&coded, NOW_MS).contains("error_code TOO_DARK"));
    }

    #[test]
    fn a_limit_an_outage_and_a_dead_line_are_told_apart() {
        let asked = |reason| {
            let next_ask = Some(waypost_wire::NextAsk {
                at_ms: NOW_MS + 840_001,
                reason,
            });
            ask_words(
                &Fate {
                    next_ask,
                    ..fate(FateKind::Ingesting)
                },
                NOW_MS,
            )
        };
        assert_eq!(asked(AskReason::Timer), None);
        assert_eq!(
            asked(AskReason::Throttled).unwrap(),
            "Mapillary limits requests; asked again in 15 min"
        );
        for reason in [
            AskReason::Quota,
            AskReason::Outage,
            AskReason::Offline,
            AskReason::SignIn,
            AskReason::Refused,
        ] {
            assert_ne!(asked(reason), asked(AskReason::Throttled));
        }
    }

    #[test]
    fn an_age_is_said_in_the_unit_that_fits() {
        for (age_ms, words) in [
            (-5, "0 s ago"),
            (59_999, "59 s ago"),
            (60_000, "1 min ago"),
            (3_599_000, "59 min ago"),
            (7_200_000, "2 h ago"),
            (172_800_000, "2 days ago"),
        ] {
            assert_eq!(ago(age_ms), words);
        }
    }
}
