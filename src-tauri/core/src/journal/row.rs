//! The way into the row of an upload, inside a transaction of the journal.

use rusqlite::{Transaction, params};
use waypost_wire::Problem;

use super::columns::{bytes_of, signed, to_json};
use super::record::{FollowFacts, NewRecord};
use crate::state::{Effect, State};

pub(super) fn insert(transaction: &Transaction<'_>, new: &NewRecord) -> rusqlite::Result<i64> {
    transaction.execute(
        "INSERT INTO uploads (title, state, since_ms, created_at_ms, package, zip_path, \
         image_count, total_bytes, user_id, organization_id, fresh_key, wants_finish, dry_run, \
         first_captured_at_ms, last_captured_at_ms, follow, place) \
         VALUES (?1, ?2, ?3, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, \
         (SELECT coalesce(max(place), 0) + 1 FROM uploads))",
        params![
            new.title,
            to_json(&State::Draft)?,
            new.created_at_ms,
            new.package.word(),
            new.zip_path.as_deref().map(bytes_of),
            signed(new.image_count),
            signed(new.estimated_bytes),
            new.user_id,
            new.organization_id,
            new.fresh_key,
            new.wants_finish,
            new.dry_run,
            new.first_captured_at_ms,
            new.last_captured_at_ms,
            to_json(&FollowFacts::default())?,
        ],
    )?;
    Ok(transaction.last_insert_rowid())
}

/// Writes the new state, and what the state machine wants to be kept with it.
pub(super) fn set_state(
    transaction: &Transaction<'_>,
    upload_id: i64,
    state: &State,
    effects: &[Effect],
    at_ms: i64,
) -> rusqlite::Result<()> {
    transaction.execute(
        "UPDATE uploads SET state = ?2, since_ms = ?3 WHERE id = ?1",
        params![upload_id, to_json(state)?, at_ms],
    )?;
    match state {
        State::Queued { .. } => transaction.execute(
            "UPDATE uploads SET queued_at_ms = coalesce(queued_at_ms, ?2) WHERE id = ?1",
            params![upload_id, at_ms],
        )?,
        State::Finishing => transaction.execute(
            "UPDATE uploads SET finish_sent_at_ms = ?2 WHERE id = ?1",
            params![upload_id, at_ms],
        )?,
        _ => 0,
    };
    if effects.contains(&Effect::FreshSession) {
        fresh_session(transaction, upload_id)?;
    }
    Ok(())
}

/// Forgets everything that ties the upload to an earlier session.
pub(super) fn fresh_session(transaction: &Transaction<'_>, upload_id: i64) -> rusqlite::Result<()> {
    transaction.execute("DELETE FROM parts WHERE upload_id = ?1", [upload_id])?;
    transaction.execute(
        "UPDATE uploads SET fresh_key = 1, sent_bytes = 0, file_handle = NULL, \
         file_handle_at_ms = NULL, finish_sent_at_ms = NULL, cluster_id = NULL, \
         taken_at_ms = NULL, follow = ?2 WHERE id = ?1",
        params![upload_id, to_json(&FollowFacts::default())?],
    )?;
    Ok(())
}

pub(super) fn set_follow(transaction: &Transaction<'_>, upload_id: i64, follow: &FollowFacts) -> rusqlite::Result<()> {
    transaction.execute(
        "UPDATE uploads SET follow = ?2 WHERE id = ?1",
        params![upload_id, to_json(follow)?],
    )?;
    Ok(())
}

pub(super) fn set_problem(
    transaction: &Transaction<'_>,
    upload_id: i64,
    problem: Option<&Problem>,
) -> rusqlite::Result<()> {
    transaction.execute(
        "UPDATE uploads SET problem = ?2 WHERE id = ?1",
        params![upload_id, problem.map(to_json).transpose()?],
    )?;
    Ok(())
}
