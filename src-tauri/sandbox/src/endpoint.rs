//! The parts of the service by name, so that a fault can say where it strikes.

use axum::http::Method;
use serde::{Deserialize, Serialize};

/// One part of the service.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Endpoint {
    /// Every part but the control endpoints.
    Any,
    /// `/connect`, the page where a person allows the app.
    Authorize,
    /// `POST /graph/token`.
    Token,
    /// `POST /graph/login`.
    Login,
    /// `GET /graph/me`.
    Me,
    /// `GET /graph/{id}`: an image, an organisation, an account.
    Entity,
    /// `GET /graph?ids=`.
    Entities,
    /// `GET /graph/images`.
    Images,
    /// `GET /graph/image_ids`.
    ImageIds,
    /// `GET /graph/{id}/detections` and `GET /graph/detections`.
    Detections,
    /// `GET /graph/map_features`.
    MapFeatures,
    /// `GET /graph/graphql`.
    Feed,
    /// `POST /graph/finish_upload`.
    FinishUpload,
    /// `POST /graph/logging`.
    Logging,
    /// `GET /upload/{key}`.
    UploadOffset,
    /// `POST /upload/{key}`.
    UploadSend,
    /// `GET /cdn/…`, the pictures.
    Picture,
    /// `GET /tiles/…`.
    Tile,
    /// `GET /streets/…`, tiles of streets.
    Street,
    /// `GET /app…`, the viewer.
    Viewer,
    /// `/control/…`: never faulted, never recorded.
    Control,
    /// Everything else.
    Other,
}

impl Endpoint {
    /// The part that answers `method path`.
    pub fn of(method: &Method, path: &str) -> Self {
        let mut parts = path.trim_matches('/').splitn(3, '/');
        let part = (parts.next().unwrap_or_default(), parts.next(), parts.next());
        match part {
            ("connect", None, _) => Self::Authorize,
            ("control", _, _) => Self::Control,
            ("cdn", _, _) => Self::Picture,
            ("tiles", _, _) => Self::Tile,
            ("streets", _, _) => Self::Street,
            ("app", _, _) => Self::Viewer,
            ("upload", Some(_), None) if *method == Method::POST => Self::UploadSend,
            ("upload", Some(_), None) => Self::UploadOffset,
            ("graph", None, _) => Self::Entities,
            ("graph", Some("token"), None) => Self::Token,
            ("graph", Some("login"), None) => Self::Login,
            ("graph", Some("me"), None) => Self::Me,
            ("graph", Some("images"), None) => Self::Images,
            ("graph", Some("image_ids"), None) => Self::ImageIds,
            ("graph", Some("graphql"), None) => Self::Feed,
            ("graph", Some("map_features"), None) => Self::MapFeatures,
            ("graph", Some("finish_upload"), None) => Self::FinishUpload,
            ("graph", Some("logging"), None) => Self::Logging,
            ("graph", Some("detections"), None) | ("graph", Some(_), Some("detections")) => Self::Detections,
            ("graph", Some(_), None) => Self::Entity,
            _ => Self::Other,
        }
    }

    /// Whether a fault set for `self` strikes a request to `actual`.
    pub(crate) fn covers(self, actual: Self) -> bool {
        actual != Self::Control && (self == Self::Any || self == actual)
    }
}
