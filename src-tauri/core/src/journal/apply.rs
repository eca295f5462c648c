//! One step of an upload, written down: the event, the state it leads to, and what became known with it, all in one
//! commit. What the step asks for is done only after this returned.

use rusqlite::{Transaction, params};
use waypost_wire::Problem;

use super::record::{self, FollowFacts, NewRecord, UploadRecord};
use super::row;
use super::{Journal, WriteError, columns, files, history, library};
use crate::error::CoreError;
use crate::state::transition::transition;
use crate::state::{Effect, Event, State};

/// What became known together with an event.
#[derive(Clone, Debug, PartialEq)]
pub enum Fact {
    /// The server gave the handle that finish takes.
    Handle(String),
    /// The package is so long, in bytes.
    Length(u64),
    /// The server holds so many bytes.
    Held(u64),
    /// The service's name for the upload.
    Cluster(String),
    /// What the service said of it.
    Follow(FollowFacts),
    /// The session cannot be used any more: the next attempt needs a new key.
    SessionSpoiled,
    /// The server does not want its handles any more: the next attempt asks for new ones.
    HandlesSpoiled,
}

/// A step to be written down.
#[derive(Clone, Debug)]
pub struct Step<'a> {
    /// The upload.
    pub upload_id: i64,
    /// What happened.
    pub event: &'a Event,
    /// When, milliseconds since 1970 UTC.
    pub at_ms: i64,
    /// What is wrong from now on; `None` when nothing is.
    pub problem: Option<Problem>,
    /// What became known with it.
    pub facts: Vec<Fact>,
}

/// What came of a step.
#[derive(Clone, Debug)]
pub enum Applied {
    /// It is written down.
    Done {
        /// The upload as it is now.
        record: Box<UploadRecord>,
        /// What is to be done.
        effects: Vec<Effect>,
    },
    /// The event does not apply in the state the upload is in; nothing was written.
    DoesNotApply {
        /// That state.
        state: State,
    },
}

impl Journal {
    /// Writes a new upload down, in state `draft`, with its files.
    ///
    /// # Errors
    /// [`CoreError::Journal`].
    pub fn add(&self, new: &NewRecord, rows: &[files::FileRow]) -> Result<UploadRecord, CoreError> {
        self.write(|transaction| {
            let upload_id = row::insert(transaction, new)?;
            files::insert(transaction, upload_id, rows)?;
            library::keep_first_notes(transaction, upload_id, &new.notes)?;
            record::load_existing(transaction, upload_id)
        })
    }

    /// Lets the state machine take a step and writes it down.
    ///
    /// # Errors
    /// [`CoreError::NoSuchUpload`], [`CoreError::Journal`].
    pub fn apply(&self, step: &Step<'_>) -> Result<Applied, CoreError> {
        let upload_id = step.upload_id;
        let before = self.upload(upload_id)?;
        // One engine writes, and it takes one step at a time: `before` is still true below.
        let Some(change) = transition(&before.state, step.event) else {
            return Ok(Applied::DoesNotApply { state: before.state });
        };
        self.write(|transaction| {
            note_transition(transaction, step, &before.state, &change.state)?;
            row::set_state(transaction, upload_id, &change.state, &change.effects, step.at_ms)?;
            row::set_problem(transaction, upload_id, step.problem.as_ref())?;
            for fact in &step.facts {
                note_fact(transaction, step, fact)?;
            }
            if change.effects.contains(&Effect::RecordFinished) {
                history::note_taken(transaction, upload_id, step.at_ms)?;
            }
            let record = Box::new(record::load_existing(transaction, upload_id)?);
            Ok(Applied::Done {
                record,
                effects: change.effects,
            })
        })
    }

    /// The events an upload went through, oldest first: when, and the words of event and new state.
    ///
    /// # Errors
    /// [`CoreError::Journal`].
    pub fn transitions(&self, upload_id: i64) -> Result<Vec<(i64, String, String)>, CoreError> {
        self.with(|connection| {
            connection
                .prepare_cached(
                    "SELECT at_ms, event, to_state FROM transitions WHERE upload_id = ?1 \
                     ORDER BY id",
                )?
                .query_map([upload_id], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))?
                .collect()
        })
    }
}

fn note_transition(transaction: &Transaction<'_>, step: &Step<'_>, from: &State, to: &State) -> rusqlite::Result<()> {
    transaction.execute(
        "INSERT INTO transitions (upload_id, at_ms, event, from_state, to_state) \
         VALUES (?1, ?2, ?3, ?4, ?5)",
        params![
            step.upload_id,
            step.at_ms,
            columns::to_json(step.event)?,
            columns::to_json(from)?,
            columns::to_json(to)?,
        ],
    )?;
    Ok(())
}

fn note_fact(transaction: &Transaction<'_>, step: &Step<'_>, fact: &Fact) -> Result<(), WriteError> {
    let id = step.upload_id;
    match fact {
        Fact::Handle(handle) => transaction.execute(
            "UPDATE uploads SET file_handle = ?2, file_handle_at_ms = ?3, \
             sent_bytes = total_bytes WHERE id = ?1",
            params![id, handle, step.at_ms],
        )?,
        Fact::Length(length_bytes) => transaction.execute(
            "UPDATE uploads SET total_bytes = ?2 WHERE id = ?1",
            params![id, columns::signed(*length_bytes)],
        )?,
        Fact::Held(held_bytes) => transaction.execute(
            "UPDATE uploads SET sent_bytes = ?2 WHERE id = ?1",
            params![id, columns::signed(*held_bytes)],
        )?,
        Fact::Cluster(cluster_id) => {
            transaction.execute(
                "INSERT OR IGNORE INTO claims (cluster_id, upload_id) VALUES (?1, ?2)",
                params![cluster_id, id],
            )?;
            transaction.execute(
                "UPDATE uploads SET cluster_id = ?2 WHERE id = ?1",
                params![id, cluster_id],
            )?
        }
        Fact::Follow(follow) => {
            row::set_follow(transaction, id, follow)?;
            1
        }
        Fact::HandlesSpoiled => {
            transaction.execute(
                "UPDATE parts SET handle = NULL, handle_at_ms = NULL WHERE upload_id = ?1",
                [id],
            )?;
            transaction.execute(
                "UPDATE uploads SET file_handle = NULL, file_handle_at_ms = NULL WHERE id = ?1",
                [id],
            )?
        }
        Fact::SessionSpoiled => {
            row::fresh_session(transaction, id)?;
            1
        }
    };
    Ok(())
}
