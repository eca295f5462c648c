//! How a run waits: for a time, for better hours, or for the line to come back, and always also for the person.

use tokio::sync::watch;
use waypost_wire::WaitReason;

use super::line::LineState;
use super::run::{Halt, Run};

impl Run {
    /// Waits for what `reason` says, at most until `until_ms`; returns early when the person wants it to go on.
    pub(super) async fn pause(&self, reason: WaitReason, until_ms: i64) -> Result<(), Halt> {
        match reason {
            WaitReason::Offline if self.inner.line.down_until_ms().is_some() => self.pause_for_line().await,
            WaitReason::Schedule => {
                let changes = self.inner.throttle.changes();
                self.pause_unless(until_ms, changes).await
            }
            _ => self.pause_until(until_ms).await,
        }
    }

    /// Sleeps until a time, or until somebody wants it to go on at once.
    pub(super) async fn pause_until(&self, until_ms: i64) -> Result<(), Halt> {
        // A channel that never tells anything.
        let (_silent, never) = watch::channel(0);
        self.pause_unless(until_ms, never).await
    }

    /// Sleeps until a time, until somebody wants it to go on at once, or until `changes` tells something.
    async fn pause_unless(&self, until_ms: i64, mut changes: watch::Receiver<u64>) -> Result<(), Halt> {
        let clock = &self.inner.clock;
        let wait_ms = until_ms.saturating_sub(clock.now_ms()).max(0);
        let began_ms = clock.steady_ms();
        let mut jumps = self.inner.jumps.subscribe();
        loop {
            // Over when either clock says so: the wall clock after a sleep, in which the steady one stood still, and the
            // steady one where the wall clock was set back.
            let steady_left_ms = wait_ms.saturating_sub(clock.steady_ms().saturating_sub(began_ms));
            let wall_left_ms = until_ms.saturating_sub(clock.now_ms());
            let Some(left_ms) = u64::try_from(steady_left_ms.min(wall_left_ms))
                .ok()
                .filter(|left_ms| *left_ms > 0)
            else {
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
