//! Waypost behind a window: one object that answers calls and sends events.
//!
//! The shell forwards to it and draws nothing from itself; tests drive it without a window.

mod bus;
mod dry_run;
mod dry_run_calls;
mod identity;
mod organizations;
mod pages;
mod peer_profiles;
mod picture;
mod plan_uploads;
mod prepared;
mod reading;
mod settings_calls;
mod sign_in_desk;
mod stored_settings;
mod uploading;
mod waypost;

pub use crate::time_zone::time_zone;
pub use bus::EventBus;
pub use pages::is_allowed;
pub use plan_uploads::{plan_uploads, title, video_upload};
pub use prepared::{Destination, Prepared};
pub use stored_settings::StoredSettings;
pub use waypost::{PictureOf, Setup, Waypost};
