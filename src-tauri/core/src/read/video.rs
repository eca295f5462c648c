//! One video: its index and telemetry are read, and it is ready or refused with a sentence.
//!
//! No byte of its pictures is read. A video that is sound but has no track that can be used is not lost: its facts stay
//! with its refusal, so that a track can be given to it later.

use std::fs::File;
use std::io::{Read, Seek, SeekFrom};

use waypost_media::{MediaError, RemovalReason, TrackPoint, VideoFacts, VideoKind, camm_mux, read_video_within};

use super::file::open;
use crate::plan::{Refusal, RefusalCode, Video};
use crate::scan::Candidate;
use crate::settings::ReadSettings;
use crate::video_words::{grouped, reasons};

/// A sound video that lacks nothing but a track: given one from elsewhere, it can be sent.
#[derive(Clone, Debug, PartialEq)]
pub struct TracklessVideo {
    /// What is known of it; its track is empty. A track from elsewhere goes into [`Video::track`] and its file into
    /// [`Video::track_file`]; it is then a [`VideoKind::Plain`] video, whatever it was before.
    pub video: Video,
    /// Why it cannot be sent as it is.
    pub refusal: Refusal,
}

/// Why a video cannot be sent.
#[derive(Clone, Debug, PartialEq)]
pub enum VideoRefusal {
    /// For good: there is nothing to work with.
    Broken(Refusal),
    /// As long as it has no track.
    Trackless(Box<TracklessVideo>),
}

/// Reads one video.
///
/// # Errors
/// The refusal, with a sentence about this file.
pub fn read_video_file(candidate: &Candidate, settings: &ReadSettings) -> Result<Video, VideoRefusal> {
    let refuse =
        |kind, code, what: &str| VideoRefusal::Broken(Refusal::of_video(candidate.path.clone(), kind, code, what));
    let (mut file, size_bytes, modified_at_ms) = open(&candidate.path).map_err(|error| {
        let what = format!("cannot be opened ({error})");
        refuse(VideoKind::Plain, RefusalCode::Unreadable, &what)
    })?;
    let facts = read_video_within(&mut file, &settings.noise_limits).map_err(|error| {
        let (code, what) = refusal_of(&error, &mut file);
        refuse(VideoKind::Plain, code, &what)
    })?;
    if let Err(error) = can_be_repacked(&mut file) {
        let (code, what) = refusal_of(&error, &mut file);
        return Err(refuse(VideoKind::Plain, code, &what));
    }
    let no_track = no_track(&facts, &settings.video_kinds);
    let video = Video {
        capture_id: 0,
        path: candidate.path.clone(),
        link_target: candidate.link_target.clone(),
        size_bytes,
        modified_at_ms,
        kind: facts.kind,
        track: facts.track,
        track_file: None,
        removed: facts.removed,
        duration_ms: facts.duration_ms,
        video_track_count: facts.video_tracks,
        make: facts.make,
        model: facts.model,
        camera_uuid: facts.serial,
        time_lapse_factor: facts.time_lapse_factor,
        chapter: None,
    };
    match no_track {
        None => Ok(video),
        // Before there is a track, nothing tells what kind of video mapillary_tools takes it for.
        Some((code, what)) => Err(VideoRefusal::Trackless(Box::new(TracklessVideo {
            refusal: Refusal::of_video(candidate.path.clone(), VideoKind::Plain, code, &what),
            video: Video {
                track: Vec::new(),
                ..video
            },
        }))),
    }
}

/// Whether the pictures can be packed for upload. Only the index is read; the point stands for the real track.
fn can_be_repacked(file: &mut File) -> Result<(), MediaError> {
    camm_mux(file, &[TrackPoint::new(0.0, 0.0, 0.0)], "", "").map(|_| ())
}

