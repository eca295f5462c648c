//! The documented image search for the photos of one upload: by creator and capture window, and where the service does
//! not like that, by the box around the track, in cells it allows (API notes §3.6, §2.4).

use std::collections::BTreeMap;

use secrecy::SecretString;
use waypost_mapillary::{BoundingBox, Client, FeedNode, Image, ImageSearch, MAX_PAGE_SIZE, MapillaryError};
use waypost_wire::ImageLink;

use super::judge::Visible;
use super::matching::{LocalPhoto, RemoteImage, match_images};

/// The capture window is widened by so much at each end, milliseconds: a service that is a second off, and a margin.
const WINDOW_MARGIN_MS: i64 = 2_000;

/// The box is widened by so much on each side, degrees: some ten metres.
pub(super) const BOX_MARGIN_DEG: f64 = 0.000_1;

/// Images of an upload that were found.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Found {
    /// How many, and where.
    pub visible: Visible,
    /// Place of the photo and Mapillary's id of its image.
    pub images: Vec<(usize, String)>,
    /// What the service shows at that time and place: place of the photo, `None` for what is none of them, and the image.
    pub shown: Vec<(Option<usize>, RemoteImage)>,
}

/// Looks for `photos` among the images of `username`. `is_other` tells images of other uploads, which are never taken for these.
///
/// # Errors
/// Whatever [`Client::search_images`] returns.
pub async fn find_photos(
    client: &Client,
    token: &SecretString,
    username: &str,
    photos: &[LocalPhoto],
    is_other: impl Fn(&str) -> bool,
    viewer: &str,
) -> Result<Found, MapillaryError> {
    let times = || photos.iter().map(|photo| photo.captured_at_ms);
    let (Some(first_ms), Some(last_ms)) = (times().min(), times().max()) else {
        return Ok(Found::default());
    };
    let points = photos.iter().map(|photo| (photo.lon_deg, photo.lat_deg));
    let mut images = captured_within(client, token, username, (first_ms, last_ms), points).await?;
    images.retain(|image| !is_other(&image.image_id));
    let points = photos.iter().map(|photo| (photo.lon_deg, photo.lat_deg));
    let around = BoundingBox::around(points, BOX_MARGIN_DEG)?;
    Ok(link(photos, &images, around, viewer))
}

/// The images of `username` that were captured between two moments, milliseconds since 1970 UTC. `points` (longitude,
/// latitude) are only used where the service does not answer without a box.
pub(super) async fn captured_within(
    client: &Client,
    token: &SecretString,
    username: &str,
    (first_ms, last_ms): (i64, i64),
    points: impl IntoIterator<Item = (f64, f64)>,
) -> Result<Vec<RemoteImage>, MapillaryError> {
    let mut search = ImageSearch {
        creator_username: Some(username.to_owned()),
        captured_from_ms: Some(first_ms.saturating_sub(WINDOW_MARGIN_MS)),
        captured_until_ms: Some(last_ms.saturating_add(WINDOW_MARGIN_MS)),
        // Few fields, so that full pages are no burden: the fewest requests that the service allows.
        page_size: MAX_PAGE_SIZE,
        ..ImageSearch::default()
    };
    let images = match client.search_images(token, &search).await {
        Err(MapillaryError::Status { status: 400..=499, .. } | MapillaryError::QueryTooHeavy { .. }) => {
            search.bounding_box = BoundingBox::around(points, BOX_MARGIN_DEG)?;
            client.search_images(token, &search).await?
        }
        other => other?,
    };
    Ok(images.into_iter().map(remote_image).collect())
}

