//! The CAMM track: samples of types 5 and 6, and the `trak` box that lists them.

use super::builder::{Runs, boxed, chunk_offsets, sizes, table, words};
use crate::camm::{NO_ALTITUDE_M, PLACE_AND_TIME_BYTES, PLACE_BYTES};
use crate::error::MediaError;
use crate::mp4::Movie;
use crate::video_facts::{GpsFix, TrackPoint};

/// The timescale is at least this, so that milliseconds are not lost.
const MIN_TIMESCALE: u32 = 1000;
/// "und" in the packed form of `mdhd`.
const LANGUAGE_UNDETERMINED: u32 = 0x55C4;
/// The unity transformation, as `tkhd` holds it.
const UNITY: [u32; 9] = [0x1_0000, 0, 0, 0, 0x1_0000, 0, 0, 0, 0x4000_0000];

/// The points of a track, written as CAMM samples.
pub(super) struct Positions {
    samples: Vec<u8>,
    sizes: Vec<u32>,
    durations: Runs,
    /// Sum of the durations.
    duration: u64,
    timescale: u32,
    /// When the first point is shown, in units of the movie's timescale.
    delay: u32,
}

impl Positions {
    /// Writes `track`. Errors: `track_point_invalid`, `track_empty`.
    pub(super) fn new(track: &[TrackPoint], movie_timescale: u32) -> Result<Self, MediaError> {
        for (index, point) in track.iter().enumerate() {
            if !point.is_possible() {
                return Err(MediaError::TrackPointInvalid { index });
            }
        }
        let mut points: Vec<&TrackPoint> = track.iter().filter(|point| point.time_ms >= 0.0).collect();
        points.sort_by(|left, right| left.time_ms.total_cmp(&right.time_ms));
        let first = points.first().ok_or(MediaError::TrackEmpty)?;
        let timescale = movie_timescale.max(MIN_TIMESCALE);
        let mut new = Self {
            samples: Vec::new(),
            sizes: Vec::new(),
            durations: Runs::default(),
            duration: 0,
            timescale,
            delay: u32::try_from(units(first.time_ms, movie_timescale)).unwrap_or(u32::MAX),
        };
        // Rounded from the start of the track, not from point to point: the parts that are
        // lost in rounding 18 points a second down add up to minutes in an hour.
        let since_first = |point: &TrackPoint| units(point.time_ms - first.time_ms, timescale);
        for (index, point) in points.iter().enumerate() {
            let next = points.get(index.saturating_add(1));
            let duration = next.map_or(0, |next| since_first(next).saturating_sub(since_first(point)));
            let duration = u32::try_from(duration).unwrap_or(u32::MAX);
            new.durations.add(1, duration);
            new.duration = new.duration.saturating_add(u64::from(duration));
            new.write(point);
        }
        Ok(new)
    }

    fn write(&mut self, point: &TrackPoint) {
        let altitude_m = point.altitude_m.unwrap_or(NO_ALTITUDE_M);
        let Some(epoch_ms) = point.epoch_ms.filter(|ms| ms.is_finite() && *ms > 0.0) else {
            self.samples.extend([0, 0, 5, 0]);
            self.samples.extend(point.lat_deg.to_le_bytes());
            self.samples.extend(point.lon_deg.to_le_bytes());
            self.samples.extend(altitude_m.to_le_bytes());
            self.sizes.push(PLACE_BYTES);
            return;
        };
        let fix = point.fix.unwrap_or(if point.altitude_m.is_some() {
            GpsFix::Fix3d
        } else {
            GpsFix::Fix2d
        });
        self.samples.extend([0, 0, 6, 0]);
        self.samples.extend((epoch_ms / 1000.0).to_le_bytes());
        self.samples.extend(fix.number().to_le_bytes());
        self.samples.extend(point.lat_deg.to_le_bytes());
        self.samples.extend(point.lon_deg.to_le_bytes());
        #[allow(clippy::cast_possible_truncation, reason = "the format has 32 bits")]
        self.samples.extend((altitude_m as f32).to_le_bytes());
        // Accuracies and velocities, which GoPro does not measure this way.
        self.samples.extend([0; 24]);
        self.sizes.push(PLACE_AND_TIME_BYTES);
    }

