//! What a photo says about itself, each value with the tag it was taken from.

/// The facts of one photo.
///
/// A missing fact is `None`; why it is missing, where that can be told, stands in
/// [`flaws`](Self::flaws). No fact is guessed.
#[derive(Clone, Debug, PartialEq)]
pub struct PhotoFacts {
    /// Where the photo was taken; `None` without readable coordinates and their N/S/E/W.
    pub position: Option<Position>,
    /// When the photo was taken.
    pub time: Option<TimeReading>,
    /// The camera's own clock (DateTimeOriginal with its sub-seconds) as if it were UTC, in
    /// milliseconds since 1970, whatever source `time` was taken from. It orders photos that
    /// share a second of GPS time and shows how far the camera's clock is from UTC.
    pub camera_clock_ms: Option<i64>,
    /// Where the camera looked.
    pub heading: Option<Heading>,
    /// EXIF orientation, 1..=8; 1 where absent or invalid.
    pub orientation: u8,
    /// Maker of the camera, without padding.
    pub make: Option<String>,
    /// Model of the camera, without padding.
    pub model: Option<String>,
    /// Serial number of the body, `_` and that of the lens where there is one, letters and
    /// digits only. Tells two cameras of one model apart.
    pub camera_uuid: Option<String>,
    /// Width of the coded picture in pixels, before orientation is applied.
    pub width_px: Option<u32>,
    /// Height of the coded picture in pixels, before orientation is applied.
    pub height_px: Option<u32>,
    /// Horizontal error of the position in metres, as the receiver estimated it.
    pub gps_accuracy_m: Option<f64>,
    /// How the picture maps the world.
    pub projection: Projection,
    /// Whether the picture's end is there. `false` means: probably cut off while copying.
    pub has_end: bool,
    /// The small JPEG that the EXIF block carries for previews.
    pub thumbnail: Option<Thumbnail>,
    /// What is wrong with the file's metadata, in the order of discovery, each kind once.
    pub flaws: Vec<Flaw>,
}

impl Default for PhotoFacts {
    /// A photo that says nothing.
    fn default() -> Self {
        Self {
            position: None,
            time: None,
            camera_clock_ms: None,
            heading: None,
            orientation: 1,
            make: None,
            model: None,
            camera_uuid: None,
            width_px: None,
            height_px: None,
            gps_accuracy_m: None,
            projection: Projection::Flat,
            has_end: false,
            thumbnail: None,
            flaws: Vec::new(),
        }
    }
}

/// A place on the WGS 84 ellipsoid.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Position {
    /// Degrees north of the equator, -90..=90.
    pub lat_deg: f64,
    /// Degrees east of Greenwich, -180..=180.
    pub lon_deg: f64,
    /// Metres above sea level, negative below it.
    pub altitude_m: Option<f64>,
    /// Where latitude and longitude were taken from.
    pub source: PositionSource,
}

/// Where a position was taken from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PositionSource {
    /// The EXIF GPS tags.
    Exif,
    /// The XMP packet.
    Xmp,
    /// A track file that was recorded beside the photos. Never read from a photo.
    TrackFile,
    /// The photo of the same shot by the other lens of the camera. No photo says so itself.
    Twin,
}

/// A moment, as far as the file names one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TimeReading {
    /// The file says which moment it was: GPS time, or a camera time with its offset.
    Utc {
        /// Milliseconds since 1970-01-01T00:00:00Z, finer digits cut off.
        unix_ms: i64,
        /// Where it was taken from.
        source: TimeSource,
    },
    /// The file holds a wall clock's reading without a time zone. Which moment that was cannot
    /// be known here, and this crate does not guess.
    Naive {
        /// The wall clock's reading as if it were UTC, in milliseconds since 1970.
        local_ms: i64,
        /// Where it was taken from.
        source: TimeSource,
    },
}

impl TimeReading {
    /// Where the reading was taken from.
    pub fn source(&self) -> TimeSource {
        match *self {
            Self::Utc { source, .. } | Self::Naive { source, .. } => source,
        }
    }
}

