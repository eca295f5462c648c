//! What Waypost calls itself.

/// Version of Waypost.
pub const VERSION: &str = env!("CARGO_PKG_VERSION");

/// How Waypost calls itself at the service.
pub fn user_agent() -> String {
    format!("Waypost/{VERSION} (desktop uploader; not affiliated with Mapillary)")
}
