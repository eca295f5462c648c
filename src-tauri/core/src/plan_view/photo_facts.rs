//! One photo of a plan in full, with the sources of what it says.

use waypost_media::{HeadingSource, PositionSource, TimeReading, TimeSource};
use waypost_wire::{HeadingFrom, PhotoFacts, PositionFrom, TimeFrom};

use super::{Editing, camera_name};
use crate::path_text::printable_name;
use crate::plan::{Photo, Plan};
use crate::readings::Capture;

/// What is known of a photo, and from where; `None` for what is no photo of the plan.
pub fn photo_facts(plan: &Plan, editing: &Editing<'_>, photo_id: u64) -> Option<PhotoFacts> {
    let sent = plan.sequences.iter().flat_map(|sequence| &sequence.photos);
    let at_home = plan.left_out.iter().filter_map(|left_out| left_out.place.as_ref());
    let photo = sent
        .chain(at_home.map(|place| &place.photo))
        .find(|photo| photo.capture_id == photo_id)?;
    let is_naive = matches!(
        editing.readings.capture(photo_id),
        Some(Capture::Photo(reading)) if matches!(reading.facts.time, Some(TimeReading::Naive { .. }))
    );
    Some(PhotoFacts {
        photo_id,
        file: printable_name(&photo.path),
        folder: photo.folder().display().to_string(),
        size_bytes: photo.size_bytes,
        camera: camera_name(photo),
        width_px: photo.width_px,
        height_px: photo.height_px,
        gps_accuracy_m: photo.gps_accuracy_m,
        time_from: time_from(photo.time_source),
        time_zone: is_naive
            .then(|| super::zone_question::answer(editing))
            .filter(|zone| !zone.is_empty()),
        shift_ms: *editing.edits.shift_ms.get(photo_id),
        position_from: position_from(photo.position_source),
        heading_from: heading_from(photo),
        turn_deg: *editing.edits.turn_deg.get(photo_id),
    })
}

fn time_from(source: TimeSource) -> TimeFrom {
    match source {
        TimeSource::GpsTime | TimeSource::XmpGpsTime => TimeFrom::Gps,
        TimeSource::DateTimeOriginal | TimeSource::XmpDateTimeOriginal => TimeFrom::CameraClock,
        TimeSource::DateTimeDigitized | TimeSource::XmpDateTimeDigitized => TimeFrom::Digitized,
        TimeSource::DateTime => TimeFrom::FileChange,
    }
}

fn position_from(source: PositionSource) -> PositionFrom {
    match source {
        PositionSource::Exif => PositionFrom::Exif,
        PositionSource::Xmp => PositionFrom::Xmp,
        PositionSource::TrackFile => PositionFrom::TrackFile,
        PositionSource::Twin => PositionFrom::Twin,
    }
}

fn heading_from(photo: &Photo) -> Option<HeadingFrom> {
    photo.heading_deg?;
    Some(match photo.heading_source {
        Some(HeadingSource::ImgDirection | HeadingSource::XmpImgDirection) => HeadingFrom::Lens,
        Some(HeadingSource::Track | HeadingSource::XmpTrack) => HeadingFrom::Movement,
        Some(HeadingSource::PanoramaPose) => HeadingFrom::Panorama,
        Some(HeadingSource::TrackFile) => HeadingFrom::TrackFile,
        None => HeadingFrom::Way,
    })
}
