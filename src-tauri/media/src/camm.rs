//! Camera Motion Metadata (CAMM): a track whose samples are positions and motions.
//!
//! The format is Google's public specification of 2017; types 5 (place) and 6 (place, time and
//! quality) carry positions. Type 6's time is taken as seconds since 1970, as mapillary_tools
//! 0.14.7 writes and reads it; the specification counts from 1980, which would be ten years off
//! and therefore shows.

use std::io::{Read, Seek};

use crate::error::MediaError;
use crate::limits::{CAMM_RUN_BYTES, MAX_CAMM_SAMPLE_BYTES, MAX_TRACK_POINTS};
use crate::mp4::{MediaSource, Sample, Track};
use crate::video_facts::{GpsFix, RemovalReason, TrackPoint};

/// Bytes of a sample of type 5: header and three doubles.
pub(crate) const PLACE_BYTES: u32 = 28;
/// Bytes of a sample of type 6: header, double, integer, two doubles, seven floats.
pub(crate) const PLACE_AND_TIME_BYTES: u32 = 60;
/// What stands for "no altitude".
pub(crate) const NO_ALTITUDE_M: f64 = -1.0;

/// The positions in a CAMM track.
#[derive(Debug, Default)]
pub(crate) struct CammTrack {
    /// By the video's time.
    pub(crate) points: Vec<TrackPoint>,
    /// Positions that cannot be, or at moments that the video does not show.
    pub(crate) removed: Vec<(TrackPoint, RemovalReason)>,
}

/// Reads the positions in `track`: those with time (type 6) if there is any, else those of type 5.
///
/// Errors: those of the sample tables, `io`. Samples that cannot be read are passed over.
pub(crate) fn read_track<R: Read + Seek>(
    source: &mut MediaSource<'_, R>,
    track: &Track,
) -> Result<CammTrack, MediaError> {
    let tables = track.tables(source)?;
    let mut found = Found::default();
    let mut run: Vec<Sample> = Vec::new();
    let mut run_bytes = 0_u64;
    for sample in tables
        .samples()
        .filter(|sample| (1..=MAX_CAMM_SAMPLE_BYTES).contains(&sample.size))
    {
        let goes_on = run.last().is_some_and(|last| last.end() == sample.offset);
        if !goes_on || run_bytes > CAMM_RUN_BYTES {
            found.read_run(source, track, &run)?;
            run.clear();
            run_bytes = 0;
        }
        run_bytes = run_bytes.saturating_add(u64::from(sample.size));
        run.push(sample);
    }
    found.read_run(source, track, &run)?;
    let Found {
        with_time,
        without_time,
    } = found;
    let chosen = if with_time.is_empty() { without_time } else { with_time };
    Ok(placed(track, chosen))
}

/// Points with their media's time in milliseconds.
#[derive(Default)]
struct Found {
    with_time: Vec<(f64, TrackPoint)>,
    without_time: Vec<(f64, TrackPoint)>,
}

impl Found {
    /// Reads samples that lie side by side, in one piece: the sensors' samples between the positions are many and
    /// short.
    fn read_run<R: Read + Seek>(
        &mut self,
        source: &mut MediaSource<'_, R>,
        track: &Track,
        run: &[Sample],
    ) -> Result<(), MediaError> {
        let (Some(first), Some(last)) = (run.first(), run.last()) else {
            return Ok(());
        };
        let wanted = |sample: &&Sample| sample.size >= PLACE_BYTES;
        let length = last.end().saturating_sub(first.offset);
        let mut bytes = Vec::new();
        if run.iter().any(|sample| wanted(&sample)) {
            let there = source.length_bytes().saturating_sub(first.offset).min(length);
            bytes = source.read_vec(first.offset, there, first.offset)?.unwrap_or_default();
        }
        for sample in run.iter().filter(wanted) {
            let from = usize::try_from(sample.offset.saturating_sub(first.offset)).unwrap_or(usize::MAX);
            let size = usize::try_from(sample.size).unwrap_or(usize::MAX);
            let content = bytes.get(from..).and_then(|rest| rest.get(..size));
            let Some((has_time, point)) = content.and_then(point) else {
                continue;
            };
            let list = if has_time {
                &mut self.with_time
            } else {
                &mut self.without_time
            };
            if list.len() < MAX_TRACK_POINTS {
                list.push((track.to_ms(sample.start), point));
            }
        }
        Ok(())
    }
}

fn placed(track: &Track, points: Vec<(f64, TrackPoint)>) -> CammTrack {
    let mut result = CammTrack::default();
    for (media_ms, mut point) in points {
        let shown_ms = track.edits.presented_ms(media_ms);
        point.time_ms = shown_ms.unwrap_or(media_ms);
        if !point.is_possible() {
            result.removed.push((point, RemovalReason::Impossible));
        } else if shown_ms.is_none() {
            result.removed.push((point, RemovalReason::CutOut));
        } else {
            result.points.push(point);
        }
    }
    result
        .points
        .sort_by(|left, right| left.time_ms.total_cmp(&right.time_ms));
    result
}

/// Reads one sample: whether it has a time, and the point. `None` for other kinds.
fn point(bytes: &[u8]) -> Option<(bool, TrackPoint)> {
    let kind = u16::from_le_bytes(*bytes.get(2..)?.first_chunk()?);
    let double = |at: usize| Some(f64::from_le_bytes(*bytes.get(at..)?.first_chunk()?));
    let float = |at: usize| Some(f64::from(f32::from_le_bytes(*bytes.get(at..)?.first_chunk()?)));
    match kind {
        5 => {
            let mut point = TrackPoint::new(0.0, double(4)?, double(12)?);
            point.altitude_m = altitude(double(20)?);
            Some((false, point))
        }
        6 => {
            let epoch_s = double(4)?;
            let fix = i32::from_le_bytes(*bytes.get(12..)?.first_chunk()?);
            let mut point = TrackPoint::new(0.0, double(16)?, double(24)?);
            point.altitude_m = altitude(float(32)?);
            let (east, north) = (float(44)?, float(48)?);
            point.epoch_ms = Some(epoch_s * 1000.0).filter(|ms| ms.is_finite() && *ms > 0.0);
            point.fix = GpsFix::from_number(f64::from(fix));
            // All zero where the writer does not know the speed.
            let speed = east.hypot(north);
            point.ground_speed_m_per_s = Some(speed).filter(|speed| *speed > 0.0);
            Some((true, point))
        }
        _ => None,
    }
}

fn altitude(value: f64) -> Option<f64> {
    #[allow(clippy::float_cmp, reason = "the stand-in is written exactly so")]
    let stands_for_none = value == NO_ALTITUDE_M;
    (value.is_finite() && !stands_for_none).then_some(value)
}
