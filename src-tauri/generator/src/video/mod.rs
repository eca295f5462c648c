//! Videos as GoPro cameras write them: an MP4 file with grey frames and real telemetry.
//!
//! For readers of telemetry and for whoever packs videos for upload. The frames can be played, but
//! show nothing.

mod boxes;
mod gpmf;
mod h264;

use std::io::{self, BufWriter, Write};
use std::path::Path;

use crate::disk::{create_new, not_written};
use crate::walk::Track as WalkTrack;
use crate::{DEFAULT_START_MS, GeneratorError};
use boxes::{Media, Movie, Track, boxed, words};

/// Seconds from 1904, where MP4 counts from, to 1970.
const SECONDS_1904_TO_1970: i64 = 2_082_844_800;
const SOUND_RATE: u32 = 48_000;
const SAMPLES_PER_AAC_FRAME: u32 = 1_024;
/// An AAC-LC frame of two silent channels.
const SILENCE: [u8; 6] = [0x21, 0x10, 0x04, 0x60, 0x8C, 0x1C];

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
    let mut track = WalkTrack::new(
        spec.start_lat_deg,
        spec.start_lon_deg,
        spec.speed_m_per_s,
        spec.seed,
    );
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

/// Makes the bytes of a video. The same specification gives the same bytes, everywhere.
///
/// Errors: `video_not_possible`, `value_out_of_range` and `time_out_of_range` for what no such
/// file can hold.
pub fn gopro_video_bytes(spec: &VideoSpec) -> Result<Vec<u8>, GeneratorError> {
    let layout = Layout::new(spec)?;
    let mut bytes = Vec::new();
    // Writing into memory does not fail.
    match layout.write(&mut bytes) {
        Ok(()) => Ok(bytes),
        Err(_) => Err(GeneratorError::VideoNotPossible {
            reason: "it does not fit into memory",
        }),
    }
}

/// Writes a video into a file that must not exist yet, second by second, so that it may be larger
/// than memory. Folders are made as needed.
///
/// Errors: those of [`gopro_video_bytes`], `target_exists`, `not_written`.
pub fn write_gopro_video(path: &Path, spec: &VideoSpec) -> Result<(), GeneratorError> {
    let layout = Layout::new(spec)?;
    let mut sink = BufWriter::with_capacity(1 << 20, create_new(path)?);
    layout
        .write(&mut sink)
        .and_then(|()| sink.flush())
        .map_err(|source| not_written(path, source))
}

