//! The one line of numbered events to the window.
//!
//! It outlives a change between practice and the real service, so that the numbers never start anew while a window
//! listens.

use std::sync::{Arc, Mutex, PoisonError};

use tokio::sync::mpsc;
use waypost_wire::{Event, EventBody};

/// Numbers events and hands them to whoever listens. Clones are the same line.
#[derive(Clone, Default)]
pub struct EventBus {
    inner: Arc<Mutex<Inner>>,
}

#[derive(Default)]
struct Inner {
    seq: u64,
    listener: Option<mpsc::UnboundedSender<Event>>,
}

impl EventBus {
    /// Sends an event with the next number.
    pub fn send(&self, body: EventBody) {
        let mut inner = self.inner.lock().unwrap_or_else(PoisonError::into_inner);
        inner.seq = inner.seq.saturating_add(1);
        let event = Event { seq: inner.seq, body };
        if inner
            .listener
            .as_ref()
            .is_some_and(|listener| listener.send(event).is_err())
        {
            inner.listener = None;
        }
    }

    /// Number of the last event.
    pub fn seq(&self) -> u64 {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner).seq
    }

    /// Listens from now on; an earlier listener gets nothing more. There is one window.
    pub fn listen(&self) -> mpsc::UnboundedReceiver<Event> {
        let (sender, receiver) = mpsc::unbounded_channel();
        self.inner.lock().unwrap_or_else(PoisonError::into_inner).listener = Some(sender);
        receiver
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn events_are_numbered_without_a_gap_and_a_new_window_takes_the_line_over() {
        let bus = EventBus::default();
        bus.send(EventBody::Practice(true));
        let mut first = bus.listen();
        bus.send(EventBody::Practice(false));
        let mut second = bus.listen();
        bus.send(EventBody::Practice(true));
        assert_eq!(first.try_recv().unwrap().seq, 2);
        assert!(first.try_recv().is_err());
        assert_eq!(second.try_recv().unwrap().seq, 3);
        assert_eq!(bus.seq(), 3);
    }
}
