//! From what a photo says and what the person says about it to a photo that can be sent.

use std::path::Path;

use waypost_media::{Flaw, PhotoFacts, PositionSource, TimeReading, TimeSource};
use waypost_wire::LeftOutBy;

use crate::edit::Edits;
use crate::marks::Marks;
use crate::path_text::printable_name;
use crate::plan::{Photo, Refusal, RefusalCode, Warning, WarningCode};
use crate::readings::PhotoReading;
use crate::time_zone::ZoneResolver;

/// When and where a photo was taken and where the camera looked, each as far as it is known.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Fix {
    pub(super) position: Option<(f64, f64, Option<f64>, PositionSource)>,
    pub(super) captured_at: Option<(i64, TimeSource)>,
    pub(super) heading: Option<waypost_media::Heading>,
}

/// What the photo itself says, its time read in `zone`.
pub(super) fn own_fix(facts: &PhotoFacts, zone: &ZoneResolver) -> Fix {
    Fix {
        position: facts
            .position
            .map(|position| (position.lat_deg, position.lon_deg, position.altitude_m, position.source)),
        captured_at: captured_at(facts, zone).ok(),
        heading: facts.heading,
    }
}

/// The photo, if everything that is needed is known.
///
/// # Errors
/// The refusal that says what is missing.
pub(super) fn photo(
    capture_id: u64,
    reading: &PhotoReading,
    fix: Fix,
    zone: &ZoneResolver,
    edits: &Edits,
) -> Result<Photo, Refusal> {
    let facts = &reading.facts;
    let refuse = |code, what: &str| Err(Refusal::of(reading.path.clone(), code, what));
    let Some((lat_deg, lon_deg, altitude_m, position_source)) = fix.position else {
        let (code, what) = no_position(facts);
        return refuse(code, what);
    };
    let (captured_at_ms, time_source) = match (fix.captured_at, captured_at(facts, zone)) {
        (Some(known), _) | (None, Ok(known)) => known,
        (None, Err((code, what))) => return refuse(code, what),
    };
    if let Some(error) = &reading.no_room {
        let what = format!("cannot take its description: {error}");
        return refuse(RefusalCode::DescriptionDoesNotFit, &what);
    }
    Ok(Photo {
        capture_id,
        path: reading.path.clone(),
        link_target: reading.link_target.clone(),
        size_bytes: reading.size_bytes,
        modified_at_ms: reading.modified_at_ms,
        captured_at_ms: captured_at_ms.saturating_add(*edits.shift_ms.get(capture_id)),
        time_source,
        camera_clock_ms: facts.camera_clock_ms,
        lat_deg,
        lon_deg,
        altitude_m,
        position_source,
        heading_deg: fix.heading.map(|heading| heading.heading_deg),
        heading_source: fix.heading.map(|heading| heading.source),
        orientation: facts.orientation,
        make: facts.make.clone(),
        model: facts.model.clone(),
        camera_uuid: facts.camera_uuid.clone(),
        width_px: facts.width_px,
        height_px: facts.height_px,
        // What the photo's own receiver claimed says nothing about a track.
        gps_accuracy_m: facts
            .gps_accuracy_m
            .filter(|_| position_source != PositionSource::TrackFile),
        projection: facts.projection.clone(),
        marks: marks(capture_id, (lat_deg, lon_deg), position_source, edits),
    })
}

fn marks(capture_id: u64, position: (f64, f64), position_source: PositionSource, edits: &Edits) -> Marks {
    let trim = edits.trim.get(capture_id);
    let is_back_lens = position_source == PositionSource::Twin;
    // The back lens looks the other way than the front one, whose heading or track it took.
    let half_turn_deg = if is_back_lens { 180.0 } else { 0.0 };
    Marks {
        left_out: if *edits.excluded.get(capture_id) {
            Some(LeftOutBy::Person)
        } else {
            edits
                .zone_around(position.0, position.1)
                .map(|_| LeftOutBy::PrivacyZone)
        },
        border: *edits.border.get(capture_id),
        overruled: *edits.overruled.get(capture_id),
        along_track: *edits.along_track.get(capture_id),
        turn_deg: edits.turn_deg.get(capture_id) + half_turn_deg,
        trim_start_m: trim.start_m,
        trim_end_m: trim.end_m,
        is_back_lens,
    }
}

/// What deserves a look in a photo that is sent.
pub(super) fn warning(reading: &PhotoReading) -> Option<Warning> {
    (!reading.facts.has_end).then(|| cut_off(&reading.path))
}

fn captured_at(facts: &PhotoFacts, zone: &ZoneResolver) -> Result<(i64, TimeSource), (RefusalCode, &'static str)> {
    match facts.time {
        Some(TimeReading::Utc { unix_ms, source }) => Ok((unix_ms, source)),
        Some(TimeReading::Naive { local_ms, source }) => match zone.moment_ms(local_ms) {
            Some(moment_ms) => Ok((moment_ms, source)),
            None => Err((
                RefusalCode::TimeZoneUnknown,
                "says when it was taken, but not in which time zone",
            )),
        },
        None if facts.flaws.contains(&Flaw::DateZeroed) => Err((
            RefusalCode::NoTime,
            "has a zeroed capture time: the camera's clock was not set",
        )),
        None if facts.flaws.contains(&Flaw::DateUnreadable) => {
            Err((RefusalCode::NoTime, "has a capture time that cannot be read"))
        }
        None => Err((RefusalCode::NoTime, "has no capture time")),
    }
}

fn no_position(facts: &PhotoFacts) -> (RefusalCode, &'static str) {
    let has = |flaw| facts.flaws.contains(&flaw);
    if has(Flaw::GpsReferenceMissing) {
        (
            RefusalCode::NoPosition,
            "has GPS coordinates that do not say north or south, east or west",
        )
    } else if has(Flaw::GpsOutOfRange) {
        (
            RefusalCode::DescriptionInvalid,
            "has GPS coordinates that do not exist on Earth",
        )
    } else if has(Flaw::GpsUnreadable) {
        (RefusalCode::NoPosition, "has GPS coordinates that are no numbers")
    } else if has(Flaw::ExifDamaged) {
        (
            RefusalCode::NoPosition,
            "has a damaged EXIF block, without a GPS position that can be read",
        )
    } else {
        (RefusalCode::NoPosition, "has no GPS position")
    }
}

fn cut_off(path: &Path) -> Warning {
    Warning {
        path: path.to_path_buf(),
        code: WarningCode::CutOff,
        message: format!("{} may be cut off: its picture has no end.", printable_name(path)),
        action: "Look at it; if its lower part is grey, copy it from the card again.".into(),
    }
}
