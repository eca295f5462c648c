//! The one take-out there can be at a time: its state, told by events, and how it is stopped.

use std::sync::{Arc, Mutex, PoisonError};

use tokio_util::sync::CancellationToken;
use waypost_wire::{EventBody, TakeOutState};

use super::bus::EventBus;

/// The take-out. Clones are the same.
#[derive(Clone, Default)]
pub(super) struct TakeOutDesk {
    inner: Arc<Mutex<Inner>>,
}

#[derive(Default)]
struct Inner {
    state: TakeOutState,
    /// Stops what runs; another one for each run.
    stop: CancellationToken,
    /// Which run the state belongs to.
    run: u64,
}

/// The right of one run to tell how it goes, until another takes its place.
#[derive(Clone)]
pub(super) struct Turn {
    desk: TakeOutDesk,
    run: u64,
    /// Cancelled when the run is to stop.
    pub(super) stop: CancellationToken,
    bus: EventBus,
}

impl TakeOutDesk {
    /// In this state, with nothing running.
    pub(super) fn at(state: TakeOutState) -> Self {
        let inner = Inner {
            state,
            ..Inner::default()
        };
        Self {
            inner: Arc::new(Mutex::new(inner)),
        }
    }

    pub(super) fn state(&self) -> TakeOutState {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner).state.clone()
    }

    /// Asks what runs to stop; it says by itself where it was.
    pub(super) fn stop(&self) {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner).stop.cancel();
    }

    /// Stops what runs and puts away what came of it.
    pub(super) fn clear(&self, bus: &EventBus) {
        let turn = self.begin(bus);
        turn.tell(TakeOutState::Idle);
    }

    /// A new run; an earlier one is stopped and tells nothing more.
    pub(super) fn begin(&self, bus: &EventBus) -> Turn {
        let stop = CancellationToken::new();
        let (earlier, run) = {
            let mut inner = self.inner.lock().unwrap_or_else(PoisonError::into_inner);
            inner.run += 1;
            (std::mem::replace(&mut inner.stop, stop.clone()), inner.run)
        };
        earlier.cancel();
        Turn {
            desk: self.clone(),
            run,
            stop,
            bus: bus.clone(),
        }
    }
}

impl Turn {
    /// Tells how this run goes, unless another took its place.
    pub(super) fn tell(&self, state: TakeOutState) {
        let mut inner = self.desk.inner.lock().unwrap_or_else(PoisonError::into_inner);
        if inner.run == self.run {
            inner.state = state.clone();
            // Under the lock, so that no older state is told later.
            self.bus.send(EventBody::TakeOut(state));
        }
    }
}
