//! What a caller chooses about a practice Mapillary, and what it learns in return.

use std::path::PathBuf;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::clock::{Clock, SystemClock};
use crate::seed::Seed;

/// Choices for one practice Mapillary.
#[derive(Debug, Clone)]
pub struct SandboxConfig {
    /// Port on 127.0.0.1; 0 takes a free one.
    pub port: u16,
    /// Where the state lives. Empty: a temporary folder that goes away with the sandbox.
    pub data_dir: PathBuf,
    /// How long each processing stage lasts, in milliseconds; 0 publishes at once.
    pub stage_ms: u64,
    /// How long an access token is good, in seconds. Default 60 days, as clients of the real
    /// service have observed.
    pub token_lifetime_s: u64,
    /// The callback registered for the practice app. `None`: the one of the last run in this data
    /// folder, or a free loopback port.
    pub redirect_uri: Option<String>,
    /// The time of the service.
    pub clock: Arc<dyn Clock>,
    /// Whether the authorize page answers "allow" by itself, without a page.
    pub auto_allow: bool,
    /// Splits the images of a cluster into sequences of at most this many, as the real service
    /// splits clusters. `None`: one cluster, one sequence.
    pub images_per_sequence: Option<usize>,
    /// How long the link to a picture is good, in seconds. Default one day.
    pub picture_link_lifetime_s: u64,
    /// How far computed positions lie north of the original ones, in metres. `None`: there are
    /// no computed values, since practice reconstructs nothing.
    pub computed_shift_m: Option<f64>,
    /// How old the vector tiles may be, in milliseconds: they are made anew once in this time. 0,
    /// the default, makes them for every request.
    pub tile_cache_ms: u64,
    /// Who belongs to the organisation, by name. `None`: everybody. To others it does not exist.
    pub organization_members: Option<Vec<String>>,
    /// When the MD5 that a session key promises is compared with what arrived. `false`, the default: before the handle is
    /// given, and wrong bytes get none; and the entries of a zip are read to their end before it is finished. `true`: both
    /// at `POST /control/check`, and what is wrong is a violation. For a bench on one computer, where the client would pay
    /// for the service's processor time.
    pub checks_later: bool,
    /// Published sequences that accounts begin with. They are not written into the data folder.
    pub seeds: Vec<Seed>,
}

impl Default for SandboxConfig {
    fn default() -> Self {
        Self {
            port: 0,
            data_dir: PathBuf::new(),
            stage_ms: 5_000,
            token_lifetime_s: 60 * 24 * 3_600,
            redirect_uri: None,
            clock: Arc::new(SystemClock),
            auto_allow: false,
            images_per_sequence: None,
            picture_link_lifetime_s: 24 * 3_600,
            computed_shift_m: None,
            tile_cache_ms: 0,
            organization_members: None,
            checks_later: false,
            seeds: Vec::new(),
        }
    }
}

/// Where a practice Mapillary listens and who its app is: the line that `waypost sandbox` prints.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SandboxInfo {
    /// Root of the graph, without a slash at the end.
    pub graph: String,
    /// Root of the upload sessions, without a slash at the end.
    pub upload: String,
    /// The page where a person allows the app.
    pub authorize: String,
    /// Root of the vector tiles, without a slash at the end.
    pub tiles: String,
    /// Root of the raster tiles of streets, without a slash at the end.
    pub streets: String,
    /// Id of the practice app.
    pub client_id: String,
    /// Secret of the practice app; good nowhere else.
    pub client_secret: String,
    /// Client token of the practice app; good nowhere else.
    pub client_token: String,
    /// The callback registered for the practice app.
    pub redirect_uri: String,
}
