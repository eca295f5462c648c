//! Why a file is not sent: one closed list, with the sentence and the action for each reason.

/// Why a file is not sent. Closed; each code has an entry in docs/errors.md.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum RefusalCode {
    /// The file is empty.
    EmptyFile,
    /// Not a JPEG, whatever its name says.
    NotAJpeg,
    /// A picture format Mapillary cannot take (HEIC, WebP, TIFF, raw).
    FormatNotSupported,
    /// The file ends within its header.
    HeaderTruncated,
    /// The file could not be opened or read.
    Unreadable,
    /// No GPS position.
    NoPosition,
    /// No capture time.
    NoTime,
    /// A capture time without a zone, and no answer which zone it is.
    TimeZoneUnknown,
    /// Taken before the track that it should take its position from, or after it.
    OutsideTrack,
    /// Position exactly 0°, 0°.
    NullIsland,
    /// Same place and heading as the photo before.
    Duplicate,
    /// The sequence moves faster than any vehicle on a road.
    TooFast,
    /// The position jumps out of the track and back.
    ZigZag,
    /// Neither flat nor equirectangular.
    ProjectionNotSupported,
    /// A video; this version sends photos only.
    VideoNotSupported,
    /// The description would not be valid.
    DescriptionInvalid,
    /// The description cannot be written into the photo.
    DescriptionDoesNotFit,
}

impl RefusalCode {
    /// The stable code.
    pub fn code(self) -> &'static str {
        match self {
            Self::EmptyFile => "empty_file",
            Self::NotAJpeg => "not_a_jpeg",
            Self::FormatNotSupported => "format_not_supported",
            Self::HeaderTruncated => "header_truncated",
            Self::Unreadable => "unreadable",
            Self::NoPosition => "no_position",
            Self::NoTime => "no_time",
            Self::TimeZoneUnknown => "time_zone_unknown",
            Self::OutsideTrack => "outside_track",
            Self::NullIsland => "null_island",
            Self::Duplicate => "duplicate",
            Self::TooFast => "too_fast",
            Self::ZigZag => "zig_zag",
            Self::ProjectionNotSupported => "projection_not_supported",
            Self::VideoNotSupported => "video_not_supported",
            Self::DescriptionInvalid => "description_invalid",
            Self::DescriptionDoesNotFit => "description_does_not_fit",
        }
    }

    /// The reason in a sentence, for all files that share it.
    pub fn title(self) -> &'static str {
        match self {
            Self::EmptyFile => "Empty files",
            Self::NotAJpeg => "Not JPEG photos",
            Self::FormatNotSupported => "Pictures in a format Mapillary does not take",
            Self::HeaderTruncated => "Files that end before their picture starts",
            Self::Unreadable => "Files that could not be read",
            Self::NoPosition => "Photos without a GPS position",
            Self::NoTime => "Photos without a capture time",
            Self::TimeZoneUnknown => "Photos whose clock names no time zone",
            Self::OutsideTrack => "Captures from before or after the track",
            Self::NullIsland => "Photos at 0° N 0° E",
            Self::Duplicate => "Photos of the same place as the one before",
            Self::TooFast => "Sequences faster than any vehicle",
            Self::ZigZag => "Photos that jump out of their track",
            Self::ProjectionNotSupported => "360° photos that are not stitched",
            Self::VideoNotSupported => "Videos",
            Self::DescriptionInvalid => "Photos with impossible values",
            Self::DescriptionDoesNotFit => "Photos whose EXIF block takes no description",
        }
    }

    /// What the person can do; empty when there is nothing to do.
    pub fn action(self) -> &'static str {
        match self {
            Self::EmptyFile | Self::HeaderTruncated => "Copy it from the card again.",
            Self::NotAJpeg => "Leave it out, or save it as a JPEG with its GPS data.",
            Self::FormatNotSupported => "Export it as a JPEG with its GPS data, then add that.",
            Self::Unreadable => "Check that it can be opened, or copy it from the card again.",
            Self::NoPosition => "Leave it out, or write the position into it, for example from a GPX track.",
            Self::NoTime => "Leave it out, or write the capture time into it.",
            Self::TimeZoneUnknown => "Say which time zone the camera's clock was set to.",
            Self::OutsideTrack => {
                "Say by how much the camera's clock was off, choose the track of that time, or leave it out."
            }
            Self::NullIsland => "Leave it out: the camera had no GPS fix and made the position up.",
            Self::Duplicate => "Nothing needs to be done; to send it all the same, lower the duplicate distance.",
            Self::TooFast => "Check date, time and position of these photos; one wrong clock is enough.",
            Self::ZigZag => "Leave it out, or turn the zig-zag check off if the track is right.",
            Self::ProjectionNotSupported => "Stitch it to an equirectangular panorama, then add that.",
            Self::VideoNotSupported => "Leave it out: this version of Waypost sends photos only.",
            Self::DescriptionInvalid => "Correct the values in the photo, or leave it out.",
            Self::DescriptionDoesNotFit => {
                "Leave it out, or save it anew with a program that writes a sound EXIF block."
            }
        }
    }
}
