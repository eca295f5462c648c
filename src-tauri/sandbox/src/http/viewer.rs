//! Pages for people: what links to the web app open in practice mode.

use std::sync::Arc;

use axum::extract::{Path, Request, State};
use axum::http::StatusCode;
use axum::response::Response;

use super::entities::seen_image;
use super::page::{escaped, page};
use super::params::Params;
use super::pictures::signed_link;
use super::search::published;
use crate::cluster::{Cluster, Image};
use crate::service::Service;

/// Most sequences that the page of an account lists.
const SEQUENCES_MAX: usize = 200;

/// `GET /`.
pub(super) async fn front_page(State(service): State<Arc<Service>>) -> Response {
    let clusters = service.clusters.all();
    let images: usize = clusters.iter().map(|cluster| cluster.images.len()).sum();
    let body = format!(
        "<p>A practice Mapillary: {} finished uploads with {images} images.</p>",
        clusters.len()
    );
    page(StatusCode::OK, "Practice Mapillary", &body)
}

/// `GET /app/?pKey=ID`: the picture of an image and what is known about it.
pub(super) async fn app(State(service): State<Arc<Service>>, request: Request) -> Response {
    let query = Params::from_query(request.uri().query());
    let id = query.get("pKey").unwrap_or_default();
    let seen = seen_image(&service, id);
    let Some((cluster, image)) = seen
        .as_ref()
        .and_then(|(cluster, index)| Some((cluster, cluster.images.get(*index)?)))
    else {
        let text = format!(
            "<p>No image <code>{}</code> is published here, or not yet.</p>",
            escaped(id)
        );
        return page(StatusCode::NOT_FOUND, "No such image", &text);
    };
    let body = format!(
        "{}\n{}\n{}",
        picture(&service, image),
        facts(cluster, image),
        neighbours(cluster, image)
    );
    let title = if image.file_name.is_empty() {
        &image.id
    } else {
        &image.file_name
    };
    page(StatusCode::OK, title, &body)
}

/// `GET /app/user/{username}`: the published sequences of an account.
pub(super) async fn user(State(service): State<Arc<Service>>, Path(username): Path<String>) -> Response {
    let clusters = service.clusters.all();
    let mut lines: Vec<String> = Vec::new();
    let mut last = "";
    for (cluster, image) in published(&service, &clusters) {
        if cluster.account.username == username && image.sequence != last {
            last = &image.sequence;
            lines.push(format!(
                "<li><a href=\"/app/?pKey={}\">{}</a></li>",
                escaped(&image.id),
                escaped(&image.sequence)
            ));
        }
    }
    lines.truncate(SEQUENCES_MAX);
    let body = if lines.is_empty() {
        "<p>Nothing is published yet.</p>".to_owned()
    } else {
        format!("<ul>{}</ul>", lines.concat())
    };
    page(StatusCode::OK, &username, &body)
}

fn picture(service: &Service, image: &Image) -> String {
    if image.stored.is_none() {
        return "<p>A position of a video. Practice does not decode the frames.</p>".to_owned();
    }
    let link = signed_link(service, &image.id, "1024");
    format!(
        "<p><img src=\"{}\" alt=\"The uploaded picture {}\"></p>",
        escaped(&link),
        escaped(&image.file_name)
    )
}

fn facts(cluster: &Cluster, image: &Image) -> String {
    let taken = jiff::Timestamp::from_millisecond(image.captured_at_ms)
        .map_or_else(|_| String::from("unknown"), |time| time.to_string());
    let camera = [image.make.as_deref(), image.model.as_deref()]
        .into_iter()
        .flatten()
        .collect::<Vec<_>>()
        .join(" ");
    let mut rows = vec![
        ("Taken", taken),
        ("Place", format!("{:.7}, {:.7}", image.latitude, image.longitude)),
        ("By", cluster.account.username.clone()),
        ("Sequence", image.sequence.clone()),
        ("Image", image.id.clone()),
    ];
    if let Some(heading) = image.heading_deg {
        rows.push(("Heading", format!("{heading}°")));
    }
    if !camera.is_empty() {
        rows.push(("Camera", camera));
    }
    let list: Vec<String> = rows
        .iter()
        .map(|(name, value)| format!("<dt>{name}</dt><dd>{}</dd>", escaped(value)))
        .collect();
    format!("<dl>{}</dl>", list.join("\n"))
}

/// Links to the images before and after in the sequence.
fn neighbours(cluster: &Cluster, image: &Image) -> String {
    let sequence: Vec<&Image> = kept(cluster, &image.sequence);
    let Some(at) = sequence.iter().position(|other| other.id == image.id) else {
        return String::new();
    };
    let link = |image: Option<&&Image>, words: &str| {
        image.map_or_else(String::new, |image| {
            format!("<a href=\"/app/?pKey={}\">{words}</a> ", escaped(&image.id))
        })
    };
    let before = at.checked_sub(1).and_then(|index| sequence.get(index));
    format!(
        "<p>{}{}({} of {})</p>",
        link(before, "Previous"),
        link(sequence.get(at + 1), "Next"),
        at + 1,
        sequence.len()
    )
}

fn kept<'a>(cluster: &'a Cluster, sequence: &str) -> Vec<&'a Image> {
    crate::stages::kept_images(cluster)
        .iter()
        .filter(|image| image.sequence == sequence)
        .collect()
}
