//! The application without a window: scan, read, sequence, check, describe, package, queue, send, follow.
//!
//! The way of the data, every arrow a typed value:
//! `paths` -[`scan`]-> candidates -[`read`]-> captures -[`sequence`]-> sequences + findings = [`plan::Plan`]
//! -[`describe`]-> description -[`package`]-> parts -[`upload`]-> handles, cluster -[`follow`]-> stages and links.
//!
//! Nothing here knows a window or a command line. What it needs from outside are the small traits in [`ports`].

#![deny(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

pub mod account;
pub mod app;
pub mod app_identity;
pub mod data_dir;
pub mod describe;
pub mod desktop;
pub mod doctor;
pub mod edit;
pub mod environment;
pub mod error;
pub mod follow;
pub mod hand_over;
pub mod journal;
pub mod keychain;
pub mod library;
pub mod marks;
pub mod native_words;
mod new_file;
pub mod notice;
pub mod observe;
pub mod originals;
pub mod package;
pub mod path_text;
pub mod peer_history;
pub mod peer_sent;
pub mod place_names;
pub mod plan;
pub mod plan_view;
pub mod planning;
pub mod ports;
pub mod practice;
mod private_file;
pub mod process;
pub mod read;
pub mod readings;
pub mod refusal_code;
mod rounding;
pub mod scan;
pub mod sequence;
mod service_action;
pub mod settings;
pub mod source_photo;
pub mod source_video;
pub mod state;
pub mod streets;
pub mod submit;
pub mod takeout;
pub mod time_zone;
pub mod track_file;
mod track_file_action;
pub mod tuning;
pub mod upload;
pub mod video;
pub mod video_chapters;
pub mod video_checks;
mod video_words;
pub mod zone_at;
