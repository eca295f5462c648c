//! Memory for what is measured at the same time: a zip holds a few of its photos then, and those of a new camera have
//! megabytes. Where there is room for one zip only, the others wait.

use std::sync::Arc;

use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use crate::package::Part;

/// The memory that all measuring shares.
pub(super) struct MeasuringRoom {
    free_kib: Arc<Semaphore>,
    all_kib: u32,
}

impl MeasuringRoom {
    /// So much altogether, kibibytes.
    pub(super) fn new(kib: u32) -> Self {
        let room = usize::try_from(kib).unwrap_or(Semaphore::MAX_PERMITS);
        Self {
            free_kib: Arc::new(Semaphore::new(room)),
            all_kib: kib,
        }
    }

    /// Room to measure `part`, once there is; a part that needs more than there is at all is measured alone.
    pub(super) async fn take(&self, part: &dyn Part) -> Option<OwnedSemaphorePermit> {
        let permits = Arc::clone(&self.free_kib).acquire_many_owned(self.kib_of(part));
        // The semaphore is never closed.
        permits.await.ok()
    }

    /// The same, if there is room now.
    pub(super) fn try_take(&self, part: &dyn Part) -> Option<OwnedSemaphorePermit> {
        let permits = Arc::clone(&self.free_kib).try_acquire_many_owned(self.kib_of(part));
        permits.ok()
    }

    fn kib_of(&self, part: &dyn Part) -> u32 {
        let needed_kib = part.measuring_bytes().div_ceil(1_024);
        u32::try_from(needed_kib).unwrap_or(u32::MAX).min(self.all_kib)
    }
}

#[cfg(test)]
mod tests {
    use std::io::Read;

    use super::*;
    use crate::error::CoreError;
    use crate::observe::MeasureObserver;
    use crate::package::Measured;

    struct Needs(u64);

    impl Part for Needs {
        fn suffix(&self) -> &'static str {
            "zip"
        }

        fn name(&self) -> String {
            "a zip".into()
        }

        fn measure(&self, _observer: &dyn MeasureObserver) -> Result<Measured, CoreError> {
            Err(CoreError::Stopped)
        }

        fn reader(&self, _offset_bytes: u64) -> Result<Box<dyn Read + Send>, CoreError> {
            Err(CoreError::Stopped)
        }

        fn measuring_bytes(&self) -> u64 {
            self.0
        }
    }

    #[tokio::test]
    async fn what_fits_is_measured_together_and_what_does_not_fit_alone() {
        let room = MeasuringRoom::new(100);
        let small = room.take(&Needs(40 * 1_024)).await;
        let other = room.try_take(&Needs(60 * 1_024));
        assert!(small.is_some() && other.is_some());
        assert!(room.try_take(&Needs(1)).is_none(), "all of it is taken");
        assert!(room.try_take(&Needs(0)).is_some(), "nothing always fits");
        drop((small, other));
        let huge = room.take(&Needs(u64::MAX)).await;
        assert!(huge.is_some() && room.try_take(&Needs(1)).is_none());
        drop(huge);
        assert!(room.try_take(&Needs(100 * 1_024)).is_some());
    }
}
