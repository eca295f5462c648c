//! From the queue to the service: each upload goes through the state machine ([`crate::state`]), every step is in the journal
//! before it is acted upon, and whatever interrupts it, it goes on where the server says it stopped.
//!
//! [`Engine`] is what windows and command lines use. Inside: `inner` takes steps, `queue` gives out places, `run` works on
//! one upload with `prepare`, `images`, `send`, `finish` and `settle`.

mod ahead;
mod ask;
mod asking;
mod body;
mod bucket;
mod config;
mod engine;
pub(crate) mod fingerprint;
mod finish;
mod folder_transport;
mod hashing;
mod images;
pub(crate) mod inner;
mod keeping;
mod limits;
mod line;
mod links;
mod list;
mod live;
mod loaded;
pub(crate) mod material;
mod measuring_room;
mod memory;
mod new_upload;
mod on_map;
mod pause;
mod prefetch;
mod prepare;
mod queue;
mod retry;
mod round;
mod row;
mod run;
mod send;
mod session;
mod settle;
mod sweep;
mod throttle;
pub(crate) mod tokens;
mod transport;
mod waits;

pub use crate::follow::{FollowSettings, MAPILLARY_VIEWER};
pub use crate::journal::{CommitPoint, CommitProbe};
pub use config::EngineConfig;
pub use engine::{Engine, Which};
pub use folder_transport::FolderTransport;
pub use limits::{Bandwidth, Limit, Limits, limit_at};
pub use links::link_report_of;
pub use list::{file_report_of, records_of, rows_of};
pub use new_upload::{LeftOut, NewUpload, UploadSource, ZipFile};
pub use tokens::{ActiveToken, NoTokens, TokenSource};
pub use transport::{ByteStream, HttpTransport, Transport};
