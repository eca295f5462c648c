//! What is kept of a video that is to be sent: enough to make the same bytes again after a restart.
//!
//! The track is kept as it stands in a description, rounded as mapillary_tools 0.14.7 rounds it (protocol notes §3.2).
//! What is sent is made from these points alone, so that a video has the same bytes, and the same session key, whether
//! it is sent at once or from a description file.

use std::path::PathBuf;

use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use waypost_media::{TrackPoint, VideoKind};

use crate::rounding::{COORDINATE_DIGITS, MEASURE_DIGITS, rounded};
use crate::video::Video;

/// What the journal keeps of a video.
#[derive(Serialize, Deserialize, Clone, Debug, PartialEq)]
pub struct SourceVideo {
    /// Absolute path of the file. In JSON a text, or `{"units": […]}` where it is no Unicode.
    #[serde(with = "crate::path_text::serde_path")]
    pub path: PathBuf,
    /// Size of the file when it was read, bytes.
    pub size_bytes: u64,
    /// Modification time when it was read, milliseconds since 1970 UTC.
    pub modified_at_ms: i64,
    /// What kind of video it is; in JSON the word of a description.
    #[serde(with = "serde_filetype")]
    pub filetype: VideoKind,
    /// Maker of the camera.
    pub make: Option<String>,
    /// Model of the camera.
    pub model: Option<String>,
    /// Where it was at which moment, by time in the video.
    pub track: Vec<DescribedPoint>,
}

/// A point of a track as a description holds it: in JSON the array
/// `[time_ms, longitude, latitude, altitude, heading, seconds since 1970]`, of which the last three may be `null` and
/// the last may be missing.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct DescribedPoint {
    /// Milliseconds since the start of the video.
    pub time_ms: i64,
    /// Degrees −180…180, 7 digits.
    pub lon_deg: f64,
    /// Degrees −90…90, 7 digits.
    pub lat_deg: f64,
    /// Metres, 3 digits.
    pub altitude_m: Option<f64>,
    /// Degrees clockwise from true north, 3 digits.
    pub heading_deg: Option<f64>,
    /// When it was measured: seconds since 1970 UTC, with fractions.
    pub epoch_s: Option<f64>,
}

impl SourceVideo {
    /// What is kept of a video that was read.
    pub fn of(video: &Video) -> Self {
        Self {
            path: video.path.clone(),
            size_bytes: video.size_bytes,
            modified_at_ms: video.modified_at_ms,
            filetype: video.kind,
            make: video.make.clone(),
            model: video.model.clone(),
            track: video.track.iter().map(DescribedPoint::of).collect(),
        }
    }

    /// When the first point was measured, milliseconds since 1970 UTC; `None` where the track has no times of its own.
    pub fn first_captured_at_ms(&self) -> Option<i64> {
        self.moments_ms().min()
    }

    /// When the last point was measured, milliseconds since 1970 UTC; `None` where the track has no times of its own.
    pub fn last_captured_at_ms(&self) -> Option<i64> {
        self.moments_ms().max()
    }

    fn moments_ms(&self) -> impl Iterator<Item = i64> {
        let positive = self.track.iter().filter_map(|point| point.epoch_s.filter(|s| *s > 0.0));
        #[allow(
            clippy::cast_possible_truncation,
            reason = "saturates, and no camera writes such a time"
        )]
        positive.map(|epoch_s| (epoch_s * 1000.0).round() as i64)
    }
}

impl DescribedPoint {
    /// The point as a description holds it.
    pub fn of(point: &TrackPoint) -> Self {
        let measure = |value: Option<f64>| value.map(|value| rounded(value, MEASURE_DIGITS));
        Self {
            #[allow(
                clippy::cast_possible_truncation,
                reason = "cut off on purpose, as mapillary_tools does; times in a video are small"
            )]
            time_ms: point.time_ms as i64,
            lon_deg: rounded(point.lon_deg, COORDINATE_DIGITS),
            lat_deg: rounded(point.lat_deg, COORDINATE_DIGITS),
            altitude_m: measure(point.altitude_m),
            heading_deg: measure(point.heading_deg),
            epoch_s: point.epoch_ms.map(|epoch_ms| epoch_ms / 1000.0),
        }
    }

    /// The point as it goes into the video that is sent.
    pub fn track_point(&self) -> TrackPoint {
        #[allow(clippy::cast_precision_loss, reason = "times in a video are small")]
        let mut point = TrackPoint::new(self.time_ms as f64, self.lat_deg, self.lon_deg);
        point.altitude_m = self.altitude_m;
        point.heading_deg = self.heading_deg;
        point.epoch_ms = self.epoch_s.map(in_ms);
        point
    }
}

/// Milliseconds that become the very same seconds again when they are divided, where there are such.
fn in_ms(seconds: f64) -> f64 {
    let ms = seconds * 1000.0;
    #[allow(clippy::float_cmp, reason = "to the last bit is what is asked for")]
    let comes_back = |ms: &f64| *ms / 1000.0 == seconds;
    [ms, ms.next_down(), ms.next_up()]
        .into_iter()
        .find(comes_back)
        .unwrap_or(ms)
}

