//! One upload as the journal holds it, and the way in and out of its row.

use std::path::PathBuf;

use rusqlite::{Connection, OptionalExtension, Row, Transaction, params};
use serde::{Deserialize, Serialize};
use waypost_wire::{AskReason, FateKind, ImageLink, Problem, SequenceNotes, Stage};

use super::columns::{bytes_of, count, from_json, path_of, signed, to_json};
use super::{Journal, WriteError};
use crate::error::CoreError;
use crate::settings::PackageKind;
use crate::state::{Effect, State};

/// What is known of an upload at the service, as of [`FollowFacts::asked_at_ms`].
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct FollowFacts {
    /// The raw stages, as the feed last named them.
    pub stages: Vec<Stage>,
    /// Images that could be seen; `None` while the search never answered.
    pub visible_count: Option<u64>,
    /// Images the service counts, as the feed last said.
    pub item_count: Option<u64>,
    /// When the service last answered, milliseconds since 1970 UTC.
    pub asked_at_ms: Option<i64>,
    /// When the feed was first seen to list it, milliseconds since 1970 UTC.
    pub first_listed_at_ms: Option<i64>,
    /// Whether the feed ever listed it.
    pub was_listed: bool,
    /// In how many complete answers in a row the feed did not list it although it had before.
    pub missing_count: u32,
    /// Where its images are.
    pub links: Vec<ImageLink>,
    /// When to ask next, milliseconds since 1970 UTC; `None` to ask no more.
    pub next_ask_at_ms: Option<i64>,
    /// How often it was asked without an end, for the growing pause.
    pub ask_count: u32,
    /// Whether it takes longer than usual.
    pub overdue: bool,
    /// The service's own words for a failure: field and value as they came.
    pub failure: Option<String>,
    /// Whether it is drawn on the map; `None` while nobody looked.
    pub on_map: Option<bool>,
    /// Keys of its sequences that were seen on the map.
    pub mapped_sequences: Vec<String>,
    /// Why the last question got no answer; `None` when it got one.
    pub trouble: Option<AskReason>,
    /// What became of it, as of the last answer.
    pub fate: Option<FateKind>,
    /// Since when it is that, milliseconds since 1970 UTC.
    pub fate_since_ms: i64,
}

/// An upload as it is written down for the first time.
#[derive(Clone, Debug)]
pub struct NewRecord {
    /// What it is called.
    pub title: String,
    /// How it is packed.
    pub package: PackageKind,
    /// The ready zip file that is sent as it is.
    pub zip_path: Option<PathBuf>,
    /// Images in it.
    pub image_count: u64,
    /// What will be sent, in bytes, as far as the file sizes tell.
    pub estimated_bytes: u64,
    /// Account it goes to; `None` for whoever is signed in when it starts.
    pub user_id: Option<String>,
    /// Organisation it goes to.
    pub organization_id: Option<String>,
    /// Whether earlier sessions for the same bytes are left alone.
    pub fresh_key: bool,
    /// Whether finish is wanted.
    pub wants_finish: bool,
    /// Whether nothing leaves the computer.
    pub dry_run: bool,
    /// First capture, milliseconds since 1970 UTC.
    pub first_captured_at_ms: i64,
    /// Last capture, milliseconds since 1970 UTC.
    pub last_captured_at_ms: i64,
    /// When it was added, milliseconds since 1970 UTC.
    pub created_at_ms: i64,
    /// What the person said about it.
    pub notes: SequenceNotes,
}

/// An upload as it stands in the journal.
#[derive(Clone, Debug, PartialEq)]
pub struct UploadRecord {
    /// Its number.
    pub upload_id: i64,
    /// Its place in the list: lower ones come first and start first.
    pub place: i64,
    /// What it is called.
    pub title: String,
    /// Where it is.
    pub state: State,
    /// Since when, milliseconds since 1970 UTC.
    pub since_ms: i64,
    /// When it was added, milliseconds since 1970 UTC.
    pub created_at_ms: i64,
    /// What went wrong, where something did.
    pub problem: Option<Problem>,
    /// How it is packed.
    pub package: PackageKind,
    /// The ready zip file that is sent as it is.
    pub zip_path: Option<PathBuf>,
    /// Images in it.
    pub image_count: u64,
    /// Bytes to send; an estimate from the file sizes until the package is measured.
    pub total_bytes: u64,
    /// Bytes the service has said it holds.
    pub sent_bytes: u64,
    /// Account it goes to.
    pub user_id: Option<String>,
    /// That account's name.
    pub username: Option<String>,
    /// Organisation it goes to.
    pub organization_id: Option<String>,
    /// Whether earlier sessions for the same bytes are left alone.
    pub fresh_key: bool,
    /// Whether finish is wanted.
    pub wants_finish: bool,
    /// Whether nothing leaves the computer.
    pub dry_run: bool,
    /// The handle that finish takes.
    pub file_handle: Option<String>,
    /// When the server gave it, milliseconds since 1970 UTC.
    pub file_handle_at_ms: Option<i64>,
    /// When finish was last about to be sent, milliseconds since 1970 UTC.
    pub finish_sent_at_ms: Option<i64>,
    /// The service's name for it, once finished.
    pub cluster_id: Option<String>,
    /// When the service took it, milliseconds since 1970 UTC.
    pub taken_at_ms: Option<i64>,
    /// First capture, milliseconds since 1970 UTC.
    pub first_captured_at_ms: i64,
    /// Last capture, milliseconds since 1970 UTC.
    pub last_captured_at_ms: i64,
    /// What is known of it at the service.
    pub follow: FollowFacts,
}

