//! The tables, and the way from each version of them to the next.
//!
//! `user_version` says how many of the steps a file has been through. A step that was released is never changed; a new
//! one is added below it.

use rusqlite::Connection;

use super::{Journal, WriteError, failed, library};
use crate::error::CoreError;

/// Every step, in order.
const STEPS: &[&str] = &[STEP_1, STEP_2, STEP_3, STEP_4, STEP_5, STEP_6];

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

/// The library. What a line says of an upload is worked out from the upload whenever that changed.
const STEP_4: &str = "
-- A line: one upload, or one sequence that the account published by other means.
CREATE TABLE library (
    id                   INTEGER PRIMARY KEY AUTOINCREMENT,
    upload_id            INTEGER UNIQUE REFERENCES uploads (id),
    sequence_key         TEXT    UNIQUE,              -- Mapillary's, for what was published by other means
    title                TEXT    NOT NULL DEFAULT '',
    folder               TEXT    NOT NULL DEFAULT '',
    place                TEXT    NOT NULL DEFAULT '', -- the nearest named one, and how far it is
    place_km             INTEGER,
    lat_deg              REAL,                        -- of the first capture
    lon_deg              REAL,
    first_captured_at_ms INTEGER,
    last_captured_at_ms  INTEGER,
    uploaded_at_ms       INTEGER,
    image_count          INTEGER NOT NULL DEFAULT 0,
    visible_count        INTEGER,
    package              TEXT    NOT NULL DEFAULT '',
    state                TEXT    NOT NULL DEFAULT 'draft', -- wire::UploadState
    state_rank           INTEGER NOT NULL DEFAULT 0,
    is_pending           INTEGER NOT NULL DEFAULT 1,
    since_ms             INTEGER NOT NULL DEFAULT 0,
    overdue              INTEGER NOT NULL DEFAULT 0,
    asked_at_ms          INTEGER,
    user_id              TEXT    NOT NULL DEFAULT '',
    username             TEXT    NOT NULL DEFAULT '',
    organization_id      TEXT    NOT NULL DEFAULT '',
    cluster_id           TEXT    NOT NULL DEFAULT '',
    camera               TEXT    NOT NULL DEFAULT '',
    links                TEXT    NOT NULL DEFAULT '[]', -- wire::ImageLink as JSON
    notes                TEXT    NOT NULL,            -- wire::SequenceNotes as JSON
    name_key             TEXT    NOT NULL DEFAULT '', -- what it is sorted by
    search_text          TEXT    NOT NULL DEFAULT ''  -- everything it is searched by, in lower case
);

-- Sequences of Mapillary that lines of uploads stand for.
CREATE TABLE library_keys (
    sequence_key TEXT    NOT NULL,
    line_id      INTEGER NOT NULL,
    by_image     INTEGER NOT NULL, -- recognised by one of its images, not by the upload's links
    PRIMARY KEY (sequence_key, line_id)
) WITHOUT ROWID;
CREATE INDEX library_keys_by_line ON library_keys (line_id);

CREATE TABLE library_tags (
    tag     TEXT    NOT NULL,
    line_id INTEGER NOT NULL,
    PRIMARY KEY (tag, line_id)
) WITHOUT ROWID;
CREATE INDEX library_tags_by_line ON library_tags (line_id);

-- Images of sequences that were published by other means.
CREATE TABLE library_images (
    line_id        INTEGER NOT NULL,
    image_id       TEXT    NOT NULL,
    captured_at_ms INTEGER NOT NULL,
    PRIMARY KEY (line_id, image_id)
) WITHOUT ROWID;

-- The last reading of an account's published images, and the spans of capture time it consists of.
CREATE TABLE library_imports (
    user_id     TEXT PRIMARY KEY,
    began_at_ms INTEGER NOT NULL,
    image_count INTEGER NOT NULL,
    new_count   INTEGER NOT NULL,
    done_at_ms  INTEGER
) WITHOUT ROWID;
CREATE TABLE library_spans (
    user_id  TEXT    NOT NULL,
    ordinal  INTEGER NOT NULL,
    from_ms  INTEGER,
    until_ms INTEGER,            -- where to go on: everything after it was read
    is_done  INTEGER NOT NULL DEFAULT 0,
    PRIMARY KEY (user_id, ordinal)
) WITHOUT ROWID;

CREATE INDEX history_by_content ON history (fingerprint);
CREATE INDEX library_by_folder ON library (folder);
CREATE INDEX files_by_image ON files (image_id) WHERE image_id IS NOT NULL;

-- Uploads whose line is to be worked out anew, in the same commit.
CREATE TABLE library_stale (upload_id INTEGER PRIMARY KEY);
CREATE TRIGGER library_of_new_upload AFTER INSERT ON uploads
BEGIN
    INSERT OR IGNORE INTO library_stale (upload_id) VALUES (new.id);
END;
CREATE TRIGGER library_of_changed_upload AFTER UPDATE ON uploads
BEGIN
    INSERT OR IGNORE INTO library_stale (upload_id) VALUES (new.id);
END;
INSERT INTO library_stale (upload_id) SELECT id FROM uploads;
";

/// Makes a journal as it was after so many steps, for tests of the way from there.
#[cfg(test)]
pub(super) fn make_old(path: &std::path::Path, step_count: u8) -> Connection {
    let connection = Connection::open(path).unwrap();
    for step in STEPS.iter().take(usize::from(step_count)) {
        connection.execute_batch(step).unwrap();
    }
    connection.pragma_update(None, "user_version", step_count).unwrap();
    connection
}

const STEP_5: &str = "
-- Images that Mapillary showed while an upload was looked for: its own, and those beside them that are none of them.
CREATE TABLE published_images (
    upload_id      INTEGER NOT NULL REFERENCES uploads (id),
    image_id       TEXT    NOT NULL,
    sequence_key   TEXT,
    captured_at_ms INTEGER,
    lat_deg        REAL,                   -- original position
    lon_deg        REAL,
    camera         TEXT,                   -- maker and model
    ordinal        INTEGER,                -- file it was made of; NULL for one that is none of the upload's
    PRIMARY KEY (upload_id, image_id)
) WITHOUT ROWID;
CREATE INDEX published_images_by_sequence ON published_images (sequence_key, upload_id);
";

const STEP_6: &str = "
-- The box around the images of a sequence that was published by other means, degrees; NULL while nobody read it.
ALTER TABLE library ADD COLUMN west_deg  REAL;
ALTER TABLE library ADD COLUMN south_deg REAL;
ALTER TABLE library ADD COLUMN east_deg  REAL;
ALTER TABLE library ADD COLUMN north_deg REAL;
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
    let transaction = connection.transaction().map_err(failed)?;
    library::refresh_stale(&transaction).map_err(|error| match error {
        WriteError::Sqlite(error) => failed(error),
        WriteError::Core(error) => error,
    })?;
    transaction.commit().map_err(failed)
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
