//! What the window asks of the take-out.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use serde::{Deserialize, Serialize};
use waypost_wire::{TakeOutChoice, TakeOutState};

use super::take_out_desk::Turn;
use super::waypost::Waypost;
use crate::error::CoreError;
use crate::takeout::{Asker, Choice, estimate, free_bytes, take_out, take_out_in};

/// Images between two events of an estimate: pages come quicker than anybody reads.
const TELL_EVERY_IMAGES: u64 = 1_000;

/// Remembers across restarts where the last take-out went.
const FOLDER_FILE: &str = "take_out.json";

#[derive(Serialize, Deserialize)]
struct LastFolder {
    folder: PathBuf,
}

/// The state in which the program begins: a take-out that was cut short can go on.
pub(super) fn state_at_start(data_dir: &Path) -> TakeOutState {
    let unfinished = || {
        let found = take_out_in(&last_folder(data_dir)?).ok().flatten()?;
        (!found.is_done).then_some(found.progress)
    };
    unfinished().map_or(TakeOutState::Idle, |progress| TakeOutState::Stopped { progress })
}

fn last_folder(data_dir: &Path) -> Option<PathBuf> {
    let bytes = std::fs::read(data_dir.join(FOLDER_FILE)).ok()?;
    let last: LastFolder = serde_json::from_slice(&bytes).ok()?;
    Some(last.folder)
}

/// Where a take-out most likely goes before anybody has said so.
fn own_files(data_dir: &Path) -> PathBuf {
    directories::UserDirs::new().map_or_else(|| data_dir.to_path_buf(), |user| user.home_dir().to_path_buf())
}

impl Waypost {
    /// Takes out into `folder` in the background, or goes on there. An earlier run is stopped.
    ///
    /// # Errors
    /// What is wrong with the choice; [`CoreError::Io`] when the folder cannot be remembered. Everything else comes as
    /// an event.
    pub fn take_out_into(&self, folder: PathBuf, choice: TakeOutChoice) -> Result<(), CoreError> {
        let choice = Choice::check(choice)?;
        let path = self.data_dir.join(FOLDER_FILE);
        let text = serde_json::to_vec(&LastFolder { folder: folder.clone() });
        text.map_err(std::io::Error::from)
            .and_then(|text| std::fs::write(&path, text))
            .map_err(|source| CoreError::Io { path, source })?;
        let turn = self.take_out.begin(&self.bus);
        let asker = self.asker(&turn);
        tokio::spawn(async move {
            let teller = turn.clone();
            let told = move |progress| teller.tell(TakeOutState::Running { progress });
            turn.tell(match take_out(&asker, &choice, &folder, told).await {
                Ok(result) => TakeOutState::Done { result },
                Err(ended) => match (ended.error, ended.progress) {
                    (CoreError::Stopped, Some(progress)) => TakeOutState::Stopped { progress },
                    (CoreError::Stopped, None) => TakeOutState::Idle,
                    (error, progress) => TakeOutState::Failed {
                        problem: error.problem(),
                        progress,
                    },
                },
            });
        });
        Ok(())
    }

    /// Goes on with the last take-out, in its folder.
    ///
    /// # Errors
    /// [`CoreError::NothingToContinue`]; those of [`Waypost::take_out_into`].
    pub(super) fn continue_take_out(&self) -> Result<(), CoreError> {
        let folder = last_folder(&self.data_dir).ok_or(CoreError::NothingToContinue)?;
        let found = take_out_in(&folder)?.ok_or(CoreError::NothingToContinue)?;
        self.take_out_into(folder, found.choice)
    }

    /// Says in the background how large a take-out will be.
    ///
    /// # Errors
    /// What is wrong with the choice; everything else comes as an event.
    pub(super) fn estimate_take_out(&self, choice: TakeOutChoice) -> Result<(), CoreError> {
        let choice = Choice::check(choice)?;
        let turn = self.take_out.begin(&self.bus);
        let asker = self.asker(&turn);
        turn.tell(TakeOutState::Estimating { image_count: 0 });
        let free_bytes = free_bytes(&last_folder(&self.data_dir).unwrap_or_else(|| own_files(&self.data_dir)));
        tokio::spawn(async move {
            let told = std::sync::atomic::AtomicU64::new(0);
            let estimated = estimate(&asker, &choice, |image_count| {
                let last = told.load(std::sync::atomic::Ordering::Relaxed);
                if image_count >= last.saturating_add(TELL_EVERY_IMAGES) {
                    told.store(image_count, std::sync::atomic::Ordering::Relaxed);
                    turn.tell(TakeOutState::Estimating { image_count });
                }
            })
            .await;
            turn.tell(match estimated {
                Ok(estimate) => TakeOutState::Estimated {
                    estimate: waypost_wire::TakeOutEstimate { free_bytes, ..estimate },
                },
                Err(CoreError::Stopped) => TakeOutState::Idle,
                Err(error) => TakeOutState::Failed {
                    problem: error.problem(),
                    progress: None,
                },
            });
        });
        Ok(())
    }

    /// Asks the service with the account that is signed in, until the run is stopped.
    pub(super) fn asker(&self, turn: &Turn) -> Asker {
        Asker::new(
            self.client.clone(),
            Arc::new(self.accounts.clone()),
            Arc::clone(&self.clock),
            turn.stop.clone(),
        )
    }
}
