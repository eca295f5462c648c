//! The one word for what became of an upload, and what the desktop is told of it.

use waypost_core::follow::fate::{Whose, fate_of, note_fate};
use waypost_core::journal::FollowFacts;
use waypost_core::native_words::ENGLISH;
use waypost_core::notice::Notices;
use waypost_core::state::{State, Step};
use waypost_core::upload::FollowSettings;
use waypost_wire::{
    AskReason, Fate, FateKind, NotificationKind, Stage, StageState, UploadEvent, UploadRow, UploadState,
};

const NOW_MS: i64 = 1_790_000_000_000;
const HOUR_MS: i64 = 3_600_000;

fn fate(state: &State, taken_h_ago: i64, facts: &FollowFacts) -> Option<Fate> {
    let whose = Whose {
        state,
        taken_at_ms: NOW_MS - taken_h_ago * HOUR_MS,
        image_count: 10,
    };
    fate_of(whose, facts, NOW_MS, &FollowSettings::service())
}

fn kind(state: &State, taken_h_ago: i64, facts: &FollowFacts) -> FateKind {
    fate(state, taken_h_ago, facts).unwrap().kind
}

fn stages(ingestion: StageState) -> Vec<Stage> {
    vec![
        Stage {
            name: "processing_status".into(),
            state: StageState::InProgress,
        },
        Stage {
            name: "initial_processing_status".into(),
            state: ingestion,
        },
    ]
}

fn answered(change: impl FnOnce(&mut FollowFacts)) -> FollowFacts {
    let mut facts = FollowFacts {
        asked_at_ms: Some(NOW_MS - 60_000),
        ..FollowFacts::default()
    };
    change(&mut facts);
    facts
}

#[test]
fn before_mapillary_has_taken_it_an_upload_has_no_fate() {
    for state in [
        State::Draft,
        State::Sending,
        State::Queued { next: Step::Transfer },
        State::FinishUnknown { asks_person: true },
        State::Failed {
            code: "timeout".into(),
            taken: false,
        },
    ] {
        assert_eq!(fate(&state, 1, &FollowFacts::default()), None, "{state:?}");
    }
}

#[test]
fn each_fate_has_its_evidence() {
    let failed = State::Failed {
        code: "processing_failed".into(),
        taken: true,
    };
    let visible = |count| answered(|facts| facts.visible_count = Some(count));
    let in_stage = |state| answered(|facts| facts.stages = stages(state));
    let mapped = answered(|facts| facts.on_map = Some(true));
    for (state, hours, facts, wanted) in [
        (&State::Processing, 0, FollowFacts::default(), FateKind::Accepted),
        (&State::Processing, 1, answered(|_| {}), FateKind::Accepted),
        (
            &State::Processing,
            1,
            in_stage(StageState::InProgress),
            FateKind::Ingesting,
        ),
        (
            &State::Processing,
            1,
            in_stage(StageState::Unknown),
            FateKind::Ingesting,
        ),
        (
            &State::Processing,
            1,
            in_stage(StageState::Finished),
            FateKind::Processing,
        ),
        (
            &State::Processing,
            1,
            in_stage(StageState::Other("DREAMING".into())),
            FateKind::Processing,
        ),
        (&State::Processing, 1, visible(4), FateKind::PartlyVisible),
        (&State::Processing, 100, visible(4), FateKind::PartlyVisible),
        (
            &State::Processing,
            72,
            in_stage(StageState::Finished),
            FateKind::Overdue,
        ),
        (
            &State::Processing,
            71,
            in_stage(StageState::Finished),
            FateKind::Processing,
        ),
        (&State::Published, 1, visible(10), FateKind::Visible),
        (&State::Published, 1, mapped, FateKind::OnMap),
        (&failed, 1, answered(|_| {}), FateKind::Failed),
        (&State::Lost, 1, answered(|_| {}), FateKind::LostFromFeed),
    ] {
        assert_eq!(
            kind(state, hours, &facts),
            wanted,
            "{state:?} after {hours} h: {facts:?}"
        );
    }
}

#[test]
fn what_is_known_too_long_is_called_unknown_with_the_age_of_the_last_answer() {
    let old = answered(|facts| {
        facts.asked_at_ms = Some(NOW_MS - 7 * HOUR_MS);
        facts.visible_count = Some(4);
    });
    let unknown = fate(&State::Processing, 20, &old).unwrap();
    assert_eq!(
        (unknown.kind, unknown.since_ms),
        (FateKind::Unknown, NOW_MS - 7 * HOUR_MS)
    );
    assert_eq!(
        (unknown.visible, unknown.known_at_ms),
        (Some(4), Some(NOW_MS - 7 * HOUR_MS))
    );
    let never = fate(&State::Processing, 7, &FollowFacts::default()).unwrap();
    assert_eq!((never.kind, never.known_at_ms), (FateKind::Unknown, None));
    // What has come to its end does not get old.
    assert_eq!(kind(&State::Published, 20, &old), FateKind::Visible);
}

