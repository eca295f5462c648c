//! The dry run of the window: everything is done but talking to the network, and the packages are left in a folder.

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use tokio_util::sync::CancellationToken;
use waypost_wire::{DryRunState, EventBody, UploadEvent, UploadRow};

use super::bus::EventBus;
use crate::error::CoreError;
use crate::ports::Clock;
use crate::submit::{Goal, begin, has_arrived, is_over, submit};
use crate::upload::{Engine, EngineConfig, FolderTransport, NewUpload, NoTokens};

/// The one dry run there can be. Clones are the same.
#[derive(Clone, Default)]
pub(super) struct DryRun {
    inner: Arc<Mutex<(DryRunState, CancellationToken)>>,
}

impl DryRun {
    pub(super) fn state(&self) -> DryRunState {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner).0.clone()
    }

    /// Stops what runs and puts away what came of it.
    pub(super) fn clear(&self, bus: &EventBus) {
        self.begin(DryRunState::Idle, bus);
    }

    /// Makes the packages of `uploads` in `folder`, in the background; an earlier run is stopped.
    pub(super) fn start(&self, folder: PathBuf, uploads: Vec<NewUpload>, clock: Arc<dyn Clock>, bus: EventBus) {
        let dry_run = self.clone();
        let stop = dry_run.begin(
            DryRunState::Running {
                done_bytes: 0,
                total_bytes: 0,
            },
            &bus,
        );
        tokio::spawn(async move {
            let told = |rows: &HashMap<i64, UploadRow>| {
                let state = DryRunState::Running {
                    done_bytes: rows.values().map(|row| row.sent_bytes).sum(),
                    total_bytes: rows.values().map(|row| row.total_bytes).sum(),
                };
                dry_run.set(&stop, state, &bus);
            };
            let result = tokio::select! {
                result = run(&folder, uploads, clock, told) => result,
                () = stop.cancelled() => return,
            };
            let state = match result {
                Ok(rows) => DryRunState::Done {
                    folder: folder.display().to_string(),
                    upload_count: rows.len() as u64,
                    total_bytes: rows.iter().map(|row| row.total_bytes).sum(),
                },
                Err(error) => DryRunState::Failed { problem: error },
            };
            dry_run.set(&stop, state, &bus);
        });
    }

    fn begin(&self, state: DryRunState, bus: &EventBus) -> CancellationToken {
        let stop = CancellationToken::new();
        let earlier = {
            let mut inner = self.inner.lock().unwrap_or_else(PoisonError::into_inner);
            std::mem::replace(&mut *inner, (state.clone(), stop.clone())).1
        };
        earlier.cancel();
        bus.send(EventBody::DryRun(state));
        stop
    }

    /// Tells how `stop`'s run goes, unless it was stopped or another took its place.
    fn set(&self, stop: &CancellationToken, state: DryRunState, bus: &EventBus) {
        {
            let mut inner = self.inner.lock().unwrap_or_else(PoisonError::into_inner);
            if stop.is_cancelled() {
                return;
            }
            inner.0 = state.clone();
        }
        bus.send(EventBody::DryRun(state));
    }
}

/// Runs to the end. The journal of a dry run is nobody's history and goes away with it.
async fn run(
    folder: &Path,
    uploads: Vec<NewUpload>,
    clock: Arc<dyn Clock>,
    told: impl Fn(&HashMap<i64, UploadRow>),
) -> Result<Vec<UploadRow>, waypost_wire::Problem> {
    let scratch = tempfile::tempdir().map_err(|source| {
        CoreError::Io {
            path: std::env::temp_dir(),
            source,
        }
        .problem()
    })?;
    let transport = Arc::new(FolderTransport::new(folder));
    let config = EngineConfig::new(scratch.path());
    let made = async {
        let engine = Engine::open(config, transport, Arc::new(NoTokens), clock, None).await?;
        let mut upload_ids = Vec::new();
        for upload in uploads {
            let user_id = upload.user_id.clone().unwrap_or_default();
            upload_ids.extend(submit(&engine, upload, &user_id, false).await?.upload_id());
        }
        let mut events = engine.events();
        begin(&engine, &upload_ids).await?;
        let shown = async {
            let mut rows: HashMap<i64, UploadRow> = HashMap::new();
            // Ends with the engine; events that were missed are made up for by the next ones.
            loop {
                match events.recv().await {
                    Ok(UploadEvent::Row(row)) => {
                        rows.insert(row.upload_id, *row);
                    }
                    Ok(UploadEvent::Progress(progress)) => {
                        if let Some(row) = rows.get_mut(&progress.upload_id) {
                            row.sent_bytes = progress.sent_bytes;
                            row.total_bytes = progress.total_bytes;
                        }
                    }
                    Ok(_) | Err(tokio::sync::broadcast::error::RecvError::Lagged(_)) => continue,
                    Err(tokio::sync::broadcast::error::RecvError::Closed) => std::future::pending().await,
                }
                told(&rows);
            }
        };
        let rows = tokio::select! {
            rows = engine.wait_until(&upload_ids, |row| is_over(row, Goal::Taken)) => rows?,
            () = shown => return Err(CoreError::Stopped),
        };
        engine.shutdown().await?;
        Ok(rows)
    };
    let rows = made.await.map_err(|error: CoreError| error.problem())?;
    match rows.iter().find(|row| !has_arrived(row, Goal::Taken)) {
        Some(row) => Err(row.problem.clone().unwrap_or_else(|| CoreError::Stopped.problem())),
        None => Ok(rows),
    }
}