/// Looks for the sequence of the one image that the feed names: all there is to know where the photos are not, as in a
/// zip that was made elsewhere.
///
/// # Errors
/// Whatever the client returns.
pub async fn find_by_node(
    client: &Client,
    token: &SecretString,
    node: &FeedNode,
    viewer: &str,
) -> Result<Visible, MapillaryError> {
    let Some(image_id) = &node.image_id else {
        return Ok(Visible::default());
    };
    let fields = ["sequence".to_owned()];
    let images = client
        .images_by_ids(token, std::slice::from_ref(image_id), &fields)
        .await?;
    let Some(sequence_key) = images.into_iter().find_map(|image| image.sequence) else {
        return Ok(Visible::default());
    };
    let ids = client.image_ids(token, &sequence_key).await?;
    let count = ids.len() as u64;
    let first = ids.into_iter().next().unwrap_or_else(|| image_id.clone());
    let link = ImageLink {
        url: viewer_url(viewer, &first),
        sequence_key,
        image_id: first,
        image_count: count,
    };
    Ok(Visible {
        count,
        links: vec![link],
    })
}

/// Matches, and makes the links. What matches nothing is told of only where it lies in the box around the photos: the
/// same account can be on the way elsewhere at the same time.
fn link(photos: &[LocalPhoto], images: &[RemoteImage], around: Option<BoundingBox>, viewer: &str) -> Found {
    let matching = match_images(photos, images);
    let mut found = Found::default();
    let mut linked = Vec::new();
    for (photo, image) in &matching.pairs {
        if let (Some(local), Some(remote)) = (photos.get(*photo), images.get(*image)) {
            found.images.push((*photo, remote.image_id.clone()));
            found.shown.push((Some(*photo), remote.clone()));
            linked.push((local.captured_at_ms, remote));
        }
    }
    let beside = matching.extra.iter().filter_map(|place| images.get(*place));
    let beside = beside.filter(|image| around.as_ref().is_some_and(|around| is_within(image, around)));
    found.shown.extend(beside.map(|image| (None, image.clone())));
    found.visible = Visible {
        count: found.images.len() as u64,
        links: sequence_links(&linked, viewer),
    };
    found
}

/// One link for each sequence of images and their capture times, in the order of capture.
pub(super) fn sequence_links(images: &[(i64, &RemoteImage)], viewer: &str) -> Vec<ImageLink> {
    let mut sequences: BTreeMap<&str, (i64, &str, u64)> = BTreeMap::new();
    for (at_ms, image) in images {
        let Some(sequence_key) = image.sequence_key.as_deref() else {
            continue;
        };
        let entry = sequences.entry(sequence_key).or_insert((*at_ms, &image.image_id, 0));
        entry.2 += 1;
        if *at_ms < entry.0 {
            (entry.0, entry.1) = (*at_ms, &image.image_id);
        }
    }
    let mut ordered: Vec<_> = sequences.into_iter().collect();
    ordered.sort_by_key(|(_, (at_ms, ..))| *at_ms);
    ordered
        .into_iter()
        .map(|(sequence_key, (_, image_id, image_count))| ImageLink {
            sequence_key: sequence_key.into(),
            image_id: image_id.into(),
            image_count,
            url: viewer_url(viewer, image_id),
        })
        .collect()
}

/// Whether the original position of an image lies in a box.
pub(super) fn is_within(image: &RemoteImage, around: &BoundingBox) -> bool {
    let (west, south, east, north) = around.sides_deg();
    image
        .position_deg
        .is_some_and(|(lat_deg, lon_deg)| (west..=east).contains(&lon_deg) && (south..=north).contains(&lat_deg))
}

fn remote_image(image: Image) -> RemoteImage {
    let camera: Vec<String> = [image.make, image.model].into_iter().flatten().collect();
    RemoteImage {
        camera: (!camera.is_empty()).then(|| camera.join(" ")),
        image_id: image.id,
        sequence_key: image.sequence,
        captured_at_ms: image.captured_at_ms,
        position_deg: image.geometry.map(|position| (position.lat_deg, position.lon_deg)),
    }
}

/// The address that opens an image in the viewer (API notes §2.9).
pub fn viewer_url(viewer: &str, image_id: &str) -> String {
    let separator = if viewer.contains('?') { '&' } else { '?' };
    format!("{viewer}{separator}pKey={image_id}&focus=photo")
}
