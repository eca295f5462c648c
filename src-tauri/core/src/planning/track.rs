//! Positions from a track file, for the captures that a person wants them for.

use waypost_media::{Heading, HeadingReference, HeadingSource, PositionSource};

use crate::edit::{Edits, TrackUse};
use crate::path_text::printable_name;
use crate::plan::{Photo, Refusal, RefusalCode, RefusalDetail, Video, Warning, WarningCode};
use crate::readings::{Capture, PhotoReading, Readings};
use crate::time_zone::ZoneResolver;
use crate::track_file::{Gap, LookUp, Track, VideoStart, position_at, suggest_offset, video_track};

use super::resolve::{Fix, own_fix};

/// The track that a capture takes its position from, and how; `None` where it keeps its own.
pub(super) fn track_of<'a>(readings: &'a Readings, edits: &Edits, capture_id: u64) -> Option<(&'a Track, TrackUse)> {
    let track_use = (*edits.track.get(capture_id))?;
    Some((readings.tracks.get(&track_use.track_id)?, track_use))
}

/// Puts a photo onto a track: position and heading are the track's as a whole, whatever the photo said. The capture
/// time stays. A photo without a time is left as it is: it is refused for that.
///
/// # Errors
/// The refusal where the track was not recorded at that time.
pub(super) fn put_on_track(
    reading: &PhotoReading,
    fix: Fix,
    captured_at_ms: Option<i64>,
    (track, track_use): (&Track, TrackUse),
    first_at_ms: Option<i64>,
) -> Result<(Fix, Option<Gap>), Refusal> {
    let Some(captured_at_ms) = captured_at_ms else {
        return Ok((fix, None));
    };
    let look_up = LookUp {
        offset_ms: track_use.lookup_offset_ms,
        align_start: first_at_ms.is_some(),
    };
    let shift = look_up.shift(track, first_at_ms.unwrap_or(captured_at_ms));
    let found = position_at(track, shift.moment_ms(captured_at_ms)).map_err(|outside| Refusal {
        detail: Some(outside.detail()),
        ..Refusal::of(reading.path.clone(), RefusalCode::OutsideTrack, &outside.what())
    })?;
    let fix = Fix {
        position: Some((
            found.lat_deg,
            found.lon_deg,
            found.altitude_m,
            PositionSource::TrackFile,
        )),
        heading: found.heading_deg.map(|heading_deg| Heading {
            heading_deg,
            reference: HeadingReference::True,
            source: HeadingSource::TrackFile,
        }),
        ..fix
    };
    Ok((fix, found.gap))
}

/// When the capture was taken that meets the first point of the track; `None` where the clocks are right.
pub(super) fn first_at_ms(
    readings: &Readings,
    edits: &Edits,
    zone: &ZoneResolver,
    track_use: &TrackUse,
) -> Option<i64> {
    captured_at_ms(readings, edits, zone, track_use.aligned_to?)
}

/// The number of the photo that was taken first, of those whose time is known.
pub fn first_photo(readings: &Readings, edits: &Edits, zone: &ZoneResolver) -> Option<u64> {
    readings
        .numbered()
        .filter_map(|(id, _)| Some((captured_at_ms(readings, edits, zone, id)?, id)))
        .min()
        .map(|(_, id)| id)
}

fn captured_at_ms(readings: &Readings, edits: &Edits, zone: &ZoneResolver, capture_id: u64) -> Option<i64> {
    match readings.capture(capture_id)? {
        Capture::Photo(photo) => {
            let (captured_at_ms, _) = own_fix(&photo.facts, zone).captured_at?;
            Some(captured_at_ms.saturating_add(*edits.shift_ms.get(capture_id)))
        }
        Capture::Video(_) | Capture::TracklessVideo(_) | Capture::Refused(_) => None,
    }
}

/// A video with its part of a track instead of its own.
///
/// # Errors
/// The refusal where the track was not recorded at that time.
pub(super) fn video_on_track(video: Video, (track, track_use): (&Track, TrackUse)) -> Result<Video, Refusal> {
    let start = if track_use.aligned_to.is_some() {
        VideoStart::WithTrack
    } else {
        VideoStart::of_track(&video.track)
    };
    let points = video_track(track, start, track_use.lookup_offset_ms, video.duration_ms).map_err(|outside| {
        Refusal::of_video(
            video.path.clone(),
            video.kind,
            RefusalCode::OutsideTrack,
            &outside.what(),
        )
    })?;
    Ok(Video {
        track: points,
        track_file: Some(track.path().to_path_buf()),
        removed: Vec::new(),
        ..video
    })
}

/// What deserves a look in a photo whose position is a guess.
pub(super) fn gap_warning(reading: &PhotoReading, gap: Gap) -> Warning {
    Warning {
        path: reading.path.clone(),
        code: WarningCode::TrackGap,
        message: format!(
            "{} lies in a gap of the track: {} without a point.",
            printable_name(&reading.path),
            gap.words()
        ),
        action: "Look where it stands on the map; leave it out if that is wrong.".into(),
    }
}

/// Where no photo lies on the one track there is, the refusals say which offset would help.
pub(super) fn suggest(readings: &Readings, photos: &[Photo], refusals: &mut [Refusal]) {
    let is_on_track = |photo: &Photo| photo.position_source == PositionSource::TrackFile;
    let mut tracks = readings.tracks.values();
    let (Some(track), None) = (tracks.next(), tracks.next()) else {
        return;
    };
    if photos.iter().any(is_on_track) {
        return;
    }
    let moment_ms = |refusal: &Refusal| match refusal.detail {
        Some(RefusalDetail::OutsideTrack { moment_ms, .. }) => Some(moment_ms),
        _ => None,
    };
    let moments: Vec<i64> = refusals.iter().filter_map(moment_ms).collect();
    let Some(suggested) = suggest_offset(&moments, track) else {
        return;
    };
    for refusal in refusals.iter_mut().filter(|refusal| moment_ms(refusal).is_some()) {
        refusal.action = suggested.sentence();
    }
}
