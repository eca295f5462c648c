//! The list of uploads: reading it, its order, and what is kept of an upload without a change of its state.

use rusqlite::params;
use waypost_wire::Problem;

use super::columns::from_json;
use super::record::{COLUMNS, FollowFacts, UploadRecord, load_existing};
use super::row::{set_follow, set_problem};
use super::{Journal, WriteError};
use crate::error::CoreError;
use crate::state::State;

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
