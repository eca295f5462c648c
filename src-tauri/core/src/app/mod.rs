//! Waypost behind a window: one object that answers calls and sends events.
//!
//! The shell forwards to it and draws nothing from itself; tests drive it without a window.

mod answer;
mod bus;
mod desktop_watch;
mod diagnostics;
mod dry_run;
mod dry_run_calls;
mod hand_over_calls;
mod history_calls;
mod identity;
mod import_calls;
mod library_calls;
mod organizations;
mod page_calls;
mod pages;
mod peer_profiles;
mod picture;
mod picture_cache;
mod picture_calls;
mod plan_uploads;
mod prepare_calls;
mod prepared;
mod preparing;
mod reading;
mod remote_pictures;
mod settings_calls;
mod sign_in_desk;
mod snapshot;
mod stored_settings;
mod street_calls;
mod take_out_calls;
mod take_out_desk;
mod uploading;
mod waypost;

pub use crate::time_zone::time_zone;
pub use bus::EventBus;
pub use pages::is_allowed;
pub use picture_calls::PictureOf;
pub use plan_uploads::{plan_uploads, title, video_upload};
pub use prepared::{Destination, Prepared};
pub use stored_settings::StoredSettings;
pub use waypost::{Setup, Waypost};