impl Serialize for DescribedPoint {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let Self {
            time_ms,
            lon_deg,
            lat_deg,
            altitude_m,
            heading_deg,
            epoch_s,
        } = self;
        (time_ms, lon_deg, lat_deg, altitude_m, heading_deg, epoch_s).serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for DescribedPoint {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let numbers: Vec<Option<f64>> = Vec::deserialize(deserializer)?;
        let (&[time_ms, lon_deg, lat_deg, altitude_m, heading_deg], rest) = numbers
            .split_first_chunk()
            .filter(|(_, rest)| rest.len() <= 1)
            .ok_or_else(|| D::Error::custom(format!("a point of a track has {} numbers, not 6", numbers.len())))?;
        let time_ms = time_ms
            .filter(|time_ms| time_ms.fract() == 0.0 && time_ms.abs() < 1e15)
            .ok_or_else(|| D::Error::custom("the time of a point of a track is no whole number"))?;
        let within = |name: &str, limit_deg: f64, value: Option<f64>| {
            value
                .filter(|value| value.abs() <= limit_deg)
                .ok_or_else(|| D::Error::custom(format!("the {name} of a point of a track is out of range")))
        };
        Ok(Self {
            #[allow(
                clippy::cast_possible_truncation,
                reason = "checked to be a whole number of moderate size"
            )]
            time_ms: time_ms as i64,
            lon_deg: within("longitude", 180.0, lon_deg)?,
            lat_deg: within("latitude", 90.0, lat_deg)?,
            altitude_m,
            heading_deg,
            epoch_s: rest.first().copied().flatten(),
        })
    }
}

/// The kind of video behind the `filetype` of a description; `None` for other words.
pub fn video_kind(filetype: &str) -> Option<VideoKind> {
    let kinds = [VideoKind::GoPro, VideoKind::Camm, VideoKind::BlackVue, VideoKind::Plain];
    kinds.into_iter().find(|kind| kind.filetype() == filetype)
}

/// For `#[serde(with)]`: a kind of video as the word of a description.
mod serde_filetype {
    use serde::{Deserialize, Deserializer, Serializer, de};
    use waypost_media::VideoKind;

    #[allow(clippy::trivially_copy_pass_by_ref, reason = "serde hands out references")]
    pub(super) fn serialize<S: Serializer>(kind: &VideoKind, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(kind.filetype())
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<VideoKind, D::Error> {
        let word = std::borrow::Cow::<str>::deserialize(deserializer)?;
        super::video_kind(&word).ok_or_else(|| de::Error::custom(format!("{word:?} is no kind of video")))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<DescribedPoint, serde_json::Error> {
        serde_json::from_str(text)
    }

    #[test]
    fn a_point_is_written_as_mapillary_tools_writes_it() {
        let mut point = TrackPoint::new(55.9, 33.126_770_04, -117.327_343_649);
        assert_eq!(
            serde_json::to_string(&DescribedPoint::of(&point)).unwrap(),
            "[55,-117.3273436,33.12677,null,null,null]"
        );
        point.altitude_m = Some(-22.9594);
        point.heading_deg = Some(0.1);
        point.epoch_ms = Some(1_574_120_714_125.0);
        let text = serde_json::to_string(&DescribedPoint::of(&point)).unwrap();
        assert_eq!(text, "[55,-117.3273436,33.12677,-22.959,0.1,1574120714.125]");
        assert_eq!(read(&text).unwrap(), DescribedPoint::of(&point));
    }

    #[test]
    fn points_of_old_versions_have_five_numbers() {
        let point = read("[1000.0, -117.3, 33.1, null, 12]").unwrap();
        assert_eq!(
            (point.time_ms, point.heading_deg, point.epoch_s),
            (1000, Some(12.0), None)
        );
    }

    #[test]
    fn what_is_no_point_is_refused() {
        for text in [
            "[]",
            "[0,1,2,3]",
            "[0,1,2,3,4,5,6]",
            "[0.5,1,2,null,null]",
            "[null,1,2,null,null]",
            "[0,181,2,null,null]",
            "[0,1,-90.1,null,null]",
            "[0,null,2,null,null]",
            "[0,\"1\",2,null,null]",
            "{}",
        ] {
            assert!(read(text).is_err(), "{text}");
        }
    }

    #[test]
    fn seconds_survive_the_way_into_milliseconds_and_back() {
        for thousandth in 0..10_000_u32 {
            let epoch_ms = 1_574_120_714_000.0 + f64::from(thousandth);
            let seconds = epoch_ms / 1000.0;
            assert_eq!((in_ms(seconds) / 1000.0).to_bits(), seconds.to_bits(), "{epoch_ms}");
        }
    }

    #[test]
    fn it_reads_back_what_it_wrote() {
        let video = SourceVideo {
            path: "/card/GX010042.MP4".into(),
            size_bytes: 4_000_000_000,
            modified_at_ms: 1,
            filetype: VideoKind::GoPro,
            make: Some("GoPro".into()),
            model: None,
            track: vec![read("[0,8.1,50.1,100.5,null,1574120714.055]").unwrap()],
        };
        let text = serde_json::to_string(&video).unwrap();
        assert!(text.contains(r#""filetype":"gopro""#), "{text}");
        assert_eq!(serde_json::from_str::<SourceVideo>(&text).unwrap(), video);
        assert_eq!(video.first_captured_at_ms(), Some(1_574_120_714_055));
        assert_eq!(video.last_captured_at_ms(), Some(1_574_120_714_055));
        assert!(serde_json::from_str::<SourceVideo>(&text.replace("gopro", "image")).is_err());
    }
}
