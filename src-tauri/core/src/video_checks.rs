//! Videos to what can be sent: the checks of mapillary_tools 0.14.7 for videos, in its order (protocol notes §5), and
//! what deserves a look in those that pass.
//!
//! A video is never split or merged. Unlike mapillary_tools, single positions at 0° N 0° E do not condemn a video:
//! they are taken out of its track, with the reason, as noise is (docs/differences.md).

#[cfg(test)]
pub(crate) mod test_videos;
#[cfg(test)]
mod tests;

use waypost_media::{RemovalReason, TrackPoint};

use crate::marks::Opinion;
use crate::path_text::printable_name;
use crate::plan::{Refusal, RefusalCode, Video, Warning, WarningCode};
use crate::sequence::geometry::chord_m;
use crate::settings::SequenceSettings;
use crate::video_chapters::sort_videos;
use crate::video_words::left_out_sentence;

/// A track that stays this close to its first point shows one place, metres.
const STATIONARY_RADIUS_M: f64 = 10.0;

/// From this on a recording is called a time-lapse, seconds of the world in a second of the video.
const TIME_LAPSE_FACTOR: f64 = 1.5;

/// Videos that can be sent, and those that cannot.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct CheckedVideos {
    /// By folder and name, the chapters of a recording one after the other.
    pub videos: Vec<Video>,
    /// The others.
    pub refusals: Vec<Refusal>,
    /// What deserves a look in the videos that can be sent.
    pub warnings: Vec<Warning>,
}

/// Checks videos that have a track. `is_overruled` says whether the person overruled a check for a video.
pub fn check_videos(
    videos: Vec<Video>,
    settings: &SequenceSettings,
    is_overruled: impl Fn(&Video, Opinion) -> bool,
) -> CheckedVideos {
    let mut checked = CheckedVideos::default();
    for mut video in videos {
        rename_camera(&mut video, settings);
        take_out_null_island(&mut video);
        match refusal(&video, settings, &is_overruled) {
            Some(refusal) => checked.refusals.push(refusal),
            None => checked.videos.push(video),
        }
    }
    sort_videos(&mut checked.videos);
    checked.warnings = checked.videos.iter().flat_map(warnings).collect();
    checked
}

fn rename_camera(video: &mut Video, settings: &SequenceSettings) {
    for (name, new_name) in [
        (&mut video.make, &settings.device_make),
        (&mut video.model, &settings.device_model),
    ] {
        if new_name.is_some() {
            name.clone_from(new_name);
        }
    }
}

/// Moves points at exactly 0°, 0° from the track to what was removed.
fn take_out_null_island(video: &mut Video) {
    // A receiver's "nowhere" is exactly this.
    #[allow(clippy::float_cmp, reason = "exactly zero is what is asked for")]
    let is_nowhere = |point: &TrackPoint| point.lat_deg == 0.0 && point.lon_deg == 0.0;
    if !video.track.iter().any(is_nowhere) {
        return;
    }
    let (nowhere, somewhere): (Vec<TrackPoint>, Vec<TrackPoint>) =
        std::mem::take(&mut video.track).into_iter().partition(is_nowhere);
    video.track = somewhere;
    let removed = nowhere.into_iter().map(|point| (point, RemovalReason::NullIsland));
    video.removed.extend(removed);
    video.removed.sort_by(|(a, _), (b, _)| a.time_ms.total_cmp(&b.time_ms));
}

fn refusal(
    video: &Video,
    settings: &SequenceSettings,
    is_overruled: impl Fn(&Video, Opinion) -> bool,
) -> Option<Refusal> {
    let refuse = |code, what: &str| Some(Refusal::of_video(video.path.clone(), video.kind, code, what));
    let Some(first) = video.track.first() else {
        return refuse(
            RefusalCode::VideoNullIsland,
            "has no position but 0° N 0° E: its camera did not know where it was",
        );
    };
    let stays_m = farthest_m(first, &video.track);
    if stays_m <= STATIONARY_RADIUS_M && !is_overruled(video, Opinion::StationaryVideo) {
        let what = match video.track.len() {
            1 => "has a single position, and no way".to_owned(),
            _ => format!(
                "was taken at one place: it stays within {:.0} m of where it began",
                stays_m.ceil()
            ),
        };
        return refuse(RefusalCode::VideoStationary, &what);
    }
    if let Some(limit) = settings.max_bytes
        && video.size_bytes > limit
    {
        let gib = |bytes: u64| bytes as f64 / (1_u64 << 30) as f64;
        let what = format!(
            "has {:.1} GiB; Mapillary takes up to {:.1} GiB",
            gib(video.size_bytes),
            gib(limit)
        );
        return refuse(RefusalCode::VideoTooLarge, &what);
    }
    let limit_kmh = settings.max_capture_speed_kmh;
    if let Some(speed_kmh) = average_speed_kmh(&video.track).filter(|speed_kmh| *speed_kmh > limit_kmh)
        && !is_overruled(video, Opinion::TooFast)
    {
        let what = format!("would have moved at {speed_kmh:.0} km/h; the limit is {limit_kmh} km/h");
        return refuse(RefusalCode::VideoTooFast, &what);
    }
    None
}

/// Distance of the point that is farthest from the first, metres.
fn farthest_m(first: &TrackPoint, track: &[TrackPoint]) -> f64 {
    track
        .iter()
        .map(|point| chord_m(place(first), place(point)))
        .fold(0.0, f64::max)
}

/// Length of the track, metres.
pub fn track_length_m(track: &[TrackPoint]) -> f64 {
    let steps = track.iter().zip(track.iter().skip(1));
    // Not `sum`: the sum of no steps is -0.0, and a window would show the minus.
    steps.fold(0.0, |way_m, (from, to)| way_m + chord_m(place(from), place(to)))
}

/// Average speed along the track, km/h, by the receiver's clock where first and last point have its time, else by the
/// time in the video; `None` for fewer than two points or no time between them.
pub fn average_speed_kmh(track: &[TrackPoint]) -> Option<f64> {
    let (first, last) = (track.first()?, track.last()?);
    let epoch_ms = |point: &TrackPoint| point.epoch_ms.filter(|epoch_ms| *epoch_ms > 0.0);
    let duration_ms = match (epoch_ms(first), epoch_ms(last)) {
        (Some(first_ms), Some(last_ms)) => last_ms - first_ms,
        _ => last.time_ms - first.time_ms,
    };
    let speed_kmh = track_length_m(track) / (duration_ms / 1000.0) * 3.6;
    (duration_ms != 0.0).then_some(speed_kmh)
}

fn place(point: &TrackPoint) -> (f64, f64) {
    (point.lat_deg, point.lon_deg)
}

fn warnings(video: &Video) -> Vec<Warning> {
    let mut warnings = Vec::new();
    let mut add = |code, what: &str, action: &str| {
        warnings.push(Warning {
            path: video.path.clone(),
            code,
            message: format!("{}: {what}.", printable_name(&video.path)),
            action: action.into(),
        });
    };
    if let Some(sentence) = left_out_sentence(video) {
        let action = "Look at its way on the map; the camera's GPS was bad there. Its pictures are sent all the same.";
        add(WarningCode::PositionsLeftOut, &sentence, action);
    }
    if let Some(factor) = video.time_lapse_factor.filter(|factor| *factor >= TIME_LAPSE_FACTOR) {
        let what = format!("a time-lapse: {factor:.1} seconds pass in each second of the video");
        add(WarningCode::TimeLapse, &what, "Nothing needs to be done.");
    }
    warnings
}