fn check(spec: &VideoSpec) -> Result<(), GeneratorError> {
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

/// A video before it is written: everything but the repetition of its frames.
struct Layout {
    /// In front of the media data.
    front: Vec<u8>,
    /// The frames of every second.
    group: Vec<u8>,
    /// Telemetry of each second.
    payloads: Vec<Vec<u8>>,
    /// Sound frames in each second; empty without sound.
    sound_frames: Vec<u32>,
    /// Behind the media data.
    back: Vec<u8>,
}

impl Layout {
    fn new(spec: &VideoSpec) -> Result<Self, GeneratorError> {
        check(spec)?;
        let grey = h264::GreyVideo::new(spec.width_px, spec.height_px);
        let frames: Vec<Vec<u8>> = (0..spec.frames_per_second)
            .map(|index| grey.frame(index, spec.frame_bytes))
            .collect();
        let payloads = payloads(spec)?;
        let sound_frames = if spec.audio_track {
            sound_frames(spec.duration_s)
        } else {
            Vec::new()
        };
        let group = frames.concat();

        let frame_sizes: Vec<u32> = frames.iter().map(|frame| size_u32(frame)).collect();
        let payload_sizes: Vec<u32> = payloads.iter().map(|payload| size_u32(payload)).collect();
        let seconds = payloads.len();
        let mut tracks = vec![Track {
            media: Media::Video {
                width_px: spec.width_px,
                height_px: spec.height_px,
            },
            handler_name: "GoPro AVC  ",
            sample_entry: boxes::avc_sample_entry(
                spec.width_px,
                spec.height_px,
                &grey.decoder_configuration(),
            ),
            timescale: spec.frames_per_second * 1000,
            sample_delta: 1000,
            sample_sizes: frame_sizes.repeat(seconds),
            chunk_samples: vec![spec.frames_per_second; seconds],
            chunk_offsets: Vec::with_capacity(seconds),
            key_interval: spec.frames_per_second,
        }];
        if spec.audio_track {
            let silence = size_u32(&SILENCE);
            tracks.push(Track {
                media: Media::Sound,
                handler_name: "GoPro AAC  ",
                sample_entry: boxes::aac_sample_entry(),
                timescale: SOUND_RATE,
                sample_delta: SAMPLES_PER_AAC_FRAME,
                sample_sizes: vec![silence; sound_frames.iter().sum::<u32>() as usize],
                chunk_samples: sound_frames.clone(),
                chunk_offsets: Vec::with_capacity(seconds),
                key_interval: 0,
            });
        }
        tracks.push(Track {
            media: Media::Telemetry { format: *b"gpmd" },
            handler_name: "GoPro MET  ",
            sample_entry: boxes::telemetry_sample_entry(),
            timescale: 1000,
            sample_delta: 1000,
            sample_sizes: payload_sizes,
            chunk_samples: vec![1; seconds],
            chunk_offsets: Vec::with_capacity(seconds),
            key_interval: 0,
        });
        let data_length = place_chunks(&mut tracks, &group, &sound_frames, &payloads);
        let (front, back) = surround(spec, &tracks, data_length)?;
        Ok(Self {
            front,
            group,
            payloads,
            sound_frames,
            back,
        })
    }

    fn write(&self, sink: &mut impl Write) -> io::Result<()> {
        sink.write_all(&self.front)?;
        for (second, payload) in self.payloads.iter().enumerate() {
            sink.write_all(&self.group)?;
            for _ in 0..self.sound_frames.get(second).copied().unwrap_or_default() {
                sink.write_all(&SILENCE)?;
            }
            sink.write_all(payload)?;
        }
        sink.write_all(&self.back)
    }
}

fn size_u32(bytes: &[u8]) -> u32 {
    u32::try_from(bytes.len()).unwrap_or(u32::MAX)
}

/// The telemetry of each second.
fn payloads(spec: &VideoSpec) -> Result<Vec<Vec<u8>>, GeneratorError> {
    let points = video_points(spec);
    let per_second = spec.points_per_second as usize;
    (0..spec.duration_s)
        .map(|second| {
            let before = second * spec.points_per_second;
            let first = (before as usize).min(points.len());
            let of_second = &points[first..(first + per_second).min(points.len())];
            gpmf::payload(spec, of_second, u64::from(second) * 1000, before)
        })
        .collect()
}

/// How many sound frames begin in each second: 46 or 47, as 48,000 is no multiple of 1,024.
fn sound_frames(duration_s: u32) -> Vec<u32> {
    let until = |second: u32| second * (SOUND_RATE / 128) / (SAMPLES_PER_AAC_FRAME / 128);
    (0..duration_s)
        .map(|second| until(second + 1) - until(second))
        .collect()
}

/// Tells each track where its chunks lie, counted from the first byte of the media data, and
/// returns how many bytes the media data have.
fn place_chunks(tracks: &mut [Track], group: &[u8], sound: &[u32], payloads: &[Vec<u8>]) -> u64 {
    let mut offset = 0;
    for (second, payload) in payloads.iter().enumerate() {
        for track in tracks.iter_mut() {
            track.chunk_offsets.push(offset);
            offset += match track.media {
                Media::Video { .. } => group.len() as u64,
                Media::Sound => u64::from(sound[second]) * SILENCE.len() as u64,
                Media::Telemetry { .. } => payload.len() as u64,
            };
        }
    }
    offset
}

/// What stands in front of the media data, and what behind.
fn surround(
    spec: &VideoSpec,
    tracks: &[Track],
    data_length: u64,
) -> Result<(Vec<u8>, Vec<u8>), GeneratorError> {
    let local_s = spec.start_ms.div_euclid(1000) + i64::from(spec.local_offset_minutes) * 60;
    let created_s = u32::try_from(local_s.saturating_add(SECONDS_1904_TO_1970)).map_err(|_| {
        GeneratorError::TimeOutOfRange {
            at_ms: spec.start_ms,
        }
    })?;
    let kind = boxed(*b"ftyp", &[b"mp41", &words(&[0x2013_1018]), b"mp41"]);
    let user_data = [
        boxed(*b"FIRM", &[b"WAYPOST.PRACTICE"]),
        boxed(*b"GPMF", &[&gpmf::global_settings(spec)]),
    ]
    .concat();
    let mut movie = Movie {
        created_s,
        duration_ms: spec.duration_s * 1000,
        data_offset: 0,
        // Room for the index in front, so that offsets fit wherever it stands.
        wide_offsets: spec.large_mdat || data_length > u64::from(u32::MAX) - (256 << 20),
    };
    let data_head = if movie.wide_offsets {
        let size = (data_length + 16).to_be_bytes();
        [&words(&[1])[..], b"mdat", &size].concat()
    } else {
        [&words(&[size_u32_of(data_length + 8)])[..], b"mdat"].concat()
    };
    let index_size = boxes::moov(movie, tracks, &user_data).len();
    let ahead = kind.len() + data_head.len() + if spec.moov_first { index_size } else { 0 };
    movie.data_offset = ahead as u64;
    let index = boxes::moov(movie, tracks, &user_data);
    Ok(if spec.moov_first {
        ([kind, index, data_head].concat(), Vec::new())
    } else {
        ([kind, data_head].concat(), index)
    })
}

fn size_u32_of(length: u64) -> u32 {
    u32::try_from(length).unwrap_or(u32::MAX)
}