    /// Bytes of all samples.
    pub(super) fn total_bytes(&self) -> u64 {
        self.samples.len() as u64
    }

    /// The samples, one behind the other.
    pub(super) fn into_samples(self) -> Vec<u8> {
        self.samples
    }

    /// The `trak` box, as number `number`, its samples from `offset` on.
    pub(super) fn trak(&self, number: u32, offset: u64, movie: &Movie) -> Vec<u8> {
        let media = boxed(
            *b"mdia",
            &[
                &self.media_header(movie),
                &handler(),
                &boxed(*b"minf", &[&data_reference(), &self.tables(offset)]),
            ],
        );
        let edits = match self.delay {
            0 => Vec::new(),
            // One empty edit (-1) at normal speed.
            delay => boxed(*b"edts", &[&table(*b"elst", &[[delay, u32::MAX, 0x1_0000]])]),
        };
        boxed(*b"trak", &[&track_header(number, movie), &media, &edits])
    }

    fn media_header(&self, movie: &Movie) -> Vec<u8> {
        let [created, modified] = movie_times(movie);
        boxed(
            *b"mdhd",
            &[
                &words([0x0100_0000]),
                &created.to_be_bytes(),
                &modified.to_be_bytes(),
                &self.timescale.to_be_bytes(),
                &self.duration.to_be_bytes(),
                &words([LANGUAGE_UNDETERMINED << 16]),
            ],
        )
    }

    fn tables(&self, offset: u64) -> Vec<u8> {
        let number = u32::try_from(self.sizes.len()).unwrap_or(u32::MAX);
        // Reserved, and 1 for the first data reference.
        let description = boxed(*b"camm", &[&[0, 0, 0, 0, 0, 0, 0, 1]]);
        boxed(
            *b"stbl",
            &[
                &boxed(*b"stsd", &[&words([0, 1]), &description]),
                &table(*b"stts", self.durations.entries()),
                &table(*b"stsc", &[[1, number, 1]]),
                &sizes(&self.sizes),
                &chunk_offsets(&[offset]),
            ],
        )
    }
}

/// Whole units in `ms`, which is not negative and below a cap.
fn units(ms: f64, timescale: u32) -> u64 {
    // Times that were read in units and became fractions of a millisecond come back to the same
    // unit; the allowance is far below one unit of any timescale.
    let units = ms * f64::from(timescale) / 1000.0 + 1e-6;
    #[allow(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "cut down on purpose; floats that are too large saturate"
    )]
    {
        units as u64
    }
}

fn track_header(number: u32, movie: &Movie) -> Vec<u8> {
    let [created, modified] = movie_times(movie).map(|time| u32::try_from(time).unwrap_or(0));
    // Version 0, enabled; the duration is not known; no place and no size on the screen.
    let head = words([1, created, modified, number, 0, u32::MAX, 0, 0, 0, 0]);
    boxed(*b"tkhd", &[&head, &words(UNITY), &words([0, 0])])
}

/// Without the zero that should end the name: the service knows it so.
fn handler() -> Vec<u8> {
    boxed(*b"hdlr", &[&[0; 8], b"camm", &[0; 12], b"CameraMetadataMotionHandler"])
}

/// "The samples are in this file."
fn data_reference() -> Vec<u8> {
    let this_file = boxed(*b"url ", &[&words([1])]);
    let references = boxed(*b"dref", &[&words([0, 1]), &this_file]);
    boxed(*b"dinf", &[&references])
}

/// The movie's times of creation and change, in seconds since 1904.
fn movie_times(movie: &Movie) -> [u64; 2] {
    let word = |at: usize| {
        let bytes = movie.header.get(at..).and_then(<[u8]>::first_chunk::<4>);
        u64::from(bytes.map_or(0, |bytes| u32::from_be_bytes(*bytes)))
    };
    if movie.header.first() == Some(&1) {
        [4, 12].map(|at: usize| (word(at) << 32) | word(at.saturating_add(4)))
    } else {
        [4, 8].map(word)
    }
}