#[test]
fn a_fate_says_since_when_it_is_so_and_not_since_the_last_answer() {
    let settings = FollowSettings::service();
    let whose = Whose {
        state: &State::Processing,
        taken_at_ms: NOW_MS,
        image_count: 10,
    };
    let mut facts = FollowFacts::default();
    for minute in 1..4 {
        let now_ms = NOW_MS + minute * 60_000;
        facts.asked_at_ms = Some(now_ms);
        facts.stages = stages(StageState::InProgress);
        note_fate(whose, &mut facts, now_ms, &settings);
        let fate = fate_of(whose, &facts, now_ms, &settings).unwrap();
        assert_eq!((fate.kind, fate.since_ms), (FateKind::Ingesting, NOW_MS + 60_000));
    }
    let overdue = fate(&State::Processing, 80, &answered(|_| {})).unwrap();
    assert_eq!(
        (overdue.kind, overdue.since_ms),
        (FateKind::Overdue, NOW_MS - 8 * HOUR_MS)
    );
    assert!(overdue.overdue);
}

#[test]
fn a_fate_says_what_the_service_called_the_failure_and_why_it_is_not_asked_before() {
    let facts = answered(|facts| {
        facts.failure = Some("error_code TOO_DARK".into());
        facts.next_ask_at_ms = Some(NOW_MS + 900_000);
        facts.trouble = Some(AskReason::Throttled);
    });
    let failed = State::Failed {
        code: "processing_failed".into(),
        taken: true,
    };
    let fate = fate(&failed, 1, &facts).unwrap();
    assert_eq!(fate.code.as_deref(), Some("error_code TOO_DARK"));
    let next = fate.next_ask.unwrap();
    assert_eq!((next.at_ms, next.reason), (NOW_MS + 900_000, AskReason::Throttled));
}

fn row(upload_id: i64, state: UploadState, kind: Option<FateKind>) -> UploadRow {
    let mut row: UploadRow = serde_json::from_value(serde_json::json!({
        "uploadId": upload_id, "place": 1, "title": "walk", "state": state, "sinceMs": 0, "waiting": null,
        "problem": null, "imageCount": 10, "totalBytes": 1, "sentBytes": 1, "resending": false, "preparedBytes": 0,
        "speedBytesPerS": null, "package": "zip", "userId": null, "organizationId": null, "clusterId": null,
        "stages": [], "visibleCount": 8, "askedAtMs": null, "overdue": false, "links": [],
        "firstCapturedAtMs": 0, "createdAtMs": 0, "actions": []
    }))
    .unwrap();
    row.fate = kind.map(|kind| Fate {
        kind,
        since_ms: 0,
        visible: Some(8),
        expected: Some(10),
        code: None,
        known_at_ms: None,
        overdue: false,
        next_ask: None,
    });
    row
}

#[test]
fn the_desktop_is_told_of_each_turn_once_and_never_of_what_stood_there_before() {
    let before = row(1, UploadState::Published, Some(FateKind::Visible));
    let mut notices = Notices::knowing(std::slice::from_ref(&before));
    let mut told = |row: UploadRow| {
        let notification = notices.notification(&UploadEvent::Row(Box::new(row)), &ENGLISH);
        notification.map(|notification| (notification.kind, notification.text))
    };
    assert_eq!(told(before), None);
    assert_eq!(told(row(2, UploadState::Processing, Some(FateKind::Processing))), None);
    let published = row(2, UploadState::Published, Some(FateKind::Visible));
    let (kind, text) = told(published.clone()).unwrap();
    assert_eq!(kind, NotificationKind::Published);
    assert_eq!(text, "walk: 8 of 10 images can be seen at Mapillary.");
    assert_eq!(told(published), None);
    let mapped = row(2, UploadState::Published, Some(FateKind::OnMap));
    assert_eq!(told(mapped).unwrap().0, NotificationKind::OnMap);
    for (state, wanted) in [
        (UploadState::Failed, NotificationKind::Failed),
        (UploadState::Lost, NotificationKind::Lost),
        (UploadState::NeedsSignIn, NotificationKind::NeedsSignIn),
        (UploadState::FinishUnknown, NotificationKind::FinishUnknown),
        (UploadState::SourceChanged, NotificationKind::SourceChanged),
    ] {
        assert_eq!(told(row(3, state, None)).unwrap().0, wanted);
    }
    // Failed again after another attempt is news again.
    assert_eq!(
        told(row(4, UploadState::Failed, None)).unwrap().0,
        NotificationKind::Failed
    );
    assert_eq!(told(row(4, UploadState::Queued, None)), None);
    assert!(told(row(4, UploadState::Failed, None)).is_some());
}
