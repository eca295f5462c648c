//! The images that Mapillary made of a video: which frames it takes is its own choice, so that nothing can be matched one
//! by one. What its owner published from the time and the place of the track is counted as the video's.

use secrecy::SecretString;
use waypost_mapillary::{BoundingBox, Client, MapillaryError};

use super::judge::Visible;
use super::matching::RemoteImage;
use super::search::{BOX_MARGIN_DEG, Found, captured_within, is_within, sequence_links};
use crate::source_video::SourceVideo;

/// Looks for images of `username` along the track of `video`; `None` where its positions have no times of their own, and
/// nothing can be looked for. `is_other` tells images of other uploads.
///
/// # Errors
/// Whatever [`Client::search_images`] returns.
pub async fn find_frames(
    client: &Client,
    token: &SecretString,
    username: &str,
    video: &SourceVideo,
    is_other: impl Fn(&str) -> bool,
    viewer: &str,
) -> Result<Option<Found>, MapillaryError> {
    let window = video.first_captured_at_ms().zip(video.last_captured_at_ms());
    let points = || video.track.iter().map(|point| (point.lon_deg, point.lat_deg));
    let (Some(window), Some(around)) = (window, BoundingBox::around(points(), BOX_MARGIN_DEG)?) else {
        return Ok(None);
    };
    let images = captured_within(client, token, username, window, points()).await?;
    let frames = images
        .iter()
        .filter(|image| is_within(image, &around) && !is_other(&image.image_id));
    let mut frames: Vec<(i64, &RemoteImage)> = frames
        .filter_map(|image| Some((image.captured_at_ms?, image)))
        .collect();
    frames.sort_by_key(|(at_ms, image)| (*at_ms, &image.image_id));
    let first = frames.first().map(|(_, image)| (0, image.image_id.clone()));
    Ok(Some(Found {
        visible: Visible {
            count: frames.len() as u64,
            links: sequence_links(&frames, viewer),
        },
        images: first.into_iter().collect(),
        shown: frames.iter().map(|(_, image)| (Some(0), (*image).clone())).collect(),
    }))
}
