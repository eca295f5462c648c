//! What can go wrong while files are made: bad wishes, and disks.

use std::io;
use std::path::PathBuf;

/// Why something could not be generated.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum GeneratorError {
    /// Width or height is zero, or the picture is larger than
    /// [`MAX_PICTURE_PIXELS`](crate::MAX_PICTURE_PIXELS).
    #[error("a picture of {width_px} x {height_px} pixels cannot be drawn")]
    PictureSize {
        /// The width asked for, in pixels.
        width_px: u16,
        /// The height asked for, in pixels.
        height_px: u16,
    },
    /// A number has no form in the file format: not finite, or outside what the field can hold.
    #[error("{field} cannot be written as {value}")]
    ValueOutOfRange {
        /// The name of the field in the specification.
        field: &'static str,
        /// The number asked for.
        value: f64,
    },
    /// A time lies outside the years 0000 to 9999 (EXIF) or 2000 to 2099 (GPMF).
    #[error("the time {at_ms} ms after 1970 cannot be written")]
    TimeOutOfRange {
        /// Milliseconds since 1970-01-01T00:00:00Z.
        at_ms: i64,
    },
    /// A JPEG segment holds at most 65,533 bytes.
    #[error("the {segment} segment would hold {length} bytes, more than a JPEG segment can")]
    SegmentTooLong {
        /// Which segment: `Exif` or `XMP`.
        segment: &'static str,
        /// The bytes it would need.
        length: usize,
    },
    /// The pixels could not be compressed.
    #[error("the picture could not be compressed: {0}")]
    JpegNotEncoded(#[from] jpeg_encoder::EncodingError),
    /// The EXIF block could not be written.
    #[error("the EXIF block could not be written: {0}")]
    ExifNotWritten(#[from] exif::Error),
    /// A video specification that gives no valid MP4.
    #[error("this video cannot be made: {reason}")]
    VideoNotPossible {
        /// What is wrong with the specification.
        reason: &'static str,
    },
    /// A file of that name is already there. Nothing was written.
    #[error("{} exists already and is left as it is", path.display())]
    TargetExists {
        /// The file in the way.
        path: PathBuf,
    },
    /// A folder or file could not be made.
    #[error("{} could not be written: {source}", path.display())]
    NotWritten {
        /// The folder or file.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
}

impl GeneratorError {
    /// A stable name of the kind of error, for programs.
    pub fn code(&self) -> &'static str {
        match self {
            Self::PictureSize { .. } => "picture_size",
            Self::ValueOutOfRange { .. } => "value_out_of_range",
            Self::TimeOutOfRange { .. } => "time_out_of_range",
            Self::SegmentTooLong { .. } => "segment_too_long",
            Self::JpegNotEncoded(_) => "jpeg_not_encoded",
            Self::ExifNotWritten(_) => "exif_not_written",
            Self::VideoNotPossible { .. } => "video_not_possible",
            Self::TargetExists { .. } => "target_exists",
            Self::NotWritten { .. } => "not_written",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// No specification leads to these two: sizes and values are checked before the libraries see them.
    #[test]
    fn failures_of_the_libraries_below_have_codes_of_their_own() {
        let exif = GeneratorError::from(exif::Error::InvalidFormat("a test"));
        assert_eq!(exif.code(), "exif_not_written");
        let io = std::io::Error::other("a test");
        let jpeg = GeneratorError::from(jpeg_encoder::EncodingError::IoError(io));
        assert_eq!(jpeg.code(), "jpeg_not_encoded");
    }
}
