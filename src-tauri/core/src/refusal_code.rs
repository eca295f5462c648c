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
    /// A file with a video's name that is none.
    NotAVideo,
    /// A video in another container than MP4, MOV and `.360`.
    VideoFormatNotSupported,
    /// A video without its index.
    VideoIndexMissing,
    /// A video that ends before its index says.
    VideoCutOff,
    /// A video whose index contradicts itself.
    VideoDamaged,
    /// A video whose index passes every cap.
    VideoIndexTooLarge,
    /// A video in fragments.
    VideoFragmented,
    /// A video without a track of pictures.
    VideoWithoutPictures,
    /// A video without a track of positions.
    VideoWithoutTrack,
    /// A video with telemetry in which there is no position.
    VideoTrackEmpty,
    /// A video whose positions are all noise.
    VideoTrackNoise,
    /// A video that was taken at one place.
    VideoStationary,
    /// A video larger than Mapillary takes.
    VideoTooLarge,
    /// A video of which all positions are exactly 0°, 0°.
    VideoNullIsland,
    /// A video that moves faster than any vehicle on a road.
    VideoTooFast,
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
            Self::NotAVideo => "not_a_video",
            Self::VideoFormatNotSupported => "video_format_not_supported",
            Self::VideoIndexMissing => "video_index_missing",
            Self::VideoCutOff => "video_cut_off",
            Self::VideoDamaged => "video_damaged",
            Self::VideoIndexTooLarge => "video_too_large",
            Self::VideoFragmented => "video_fragmented",
            Self::VideoWithoutPictures => "video_without_pictures",
            Self::VideoWithoutTrack => "video_without_track",
            Self::VideoTrackEmpty => "video_track_empty",
            Self::VideoTrackNoise => "video_track_noise",
            Self::VideoStationary => "stationary_video",
            Self::VideoTooLarge => "file_too_large",
            Self::VideoNullIsland => "video_null_island",
            Self::VideoTooFast => "video_too_fast",
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
            Self::NotAVideo => "Files that are not videos",
            Self::VideoFormatNotSupported => "Videos in a format that cannot be sent",
            Self::VideoIndexMissing => "Videos without an index",
            Self::VideoCutOff => "Videos that are cut off",
            Self::VideoDamaged => "Videos whose index is damaged",
            Self::VideoIndexTooLarge => "Videos whose index is too large",
            Self::VideoFragmented => "Videos in fragments",
            Self::VideoWithoutPictures => "Videos without pictures",
            Self::VideoWithoutTrack => "Videos without a GPS track",
            Self::VideoTrackEmpty => "Videos whose GPS track is empty",
            Self::VideoTrackNoise => "Videos whose GPS track is nothing but noise",
            Self::VideoStationary => "Videos taken at one place",
            Self::VideoTooLarge => "Videos that are too large",
            Self::VideoNullIsland => "Videos at 0° N 0° E",
            Self::VideoTooFast => "Videos faster than any vehicle",
            Self::DescriptionInvalid => "Photos with impossible values",
            Self::DescriptionDoesNotFit => "Photos whose EXIF block takes no description",
        }
    }

    /// What the person can do; empty when there is nothing to do.
    pub fn action(self) -> &'static str {
        match self {
            Self::EmptyFile | Self::HeaderTruncated | Self::VideoCutOff | Self::VideoDamaged => {
                "Copy it from the card again."
            }
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
            Self::NotAVideo => "Leave it out.",
            Self::VideoFormatNotSupported => {
                "Convert it to MP4 without encoding it anew, and put the GPX file of the way beside it."
            }
            Self::VideoIndexMissing => {
                "Copy it from the card again; a recording that was cut off can often be repaired by the camera itself."
            }
            Self::VideoIndexTooLarge | Self::VideoTooLarge => "Cut it into shorter videos.",
            Self::VideoFragmented => "Repack it as a plain MP4 file, for example with ffmpeg -c copy.",
            Self::VideoWithoutPictures => "Leave it out: there is nothing to show on the map.",
            Self::VideoWithoutTrack | Self::VideoTrackEmpty | Self::VideoTrackNoise | Self::VideoNullIsland => {
                "Leave it out, or give it the GPX or NMEA file of the way."
            }
            Self::VideoStationary => "Leave it out: Mapillary shows ways, not places.",
            Self::VideoTooFast => "Check its GPS track, or give it the GPX or NMEA file of the way.",
            Self::DescriptionInvalid => "Correct the values in the photo, or leave it out.",
            Self::DescriptionDoesNotFit => {
                "Leave it out, or save it anew with a program that writes a sound EXIF block."
            }
        }
    }
}
