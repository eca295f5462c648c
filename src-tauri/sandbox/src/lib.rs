//! A practice Mapillary on the loopback address: sign-in pages, tokens, upload sessions, finished
//! uploads, the activity feed, image search, pictures, tiles and a viewer, with nothing leaving the
//! computer. It speaks the protocol well enough that `mapillary_tools` 0.14.7 uploads to it, checks
//! more strictly than the real service is known to, and goes wrong on request.
//!
//! It shares no code with Waypost's own readers and client on purpose: it is the witness against
//! which they are tested, and must not repeat their mistakes. Not affiliated with Mapillary or Meta.
//!
//! | path | what it is |
//! | --- | --- |
//! | `/connect` | the authorize page; `decision=allow` or `deny` answers for scripts; `account` names the account |
//! | `/graph/…` | token, login (password `secret`), me, organisation, finish_upload, logging, graphql feed and accounts, images, image_ids, detections, map_features, single objects |
//! | `/upload/{key}` | upload sessions |
//! | `/cdn/…`, `/tiles/…`, `/app/?pKey=…` | pictures behind signed links, vector tiles, a viewer |
//! | `/streets/Z/X/Y.png` | invented streets, in the manner of OpenStreetMap's tile server |
//! | `GET /control/state` | a [`Snapshot`] as JSON |
//! | `POST /control/faults` | a [`Fault`] or a list of them, as JSON; `GET` lists, `DELETE` clears |
//! | `POST /control/clock` | `{"advance_ms": N}` moves the service's clock |
//! | `POST /control/check` | compares what every session holds with what its key promises; wrong ones are violations |
//! | `POST /control/expire_tokens`, `POST /control/revoke` | ends every access token |
//!
//! ```no_run
//! # async fn run() -> Result<(), waypost_sandbox::SandboxError> {
//! use waypost_sandbox::{Endpoint, Fault, Sandbox, SandboxConfig};
//!
//! let sandbox = Sandbox::start(SandboxConfig::default()).await?;
//! // The line drops after a megabyte of the first zip.
//! sandbox.faults().push(Fault::drop_after(Endpoint::UploadSend, 1 << 20).on_path(".zip"));
//! // … let a client upload to sandbox.info().upload …
//! assert!(sandbox.snapshot().violations.is_empty());
//! sandbox.stop().await;
//! # Ok(())
//! # }
//! ```
//!
//! Where the real service's behaviour is not publicly known, the choice made here is written at the
//! place where it is made.

#![cfg_attr(
    not(test),
    deny(clippy::expect_used, clippy::indexing_slicing, clippy::panic, clippy::unwrap_used)
)]

mod canned;
mod checks;
mod clock;
mod cluster;
mod clusters;
mod config;
mod endpoint;
mod error;
mod faults;
mod fingerprints;
mod folder;
mod http;
mod identity;
mod index;
mod known_error;
mod outlines;
mod pictures;
mod random;
mod record;
mod sandbox;
mod seed;
mod seeded;
mod service;
mod session_file;
mod sessions;
mod snapshot;
mod stages;
mod street_tile;
mod sync;
mod tokens;
mod vector_tile;

pub use canned::CannedAnswer;
pub use checks::pixels_sha256;
pub use clock::{Clock, ManualClock, SystemClock};
pub use cluster::{Cluster, Image, StoredImage, Video};
pub use config::{SandboxConfig, SandboxInfo};
pub use endpoint::Endpoint;
pub use error::SandboxError;
pub use faults::{Fault, FaultAction, Faults, Garbage, Outcome};
pub use identity::{Account, DEFAULT_USERNAME, Organization};
pub use known_error::KnownError;
pub use record::RequestRecord;
pub use sandbox::{Sandbox, serve_until};
pub use seed::Seed;
pub use snapshot::{SessionState, Snapshot};
