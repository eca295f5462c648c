//! One upload as the journal holds it, and the way out of its row.

use std::path::PathBuf;

use rusqlite::{Connection, OptionalExtension, Row};
use serde::{Deserialize, Serialize};
use waypost_wire::{AskReason, FateKind, ImageLink, Problem, SequenceNotes, Stage};

use super::WriteError;
use super::columns::{count, from_json, path_of};
use crate::error::CoreError;
use crate::settings::PackageKind;
use crate::state::State;

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

pub(super) const COLUMNS: &str = "id, place, title, state, since_ms, created_at_ms, problem, package, zip_path, \
    image_count, total_bytes, sent_bytes, user_id, username, organization_id, fresh_key, \
    wants_finish, dry_run, file_handle, file_handle_at_ms, finish_sent_at_ms, cluster_id, \
    taken_at_ms, first_captured_at_ms, last_captured_at_ms, follow";

impl UploadRecord {
    pub(super) fn from_row(row: &Row<'_>) -> rusqlite::Result<Self> {
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

pub(super) fn load_existing(connection: &Connection, upload_id: i64) -> Result<UploadRecord, WriteError> {
    UploadRecord::load(connection, upload_id)?.ok_or_else(|| CoreError::NoSuchUpload { upload_id }.into())
}
