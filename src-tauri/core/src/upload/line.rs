//! Whether there is a line at all. It is noticed once for everybody: whoever fails to reach the service reports it, one
//! probe asks again with growing pauses, and its first answer wakes all who wait.

use std::sync::Arc;

use secrecy::SecretString;
use tokio::sync::{Notify, watch};
use waypost_mapillary::{MapillaryError, Phase};
use waypost_wire::Problem;

use super::inner::Inner;
use crate::error::CoreError;

/// Longest pause between two probes, milliseconds: a network that is back is used within seconds.
const LONGEST_PAUSE_MS: u64 = 15_000;

/// The line as it is known.
#[derive(Clone, Debug)]
pub(super) enum LineState {
    /// The service answers, or nobody has asked yet.
    Up,
    /// It cannot be reached.
    Down {
        /// When it is tried again, milliseconds since 1970 UTC.
        until_ms: i64,
        /// How often it was tried since.
        probes: u32,
        /// What the last try said.
        problem: Problem,
    },
}

/// A harmless question that shows whether the service can be reached.
pub(super) enum Probe {
    /// How much of a session is there.
    Session { token: SecretString, session_key: String },
    /// Whose token it is.
    Token { user_id: Option<String> },
}

/// What everybody knows of the line.
pub(super) struct Line {
    state: watch::Sender<LineState>,
    /// The person wants it tried now.
    hurry: Notify,
}

impl Default for Line {
    fn default() -> Self {
        Self {
            state: watch::Sender::new(LineState::Up),
            hurry: Notify::new(),
        }
    }
}

impl Line {
    /// The line from now on.
    pub(super) fn watch(&self) -> watch::Receiver<LineState> {
        self.state.subscribe()
    }

    /// When it is tried again, if it is down.
    pub(super) fn down_until_ms(&self) -> Option<i64> {
        match *self.state.borrow() {
            LineState::Up => None,
            LineState::Down { until_ms, .. } => Some(until_ms),
        }
    }

    /// Somebody got an answer.
    pub(super) fn is_up(&self) {
        self.state.send_if_modified(|state| {
            let was_down = matches!(state, LineState::Down { .. });
            *state = LineState::Up;
            was_down
        });
    }

    /// Tries it now.
    pub(super) fn hurry(&self) {
        self.hurry.notify_waiters();
    }
}

/// Whether a failure says that the service was not reached at all: by any upload, then.
pub(super) fn is_unreached(error: &MapillaryError) -> bool {
    match error {
        MapillaryError::Dns { .. } | MapillaryError::Tls { .. } | MapillaryError::CaptivePortal { .. } => true,
        MapillaryError::Connection { phase, .. } | MapillaryError::Timeout { phase, .. } => *phase == Phase::Connect,
        _ => false,
    }
}

impl Inner {
    /// The service could not be reached. The first to say so starts the probe.
    pub(super) fn line_lost(self: &Arc<Self>, error: &MapillaryError, probe: Probe) {
        let problem = CoreError::from(error.clone()).problem();
        let until_ms = self.clock.now_ms().saturating_add_unsigned(pause_ms(0));
        let is_news = self.line.state.send_if_modified(|state| {
            let is_news = matches!(state, LineState::Up);
            if is_news {
                *state = LineState::Down {
                    until_ms,
                    probes: 0,
                    problem,
                };
            }
            is_news
        });
        if is_news {
            tracing::info!(%error, "offline");
            self.tasks.spawn(probe_until_up(Arc::clone(self), probe));
        }
    }
}

async fn probe_until_up(inner: Arc<Inner>, probe: Probe) {
    let mut line = inner.line.watch();
    let mut jumps = inner.jumps.subscribe();
    let mut probes = 0_u32;
    loop {
        tokio::select! {
            biased;
            () = inner.stop.cancelled() => return,
            () = until_up(&mut line) => return,
            () = inner.line.hurry.notified() => {}
            // A computer that wakes up has another network more often than not.
            _ = jumps.changed() => {}
            () = inner.clock.sleep_ms(pause_ms(probes)) => {}
        }
        let asked = tokio::select! {
            biased;
            () = inner.stop.cancelled() => return,
            asked = ask(&inner, &probe) => asked,
        };
        let Err(error) = asked else {
            tracing::info!("online again");
            inner.line.is_up();
            return;
        };
        probes = probes.saturating_add(1);
        let until_ms = inner.clock.now_ms().saturating_add_unsigned(pause_ms(probes));
        let problem = CoreError::from(error).problem();
        inner.line.state.send_if_modified(|state| {
            // Somebody else may have got through meanwhile.
            let is_down = matches!(state, LineState::Down { .. });
            if is_down {
                *state = LineState::Down {
                    until_ms,
                    probes,
                    problem,
                };
            }
            is_down
        });
    }
}

async fn until_up(line: &mut watch::Receiver<LineState>) {
    // The sender lives as long as the engine.
    let _ = line.wait_for(|state| matches!(state, LineState::Up)).await;
}

/// Any answer will do, also a refusal; only a service that was not reached is none.
async fn ask(inner: &Inner, probe: &Probe) -> Result<(), MapillaryError> {
    let failed = match probe {
        Probe::Session { token, session_key } => inner.transport.offset(token, session_key).await.err(),
        Probe::Token { user_id } => match inner.tokens.token(user_id.as_deref()).await {
            Err(CoreError::Service(error)) => Some(error),
            _ => None,
        },
    };
    match failed {
        Some(error) if is_unreached(&error) => Err(error),
        _ => Ok(()),
    }
}

/// The pause before a probe: two seconds, doubling up to a quarter of a minute.
fn pause_ms(probes: u32) -> u64 {
    2_000_u64
        .saturating_mul(2_u64.saturating_pow(probes))
        .min(LONGEST_PAUSE_MS)
}

#[cfg(test)]
mod tests {
    use super::*;
    use waypost_mapillary::Operation;

    #[test]
    fn the_probe_pauses_two_seconds_at_first_and_never_more_than_fifteen() {
        let pauses: Vec<u64> = (0..6).map(pause_ms).collect();
        assert_eq!(pauses, [2_000, 4_000, 8_000, 15_000, 15_000, 15_000]);
        assert_eq!(pause_ms(u32::MAX), 15_000);
    }

    #[test]
    fn only_a_service_that_was_not_reached_means_that_there_is_no_line() {
        let operation = Operation::UploadOffset;
        let connection = |phase| MapillaryError::Connection {
            operation,
            host: "host".into(),
            phase,
            detail: String::new(),
        };
        assert!(is_unreached(&connection(Phase::Connect)));
        assert!(!is_unreached(&connection(Phase::Transfer)), "it was reached, then lost");
        assert!(!is_unreached(&MapillaryError::FinishWithoutCluster));
    }
}