const COLUMNS: &str = "id, place, title, state, since_ms, created_at_ms, problem, package, zip_path, \
    image_count, total_bytes, sent_bytes, user_id, username, organization_id, fresh_key, \
    wants_finish, dry_run, file_handle, file_handle_at_ms, finish_sent_at_ms, cluster_id, \
    taken_at_ms, first_captured_at_ms, last_captured_at_ms, follow";

impl UploadRecord {
    fn from_row(row: &Row<'_>) -> rusqlite::Result<Self> {
        let package: String = row.get("package")?;
        let zip_path: Option<Vec<u8>> = row.get("zip_path")?;
        let problem: Option<String> = row.get("problem")?;
        Ok(Self {
            upload_id: row.get("id")?,
            place: row.get("place")?,
            title: row.get("title")?,
            state: from_json(&row.get::<_, String>("state")?)?,
            since_ms: row.get("since_ms")?,
            created_at_ms: row.get("created_at_ms")?,
            problem: problem.as_deref().map(from_json).transpose()?,
            package: PackageKind::from_word(&package).unwrap_or_default(),
            zip_path: zip_path.map(path_of),
            image_count: count(row, "image_count")?,
            total_bytes: count(row, "total_bytes")?,
            sent_bytes: count(row, "sent_bytes")?,
            user_id: row.get("user_id")?,
            username: row.get("username")?,
            organization_id: row.get("organization_id")?,
            fresh_key: row.get("fresh_key")?,
            wants_finish: row.get("wants_finish")?,
            dry_run: row.get("dry_run")?,
            file_handle: row.get("file_handle")?,
            file_handle_at_ms: row.get("file_handle_at_ms")?,
            finish_sent_at_ms: row.get("finish_sent_at_ms")?,
            cluster_id: row.get("cluster_id")?,
            taken_at_ms: row.get("taken_at_ms")?,
            first_captured_at_ms: row.get("first_captured_at_ms")?,
            last_captured_at_ms: row.get("last_captured_at_ms")?,
            follow: from_json(&row.get::<_, String>("follow")?)?,
        })
    }

    pub(super) fn load(connection: &Connection, upload_id: i64) -> rusqlite::Result<Option<Self>> {
        connection
            .prepare_cached(&format!("SELECT {COLUMNS} FROM uploads WHERE id = ?1"))?
            .query_row([upload_id], Self::from_row)
            .optional()
    }
}

impl Journal {
    /// The upload with that number, taken out of the list or not.
    ///
    /// # Errors
    /// [`CoreError::NoSuchUpload`] and [`CoreError::Journal`].
    pub fn upload(&self, upload_id: i64) -> Result<UploadRecord, CoreError> {
        self.with(|connection| UploadRecord::load(connection, upload_id))?
            .ok_or(CoreError::NoSuchUpload { upload_id })
    }

    /// All uploads of the list, in its order.
    ///
    /// # Errors
    /// [`CoreError::Journal`].
    pub fn uploads(&self) -> Result<Vec<UploadRecord>, CoreError> {
        self.with(|connection| {
            connection
                .prepare_cached(&format!(
                    "SELECT {COLUMNS} FROM uploads WHERE removed = 0 ORDER BY place, id"
                ))?
                .query_map([], UploadRecord::from_row)?
                .collect()
        })
    }

