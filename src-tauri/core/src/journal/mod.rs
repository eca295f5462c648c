//! The journal: what was asked for, what was about to be done, and what is known to have happened.
//!
//! One SQLite file in the data folder, WAL, `synchronous=FULL`: what is committed here survives a kill and a power cut.
//! One process writes, held apart by a lock file beside it; any number may read. No token is ever put in.

mod apply;
mod columns;
mod files;
mod history;
mod library;
mod parts;
mod probe;
mod published;
mod record;
mod row;
mod schema;
mod settings;
mod uploads;

use std::fs::{File, OpenOptions, TryLockError};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};

use rusqlite::{Connection, OpenFlags, Transaction};

pub use apply::{Applied, Fact, Step};
pub use files::FileRow;
pub use library::{FoundImage, ImportOf, ImportSpan, ImportTotals, MAX_ROWS};
pub use parts::PartRow;
pub use probe::{CommitPoint, CommitProbe};
pub use published::PublishedImage;
pub use record::{FollowFacts, NewRecord, UploadRecord};

use crate::error::CoreError;
use crate::private_file::create_private;

/// Name of the database in the data folder.
pub const FILE_NAME: &str = "waypost.sqlite3";
/// Name of the lock file in the data folder.
pub const LOCK_NAME: &str = "waypost.lock";

/// The open journal. Calls block: make them off the async threads.
pub struct Journal {
    connection: Mutex<Connection>,
    path: PathBuf,
    /// Held as long as this journal may write; the system lets go of it when the process ends, however it ends.
    _lock: Option<File>,
    probe: Option<CommitProbe>,
    commits: AtomicU64,
    dead: AtomicBool,
}

impl Journal {
    /// Opens the journal of `data_dir` for writing, makes folder and file when they are missing, and brings an older
    /// file up to date.
    ///
    /// # Errors
    /// [`CoreError::AlreadyRunning`] when another process (or engine) writes it, [`CoreError::JournalTooNew`],
    /// [`CoreError::Journal`] when it cannot be read or written, [`CoreError::Io`] when the folder cannot be made.
    pub fn open(data_dir: &Path, probe: Option<CommitProbe>) -> Result<Self, CoreError> {
        std::fs::create_dir_all(data_dir).map_err(|source| CoreError::Io {
            path: data_dir.into(),
            source,
        })?;
        let lock = lock(data_dir)?;
        let path = data_dir.join(FILE_NAME);
        create_private(&path)?;
        let journal = Self {
            connection: Mutex::new(Connection::open(&path).map_err(|error| failed(&path, &error))?),
            path,
            _lock: Some(lock),
            probe,
            commits: AtomicU64::new(0),
            dead: AtomicBool::new(false),
        };
        journal.with(|connection| {
            // The mode is answered with the one that is set now; it is not to be trusted blindly.
            let mode: String = connection.query_row("PRAGMA journal_mode=WAL", [], |row| row.get(0))?;
            tracing::debug!(mode, "journal opened");
            connection.pragma_update(None, "synchronous", "FULL")?;
            connection.pragma_update(None, "foreign_keys", true)?;
            connection.busy_timeout(std::time::Duration::from_secs(5))
        })?;
        schema::migrate(&journal)?;
        Ok(journal)
    }

    /// Opens the journal of `data_dir` for reading beside a running Waypost; `None` when there is none yet.
    ///
    /// # Errors
    /// [`CoreError::JournalTooNew`] and [`CoreError::Journal`].
    pub fn open_read_only(data_dir: &Path) -> Result<Option<Self>, CoreError> {
        let path = data_dir.join(FILE_NAME);
        if !path.exists() {
            return Ok(None);
        }
        let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let connection = Connection::open_with_flags(&path, flags).map_err(|error| failed(&path, &error))?;
        let journal = Self {
            connection: Mutex::new(connection),
            path,
            _lock: None,
            probe: None,
            commits: AtomicU64::new(0),
            dead: AtomicBool::new(false),
        };
        journal.with(|connection| connection.busy_timeout(std::time::Duration::from_secs(5)))?;
        schema::check(&journal)?;
        Ok(Some(journal))
    }

