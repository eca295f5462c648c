//! Reading a dropped folder in the background, so that the window shows counts and can stop it.

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicI64, Ordering};

use waypost_wire::{EventBody, PlanProgress, PrepareState};

use super::bus::EventBus;
use crate::error::CoreError;
use crate::observe::ProcessObserver;
use crate::plan::Plan;
use crate::ports::Clock;
use crate::process::process;
use crate::settings::{ReadSettings, SequenceSettings};

/// Shortest time between two counts, milliseconds: five a second are as many as an eye follows.
const COUNT_EVERY_MS: i64 = 200;

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

    /// Reads `paths`, off the async threads.
    ///
    /// # Errors
    /// As [`process`]; [`CoreError::Stopped`] after [`Reading::stop`].
    pub async fn run(
        &self,
        paths: Vec<PathBuf>,
        read: ReadSettings,
        sequence: SequenceSettings,
        bus: EventBus,
        clock: Arc<dyn Clock>,
    ) -> Result<Plan, CoreError> {
        let observer = Observer {
            reading: self.clone(),
            bus,
            clock,
            next_at_ms: AtomicI64::new(i64::MIN),
        };
        tokio::task::spawn_blocking(move || process(&paths, &read, &sequence, &observer))
            .await
            .unwrap_or(Err(CoreError::Stopped))
    }
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
