//! What a video says about itself: the camera, and where it was at which moment.

/// The facts of one video.
#[derive(Clone, Debug, PartialEq)]
pub struct VideoFacts {
    /// Where the track was taken from.
    pub kind: VideoKind,
    /// The positions, by time. Empty where the file holds none that can be used.
    pub track: Vec<TrackPoint>,
    /// Positions that are in the file but not in the track, by time, each with the reason.
    pub removed: Vec<(TrackPoint, RemovalReason)>,
    /// Maker of the camera.
    pub make: Option<String>,
    /// Model of the camera in the maker's spelling ("HERO5 Black").
    pub model: Option<String>,
    /// Serial number of the camera, letters and digits only.
    pub serial: Option<String>,
    /// Length of the video in milliseconds, as its header says.
    pub duration_ms: Option<f64>,
    /// Tracks with pictures: 1, or 2 in GoPro's `.360` files.
    pub video_tracks: usize,
    /// The header's time of creation in milliseconds since 1970. The format says UTC, GoPro writes
    /// the camera's local time; nothing in the file tells which, so it is never used as a moment.
    pub creation_local_ms: Option<i64>,
    /// When the recording began in milliseconds since 1970 UTC, where the file names it together with its offset from UTC
    /// (QuickTime's `creationdate`, as phones write it).
    pub created_unix_ms: Option<i64>,
    /// The one place that the file names for the whole recording, as phones do. It is no track.
    pub place: Option<VideoPlace>,
    /// Seconds of the world that pass in one second of the video, from the receiver's clock: about
    /// 1 in ordinary recordings, 15 in a time-lapse of one frame every half second shown at 30 a
    /// second. `None` where the track has no times of its own.
    pub time_lapse_factor: Option<f64>,
}

impl VideoFacts {
    /// Whether the recording is a time-lapse or time-warp: the world runs at least one and a half
    /// times as fast as the video.
    pub fn is_time_lapse(&self) -> bool {
        self.time_lapse_factor.is_some_and(|factor| factor >= 1.5)
    }
}

/// Where a video's positions come from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum VideoKind {
    /// A GoPro with its telemetry (GPMF), with or without positions in it.
    GoPro,
    /// A track of camera motion metadata (CAMM), as Insta360, Ricoh and uploads to Mapillary have.
    Camm,
    /// A BlackVue dash camera with its NMEA text.
    BlackVue,
    /// None of these: positions have to come from elsewhere.
    Plain,
}

impl VideoKind {
    /// The name that description files use as `filetype` (mapillary_tools 0.14.7).
    pub fn filetype(self) -> &'static str {
        match self {
            Self::GoPro => "gopro",
            Self::Camm => "camm",
            Self::BlackVue => "blackvue",
            Self::Plain => "video",
        }
    }
}

/// The one place that a file names for the whole of a video (ISO 6709).
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct VideoPlace {
    /// Degrees north of the equator, -90..=90.
    pub lat_deg: f64,
    /// Degrees east of Greenwich, -180..=180.
    pub lon_deg: f64,
    /// Metres above sea level.
    pub altitude_m: Option<f64>,
}

/// One position in a video.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct TrackPoint {
    /// When it is shown: milliseconds since the start of the video, with fractions.
    pub time_ms: f64,
    /// Degrees north of the equator, -90..=90.
    pub lat_deg: f64,
    /// Degrees east of Greenwich, -180..=180.
    pub lon_deg: f64,
    /// Metres, as the receiver gave them: above sea level for most cameras.
    pub altitude_m: Option<f64>,
    /// Direction of movement in degrees clockwise from true north, 0.0..360.0. GoPro writes none.
    pub heading_deg: Option<f64>,
    /// When it was measured: milliseconds since 1970 UTC, with fractions.
    pub epoch_ms: Option<f64>,
    /// How well the receiver knew where it was.
    pub fix: Option<GpsFix>,
    /// Dilution of precision: 1 is ideal, over 10 is of no use.
    pub precision_dop: Option<f64>,
    /// Speed over ground in metres per second, as the receiver measured it.
    pub ground_speed_m_per_s: Option<f64>,
}

impl TrackPoint {
    /// A point of which only time and place are known.
    pub fn new(time_ms: f64, lat_deg: f64, lon_deg: f64) -> Self {
        Self {
            time_ms,
            lat_deg,
            lon_deg,
            altitude_m: None,
            heading_deg: None,
            epoch_ms: None,
            fix: None,
            precision_dop: None,
            ground_speed_m_per_s: None,
        }
    }

    /// Whether time and place are numbers that a recording can have.
    pub(crate) fn is_possible(&self) -> bool {
        self.time_ms.abs() <= crate::limits::MAX_VIDEO_TIME_MS
            && self.lat_deg.abs() <= 90.0
            && self.lon_deg.abs() <= 180.0
    }
}

/// What a receiver says about how it found a position.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum GpsFix {
    /// It has not found it; what it gives is old or invented.
    NoFix,
    /// Latitude and longitude only.
    Fix2d,
    /// With altitude.
    Fix3d,
}

impl GpsFix {
    /// Reads the number that GPMF (`GPSF`) and CAMM use; `None` for numbers without a meaning.
    pub(crate) fn from_number(number: f64) -> Option<Self> {
        match number {
            0.0 => Some(Self::NoFix),
            2.0 => Some(Self::Fix2d),
            3.0 => Some(Self::Fix3d),
            _ => None,
        }
    }

    /// The number that GPMF and CAMM use.
    pub(crate) fn number(self) -> i32 {
        match self {
            Self::NoFix => 0,
            Self::Fix2d => 2,
            Self::Fix3d => 3,
        }
    }
}

/// Why a position of the file is not in the track.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum RemovalReason {
    /// Latitude beyond ±90°, longitude beyond ±180°, or no number at all.
    Impossible,
    /// The person who trimmed the video cut it out: the edit list does not show this moment.
    CutOut,
    /// The drone that carried the camera measured it: the picture was taken from the air, and the camera's own receiver
    /// was not there.
    Drone,
    /// The receiver had no fix, or none of the kinds that are wanted.
    NoFix,
    /// The receiver's dilution of precision is over 10.
    Imprecise,
    /// Exactly 0° N 0° E: what a receiver gives before it knows where it is.
    NullIsland,
    /// It lies apart from the rest of the track: farther than the points' usual distance, and not
    /// to be reached from the rest at the usual speed.
    Outlier,
}

impl RemovalReason {
    /// The stable, machine-readable name of this reason.
    pub fn code(self) -> &'static str {
        match self {
            Self::Impossible => "point_impossible",
            Self::CutOut => "point_cut_out",
            Self::Drone => "point_of_drone",
            Self::NoFix => "point_without_fix",
            Self::Imprecise => "point_imprecise",
            Self::NullIsland => "point_null_island",
            Self::Outlier => "point_outlier",
        }
    }
}
