//! One photo: its header is read, and what it says is kept; or it is refused with a sentence.

use std::path::PathBuf;
use std::sync::LazyLock;

use waypost_media::{FileKind, Flaw, MediaError, PhotoFacts, Projection, read_photo, splice_description};

use super::file::open;
use crate::plan::{Refusal, RefusalCode};
use crate::scan::Candidate;

/// Bytes that a description takes at most, with long names in it.
const DESCRIPTION_BYTES: usize = 700;

/// Stands for the real description where it is tried out whether a photo takes one.
static TRIAL_DESCRIPTION: LazyLock<String> = LazyLock::new(|| "x".repeat(DESCRIPTION_BYTES));

/// A photo as it was read. It may lack what a person can supply: the zone of its time, its time, its position.
#[derive(Clone, Debug, PartialEq)]
pub struct PhotoReading {
    /// Absolute path; the links of its folder are resolved.
    pub path: PathBuf,
    /// Where the file itself is, if `path` is a link.
    pub link_target: Option<PathBuf>,
    /// Size of the file in bytes.
    pub size_bytes: u64,
    /// Modification time, milliseconds since 1970 UTC.
    pub modified_at_ms: i64,
    /// What it says about itself.
    pub facts: PhotoFacts,
    /// Why no description can be written into it; `None` where one can.
    pub no_room: Option<String>,
}

/// Reads one photo.
///
/// # Errors
/// The refusal, with a sentence about this file, where nothing that a person could say would help.
pub fn read_photo_file(candidate: &Candidate) -> Result<PhotoReading, Refusal> {
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
    let no_room = if may_have_no_room(&facts) {
        splice_description(&mut file, &TRIAL_DESCRIPTION)
            .err()
            .map(|error| error.to_string())
    } else {
        None
    };
    Ok(PhotoReading {
        path: path.clone(),
        link_target: candidate.link_target.clone(),
        size_bytes,
        modified_at_ms,
        facts,
        no_room,
    })
}

/// Whether it has to be tried out if the photo takes a description: a sound EXIF block with a preview always does,
/// for the preview gives up its place if there is no other.
fn may_have_no_room(facts: &PhotoFacts) -> bool {
    let has_preview = facts
        .thumbnail
        .is_some_and(|thumbnail| thumbnail.length_bytes > DESCRIPTION_BYTES as u64);
    !has_preview || facts.flaws.contains(&Flaw::ExifDamaged)
}

/// The refusal behind what the reader says, with the end of its sentence.
fn refusal_of(error: &MediaError) -> (RefusalCode, String) {
    match error {
        MediaError::EmptyFile => (RefusalCode::EmptyFile, "is empty".into()),
        MediaError::NotAJpeg {
            looks_like: FileKind::Video,
        } => (RefusalCode::NotAJpeg, "is a video, whatever its name says".into()),
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
