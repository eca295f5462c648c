//! Reading the account's published sequences in the background: begun, stopped and told by events.

use std::sync::{Arc, Mutex, PoisonError};

use tokio_util::sync::CancellationToken;
use waypost_wire::{EventBody, LibraryImportState, Problem};

use super::waypost::Waypost;
use crate::error::CoreError;
use crate::journal::ImportTotals;
use crate::library::import::{Import, ImportAccount};
use crate::takeout::Asker;
use crate::upload::TokenSource as _;

/// The one import there can be at a time.
#[derive(Default)]
pub(super) struct ImportDesk(Mutex<Inner>);

#[derive(Default)]
struct Inner {
    /// Stops the one that runs.
    running: Option<CancellationToken>,
    /// Why the last one failed.
    problem: Option<Problem>,
}

impl ImportDesk {
    /// Asks the one that runs to stop; it says by itself how far it came.
    pub(super) fn stop(&self) {
        if let Some(running) = &self.lock().running {
            running.cancel();
        }
    }

    /// The right to run; `None` while another one does.
    fn begin(&self) -> Option<CancellationToken> {
        let mut inner = self.lock();
        if inner.running.is_some() {
            return None;
        }
        let stop = CancellationToken::new();
        inner.running = Some(stop.clone());
        inner.problem = None;
        Some(stop)
    }

    fn end(&self, problem: Option<Problem>) {
        let mut inner = self.lock();
        inner.running = None;
        inner.problem = problem;
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Inner> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Waypost {
    /// Begins to read what the account has published; nothing happens while that is under way already.
    ///
    /// # Errors
    /// [`CoreError::NotSignedIn`]; everything else comes as an event.
    pub(super) async fn import_library(self: &Arc<Self>, all: bool) -> Result<(), CoreError> {
        self.accounts.current().await?.ok_or(CoreError::NotSignedIn)?;
        let journal = self.engine().await?.journal();
        let Some(stop) = self.import.begin() else {
            return Ok(());
        };
        let waypost = Arc::clone(self);
        tokio::spawn(async move {
            let tokens: Arc<dyn crate::upload::TokenSource> = Arc::new(waypost.accounts.clone());
            let asker = Asker::new(waypost.client.clone(), tokens, Arc::clone(&waypost.clock), stop.clone());
            let read = async {
                let active = waypost.accounts.token(None).await?;
                let import = Import {
                    asker,
                    journal,
                    viewer: waypost.viewer.clone(),
                    account: ImportAccount {
                        user_id: active.user_id,
                        username: active.username,
                    },
                };
                let told = |totals| waypost.tell_import(running(totals));
                import.run(all, &told).await
            }
            .await;
            let problem = match &read {
                Ok(_) | Err(CoreError::Stopped) => None,
                Err(error) => Some(error.problem()),
            };
            waypost.import.end(problem);
            let state = match read {
                Ok(totals) => resting(totals),
                Err(_) => waypost.import_state().await.unwrap_or_default(),
            };
            waypost.tell_import(state);
        });
        Ok(())
    }

    /// How far reading the present account's sequences is.
    ///
    /// # Errors
    /// [`CoreError::Journal`].
    pub(super) async fn import_state(&self) -> Result<LibraryImportState, CoreError> {
        let (is_running, problem) = {
            let inner = self.import.lock();
            (inner.running.is_some(), inner.problem.clone())
        };
        if let Some(problem) = problem {
            return Ok(LibraryImportState::Failed { problem });
        }
        let account = self.accounts.current().await.ok().flatten();
        let Some(user_id) = account.and_then(|account| account.user_id) else {
            return Ok(LibraryImportState::Never);
        };
        let totals = self
            .with_journal(move |journal| journal.import_totals(&user_id))
            .await?;
        Ok(match totals {
            None => LibraryImportState::Never,
            Some(totals) if is_running => running(totals),
            Some(totals) => resting(totals),
        })
    }

    fn tell_import(&self, state: LibraryImportState) {
        self.bus.send(EventBody::LibraryImport(state));
    }
}

fn running(totals: ImportTotals) -> LibraryImportState {
    LibraryImportState::Running {
        spans_done: totals.spans_done,
        spans_total: totals.spans_total,
        image_count: totals.image_count,
        new_count: totals.new_count,
    }
}

fn resting(totals: ImportTotals) -> LibraryImportState {
    match totals.done_at_ms {
        Some(at_ms) => LibraryImportState::Done {
            at_ms,
            image_count: totals.image_count,
            new_count: totals.new_count,
        },
        None => LibraryImportState::Stopped {
            spans_done: totals.spans_done,
            spans_total: totals.spans_total,
        },
    }
}