/// Where a time was taken from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TimeSource {
    /// EXIF GPSDateStamp and GPSTimeStamp, always UTC.
    GpsTime,
    /// EXIF DateTimeOriginal.
    DateTimeOriginal,
    /// EXIF DateTimeDigitized.
    DateTimeDigitized,
    /// EXIF DateTime: the last change of the file, which is the capture only in untouched files.
    DateTime,
    /// XMP `exif:GPSTimeStamp`, UTC unless it carries an offset.
    XmpGpsTime,
    /// XMP `exif:DateTimeOriginal`.
    XmpDateTimeOriginal,
    /// XMP `exif:DateTimeDigitized`.
    XmpDateTimeDigitized,
}

/// Where the camera looked.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Heading {
    /// Degrees clockwise from north, 0.0..360.0.
    pub heading_deg: f64,
    /// Which north.
    pub reference: HeadingReference,
    /// Where it was taken from.
    pub source: HeadingSource,
}

/// The north a heading is measured from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum HeadingReference {
    /// Geographic north.
    True,
    /// Magnetic north; the declination has not been applied.
    Magnetic,
    /// The file does not say.
    Unknown,
}

/// Where a heading was taken from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum HeadingSource {
    /// EXIF GPSImgDirection: where the lens pointed.
    ImgDirection,
    /// EXIF GPSTrack: where the camera moved to.
    Track,
    /// XMP `exif:GPSImgDirection`.
    XmpImgDirection,
    /// XMP `exif:GPSTrack`.
    XmpTrack,
    /// XMP `GPano:PoseHeadingDegrees`, the middle of a panorama.
    PanoramaPose,
    /// The direction of a track file that was recorded beside the photos. Never read from a photo.
    TrackFile,
}

/// How a picture maps the world.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Projection {
    /// An ordinary picture: no panorama metadata.
    Flat,
    /// A 360° picture in equirectangular projection.
    Equirectangular,
    /// Another projection, in the words of the file, lower case.
    Other(String),
}

/// The place of an embedded preview JPEG.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Thumbnail {
    /// Where it starts, counted from the start of the file.
    pub offset_bytes: u64,
    /// How long it is.
    pub length_bytes: u64,
}

/// Something wrong in a photo's metadata that did not keep the rest from being read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Flaw {
    /// The bytes between header segments do not follow the JPEG format.
    HeaderDamaged,
    /// The header ends without a picture behind it.
    PictureMissing,
    /// Parts of the EXIF block cannot be read.
    ExifDamaged,
    /// The XMP packet is not well-formed; what stood before the damage was used.
    XmpDamaged,
    /// Coordinates are there but have no N/S or E/W. Reading them as north and east would put
    /// southern and western photos onto the wrong continent, so they are not used.
    GpsReferenceMissing,
    /// Coordinates are there but are not numbers (for example 0/0).
    GpsUnreadable,
    /// Latitude beyond ±90° or longitude beyond ±180°.
    GpsOutOfRange,
    /// GPS date and time are there but name no possible moment, such as a receiver without a
    /// fix writes (1970-01-01, 1980-01-06).
    GpsTimeInvalid,
    /// The heading is there but is no angle.
    HeadingInvalid,
    /// The camera wrote an empty or zeroed date: it did not know the time. The file's date of
    /// change is then not taken for the time of capture.
    DateZeroed,
    /// A date is there but cannot be read.
    DateUnreadable,
}

impl Flaw {
    /// The stable, machine-readable name of this flaw.
    pub fn code(self) -> &'static str {
        match self {
            Self::HeaderDamaged => "header_damaged",
            Self::PictureMissing => "picture_missing",
            Self::ExifDamaged => "exif_damaged",
            Self::XmpDamaged => "xmp_damaged",
            Self::GpsReferenceMissing => "gps_reference_missing",
            Self::GpsUnreadable => "gps_unreadable",
            Self::GpsOutOfRange => "gps_out_of_range",
            Self::GpsTimeInvalid => "gps_time_invalid",
            Self::HeadingInvalid => "heading_invalid",
            Self::DateZeroed => "date_zeroed",
            Self::DateUnreadable => "date_unreadable",
        }
    }
}
