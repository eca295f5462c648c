//! Every number that decides what is sent and how, in one place, with units.
//!
//! The defaults are those of mapillary_tools 0.14.7 (its `constants.py`, listed in the protocol notes, §1.14 and §5),
//! so that the same folder gives the same sequences.

use std::path::PathBuf;

use waypost_media::{NoiseLimits, VideoKind};

/// How captures become sequences.
#[derive(Clone, Debug, PartialEq)]
pub struct SequenceSettings {
    /// A larger step between two photos starts a new sequence, metres. `MAPILLARY_TOOLS_CUTOFF_DISTANCE`.
    pub cutoff_distance_m: f64,
    /// A longer pause starts a new sequence, seconds. `MAPILLARY_TOOLS_CUTOFF_TIME`.
    pub cutoff_time_s: f64,
    /// Most photos in one sequence. `MAPILLARY_TOOLS_MAX_SEQUENCE_LENGTH`; `None` means no limit.
    pub max_photos: Option<u64>,
    /// Most bytes in one sequence, or one video. `MAPILLARY_TOOLS_MAX_SEQUENCE_FILESIZE`.
    pub max_bytes: Option<u64>,
    /// Most pixels in one sequence. `MAPILLARY_TOOLS_MAX_SEQUENCE_PIXELS`.
    pub max_pixels: Option<u64>,
    /// Photos this close to the last kept one are duplicates, metres; negative turns the check off.
    pub duplicate_distance_m: f64,
    /// … if their headings differ by no more than this, degrees; 360 ignores the heading.
    pub duplicate_angle_deg: f64,
    /// Faster sequences and videos are refused, km/h. `MAPILLARY_TOOLS_MAX_CAPTURE_SPEED_KMH`.
    pub max_capture_speed_kmh: f64,
    /// Whether one photo that cannot be where it says condemns its whole sequence, as in mapillary_tools.
    pub too_fast_refuses_all: bool,
    /// Whether the zig-zag check runs.
    pub zigzag_check: bool,
    /// How many photos back the zig-zag check compares with.
    pub zigzag_window: usize,
    /// A photo that falls back below this part of its distance to the reference is suspicious.
    pub zigzag_deviation_ratio: f64,
    /// So many suspicious photos make a zig-zag.
    pub zigzag_min_deviations: usize,
    /// Shorter jumps are not looked at, metres.
    pub zigzag_min_distance_m: f64,
    /// Forget the photos' headings and point each at the next.
    pub interpolate_directions: bool,
    /// Added to every heading, degrees.
    pub offset_angle_deg: f64,
    /// Added to every capture time, milliseconds.
    pub offset_time_ms: i64,
    /// Replaces the maker of the camera.
    pub device_make: Option<String>,
    /// Replaces the model of the camera.
    pub device_model: Option<String>,
}

impl Default for SequenceSettings {
    fn default() -> Self {
        Self {
            cutoff_distance_m: 100.0,
            cutoff_time_s: 60.0,
            max_photos: Some(1000),
            max_bytes: Some(110 * 1024 * 1024 * 1024),
            max_pixels: Some(6_000_000_000),
            duplicate_distance_m: 0.1,
            duplicate_angle_deg: 5.0,
            max_capture_speed_kmh: 400.0,
            too_fast_refuses_all: false,
            zigzag_check: true,
            zigzag_window: 5,
            zigzag_deviation_ratio: 0.8,
            zigzag_min_deviations: 1,
            zigzag_min_distance_m: 30.0,
            interpolate_directions: false,
            offset_angle_deg: 0.0,
            offset_time_ms: 0,
            device_make: None,
            device_model: None,
        }
    }
}

/// What to do with a capture time that names no zone.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum NaiveTimeZone {
    /// Nothing was said: such photos are refused with a question. The computer's own zone is never taken in silence.
    #[default]
    Ask,
    /// A fixed distance to UTC, minutes east.
    OffsetMinutes(i32),
    /// A zone of the IANA database, e.g. `Europe/Berlin`.
    Named(String),
}

/// A GPX or NMEA file that positions are taken from, for all captures.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TrackSettings {
    /// The file.
    pub path: PathBuf,
    /// Added to each capture time for the look-up alone, milliseconds.
    pub lookup_offset_ms: i64,
    /// The first photo meets the first point, whatever the clocks say.
    pub align_start: bool,
}

/// How files are found and read.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ReadSettings {
    /// Leave subfolders out.
    pub skip_subfolders: bool,
    /// Do not look at photos and other pictures (`--filetypes` without `image`).
    pub skip_photos: bool,
    /// Do not look at videos (`--filetypes` without a kind of video).
    pub skip_videos: bool,
    /// Kinds of tracks that are looked for in videos (`--filetypes` with some of `gopro`, `camm`, `blackvue`); empty
    /// for all.
    pub video_kinds: Vec<VideoKind>,
    /// What counts as noise in the tracks of GoPro videos. `MAPILLARY_TOOLS_GOPRO_…`.
    pub noise_limits: NoiseLimits,
    /// What to do with naive times.
    pub naive_time_zone: NaiveTimeZone,
    /// Where positions come from, if not from the captures themselves.
    pub track: Option<TrackSettings>,
    /// Readers at once; `None` takes one per processor.
    pub reader_count: Option<usize>,
}

/// How an upload is packed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum PackageKind {
    /// One stored zip per sequence.
    #[default]
    Zip,
    /// Each image in a session of its own, then a manifest.
    Images,
    /// One video, repacked with its positions. Not a choice: videos are always sent so, and photos never.
    Video,
}

impl PackageKind {
    /// The word in settings, journal and options.
    pub fn word(self) -> &'static str {
        match self {
            Self::Zip => "zip",
            Self::Images => "images",
            Self::Video => "video",
        }
    }

    /// The kind behind a word; `None` for any other word.
    pub fn from_word(word: &str) -> Option<Self> {
        match word {
            "zip" => Some(Self::Zip),
            "images" => Some(Self::Images),
            "video" => Some(Self::Video),
            _ => None,
        }
    }

    /// The way to pack photos behind a word; `None` for any other word.
    pub fn of_photos(word: &str) -> Option<Self> {
        Self::from_word(word).filter(|kind| *kind != Self::Video)
    }
}
