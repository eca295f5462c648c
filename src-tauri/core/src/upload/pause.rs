//! How a run waits: for a time, for better hours, or for the line to come back, and always also for the person.

use tokio::sync::watch;
use waypost_wire::WaitReason;

use super::line::LineState;
use super::run::{Halt, Run};
use crate::ports::Clock;

/// The end of a wait on both clocks. It is taken when the wait is decided on: until it begins, either may have moved.
#[derive(Clone, Copy, Debug)]
pub(super) struct Deadline {
    /// Milliseconds since 1970 UTC.
    pub(super) wall_ms: i64,
    /// Milliseconds of the steady clock.
    steady_ms: i64,
}

impl Deadline {
    /// At a time of the wall clock as it is now.
    pub(super) fn at(clock: &dyn Clock, wall_ms: i64) -> Self {
        let wait_ms = wall_ms.saturating_sub(clock.now_ms()).max(0);
        Self {
            wall_ms,
            steady_ms: clock.steady_ms().saturating_add(wait_ms),
        }
    }

    /// After so many milliseconds.
    pub(super) fn after(clock: &dyn Clock, wait_ms: u64) -> Self {
        Self::at(clock, clock.now_ms().saturating_add_unsigned(wait_ms))
    }

    /// What is left on the clock that comes first: on the wall clock after a sleep, in which the steady one stood still;
    /// on the steady one where the wall clock was set back. `None` when it is over.
    fn left_ms(&self, clock: &dyn Clock) -> Option<u64> {
        let wall_left_ms = self.wall_ms.saturating_sub(clock.now_ms());
        let steady_left_ms = self.steady_ms.saturating_sub(clock.steady_ms());
        u64::try_from(wall_left_ms.min(steady_left_ms))
            .ok()
            .filter(|left_ms| *left_ms > 0)
    }
}

impl Run {
    /// Waits for what `reason` says, at most until `deadline`; returns early when the person wants it to go on.
    /// `changes` are those of the limits since the wait was decided on.
    pub(super) async fn pause(
        &self,
        reason: WaitReason,
        deadline: Deadline,
        changes: watch::Receiver<u64>,
    ) -> Result<(), Halt> {
        match reason {
            WaitReason::Offline if self.inner.line.down_until_ms().is_some() => self.pause_for_line().await,
            // The hours may have been changed before anybody listened.
            WaitReason::Schedule if self.inner.throttle.closed_until_ms().is_none() => self.unless_stopped(),
            WaitReason::Schedule => self.pause_unless(deadline, changes).await,
            _ => self.pause_until(deadline).await,
        }
    }

    /// Sleeps until a time, or until somebody wants it to go on at once.
    pub(super) async fn pause_until(&self, deadline: Deadline) -> Result<(), Halt> {
        // A channel that never tells anything.
        let (_silent, never) = watch::channel(0);
        self.pause_unless(deadline, never).await
    }

    /// Sleeps so many milliseconds, or until somebody wants it to go on at once.
    pub(super) async fn pause_for(&self, wait_ms: u64) -> Result<(), Halt> {
        self.pause_until(Deadline::after(&*self.inner.clock, wait_ms)).await
    }

    /// Sleeps until a time, until somebody wants it to go on at once, or until `changes` tells something.
    async fn pause_unless(&self, deadline: Deadline, mut changes: watch::Receiver<u64>) -> Result<(), Halt> {
        let clock = &*self.inner.clock;
        let mut jumps = self.inner.jumps.subscribe();
        loop {
            let Some(left_ms) = deadline.left_ms(clock) else {
                return self.unless_stopped();
            };
            tokio::select! {
                biased;
                () = self.stop.cancelled() => return Err(Halt),
                () = self.wake.notified() => return self.unless_stopped(),
                _ = changes.changed() => return self.unless_stopped(),
                _ = jumps.changed() => {}
                () = clock.sleep_ms(left_ms) => return self.unless_stopped(),
            }
        }
    }

    /// Waits until the line is there; each time the probe fails, the list learns when it is tried next. Also returns
    /// when the person wants it to go on, and when it was tried as often as the configuration allows.
    async fn pause_for_line(&self) -> Result<(), Halt> {
        let mut line = self.inner.line.watch();
        loop {
            let probes = match &*line.borrow_and_update() {
                LineState::Up => return self.unless_stopped(),
                LineState::Down { probes, .. } => *probes,
            };
            if self.inner.config.max_offline_probes.is_some_and(|most| probes >= most) {
                return self.unless_stopped();
            }
            tokio::select! {
                biased;
                () = self.stop.cancelled() => return Err(Halt),
                () = self.wake.notified() => {
                    self.inner.line.hurry();
                    return self.unless_stopped();
                }
                changed = line.changed() => {
                    if changed.is_err() {
                        return Err(Halt);
                    }
                    let record = self.record().await?;
                    self.inner.tell(&record);
                }
            }
        }
    }

    /// The problem of a line that is down for good, as far as this configuration waits.
    pub(super) fn line_given_up(&self) -> Option<waypost_wire::Problem> {
        match &*self.inner.line.watch().borrow() {
            LineState::Down { probes, problem, .. }
                if self.inner.config.max_offline_probes.is_some_and(|most| *probes >= most) =>
            {
                Some(problem.clone())
            }
            _ => None,
        }
    }

    fn unless_stopped(&self) -> Result<(), Halt> {
        if self.stop.is_cancelled() { Err(Halt) } else { Ok(()) }
    }
}