/// Why there is no track that can be used; `None` if there is one.
fn no_track(facts: &VideoFacts, wanted: &[VideoKind]) -> Option<(RefusalCode, String)> {
    let is_wanted = wanted.is_empty() || wanted.contains(&VideoKind::Plain) || wanted.contains(&facts.kind);
    if facts.kind == VideoKind::Plain {
        let what = match facts.model.as_deref().or(facts.make.as_deref()) {
            Some(camera) => format!("has no GPS track ({camera})"),
            None => "has no GPS track".to_owned(),
        };
        Some((RefusalCode::VideoWithoutTrack, what))
    } else if !is_wanted {
        let what = format!(
            "has a track of the kind \"{}\", which was not asked for",
            facts.kind.filetype()
        );
        Some((RefusalCode::VideoWithoutTrack, what))
    } else if !facts.track.is_empty() {
        None
    } else if !facts.removed.is_empty() && facts.removed.iter().all(|(_, reason)| *reason == RemovalReason::Drone) {
        let what = "has no GPS position of its camera, only those of the drone that carried it";
        Some((RefusalCode::VideoTrackEmpty, what.to_owned()))
    } else if facts.removed.is_empty() {
        let what = match facts.kind {
            VideoKind::GoPro => "has no GPS position in its telemetry: GPS was off, or the camera has none",
            _ => "has a GPS track without a position",
        };
        Some((RefusalCode::VideoTrackEmpty, what.to_owned()))
    } else {
        let what = format!(
            "has no GPS position that can be used: {}",
            reasons(&facts.removed, true)
        );
        Some((RefusalCode::VideoTrackNoise, what))
    }
}

/// The refusal behind what the reader says, with the end of its sentence.
fn refusal_of(error: &MediaError, file: &mut File) -> (RefusalCode, String) {
    match error {
        MediaError::EmptyFile => (RefusalCode::EmptyFile, "is empty".into()),
        MediaError::NotAVideo => match container(file) {
            Some(container) => (
                RefusalCode::VideoFormatNotSupported,
                format!("is {container}; what is sent is made from MP4, MOV and .360 videos"),
            ),
            None => (RefusalCode::NotAVideo, "is not a video, whatever its name says".into()),
        },
        MediaError::VideoIndexMissing => (
            RefusalCode::VideoIndexMissing,
            "has no index: the recording was cut off, or the file was not copied to its end".into(),
        ),
        MediaError::VideoCutOff { length_bytes } => (
            RefusalCode::VideoCutOff,
            format!(
                "ends after {} bytes, before the end that its index names: it is half copied",
                grouped(*length_bytes)
            ),
        ),
        MediaError::VideoDamaged { what } => (RefusalCode::VideoDamaged, format!("has a damaged index: {what}")),
        MediaError::VideoTooLarge { what, limit } => (
            RefusalCode::VideoIndexTooLarge,
            format!("has an index with more than {} {what}", grouped(*limit)),
        ),
        MediaError::VideoFragmented => (
            RefusalCode::VideoFragmented,
            "is in fragments, as for streaming, and cannot be repacked for Mapillary".into(),
        ),
        MediaError::VideoWithoutPictures => (RefusalCode::VideoWithoutPictures, "has no track with pictures".into()),
        MediaError::Io { message, .. } => (RefusalCode::Unreadable, format!("cannot be read ({message})")),
        other => (RefusalCode::Unreadable, format!("cannot be read: {other}")),
    }
}

/// What a video of another kind is, told by its first bytes.
fn container(file: &mut File) -> Option<&'static str> {
    let mut head = Vec::with_capacity(HEAD_BYTES);
    file.seek(SeekFrom::Start(0)).ok()?;
    file.take(HEAD_BYTES as u64).read_to_end(&mut head).ok()?;
    let at = |offset: usize, bytes: &[u8]| head.get(offset..).is_some_and(|rest| rest.starts_with(bytes));
    // An MPEG transport stream has its sync byte every 188 bytes, or every 192 behind a time of four (M2TS).
    let is_stream = |offset: usize, step: usize| at(offset, &[0x47]) && at(offset + step, &[0x47]);
    if at(0, b"RIFF") && at(8, b"AVI ") {
        Some("an AVI video")
    } else if at(0, &[0x1A, 0x45, 0xDF, 0xA3]) {
        Some("a Matroska or WebM video")
    } else if is_stream(0, 188) || is_stream(4, 192) {
        Some("an MPEG transport stream (MTS, M2TS, TS)")
    } else if at(0, &[0x30, 0x26, 0xB2, 0x75]) {
        Some("a Windows Media video")
    } else if at(0, &[0x1F, 0x07, 0x00]) {
        Some("a DV video")
    } else if at(0, &[0, 0, 1, 0xBA]) {
        Some("an MPEG program stream")
    } else {
        None
    }
}

/// Bytes that tell a container: two sync bytes of a transport stream.
const HEAD_BYTES: usize = 256;
