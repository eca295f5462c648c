//! Reading a dropped folder in the background, so that the window shows counts and can stop it.

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicI64, Ordering};

use waypost_wire::{EventBody, PlanProgress, PrepareState};

use super::bus::EventBus;
use super::prepared::Prepared;
use crate::error::CoreError;
use crate::observe::ProcessObserver;
use crate::planning::PlanSettings;
use crate::ports::Clock;
use crate::readings::readings;
use crate::scan::is_track_file;
use crate::settings::{ReadSettings, SequenceSettings};
use crate::track_file::Track;

/// Shortest time between two counts, milliseconds: five a second are as many as an eye follows.
const COUNT_EVERY_MS: i64 = 200;

/// Track files of the dropped folders that are opened at most: somebody's archive of walks is no offer.
const MAX_FOUND_TRACKS: usize = 16;

/// A reading that can be stopped.
#[derive(Clone, Debug, Default)]
pub struct Reading {
    stopped: Arc<AtomicBool>,
}

impl Reading {
    /// Stops it; the plan is dropped.
    pub fn stop(&self) {
        self.stopped.store(true, Ordering::Relaxed);
    }

    /// Whether it was stopped.
    pub fn is_stopped(&self) -> bool {
        self.stopped.load(Ordering::Relaxed)
    }

    /// Reads `paths`, off the async threads. Track files among them are added to the plan, and so are those that lie in
    /// their folders; one of the latter that cannot be used is said and costs nothing else.
    ///
    /// # Errors
    /// As [`readings`] and [`Track::load`]; [`CoreError::Stopped`] after [`Reading::stop`].
    pub async fn run(
        &self,
        paths: Vec<PathBuf>,
        read: ReadSettings,
        sequence: SequenceSettings,
        bus: EventBus,
        clock: Arc<dyn Clock>,
    ) -> Result<Prepared, CoreError> {
        let observer = Observer {
            reading: self.clone(),
            bus,
            clock,
            next_at_ms: AtomicI64::new(i64::MIN),
        };
        tokio::task::spawn_blocking(move || {
            let (track_paths, paths): (Vec<PathBuf>, Vec<PathBuf>) =
                paths.into_iter().partition(|path| is_track_file(path));
            let mut tracks = load_tracks(&track_paths)?;
            let readings = readings(&paths, &read, &observer)?;
            for path in readings.track_files.iter().take(MAX_FOUND_TRACKS) {
                match Track::load(path) {
                    Ok(track) => tracks.push(track),
                    Err(error) => observer.bus.send(EventBody::Notice(error.problem())),
                }
            }
            let settings = PlanSettings {
                sequence,
                naive_time_zone: read.naive_time_zone,
            };
            let mut prepared = Prepared::new(readings, settings)?;
            prepared.add_tracks(tracks);
            Ok(prepared)
        })
        .await
        .unwrap_or(Err(CoreError::Stopped))
    }
}

/// Loads track files.
///
/// # Errors
/// As [`Track::load`], for the first one that cannot be used.
pub fn load_tracks(paths: &[PathBuf]) -> Result<Vec<Track>, CoreError> {
    paths.iter().map(|path| Track::load(path)).collect()
}

struct Observer {
    reading: Reading,
    bus: EventBus,
    clock: Arc<dyn Clock>,
    next_at_ms: AtomicI64,
}

impl ProcessObserver for Observer {
    fn progress(&self, progress: PlanProgress) {
        let now_ms = self.clock.now_ms();
        let next_at_ms = self.next_at_ms.load(Ordering::Relaxed);
        if now_ms < next_at_ms || self.reading.is_stopped() {
            return;
        }
        // Of several readers at the same moment one tells.
        let mine = self.next_at_ms.compare_exchange(
            next_at_ms,
            now_ms.saturating_add(COUNT_EVERY_MS),
            Ordering::Relaxed,
            Ordering::Relaxed,
        );
        if mine.is_ok() {
            self.bus.send(EventBody::Prepare(PrepareState::Reading(progress)));
        }
    }

    fn cancelled(&self) -> bool {
        self.reading.is_stopped()
    }
}
