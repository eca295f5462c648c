//! What to do after a failed attempt to send a part: the table of the client, with a memory of what was tried.

use waypost_mapillary::{MapillaryError, RetryAdvice, backoff_ms, retry_advice};
use waypost_wire::WaitReason;

/// So many disagreements about the offset in a row are settled at once; further ones wait like other failures.
const QUICK_DISAGREEMENTS: u32 = 5;
/// So many in a row, without the server ever holding more than before, are the end.
const MAX_DISAGREEMENTS: u32 = 20;

/// What to do now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Decision {
    /// Ask for the offset again after so many milliseconds.
    Again { wait_ms: u64, reason: WaitReason },
    /// The token was refused.
    SignIn,
    /// Trying again does not help.
    GiveUp,
}

/// The attempts to send one part.
#[derive(Clone, Debug, Default)]
pub(super) struct Attempts {
    /// In a row, without one chunk going out.
    fruitless: u32,
    /// Times in a row that the server wanted another offset than it had named.
    disagreements: u32,
    /// The most the server ever said to hold.
    highest_offset: u64,
}

impl Attempts {
    /// The server said how much it holds.
    pub(super) fn held(&mut self, offset: u64) {
        if offset > self.highest_offset {
            self.highest_offset = offset;
            self.disagreements = 0;
        }
    }

    /// A chunk went out: whatever happened before, the line works.
    pub(super) fn moved(&mut self) {
        self.fruitless = 0;
    }

    /// An attempt failed.
    pub(super) fn failed(&mut self, error: &MapillaryError, max_attempts: u32) -> Decision {
        if matches!(error, MapillaryError::Unauthorized { .. }) {
            return Decision::SignIn;
        }
        let advice = retry_advice(error);
        if advice == RetryAdvice::No {
            return Decision::GiveUp;
        }
        self.fruitless = self.fruitless.saturating_add(1);
        if self.fruitless > max_attempts {
            return Decision::GiveUp;
        }
        let wait_ms = match advice {
            RetryAdvice::No => return Decision::GiveUp,
            RetryAdvice::After { wait_ms } => backoff_ms(self.fruitless).saturating_add(wait_ms),
            RetryAdvice::AtOnce => {
                self.disagreements = self.disagreements.saturating_add(1);
                if self.disagreements > MAX_DISAGREEMENTS {
                    return Decision::GiveUp;
                }
                match self.disagreements.checked_sub(QUICK_DISAGREEMENTS) {
                    None | Some(0) => 0,
                    Some(further) => backoff_ms(further),
                }
            }
        };
        Decision::Again {
            wait_ms,
            reason: reason(error),
        }
    }
}

/// What is being waited for after `error`.
pub(super) fn reason(error: &MapillaryError) -> WaitReason {
    match error {
        MapillaryError::RateLimited { .. } => WaitReason::RateLimited,
        MapillaryError::Status { .. } => WaitReason::ServerError,
        _ => WaitReason::Offline,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use waypost_mapillary::{Operation, ServerError};

    fn status(status: u16, is_retriable: bool) -> MapillaryError {
        MapillaryError::Status {
            operation: Operation::UploadSend,
            status,
            body: Box::new(ServerError {
                is_retriable: Some(is_retriable),
                ..ServerError::default()
            }),
            retry_after_ms: None,
        }
    }

    fn wait_ms(decision: Decision) -> Option<u64> {
        match decision {
            Decision::Again { wait_ms, .. } => Some(wait_ms),
            Decision::SignIn | Decision::GiveUp => None,
        }
    }

    #[test]
    fn waits_double_up_to_sixteen_seconds_and_start_again_once_a_chunk_went_out() {
        let mut attempts = Attempts::default();
        let error = status(503, false);
        let waits: Vec<_> = (0..6).map(|_| wait_ms(attempts.failed(&error, 200))).collect();
        assert_eq!(waits, [2_000, 4_000, 8_000, 16_000, 16_000, 16_000].map(Some));
        attempts.moved();
        assert_eq!(wait_ms(attempts.failed(&error, 200)), Some(2_000));
    }

    #[test]
    fn after_so_many_fruitless_attempts_it_gives_up() {
        let mut attempts = Attempts::default();
        let error = status(500, false);
        let tried = (1..1_000).find(|_| attempts.failed(&error, 200) == Decision::GiveUp);
        assert_eq!(tried, Some(201));
    }

    #[test]
    fn disagreements_about_the_offset_end_even_when_chunks_go_out_each_time() {
        let mut attempts = Attempts::default();
        let error = status(412, true);
        let mut waits = Vec::new();
        for _ in 0..100 {
            attempts.held(4_096);
            attempts.moved();
            match attempts.failed(&error, 200) {
                Decision::Again { wait_ms, .. } => waits.push(wait_ms),
                _ => break,
            }
        }
        assert_eq!(waits.len(), 20);
        assert_eq!(waits.first(), Some(&0));
        assert_eq!(waits.last(), Some(&16_000));
    }

    #[test]
    fn disagreements_are_forgotten_while_the_server_holds_more_each_time() {
        let mut attempts = Attempts::default();
        let error = status(412, true);
        for offset in 1..100 {
            attempts.held(offset);
            attempts.moved();
            assert_eq!(wait_ms(attempts.failed(&error, 200)), Some(0));
        }
    }

    #[test]
    fn a_refused_token_is_no_failure_of_the_upload() {
        let error = MapillaryError::Unauthorized {
            operation: Operation::UploadOffset,
            status: 401,
            body: Box::default(),
        };
        assert_eq!(Attempts::default().failed(&error, 200), Decision::SignIn);
        assert_eq!(Attempts::default().failed(&status(400, false), 200), Decision::GiveUp);
    }
}
