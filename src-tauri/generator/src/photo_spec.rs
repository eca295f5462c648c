//! What is in one photo: every fact that can be written, or left out.

/// Everything that is in one photo. Start from [`PhotoSpec::default`] and change what matters:
/// fields will be added.
#[derive(Debug, Clone, PartialEq)]
pub struct PhotoSpec {
    /// The name of the file, such as `G0010001.JPG`; not part of the bytes.
    pub file_name: String,
    /// Width in pixels; the largest picture is [`MAX_PICTURE_PIXELS`](crate::MAX_PICTURE_PIXELS).
    pub width_px: u16,
    /// Height in pixels.
    pub height_px: u16,
    /// Which street the picture shows and what its padding holds.
    pub seed: u64,
    /// How far along the street the picture was taken, drawn into it as a number as well.
    pub frame_number: u32,
    /// Latitude in degrees, north positive. `None`: the tag is missing.
    pub lat_deg: Option<f64>,
    /// Longitude in degrees, east positive. `None`: the tag is missing.
    pub lon_deg: Option<f64>,
    /// Altitude in metres above sea level, to the millimetre. `None`: the tag is missing.
    pub altitude_m: Option<f64>,
    /// Where the camera looks, in degrees clockwise from true north (`GPSImgDirection`, reference
    /// `T`), not negative, to a thousandth. `None`: the tag is missing.
    pub heading_deg: Option<f64>,
    /// When it was taken, in milliseconds since 1970 UTC. `None`: no time tag at all.
    pub captured_at_ms: Option<i64>,
    /// The camera's clock against UTC, in minutes; the naive EXIF times are in this time.
    pub local_offset_minutes: i32,
    /// Whether the UTC time of the satellites is written (`GPSDateStamp`, `GPSTimeStamp`).
    pub write_gps_time: bool,
    /// Whether `OffsetTime…` tags say what the camera's clock is against UTC. GoPro cameras write
    /// none.
    pub write_offset_tag: bool,
    /// `Make`, filled with NUL as GoPro cameras do. Empty: the tag is missing.
    pub make: String,
    /// `Model`, filled with NUL likewise. Empty: the tag is missing.
    pub model: String,
    /// `Orientation` as in EXIF, 1 to 8; others are written as they are. 0: the tag is missing.
    pub orientation: u16,
    /// `BodySerialNumber`.
    pub serial: Option<String>,
    /// `ImageDescription`; GoPro cameras write the path on the card there.
    pub image_description: Option<String>,
    /// An XMP packet, put in front of the EXIF block as the GoPro MAX does.
    pub xmp: Option<String>,
    /// Whether the EXIF block holds a thumbnail.
    pub write_thumbnail: bool,
    /// By how many bytes comments make the file longer, so that files as large as a camera's cost
    /// little to make. They stand behind the picture, as most of a camera's file does: who reads
    /// headers only never comes across them. 1 to 3 count as 4, the smallest comment there is.
    pub padding_bytes: usize,
}

impl Default for PhotoSpec {
    /// A photo as a HERO takes it, 640 x 480, in the middle of a Berlin park on a summer's day.
    fn default() -> Self {
        Self {
            file_name: "GOPR0001.JPG".to_owned(),
            width_px: 640,
            height_px: 480,
            seed: 1,
            frame_number: 1,
            lat_deg: Some(52.514_5),
            lon_deg: Some(13.350_1),
            altitude_m: Some(36.5),
            heading_deg: Some(90.0),
            captured_at_ms: Some(crate::DEFAULT_START_MS),
            local_offset_minutes: 120,
            write_gps_time: true,
            write_offset_tag: false,
            make: "GoPro".to_owned(),
            model: "HERO11 Black".to_owned(),
            orientation: 1,
            serial: Some("C3470000000001".to_owned()),
            image_description: Some(r"DCIM\100GOPRO\GOPR0001.JPG".to_owned()),
            xmp: None,
            write_thumbnail: true,
            padding_bytes: 0,
        }
    }
}
