//! The journal's record of an upload as the row that window and command line show.

use waypost_wire::{UploadProgress, UploadRow, Waiting};

use crate::follow::FollowSettings;
use crate::follow::fate::{Whose, fate_of};
use crate::journal::UploadRecord;
use crate::state::State;

/// The row of `record` at `now_ms`, with the moving numbers where there are any.
pub(crate) fn row_of(
    record: &UploadRecord,
    progress: Option<&UploadProgress>,
    now_ms: i64,
    settings: &FollowSettings,
) -> UploadRow {
    let fate = fate_of(whose(record, &record.state), &record.follow, now_ms, settings);
    // Once all bytes are there the journal knows better than any counter.
    let progress = progress.filter(|_| record.file_handle.is_none());
    UploadRow {
        upload_id: record.upload_id,
        place: record.place,
        title: record.title.clone(),
        state: record.state.word(),
        since_ms: record.since_ms,
        waiting: waiting_of(record),
        problem: record.problem.clone(),
        image_count: record.image_count,
        total_bytes: progress.map_or(record.total_bytes, |progress| progress.total_bytes),
        sent_bytes: progress.map_or(record.sent_bytes, |progress| progress.sent_bytes),
        resending: progress.is_some_and(|progress| progress.resending),
        prepared_bytes: progress.map_or(0, |progress| progress.prepared_bytes),
        speed_bytes_per_s: progress
            .filter(|_| matches!(record.state, State::Sending))
            .and_then(|progress| progress.speed_bytes_per_s),
        time_left_s: progress
            .filter(|_| matches!(record.state, State::Sending))
            .and_then(|progress| progress.time_left_s),
        package: record.package.word().into(),
        user_id: record.user_id.clone(),
        organization_id: record.organization_id.clone(),
        cluster_id: record.cluster_id.clone(),
        stages: record.follow.stages.clone(),
        visible_count: record.follow.visible_count,
        asked_at_ms: record.follow.asked_at_ms,
        overdue: fate.as_ref().is_some_and(|fate| fate.overdue),
        fate,
        links: record.follow.links.clone(),
        first_captured_at_ms: record.first_captured_at_ms,
        created_at_ms: record.created_at_ms,
        actions: record.state.actions(),
    }
}

/// What the fate of `record` is judged by, in `state`.
pub(crate) fn whose<'a>(record: &UploadRecord, state: &'a State) -> Whose<'a> {
    Whose {
        state,
        taken_at_ms: record.taken_at_ms.unwrap_or(record.since_ms),
        image_count: record.image_count,
    }
}

fn waiting_of(record: &UploadRecord) -> Option<Waiting> {
    match record.state {
        State::Waiting { until_ms, reason, .. } => Some(Waiting {
            reason,
            until_ms,
            message: record
                .problem
                .as_ref()
                .map_or_else(String::new, |problem| problem.message.clone()),
        }),
        _ => None,
    }
}