    /// Numbers of the uploads that wait for their turn, in the order of the list.
    ///
    /// # Errors
    /// [`CoreError::Journal`].
    pub fn queued(&self) -> Result<Vec<i64>, CoreError> {
        let ids: Vec<(i64, String)> = self.with(|connection| {
            connection
                .prepare_cached(
                    "SELECT id, state FROM uploads WHERE queued_at_ms IS NOT NULL \
                     ORDER BY place, id",
                )?
                .query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?
                .collect()
        })?;
        Ok(ids
            .into_iter()
            .filter(|(_, state)| matches!(from_json::<State>(state), Ok(State::Queued { .. })))
            .map(|(id, _)| id)
            .collect())
    }

    /// Moves an upload before another one, or to the end of the list. Returns every upload whose place is another now.
    ///
    /// # Errors
    /// [`CoreError::NoSuchUpload`] for one that is not in the list, [`CoreError::Journal`].
    pub fn reorder(&self, upload_id: i64, before: Option<i64>) -> Result<Vec<UploadRecord>, CoreError> {
        let before = before.filter(|before| *before != upload_id);
        self.write(|transaction| {
            let order: Vec<(i64, i64)> = transaction
                .prepare("SELECT id, place FROM uploads WHERE removed = 0 ORDER BY place, id")?
                .query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?
                .collect::<rusqlite::Result<_>>()?;
            let absent = |id: i64| WriteError::from(CoreError::NoSuchUpload { upload_id: id });
            let mut ids: Vec<i64> = order.iter().map(|(id, _)| *id).collect();
            let from = ids
                .iter()
                .position(|id| *id == upload_id)
                .ok_or_else(|| absent(upload_id))?;
            ids.remove(from);
            let to = match before {
                None => ids.len(),
                Some(before) => ids.iter().position(|id| *id == before).ok_or_else(|| absent(before))?,
            };
            ids.insert(to, upload_id);
            // The places that the list takes up stay the same, so that only those in between change.
            let mut moved = Vec::new();
            for (id, (occupant, place)) in ids.into_iter().zip(order) {
                if id != occupant {
                    transaction.execute("UPDATE uploads SET place = ?2 WHERE id = ?1", params![id, place])?;
                    moved.push(load_existing(transaction, id)?);
                }
            }
            Ok(moved)
        })
    }

    /// Takes an upload out of the list; what was sent stays known.
    ///
    /// # Errors
    /// [`CoreError::Journal`].
    pub fn remove(&self, upload_id: i64) -> Result<(), CoreError> {
        self.write(|transaction| {
            transaction.execute("UPDATE uploads SET removed = 1 WHERE id = ?1", [upload_id])?;
            Ok(())
        })
    }

    /// Keeps what the service said, without a change of state.
    ///
    /// # Errors
    /// [`CoreError::Journal`].
    pub fn set_follow(
        &self,
        upload_id: i64,
        follow: &FollowFacts,
        problem: Option<&Problem>,
    ) -> Result<UploadRecord, CoreError> {
        self.write(|transaction| {
            set_follow(transaction, upload_id, follow)?;
            set_problem(transaction, upload_id, problem)?;
            load_existing(transaction, upload_id)
        })
    }

    /// Keeps or clears what is wrong, without a change of state.
    ///
    /// # Errors
    /// [`CoreError::Journal`].
    pub fn set_problem(&self, upload_id: i64, problem: Option<&Problem>) -> Result<UploadRecord, CoreError> {
        self.write(|transaction| {
            set_problem(transaction, upload_id, problem)?;
            load_existing(transaction, upload_id)
        })
    }

    /// Keeps whether finish is wanted.
    ///
    /// # Errors
    /// [`CoreError::NoSuchUpload`] and [`CoreError::Journal`].
    pub fn set_wants_finish(&self, upload_id: i64, wanted: bool) -> Result<UploadRecord, CoreError> {
        self.write(|transaction| {
            transaction.execute(
                "UPDATE uploads SET wants_finish = ?2 WHERE id = ?1",
                params![upload_id, wanted],
            )?;
            load_existing(transaction, upload_id)
        })
    }

    /// Binds an upload to the account it goes to. It never changes once it is set.
    ///
    /// # Errors
    /// [`CoreError::Journal`].
    pub fn bind_user(&self, upload_id: i64, user_id: &str, username: &str) -> Result<UploadRecord, CoreError> {
        self.write(|transaction| {
            transaction.execute(
                "UPDATE uploads SET username = ?3, user_id = coalesce(user_id, ?2) WHERE id = ?1",
                params![upload_id, user_id, username],
            )?;
            load_existing(transaction, upload_id)
        })
    }
}

pub(super) fn load_existing(connection: &Connection, upload_id: i64) -> Result<UploadRecord, WriteError> {
    UploadRecord::load(connection, upload_id)?.ok_or_else(|| CoreError::NoSuchUpload { upload_id }.into())
}

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
