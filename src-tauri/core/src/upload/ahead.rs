//! The next upload of the queue is measured while the one before it is sent: the pass over its bytes (MD5 and checksums),
//! which has to come before the first of them goes out, then costs no time of its own.
//!
//! Just one, and only while something is sent: more would wear the card for uploads that may never be asked for. Images
//! are read once anyway, just before each is sent, and side by side.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::oneshot;
use tokio_util::sync::{CancellationToken, DropGuard};

use super::inner::Inner;
use super::prepare::{Measuring, part_of};
use crate::error::CoreError;
use crate::journal::Journal;
use crate::package::{Measured, Part};
use crate::state::{State, Step};

/// A part that was measured, ready to be sent.
pub(super) type MeasuredPart = (Arc<dyn Part>, Measured);

/// The upload that is measured before its turn.
#[derive(Default)]
pub(super) struct Ahead {
    slot: Mutex<Option<Slot>>,
    sending: AtomicUsize,
}

struct Slot {
    upload_id: i64,
    done: oneshot::Receiver<MeasuredPart>,
    /// Ends the measuring when the slot is emptied without being claimed.
    guard: DropGuard,
}

/// Counts one upload that is sending, until it is dropped.
pub(super) struct Sending<'a>(&'a AtomicUsize);

impl Drop for Sending<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}

impl Ahead {
    /// An upload begins to send.
    pub(super) fn sending(&self) -> Sending<'_> {
        self.sending.fetch_add(1, Ordering::Relaxed);
        Sending(&self.sending)
    }

    /// What was measured of an upload whose turn has come, once it is; `None` where nothing was begun or it did not work.
    pub(super) async fn claim(&self, upload_id: i64, stop: &CancellationToken) -> Option<MeasuredPart> {
        let slot = {
            let mut slot = self.slot();
            if slot.as_ref().is_none_or(|slot| slot.upload_id != upload_id) {
                return None;
            }
            slot.take()?
        };
        tokio::select! {
            biased;
            () = stop.cancelled() => None,
            done = slot.done => {
                slot.guard.disarm();
                done.ok()
            }
        }
    }

    /// The upload will not be sent now: it was paused, cancelled or removed.
    pub(super) fn forget(&self, upload_id: i64) {
        let mut slot = self.slot();
        if slot.as_ref().is_some_and(|slot| slot.upload_id == upload_id) {
            *slot = None;
        }
    }

    fn slot(&self) -> MutexGuard<'_, Option<Slot>> {
        self.slot.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Inner {
    /// Begins to measure the next upload of the queue, if something is being sent and nothing was begun.
    pub(super) async fn measure_ahead(self: &Arc<Self>) -> Result<(), CoreError> {
        if self.ahead.sending.load(Ordering::Relaxed) == 0 || self.stop.is_cancelled() {
            return Ok(());
        }
        let queued = self.journal(Journal::queued).await?;
        let next = {
            let running = self.running();
            queued.iter().copied().find(|id| !running.contains_key(id))
        };
        let Some(upload_id) = next else {
            return Ok(());
        };
        let (record, files) = self
            .journal(move |journal| Ok((journal.upload(upload_id)?, journal.files(upload_id)?)))
            .await?;
        if record.state != (State::Queued { next: Step::Transfer }) {
            return Ok(());
        }
        let stop = self.stop.child_token();
        let (told, done) = oneshot::channel();
        {
            let mut slot = self.ahead.slot();
            if slot.as_ref().is_some_and(|slot| queued.contains(&slot.upload_id)) {
                return Ok(());
            }
            *slot = Some(Slot {
                upload_id,
                done,
                guard: stop.clone().drop_guard(),
            });
        }
        let live = self.live(upload_id);
        live.begin(record.total_bytes, record.sent_bytes);
        let measuring = Measuring {
            inner: Arc::clone(self),
            live,
            stop,
            upload_id,
        };
        self.tasks.spawn_blocking(move || {
            // What does not work now is tried again, and told, when it is its turn. So is what has no room now.
            if let Ok(Some(part)) = part_of(&record, &files)
                && let Some(_room) = measuring.inner.measuring_room.try_take(part.as_ref())
                && let Ok(measured) = part.measure(&measuring)
            {
                let _ = told.send((part, measured));
            }
        });
        Ok(())
    }
}
