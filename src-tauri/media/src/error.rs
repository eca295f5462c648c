//! Why a file could not be read, described or repacked: one closed list, each entry with a stable code.

use std::io;

use thiserror::Error;

/// What a file that is not a JPEG looks like, told from its first bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FileKind {
    /// TIFF, or a raw photo built on TIFF that is neither DNG nor GPR.
    TiffOrRaw,
    /// Adobe's raw photo, DNG.
    Dng,
    /// GoPro's raw photo, GPR.
    Gpr,
    /// PNG.
    Png,
    /// WebP.
    WebP,
    /// GIF.
    Gif,
    /// An ISO base media file such as MP4, MOV or `.360`.
    Video,
    /// None of the known kinds.
    Unknown,
}

impl FileKind {
    /// The kind in words, as it stands in a sentence.
    pub fn name(self) -> &'static str {
        match self {
            Self::TiffOrRaw => "a TIFF picture or a raw photo",
            Self::Dng => "a raw photo (DNG)",
            Self::Gpr => "a GoPro raw photo (GPR)",
            Self::Png => "a PNG picture",
            Self::WebP => "a WebP picture",
            Self::Gif => "a GIF picture",
            Self::Video => "a video",
            Self::Unknown => "of an unknown kind",
        }
    }
}

/// Everything that can keep a photo or a video from being read, described or repacked.
///
/// The messages speak about "the file"; the caller knows its name and puts it in front.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum MediaError {
    /// The file has no bytes at all, as cards that were pulled too early leave behind.
    #[error("the file is empty")]
    EmptyFile,
    /// The file begins with thousands of zeros: its length was written, but not its content, as copies and cards leave it
    /// that were broken off.
    #[error("the file holds zeros instead of a photo, as a copy leaves it that was broken off")]
    ZeroFilled,
    /// The file does not start like a JPEG.
    #[error("the file is not a JPEG photo, it is {}", looks_like.name())]
    NotAJpeg {
        /// What it looks like instead.
        looks_like: FileKind,
    },
    /// The file is a HEIC/HEIF or AVIF picture, which Mapillary does not take.
    #[error("the file is a HEIC or AVIF photo; Mapillary takes JPEG only")]
    HeicNotSupported,
    /// The file ends inside its header, before anything that could be used.
    #[error("the file ends after {length_bytes} bytes, before its header is complete")]
    HeaderTruncated {
        /// Length of the file in bytes.
        length_bytes: u64,
    },
    /// The header passes a cap of [`crate::limits`] before the picture starts.
    #[error("the file's header is too long: more than {limit} {unit} before the picture starts")]
    HeaderTooLong {
        /// The cap that was reached.
        limit: u64,
        /// What the cap counts: `bytes` or `segments`.
        unit: &'static str,
    },
    /// The EXIF block declares more tags than any camera writes.
    #[error("the EXIF block declares more than {limit} tags and is not read")]
    ExifTooLarge {
        /// The cap that was reached, see [`crate::limits::MAX_EXIF_ENTRIES`].
        limit: u64,
    },
    /// The EXIF block would pass the 65,533 bytes that a JPEG segment can hold.
    #[error(
        "the description does not fit into the file's EXIF block: {needed_bytes} bytes needed, \
         {limit_bytes} possible"
    )]
    SegmentTooLong {
        /// Bytes the segment would need.
        needed_bytes: u64,
        /// Bytes a segment can hold.
        limit_bytes: u64,
    },
    /// The EXIF block is damaged in such a way that adding to it would change what it says.
    #[error("the EXIF block is damaged, and a description cannot be added without changing it")]
    ExifDamaged,
    /// The description holds something other than printable ASCII.
    #[error("the description holds a character that is not printable ASCII")]
    DescriptionNotAscii,
    /// The file is no MP4, MOV or `.360` video.
    #[error("the file is not an MP4, MOV or .360 video")]
    NotAVideo,
    /// The video has no index (`moov`): the camera writes it last, so the recording did not end
    /// properly or the file was not copied to its end.
    #[error("the video has no index: the recording was cut off, or the file was not copied completely")]
    VideoIndexMissing,
    /// The file ends inside its index or before the last frames that its index names.
    #[error("the video ends after {length_bytes} bytes, before the end that its index names")]
    VideoCutOff {
        /// Length of the file in bytes.
        length_bytes: u64,
    },
    /// The video's index contradicts itself in a way that leaves nothing to work with.
    #[error("the video's index is damaged: {what}")]
    VideoDamaged {
        /// What is wrong, as the end of a sentence.
        what: &'static str,
    },
    /// The video passes a cap of [`crate::limits`].
    #[error("the video's index is too large: more than {limit} {what}")]
    VideoTooLarge {
        /// What the cap counts.
        what: &'static str,
        /// The cap.
        limit: u64,
    },
    /// The samples lie in fragments, as streaming programs write them; no camera does.
    #[error("the video is in fragments (as for streaming) and cannot be repacked for upload")]
    VideoFragmented,
    /// The file has no track with pictures.
    #[error("the video has no track with pictures")]
    VideoWithoutPictures,
    /// There is no point to write into the upload, or none from the start of the video on.
    #[error("the track has no point within the video")]
    TrackEmpty,
    /// A point of the track has a time or a place that no recording can have.
    #[error("point {index} of the track has no possible time and place")]
    TrackPointInvalid {
        /// Which point, from 0.
        index: usize,
    },
    /// The file is neither GPX nor NMEA.
    #[error("the file is neither a GPX nor an NMEA track")]
    NotATrackFile,
    /// The GPX or NMEA file passes a cap of [`crate::limits`].
    #[error("the track file is too large: more than {limit} {what}")]
    TrackFileTooLarge {
        /// What the cap counts.
        what: &'static str,
        /// The cap.
        limit: u64,
    },
    /// The GPX file is no well-formed XML, and no point stands before the damage.
    #[error("the GPX file is damaged at byte {offset_bytes}, before its first point")]
    TrackFileDamaged {
        /// Where, counted in the file's text as UTF-8.
        offset_bytes: u64,
    },
    /// The track file holds no position.
    #[error("the track file holds no position that can be used")]
    TrackFileEmpty,
    /// The GPX file holds a route: a plan of where to go, without times.
    #[error("the GPX file holds a planned route, not a recorded track")]
    TrackIsRoute,
    /// The points of a GPX file have no times.
    #[error("the track's points carry no times ({point_count} points)")]
    TrackWithoutTimes {
        /// How many points there are.
        point_count: u64,
    },
    /// The NMEA file has times of day, but no sentence tells the date.
    #[error("the NMEA file names no date: it has no valid RMC sentence")]
    TrackWithoutDate,
    /// Reading failed below this crate: card, disk or network share.
    #[error("reading failed: {message}")]
    Io {
        /// The kind the operating system's answer was sorted into.
        kind: io::ErrorKind,
        /// The operating system's words.
        message: String,
    },
}

