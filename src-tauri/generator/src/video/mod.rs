//! Videos as GoPro cameras write them: an MP4 file with grey frames and real telemetry.
//!
//! For readers of telemetry and for whoever packs videos for upload. The frames can be played, but
//! show nothing.

mod boxes;
mod gpmf;
mod h264;
mod spec;

use std::io::{self, BufWriter, Seek, SeekFrom, Write};
use std::path::Path;

use crate::GeneratorError;
use crate::disk::{create_new, not_written};
use boxes::{Media, Movie, Track, boxed, words};
pub use spec::{GpsStream, VideoPoint, VideoSpec, video_points};

/// Seconds from 1904, where MP4 counts from, to 1970.
const SECONDS_1904_TO_1970: i64 = 2_082_844_800;
const SOUND_RATE: u32 = 48_000;
const SAMPLES_PER_AAC_FRAME: u32 = 1_024;
/// An AAC-LC frame of two silent channels.
const SILENCE: [u8; 6] = [0x21, 0x10, 0x04, 0x60, 0x8C, 0x1C];

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

/// As [`write_gopro_video`], but the frames are a hole in the file: it has its full size, takes next to no room on the
/// disk, and none of its pictures can be decoded.
///
/// Errors: as [`write_gopro_video`].
pub fn write_hollow_gopro_video(path: &Path, spec: &VideoSpec) -> Result<(), GeneratorError> {
    let layout = Layout::new(spec)?;
    let mut file = create_new(path)?;
    layout
        .write_with(&mut file, |file, group| {
            // Frames are some megabytes at most.
            let length = i64::try_from(group.len()).unwrap_or(i64::MAX);
            file.seek(SeekFrom::Current(length)).map(|_| ())
        })
        .map_err(|source| not_written(path, source))
}

/// A video before it is written: everything but the repetition of its frames.
struct Layout {
    /// In front of the media data.
    front: Vec<u8>,
    /// The frames of every second.
    group: Vec<u8>,
    /// How many tracks have them.
    video_tracks: u32,
    /// Telemetry of each second.
    payloads: Vec<Vec<u8>>,
    /// Sound frames in each second; empty without sound.
    sound_frames: Vec<u32>,
    /// Behind the media data.
    back: Vec<u8>,
}

impl Layout {
    fn new(spec: &VideoSpec) -> Result<Self, GeneratorError> {
        spec::check(spec)?;
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
        let pictures = || Track {
            media: Media::Video {
                width_px: spec.width_px,
                height_px: spec.height_px,
            },
            handler_name: "GoPro AVC  ",
            sample_entry: boxes::avc_sample_entry(spec.width_px, spec.height_px, &grey.decoder_configuration()),
            timescale: spec.frames_per_second * 1000,
            sample_delta: 1000,
            sample_sizes: frame_sizes.repeat(seconds),
            chunk_samples: vec![spec.frames_per_second; seconds],
            chunk_offsets: Vec::with_capacity(seconds),
            key_interval: spec.frames_per_second,
        };
        let mut tracks: Vec<Track> = (0..spec.video_tracks).map(|_| pictures()).collect();
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
            video_tracks: spec.video_tracks,
            payloads,
            sound_frames,
            back,
        })
    }

    fn write<S: Write>(&self, sink: &mut S) -> io::Result<()> {
        self.write_with(sink, S::write_all)
    }

    /// Writes it, the frames of a second by `write_group`.
    fn write_with<S: Write>(
        &self,
        sink: &mut S,
        write_group: impl Fn(&mut S, &[u8]) -> io::Result<()>,
    ) -> io::Result<()> {
        sink.write_all(&self.front)?;
        for (second, payload) in self.payloads.iter().enumerate() {
            for _ in 0..self.video_tracks {
                write_group(sink, &self.group)?;
            }
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
fn surround(spec: &VideoSpec, tracks: &[Track], data_length: u64) -> Result<(Vec<u8>, Vec<u8>), GeneratorError> {
    let local_s = spec.start_ms.div_euclid(1000) + i64::from(spec.local_offset_minutes) * 60;
    let created_s = u32::try_from(local_s.saturating_add(SECONDS_1904_TO_1970))
        .map_err(|_| GeneratorError::TimeOutOfRange { at_ms: spec.start_ms })?;
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
