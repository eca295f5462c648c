//! What a video is to hold, and which positions that makes.

use crate::walk::Track;
use crate::{DEFAULT_START_MS, GeneratorError};

/// Which streams of positions the telemetry holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum GpsStream {
    /// Only `GPS5`, up to HERO10: one time, fix and precision for all points of a second.
    Gps5,
    /// Only `GPS9`, as HERO13: each point with its own time, fix and precision.
    Gps9,
    /// The same points as `GPS5` and as `GPS9`, as HERO11.
    Both,
    /// Telemetry without any position, as HERO12.
    Nothing,
}

/// Everything that is in one video. Start from [`VideoSpec::default`]: fields will be added.
#[derive(Debug, Clone, PartialEq)]
pub struct VideoSpec {
    /// Width in pixels.
    pub width_px: u16,
    /// Height in pixels.
    pub height_px: u16,
    /// Frames a second, 2 to 240.
    pub frames_per_second: u32,
    /// Length in seconds, 1 to 14,400.
    pub duration_s: u32,
    /// Each frame is filled up to at least this many bytes, so that files as large as a camera's
    /// cost little to make. At most 16 MiB.
    pub frame_bytes: usize,
    /// Latitude of the first point in degrees, but for the noise of the receiver.
    pub start_lat_deg: f64,
    /// Longitude of the first point in degrees.
    pub start_lon_deg: f64,
    /// When the video begins, in milliseconds since 1970 UTC; from 2000 to 2040.
    pub start_ms: i64,
    /// The camera's clock against UTC in minutes: GoPro writes its local time into the headers.
    pub local_offset_minutes: i32,
    /// Mean speed in metres per second.
    pub speed_m_per_s: f64,
    /// Decides the way and the noise.
    pub seed: u64,
    /// Which streams hold the positions.
    pub gps: GpsStream,
    /// Positions a second, 1 to 400. Cameras up to HERO10 give 18, later ones 10.
    pub points_per_second: u32,
    /// The receiver's fix: 0 none, 2 without altitude, 3 with it.
    pub fix: u32,
    /// Dilution of precision, times 100: 150 is good, 9999 is none.
    pub dilution_x100: u16,
    /// The device's name in the telemetry (`DVNM`).
    pub device_name: String,
    /// The model's name in the file's settings (`MINF`).
    pub model: String,
    /// The camera's serial number in the file's settings (`CASN`).
    pub serial: String,
    /// Whether the index stands in front of the media data; cameras write it behind.
    pub moov_first: bool,
    /// Whether sizes and offsets have 64 bits even if 32 would do.
    pub large_mdat: bool,
    /// Tracks with pictures: 1, or 2 as in GoPro's `.360`, one for each lens.
    pub video_tracks: u32,
    /// Whether there is a track of (silent) sound.
    pub audio_track: bool,
}

impl Default for VideoSpec {
    /// Twelve seconds on a bicycle through a Berlin park, as a HERO9 takes them.
    fn default() -> Self {
        Self {
            width_px: 640,
            height_px: 360,
            frames_per_second: 30,
            duration_s: 12,
            frame_bytes: 0,
            start_lat_deg: 52.514_5,
            start_lon_deg: 13.350_1,
            start_ms: DEFAULT_START_MS,
            local_offset_minutes: 120,
            speed_m_per_s: 4.2,
            seed: 1,
            gps: GpsStream::Gps5,
            points_per_second: 18,
            fix: 3,
            dilution_x100: 150,
            device_name: "HERO9 Black".to_owned(),
            model: "HERO9 Black".to_owned(),
            serial: "C3441300000001".to_owned(),
            moov_first: false,
            large_mdat: false,
            video_tracks: 1,
            audio_track: true,
        }
    }
}

/// One position of a video, as a reader should find it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct VideoPoint {
    /// When it is shown, in milliseconds since the video's beginning.
    pub video_ms: f64,
    /// When it was measured, in milliseconds since 1970 UTC. `GPS5` keeps this only for the first
    /// point of each second.
    pub at_ms: i64,
    /// Latitude in degrees, as rounded in the file (seven decimals).
    pub lat_deg: f64,
    /// Longitude in degrees, as rounded in the file.
    pub lon_deg: f64,
    /// Altitude in metres above sea level, as rounded in the file (millimetres).
    pub altitude_m: f64,
    /// Speed over ground in metres per second, as rounded in the file.
    pub speed_m_per_s: f64,
    /// See [`VideoSpec::fix`].
    pub fix: u32,
    /// See [`VideoSpec::dilution_x100`].
    pub dilution_x100: u16,
}

/// The positions that the telemetry of a video holds, in order; none for
/// [`GpsStream::Nothing`] and for a specification that gives no video.
pub fn video_points(spec: &VideoSpec) -> Vec<VideoPoint> {
    if spec.gps == GpsStream::Nothing || check(spec).is_err() {
        return Vec::new();
    }
    let mut track = Track::new(spec.start_lat_deg, spec.start_lon_deg, spec.speed_m_per_s, spec.seed);
    let rounded = |value: f64, scale: f64| (value * scale).round() / scale;
    (0..spec.duration_s * spec.points_per_second)
        .map(|index| {
            let video_ms = f64::from(index) * 1000.0 / f64::from(spec.points_per_second);
            let fix = track.advance_to(video_ms / 1000.0);
            #[allow(clippy::cast_possible_truncation)] // four hours at most
            let elapsed_ms = video_ms.round() as i64;
            VideoPoint {
                video_ms,
                at_ms: spec.start_ms.saturating_add(elapsed_ms),
                lat_deg: rounded(fix.lat_deg, 1e7),
                lon_deg: rounded(fix.lon_deg, 1e7),
                altitude_m: rounded(fix.altitude_m, 1e3),
                speed_m_per_s: rounded(fix.speed_m_per_s, 1e3),
                fix: spec.fix,
                dilution_x100: spec.dilution_x100,
            }
        })
        .collect()
}

/// Refuses what would give no valid file.
pub(super) fn check(spec: &VideoSpec) -> Result<(), GeneratorError> {
    let impossible = |reason| Err(GeneratorError::VideoNotPossible { reason });
    if spec.width_px < 16 || spec.height_px < 16 {
        return impossible("the picture is smaller than 16 x 16 pixels");
    }
    // Level 5.1 of H.264: 36,864 macroblocks.
    if u32::from(spec.width_px).div_ceil(16) * u32::from(spec.height_px).div_ceil(16) > 36_864 {
        return impossible("the picture is larger than 9.4 megapixels");
    }
    if !(2..=240).contains(&spec.frames_per_second) {
        return impossible("the frame rate is not within 2 to 240 a second");
    }
    if !(1..=14_400).contains(&spec.duration_s) {
        return impossible("the length is not within 1 to 14,400 seconds");
    }
    if !(1..=400).contains(&spec.points_per_second) {
        return impossible("the rate of positions is not within 1 to 400 a second");
    }
    if !(1..=2).contains(&spec.video_tracks) {
        return impossible("there are neither one nor two tracks with pictures");
    }
    if spec.frame_bytes > 16 << 20 {
        return impossible("a frame is larger than 16 MiB");
    }
    if [&spec.device_name, &spec.model, &spec.serial]
        .iter()
        .any(|text| text.len() > 255)
    {
        return impossible("a name is longer than 255 bytes");
    }
    Ok(())
}
