//! What the person can do when the service, or the way to it, failed: the sentences for the service's errors.

use waypost_mapillary::{MapillaryError, OAuthFailure};

/// The action for a service error; empty when there is nothing to do.
pub(crate) fn service_action(error: &MapillaryError) -> &'static str {
    match error {
        MapillaryError::Connection { .. } | MapillaryError::Dns { .. } => {
            "Check the network; Waypost goes on by itself as soon as it is there."
        }
        MapillaryError::Tls {
            is_certificate: true, ..
        } => {
            "Check the computer's date. In a network that inspects traffic, its certificate has to be installed in the system."
        }
        MapillaryError::Tls {
            is_certificate: false, ..
        } => "Check the network, or try another one.",
        MapillaryError::Timeout { .. } | MapillaryError::RateLimited { .. } => {
            "Nothing needs to be done: Waypost tries again by itself."
        }
        MapillaryError::Status { status: 500.., .. } => {
            "Mapillary has trouble at the moment. Waypost tries again by itself."
        }
        MapillaryError::Status { .. } => "Try again later; if it stays, report it with this message.",
        MapillaryError::Unauthorized { .. } => "Sign in again, then it goes on where it was.",
        MapillaryError::LoginRefused { .. } => "Check the e-mail address and the password.",
        MapillaryError::QueryTooHeavy { .. } | MapillaryError::TooManyResults { .. } => {
            "Ask for a smaller area or a shorter time."
        }
        MapillaryError::FeedRefused { .. } => "Nothing needs to be done: the image search is used instead.",
        MapillaryError::Content { .. } => "Try again later; if it stays, a newer version of Waypost may be needed.",
        MapillaryError::Redirect { .. } => "Check the address of the service in the settings.",
        MapillaryError::CaptivePortal { .. } => {
            "Open a web page in the browser and sign in to the network, or use another one."
        }
        MapillaryError::FinishWithoutCluster => "Look at your uploads on Mapillary before sending it again.",
        MapillaryError::LinkExpired { .. } => "Continue the take-out: it asks for a new link.",
        MapillaryError::WebhookRefused { .. } => "Check the address with whoever runs it, then send the record again.",
        MapillaryError::InvalidUrl { .. } | MapillaryError::InvalidInput { .. } => "Correct the value.",
        MapillaryError::Source { .. } => "Check that the card or disk is still there, then try again.",
        MapillaryError::Setup { .. } => "Check the proxy settings and the system's certificates.",
        MapillaryError::OAuth(failure) => oauth_action(failure),
    }
}

fn oauth_action(failure: &OAuthFailure) -> &'static str {
    match failure {
        OAuthFailure::Denied => "Sign in again and press Allow.",
        OAuthFailure::WrongState | OAuthFailure::TimedOut { .. } => {
            "Sign in again and finish it in the browser window that opens."
        }
        OAuthFailure::PortBusy { .. } | OAuthFailure::PortUnavailable { .. } => {
            "Close the program that uses the port, or register and set another redirect URI."
        }
        OAuthFailure::Cancelled => "",
        OAuthFailure::InvalidRedirect { .. } => "Set the redirect URI that is registered for the app.",
        OAuthFailure::ServerError(_) => "Check the app's id, secret and redirect URI, then sign in again.",
    }
}
