//! The tables, and the way from each version of them to the next.
//!
//! `user_version` says how many of the steps a file has been through. A step that was released is never changed; a new
//! one is added below it.

use rusqlite::Connection;

use super::{Journal, failed};
use crate::error::CoreError;

/// Every step, in order.
const STEPS: &[&str] = &[STEP_1, STEP_2, STEP_3];

const STEP_1: &str = "
-- One upload: where it is, what it is made of, what the service said of it.
CREATE TABLE uploads (
    id                   INTEGER PRIMARY KEY AUTOINCREMENT,
    title                TEXT    NOT NULL,
    state                TEXT    NOT NULL, -- upload::state::State as JSON
    since_ms             INTEGER NOT NULL,
    created_at_ms        INTEGER NOT NULL,
    queued_at_ms         INTEGER,
    problem              TEXT,             -- wire::Problem as JSON
    package              TEXT    NOT NULL, -- zip | images
    zip_path             BLOB,             -- a ready zip file, in the system's own bytes
    image_count          INTEGER NOT NULL,
    total_bytes          INTEGER NOT NULL, -- estimate from the file sizes until measured
    sent_bytes           INTEGER NOT NULL DEFAULT 0,
    user_id              TEXT,
    username             TEXT,
    organization_id      TEXT,
    fresh_key            INTEGER NOT NULL,
    wants_finish         INTEGER NOT NULL,
    dry_run              INTEGER NOT NULL,
    file_handle          TEXT,
    file_handle_at_ms    INTEGER,
    finish_sent_at_ms    INTEGER,          -- the latest intent to finish
    cluster_id           TEXT,
    taken_at_ms          INTEGER,
    first_captured_at_ms INTEGER NOT NULL,
    last_captured_at_ms  INTEGER NOT NULL,
    follow               TEXT    NOT NULL, -- FollowFacts as JSON
    removed              INTEGER NOT NULL DEFAULT 0
);

-- What is sent under one session key each: the zip, or every image and the manifest.
CREATE TABLE parts (
    upload_id     INTEGER NOT NULL REFERENCES uploads (id),
    ordinal       INTEGER NOT NULL,
    session_key   TEXT    NOT NULL,
    md5_hex       TEXT    NOT NULL,
    length_bytes  INTEGER NOT NULL,
    offset_bytes  INTEGER NOT NULL DEFAULT 0, -- as the server last said
    handle        TEXT,
    handle_at_ms  INTEGER,
    PRIMARY KEY (upload_id, ordinal)
) WITHOUT ROWID;

-- Every change of state, in order. The row that leads into `finishing` is the intent, the one out of it the fact.
CREATE TABLE transitions (
    id         INTEGER PRIMARY KEY AUTOINCREMENT,
    upload_id  INTEGER NOT NULL REFERENCES uploads (id),
    at_ms      INTEGER NOT NULL,
    event      TEXT    NOT NULL,
    from_state TEXT    NOT NULL,
    to_state   TEXT    NOT NULL
);
CREATE INDEX transitions_by_upload ON transitions (upload_id, id);

-- Every file that was looked at for an upload, with what became of it.
CREATE TABLE files (
    upload_id      INTEGER NOT NULL REFERENCES uploads (id),
    ordinal        INTEGER NOT NULL,
    path           BLOB    NOT NULL,       -- in the system's own bytes
    outcome        TEXT    NOT NULL,       -- wire::FileOutcome
    code           TEXT,
    message        TEXT,
    image_id       TEXT,
    photo          TEXT,                   -- package::SourcePhoto as JSON, for files that are sent
    size_bytes     INTEGER NOT NULL,
    captured_at_ms INTEGER NOT NULL,
    fingerprint    TEXT,                   -- of the original's content, see upload/fingerprint.rs
    PRIMARY KEY (upload_id, ordinal)
) WITHOUT ROWID;

-- Every cluster id that ever belonged to an upload, also to one that was sent again since.
CREATE TABLE claims (
    cluster_id TEXT PRIMARY KEY,
    upload_id  INTEGER NOT NULL REFERENCES uploads (id)
) WITHOUT ROWID;

-- Photos that were finished: which content went to which account and organisation.
CREATE TABLE history (
    user_id         TEXT    NOT NULL,
    organization_id TEXT    NOT NULL,      -- '' for none
    fingerprint     TEXT    NOT NULL,      -- of the original's content
    size_bytes      INTEGER NOT NULL,
    captured_at_ms  INTEGER NOT NULL,
    upload_id       INTEGER NOT NULL,
    finished_at_ms  INTEGER NOT NULL,
    PRIMARY KEY (user_id, organization_id, fingerprint)
) WITHOUT ROWID;
CREATE INDEX history_by_size ON history (user_id, organization_id, size_bytes);

CREATE TABLE settings (
    key   TEXT PRIMARY KEY,
    value TEXT NOT NULL
) WITHOUT ROWID;
";

/// A file can be a video since then.
const STEP_2: &str = "
ALTER TABLE files RENAME COLUMN photo TO source; -- SourcePhoto or, in package video, SourceVideo as JSON
";

const STEP_3: &str = "
-- The order of the list, in which uploads also start. New ones go to the end.
ALTER TABLE uploads ADD COLUMN place INTEGER NOT NULL DEFAULT 0;
UPDATE uploads SET place = id;
";

fn version(connection: &Connection) -> rusqlite::Result<usize> {
    connection.query_row("PRAGMA user_version", [], |row| {
        let version: i64 = row.get(0)?;
        Ok(usize::try_from(version).unwrap_or(usize::MAX))
    })
}

/// Brings the file to the newest version, step by step, each step all or nothing.
pub(super) fn migrate(journal: &Journal) -> Result<(), CoreError> {
    let mut connection = journal.connection();
    let failed = |error: rusqlite::Error| failed(&journal.path, &error);
    let version = version(&connection).map_err(failed)?;
    if version > STEPS.len() {
        return Err(CoreError::JournalTooNew {
            path: journal.path.clone(),
        });
    }
    for (number, step) in (1_i64..).zip(STEPS).skip(version) {
        let transaction = connection.transaction().map_err(failed)?;
        transaction.execute_batch(step).map_err(failed)?;
        transaction
            .pragma_update(None, "user_version", number)
            .map_err(failed)?;
        transaction.commit().map_err(failed)?;
    }
    Ok(())
}

/// For a reader: the file must have exactly the tables this version knows.
pub(super) fn check(journal: &Journal) -> Result<(), CoreError> {
    match journal.with(version)? {
        version if version > STEPS.len() => Err(CoreError::JournalTooNew {
            path: journal.path.clone(),
        }),
        version if version < STEPS.len() => Err(CoreError::Journal {
            path: journal.path.clone(),
            reason: "it is of an older version; start Waypost once to bring it up to date".into(),
        }),
        _ => Ok(()),
    }
}