    /// What the database finds damaged in itself, in its words; empty when it is sound.
    ///
    /// # Errors
    /// [`CoreError::Journal`].
    pub fn unsound(&self) -> Result<Vec<String>, CoreError> {
        let said: Vec<String> = self.with(|connection| {
            connection
                .prepare("PRAGMA quick_check")?
                .query_map([], |row| row.get(0))?
                .collect()
        })?;
        Ok(said.into_iter().filter(|word| word != "ok").collect())
    }

    /// The database file.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// How often something was committed since it was opened.
    pub fn commit_count(&self) -> u64 {
        self.commits.load(Ordering::Relaxed)
    }

    /// Lets the file grow to so many pages and no further, as a full disk does; `None` takes the limit away. Returns how
    /// many pages it has. This is how the tests fill the disk; Waypost uses it for nothing else.
    ///
    /// # Errors
    /// [`CoreError::Journal`].
    pub fn limit_pages(&self, limit: Option<u32>) -> Result<u32, CoreError> {
        // SQLite's own largest limit; a smaller one than the file has is the file's size.
        let limit = limit.unwrap_or(u32::MAX - 1);
        self.with(|connection| {
            connection.query_row(&format!("PRAGMA max_page_count={limit}"), [], |_| Ok(()))?;
            connection.query_row("PRAGMA page_count", [], |row| row.get(0))
        })
    }

    /// Reads.
    fn with<T>(&self, work: impl FnOnce(&Connection) -> rusqlite::Result<T>) -> Result<T, CoreError> {
        if self.dead.load(Ordering::Acquire) {
            return Err(CoreError::Stopped);
        }
        work(&self.connection()).map_err(|error| failed(&self.path, &error))
    }

    /// Writes, all or nothing. When this returns `Ok` the change is on the disk.
    fn write<T>(&self, work: impl FnOnce(&Transaction<'_>) -> Result<T, WriteError>) -> Result<T, CoreError> {
        let mut connection = self.connection();
        if self.dead.load(Ordering::Acquire) {
            return Err(CoreError::Stopped);
        }
        let count = self.commits.load(Ordering::Relaxed) + 1;
        let result = (|| {
            let transaction = connection.transaction()?;
            let value = work(&transaction)?;
            library::refresh_stale(&transaction)?;
            // Left without a commit, the transaction is rolled back.
            self.survives(CommitPoint::Before(count))?;
            transaction.commit()?;
            Ok(value)
        })();
        let value = result.map_err(|error| match error {
            WriteError::Sqlite(error) => failed(&self.path, &error),
            WriteError::Core(error) => error,
        })?;
        self.commits.store(count, Ordering::Relaxed);
        self.survives(CommitPoint::After(count))?;
        Ok(value)
    }

    fn survives(&self, point: CommitPoint) -> Result<(), CoreError> {
        if self.probe.as_ref().is_none_or(|probe| probe(point)) {
            return Ok(());
        }
        self.dead.store(true, Ordering::Release);
        Err(CoreError::Stopped)
    }

    fn connection(&self) -> MutexGuard<'_, Connection> {
        // A panic elsewhere rolled its transaction back; the connection is as good as before.
        self.connection.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// What can stop a write before it is committed.
enum WriteError {
    Sqlite(rusqlite::Error),
    Core(CoreError),
}

impl From<rusqlite::Error> for WriteError {
    fn from(error: rusqlite::Error) -> Self {
        Self::Sqlite(error)
    }
}

impl From<CoreError> for WriteError {
    fn from(error: CoreError) -> Self {
        Self::Core(error)
    }
}

fn failed(path: &Path, error: &rusqlite::Error) -> CoreError {
    CoreError::Journal {
        path: path.into(),
        reason: error.to_string(),
    }
}

fn lock(data_dir: &Path) -> Result<File, CoreError> {
    let path = data_dir.join(LOCK_NAME);
    let file = OpenOptions::new()
        .create(true)
        .truncate(false)
        .write(true)
        .open(&path)
        .map_err(|source| CoreError::Io {
            path: path.clone(),
            source,
        })?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(TryLockError::WouldBlock) => Err(CoreError::AlreadyRunning { path: data_dir.into() }),
        Err(TryLockError::Error(source)) => Err(CoreError::Io { path, source }),
    }
}

#[cfg(test)]
mod tests;
