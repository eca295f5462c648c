//! The endpoints. Each file answers one part of the service; what they share is in
//! [`crate::service`].

mod account;
mod authorize;
mod callers;
mod control;
mod entities;
mod feed;
mod fields;
mod finish;
mod page;
mod params;
mod pictures;
mod recognised;
mod reply;
mod search;
mod sessions;
mod streets;
mod tiles;
mod token;
mod traffic;
mod user_queries;
mod viewer;

use std::sync::Arc;

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::middleware::from_fn_with_state;
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};

use crate::service::Service;
pub(crate) use traffic::DropConnection;

/// All endpoints of `service`.
pub(crate) fn router(service: Arc<Service>) -> Router {
    Router::new()
        .route("/", get(viewer::front_page))
        .route("/connect", get(authorize::page_get).post(authorize::decide))
        .route("/graph/token", post(token::exchange))
        .route("/graph/login", post(account::login))
        .route("/graph/me", get(account::me))
        .route("/graph/logging", post(account::logging))
        .route("/graph/finish_upload", post(finish::finish_upload))
        .route("/graph/graphql", get(feed::graphql))
        .route("/graph/graphql/", get(feed::graphql))
        .route("/graph/images", get(search::images))
        .route("/graph/image_ids", get(search::image_ids))
        .route("/graph", get(entities::many))
        .route("/graph/", get(entities::many))
        .route("/graph/{id}", get(entities::one))
        .route("/graph/{id}/detections", get(recognised::of_object))
        .route("/graph/detections", get(recognised::search))
        .route("/graph/map_features", get(recognised::map_features))
        .route("/upload/{key}", get(sessions::offset).post(sessions::send))
        .route("/cdn/{image}/{size}", get(pictures::serve))
        .route("/tiles/maps/vtp/{set}/2/{z}/{x}/{y}", get(tiles::serve))
        .route("/streets/{z}/{x}/{y}", get(streets::serve))
        .route("/app", get(viewer::app))
        .route("/app/", get(viewer::app))
        .route("/app/user/{username}", get(viewer::user))
        .route("/control/state", get(control::state))
        .route(
            "/control/faults",
            get(control::faults)
                .post(control::add_faults)
                .delete(control::clear_faults),
        )
        .route("/control/expire_tokens", post(control::expire_tokens))
        .route("/control/revoke", post(control::revoke))
        .route("/control/check", post(control::check))
        .route("/control/clock", post(control::advance_clock))
        .fallback(unknown)
        .layer(DefaultBodyLimit::disable())
        .layer(from_fn_with_state(Arc::clone(&service), traffic::handle))
        .with_state(service)
}

async fn unknown() -> Response {
    reply::GraphError::unknown_path().into_response()
}
