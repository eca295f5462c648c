//! A practice Mapillary on the loopback address: sign-in pages, tokens, upload sessions, finished
//! uploads, the activity feed, image search, pictures, tiles and a viewer, with nothing leaving the
//! computer. It speaks the protocol well enough that `mapillary_tools` 0.14.7 uploads to it, checks
//! more strictly than the real service is known to, and goes wrong on request.
//!
//! It shares no code with Waypost's own readers and client on purpose: it is the witness against
//! which they are tested, and must not repeat their mistakes. Not affiliated with Mapillary or Meta.
//!
//! Where the real service's behaviour is not publicly known, the choice made here is written at the
//! place where it is made.

#![cfg_attr(
    not(test),
    deny(
        clippy::expect_used,
        clippy::indexing_slicing,
        clippy::panic,
        clippy::unwrap_used
    )
)]

mod checks;
mod clock;
mod clusters;
mod config;
mod endpoint;
mod error;
mod faults;
mod folder;
mod http;
mod identity;
mod pictures;
mod random;
mod record;
mod sandbox;
mod service;
mod sessions;
mod snapshot;
mod stages;
mod sync;
mod tokens;
mod vector_tile;

pub use checks::pixels_sha256;
pub use clock::{Clock, ManualClock, SystemClock};
pub use clusters::{Cluster, Image, StoredImage, Video};
pub use config::{SandboxConfig, SandboxInfo};
pub use endpoint::Endpoint;
pub use error::SandboxError;
pub use faults::{CannedAnswer, Fault, FaultAction, Faults, Garbage, Outcome};
pub use identity::{Account, Organization};
pub use record::RequestRecord;
pub use sandbox::{Sandbox, serve_until};
pub use snapshot::{SessionState, Snapshot};
