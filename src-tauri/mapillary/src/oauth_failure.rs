//! Why a sign-in in the browser fails, apart from what any call can meet.

/// Why a sign-in in the browser came to nothing.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum OAuthFailure {
    /// The person pressed Deny.
    #[error("the sign-in was denied in the browser")]
    Denied,
    /// Only answers with a wrong `state` came until the time was over: they belonged to another
    /// sign-in, or somebody tried to slip one in.
    #[error("only answers of another sign-in arrived; none was accepted")]
    WrongState,
    /// The port of the redirect address is in use.
    #[error("port {port} on this computer is in use by another program, so the browser's answer cannot be received")]
    PortBusy {
        /// The port.
        port: u16,
    },
    /// The port of the redirect address cannot be listened on for another reason.
    #[error("port {port} on this computer cannot be listened on: {detail}")]
    PortUnavailable {
        /// The port.
        port: u16,
        /// The system's words.
        detail: String,
    },
    /// No answer came in time.
    #[error("the browser gave no answer within {after_s} seconds")]
    TimedOut {
        /// How long was waited, in seconds.
        after_s: u64,
    },
    /// The caller gave up.
    #[error("the sign-in was cancelled")]
    Cancelled,
    /// The redirect address cannot be listened on.
    #[error("the redirect address {url} cannot be used: {reason}")]
    InvalidRedirect {
        /// The address without its query.
        url: String,
        /// Why.
        reason: &'static str,
    },
    /// The service ended the sign-in with an error of its own, such as `invalid_scope`.
    #[error("the service ended the sign-in with `{0}`")]
    ServerError(String),
}

impl OAuthFailure {
    /// A stable name of the failure.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Denied => "oauth_denied",
            Self::WrongState => "oauth_wrong_state",
            Self::PortBusy { .. } => "oauth_port_busy",
            Self::PortUnavailable { .. } => "oauth_port_unavailable",
            Self::TimedOut { .. } => "oauth_timed_out",
            Self::Cancelled => "oauth_cancelled",
            Self::InvalidRedirect { .. } => "oauth_invalid_redirect",
            Self::ServerError(_) => "oauth_server_error",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A port is either free, taken or forbidden; a test that runs as root cannot forbid itself one.
    #[test]
    fn a_port_that_cannot_be_listened_on_is_told_apart_from_a_busy_one() {
        let detail = "permission denied".to_owned();
        let error = OAuthFailure::PortUnavailable { port: 80, detail };
        assert_eq!(error.code(), "oauth_port_unavailable");
        assert!(error.to_string().contains("port 80"));
    }
}