impl MediaError {
    /// The stable, machine-readable name of this error.
    pub fn code(&self) -> &'static str {
        match self {
            Self::EmptyFile => "empty_file",
            Self::ZeroFilled => "zero_filled",
            Self::NotAJpeg { .. } => "not_a_jpeg",
            Self::HeicNotSupported => "heic_not_supported",
            Self::HeaderTruncated { .. } => "header_truncated",
            Self::HeaderTooLong { .. } => "header_too_long",
            Self::ExifTooLarge { .. } => "exif_too_large",
            Self::SegmentTooLong { .. } => "segment_too_long",
            Self::ExifDamaged => "exif_damaged",
            Self::DescriptionNotAscii => "description_not_ascii",
            Self::NotAVideo => "not_a_video",
            Self::VideoIndexMissing => "video_index_missing",
            Self::VideoCutOff { .. } => "video_cut_off",
            Self::VideoDamaged { .. } => "video_damaged",
            Self::VideoTooLarge { .. } => "video_too_large",
            Self::VideoFragmented => "video_fragmented",
            Self::VideoWithoutPictures => "video_without_pictures",
            Self::TrackEmpty => "track_empty",
            Self::TrackPointInvalid { .. } => "track_point_invalid",
            Self::NotATrackFile => "not_a_track_file",
            Self::TrackFileTooLarge { .. } => "track_file_too_large",
            Self::TrackFileDamaged { .. } => "track_file_damaged",
            Self::TrackFileEmpty => "track_file_empty",
            Self::TrackIsRoute => "track_is_route",
            Self::TrackWithoutTimes { .. } => "track_without_times",
            Self::TrackWithoutDate => "track_without_date",
            Self::Io { .. } => "io",
        }
    }
}

impl From<io::Error> for MediaError {
    fn from(error: io::Error) -> Self {
        Self::Io {
            kind: error.kind(),
            message: error.to_string(),
        }
    }
}
