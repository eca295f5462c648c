//! Settings that live with the journal: plain keys and values, no secrets.

use rusqlite::OptionalExtension;

use super::Journal;
use crate::error::CoreError;

impl Journal {
    /// The value under `key`.
    ///
    /// # Errors
    /// [`CoreError::Journal`].
    pub fn setting(&self, key: &str) -> Result<Option<String>, CoreError> {
        self.with(|connection| {
            connection
                .prepare_cached("SELECT value FROM settings WHERE key = ?1")?
                .query_row([key], |row| row.get(0))
                .optional()
        })
    }

    /// All settings, by key.
    ///
    /// # Errors
    /// [`CoreError::Journal`].
    pub fn settings(&self) -> Result<Vec<(String, String)>, CoreError> {
        self.with(|connection| {
            connection
                .prepare_cached("SELECT key, value FROM settings ORDER BY key")?
                .query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?
                .collect()
        })
    }

    /// Keeps `value` under `key`; `None` forgets the key.
    ///
    /// # Errors
    /// [`CoreError::Journal`].
    pub fn set_setting(&self, key: &str, value: Option<&str>) -> Result<(), CoreError> {
        self.write(|transaction| {
            match value {
                Some(value) => transaction.execute(
                    "INSERT OR REPLACE INTO settings (key, value) VALUES (?1, ?2)",
                    [key, value],
                )?,
                None => transaction.execute("DELETE FROM settings WHERE key = ?1", [key])?,
            };
            Ok(())
        })
    }
}
