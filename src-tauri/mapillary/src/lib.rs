//! The client of Mapillary's service: sign-in, uploads, the activity feed and the image search.
//!
//! This crate knows HTTP and JSON and nothing of folders, queues, windows or keychains. It makes
//! one attempt at each call and says, with [`retry_advice`], what the caller may do when the
//! attempt failed; waiting and trying again is the caller's business.
//!
//! The wire shapes follow what `mapillary_tools` 0.14.7 sends (see the project's protocol notes);
//! Waypost is not affiliated with Mapillary, Meta or GoPro.

#![deny(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

#[cfg(test)]
mod arbitrary_json;
mod bounding_box;
mod capture_window;
mod client;
mod context;
mod detection;
mod detection_shape;
mod detections;
mod download;
mod endpoints;
mod error;
mod feed;
mod finish;
mod graph;
mod graphql;
mod header_text;
mod http;
mod image;
mod image_lookup;
mod image_search;
mod json;
mod line_failure;
mod map_features;
mod number_id;
pub mod oauth;
mod oauth_failure;
mod operation;
mod probe;
mod protobuf;
mod redact;
mod retry;
mod rupload;
mod search_walk;
mod server_error;
mod tile_address;
mod tiles;
mod upload_body;
mod vector_tile;
mod webhook;

pub use bounding_box::{BoundingBox, MAX_BOX_SIDE_DEG};
pub use client::{Client, ClientOptions, DEFAULT_MINIMUM_UPLOAD_SPEED_BYTES_PER_S, MAX_APP_USAGE_PERCENT, Token};
pub use detection::{Detection, DetectionGroup};
pub use detection_shape::{DetectionShape, Polygon};
pub use detections::DetectionSearch;
pub use download::Download;
pub use endpoints::Endpoints;
pub use error::{ContentProblem, MapillaryError, Phase};
pub use feed::{FeedNode, FeedPage, HIDE_FAILED_AFTER_DAYS, Stage};
pub use finish::{ClusterId, FileType};
pub use graph::{Account, LoginReply, Organization};
pub use graphql::{NewSequences, UserStats};
pub use image::{Creator, Image, LinkedFile, Position};
pub use image_lookup::{IDS_PER_REQUEST, ImageLookup};
pub use image_search::ImageSearch;
pub use map_features::{MapFeature, MapFeatureSearch};
pub use oauth_failure::OAuthFailure;
pub use operation::Operation;
pub use retry::{
    DEFAULT_THROTTLE_WAIT_MS, GRAPH_THROTTLE_WAIT_MS, MAX_SERVER_WAIT_MS, RetryAdvice, backoff_ms, retry_advice,
};
pub use rupload::{FileHandle, UploadPermission};
pub use search_walk::MAX_PAGE_SIZE;
pub use server_error::ServerError;
pub use tile_address::{COVERAGE_ZOOM, TileAddress};
pub use tiles::{Coverage, CoverageTile, MapFeatureSet, TileImage, TileMapFeature, TileSequence};
pub use upload_body::UploadBody;
pub use webhook::WebhookReply;
