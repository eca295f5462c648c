//! One photo: its header is read, and it is ready or refused with a sentence.

use std::path::Path;
use std::sync::LazyLock;

use waypost_media::{
    FileKind, Flaw, MediaError, PhotoFacts, Position, Projection, TimeReading, TimeSource, read_photo,
    splice_description,
};

use super::file::open;
use crate::path_text::printable_name;
use crate::plan::{Photo, Refusal, RefusalCode, Warning, WarningCode};
use crate::scan::Candidate;
use crate::time_zone::ZoneResolver;

/// Bytes that a description takes at most, with long names in it.
const DESCRIPTION_BYTES: usize = 700;

/// Stands for the real description where it is tried out whether a photo takes one.
static TRIAL_DESCRIPTION: LazyLock<String> = LazyLock::new(|| "x".repeat(DESCRIPTION_BYTES));

/// Reads one photo.
///
/// # Errors
/// The refusal, with a sentence about this file.
pub fn read_photo_file(candidate: &Candidate, zone: &ZoneResolver) -> Result<(Photo, Option<Warning>), Refusal> {
    let path = &candidate.path;
    let refuse = |code, what: &str| Err(Refusal::of(path.clone(), code, what));
    let (mut file, size_bytes, modified_at_ms) = match open(path) {
        Ok(opened) => opened,
        Err(error) => {
            return refuse(RefusalCode::Unreadable, &format!("cannot be opened ({error})"));
        }
    };
    let facts = match read_photo(&mut file) {
        Ok(facts) => facts,
        Err(error) => {
            let (code, what) = refusal_of(&error);
            return refuse(code, &what);
        }
    };
    if let Projection::Other(projection) = &facts.projection {
        let what = format!("is a 360° photo in {projection} projection; Mapillary takes equirectangular ones");
        return refuse(RefusalCode::ProjectionNotSupported, &what);
    }
    let Some(position) = facts.position else {
        let (code, what) = no_position(&facts);
        return refuse(code, what);
    };
    let (captured_at_ms, time_source) = match captured_at(&facts, zone) {
        Ok(captured_at) => captured_at,
        Err((code, what)) => return refuse(code, what),
    };

    if may_have_no_room(&facts)
        && let Err(error) = splice_description(&mut file, &TRIAL_DESCRIPTION)
    {
        let what = format!("cannot take its description: {error}");
        return refuse(RefusalCode::DescriptionDoesNotFit, &what);
    }

    let warning = (!facts.has_end).then(|| cut_off(path));
    let file = FileFacts {
        candidate,
        size_bytes,
        modified_at_ms,
    };
    Ok((photo(file, facts, position, captured_at_ms, time_source), warning))
}

/// What the file system says of a file.
#[derive(Clone, Copy)]
struct FileFacts<'a> {
    candidate: &'a Candidate,
    size_bytes: u64,
    modified_at_ms: i64,
}

fn photo(
    file: FileFacts<'_>,
    facts: PhotoFacts,
    position: Position,
    captured_at_ms: i64,
    time_source: TimeSource,
) -> Photo {
    Photo {
        path: file.candidate.path.clone(),
        link_target: file.candidate.link_target.clone(),
        size_bytes: file.size_bytes,
        modified_at_ms: file.modified_at_ms,
        captured_at_ms,
        time_source,
        camera_clock_ms: facts.camera_clock_ms,
        lat_deg: position.lat_deg,
        lon_deg: position.lon_deg,
        altitude_m: position.altitude_m,
        position_source: position.source,
        heading_deg: facts.heading.map(|heading| heading.heading_deg),
        heading_source: facts.heading.map(|heading| heading.source),
        orientation: facts.orientation,
        make: facts.make,
        model: facts.model,
        camera_uuid: facts.camera_uuid,
        width_px: facts.width_px,
        height_px: facts.height_px,
        gps_accuracy_m: facts.gps_accuracy_m,
        projection: facts.projection,
    }
}

/// Whether it has to be tried out if the photo takes a description: a sound EXIF block with a preview always does,
/// for the preview gives up its place if there is no other.
fn may_have_no_room(facts: &PhotoFacts) -> bool {
    let has_preview = facts
        .thumbnail
        .is_some_and(|thumbnail| thumbnail.length_bytes > DESCRIPTION_BYTES as u64);
    !has_preview || facts.flaws.contains(&Flaw::ExifDamaged)
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

/// The refusal behind what the reader says, with the end of its sentence.
fn refusal_of(error: &MediaError) -> (RefusalCode, String) {
    match error {
        MediaError::EmptyFile => (RefusalCode::EmptyFile, "is empty".into()),
        MediaError::NotAJpeg {
            looks_like: FileKind::Video,
        } => (
            RefusalCode::VideoNotSupported,
            "is a video, whatever its name says".into(),
        ),
        MediaError::NotAJpeg {
            looks_like: FileKind::Unknown,
        } => (
            RefusalCode::NotAJpeg,
            "is not a JPEG photo, whatever its name says".into(),
        ),
        MediaError::NotAJpeg { looks_like } => (
            RefusalCode::FormatNotSupported,
            format!(
                "is {}, whatever its name says; Mapillary takes JPEG photos",
                looks_like.name()
            ),
        ),
        MediaError::HeicNotSupported => (
            RefusalCode::FormatNotSupported,
            "is a HEIC or AVIF photo, whatever its name says; Mapillary takes JPEG photos".into(),
        ),
        MediaError::HeaderTruncated { length_bytes } => (
            RefusalCode::HeaderTruncated,
            format!("ends after {length_bytes} bytes, before its picture starts"),
        ),
        MediaError::Io { message, .. } => (RefusalCode::Unreadable, format!("cannot be read ({message})")),
        other => (RefusalCode::Unreadable, format!("cannot be read: {other}")),
    }
}
