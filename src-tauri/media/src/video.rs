//! Reads the facts of a video: what took it, and where it was at which moment.
//!
//! GoPro's telemetry comes first, then a CAMM track, then BlackVue's text: the order of
//! mapillary_tools 0.14.7. A source that is there but holds no usable position is final, because
//! a second one in the same file would be a copy of worse quality. Of the media data only the
//! telemetry's own samples are read.

use std::io::{Read, Seek};

use crate::blackvue;
use crate::camm;
use crate::error::MediaError;
use crate::gpmf::{self, CameraNames, RECORDER_BLOCK_BYTES};
use crate::limits::MAX_TELEMETRY_PAYLOAD_BYTES;
use crate::movie_names::MovieNames;
use crate::mp4::{MediaSource, Movie, first_child};
use crate::noise_filter::{CleanTrack, NoiseLimits, remove_noise};
use crate::video_facts::{RemovalReason, TrackPoint, VideoFacts, VideoKind};

/// Reads what the video in `reader` says about itself, with the usual [`NoiseLimits`].
///
/// Errors: those of [`read_video_within`].
pub fn read_video<R: Read + Seek>(reader: &mut R) -> Result<VideoFacts, MediaError> {
    read_video_within(reader, &NoiseLimits::default())
}

/// Reads what the video in `reader` says about itself.
///
/// A video without positions is no error: its [`kind`](VideoFacts::kind) says what it is, and its
/// track is empty. GoPro's points pass through [`remove_noise`]; what it takes out is in
/// [`removed`](VideoFacts::removed).
///
/// Errors: `empty_file`, `not_a_video`, `video_index_missing`, `video_cut_off`, `video_damaged`,
/// `video_too_large`, `io`.
pub fn read_video_within<R: Read + Seek>(reader: &mut R, limits: &NoiseLimits) -> Result<VideoFacts, MediaError> {
    let mut source = MediaSource::new(reader)?;
    let movie = Movie::read(&mut source)?;
    check_pictures_are_there(&mut source, &movie)?;
    let names = MovieNames::read(&mut source, &movie)?;
    let mut facts = VideoFacts {
        kind: VideoKind::Plain,
        track: Vec::new(),
        removed: Vec::new(),
        make: names.make,
        model: names.model,
        serial: None,
        duration_ms: movie.duration_ms,
        video_tracks: movie.video_tracks().count(),
        creation_local_ms: movie.created_ms,
        created_unix_ms: names.created_unix_ms,
        place: names.place,
        time_lapse_factor: None,
    };
    let _ = read_gopro(&mut source, &movie, limits, &mut facts)?
        || read_camm(&mut source, &movie, &mut facts)?
        || read_blackvue(&mut source, &movie, &mut facts)?;
    facts
        .removed
        .sort_by(|left, right| left.0.time_ms.total_cmp(&right.0.time_ms));
    facts.time_lapse_factor = time_lapse_factor(&facts.track);
    Ok(facts)
}

/// A file whose last box goes on behind its end may be half copied. It is if pictures are missing; some programs merely
/// write a wrong length.
///
/// Errors: `video_cut_off`, those of the sample tables, `io`.
fn check_pictures_are_there<R: Read + Seek>(source: &mut MediaSource<'_, R>, movie: &Movie) -> Result<(), MediaError> {
    if !movie.top.iter().any(|found| found.cut_off) {
        return Ok(());
    }
    let length_bytes = source.length_bytes();
    for track in movie.video_tracks() {
        let tables = track.tables(source)?;
        if tables.samples().any(|sample| sample.end() > length_bytes) {
            return Err(MediaError::VideoCutOff { length_bytes });
        }
    }
    Ok(())
}

fn read_gopro<R: Read + Seek>(
    source: &mut MediaSource<'_, R>,
    movie: &Movie,
    limits: &NoiseLimits,
    facts: &mut VideoFacts,
) -> Result<bool, MediaError> {
    let Some(track) = movie.track_of(*b"gpmd") else {
        return Ok(false);
    };
    let settings = gopro_settings(source, movie)?;
    let Some(telemetry) = gpmf::read_track(source, track, &settings)? else {
        return Ok(false);
    };
    facts.kind = VideoKind::GoPro;
    facts.make = Some("GoPro".to_owned());
    facts.model = telemetry.model;
    facts.serial = settings.serial;
    let CleanTrack { kept, removed } = remove_noise(telemetry.points, limits);
    facts.track = kept;
    facts.removed = telemetry.removed;
    facts.removed.extend(removed);
    Ok(true)
}

/// What the camera calls itself: in the settings of the whole file, else in the block that it keeps for repairs.
fn gopro_settings<R: Read + Seek>(source: &mut MediaSource<'_, R>, movie: &Movie) -> Result<CameraNames, MediaError> {
    let mut names = CameraNames::default();
    if let Some(user_data) = &movie.user_data
        && let Some(settings) = first_child(source, user_data, *b"GPMF")?
    {
        let content = settings.content(source, u64::from(MAX_TELEMETRY_PAYLOAD_BYTES))?;
        names = gpmf::read_settings(&content.unwrap_or_default());
    }
    if names.model.is_none()
        && let Some(track) = movie.track_of(*b"fdsc")
        && let Some(sample) = track.tables(source)?.samples().next()
        && sample.size >= RECORDER_BLOCK_BYTES
        && let Some(block) = source.read_vec(sample.offset, u64::from(RECORDER_BLOCK_BYTES), sample.end())?
    {
        names.complete_from_recorder(&block);
    }
    Ok(names)
}

fn read_camm<R: Read + Seek>(
    source: &mut MediaSource<'_, R>,
    movie: &Movie,
    facts: &mut VideoFacts,
) -> Result<bool, MediaError> {
    let Some(track) = movie.track_of(*b"camm") else {
        return Ok(false);
    };
    let positions = camm::read_track(source, track)?;
    facts.kind = VideoKind::Camm;
    facts.track = positions.points;
    facts.removed = positions.removed;
    Ok(true)
}

fn read_blackvue<R: Read + Seek>(
    source: &mut MediaSource<'_, R>,
    movie: &Movie,
    facts: &mut VideoFacts,
) -> Result<bool, MediaError> {
    let Some(recording) = blackvue::read(source, &movie.top)? else {
        return Ok(false);
    };
    facts.kind = VideoKind::BlackVue;
    facts.make = Some("BlackVue".to_owned());
    facts.model = recording.model;
    let (possible, impossible): (Vec<TrackPoint>, Vec<TrackPoint>) =
        recording.points.into_iter().partition(TrackPoint::is_possible);
    facts.track = possible;
    facts.removed = impossible
        .into_iter()
        .map(|point| (point, RemovalReason::Impossible))
        .collect();
    Ok(true)
}

/// How many seconds of the world pass in one of the video.
fn time_lapse_factor(track: &[TrackPoint]) -> Option<f64> {
    let moments = || track.iter().filter_map(|point| Some((point.time_ms, point.epoch_ms?)));
    let (first_video_ms, first_epoch_ms) = moments().next()?;
    let (last_video_ms, last_epoch_ms) = moments().next_back()?;
    let video_ms = last_video_ms - first_video_ms;
    let factor = (last_epoch_ms - first_epoch_ms) / video_ms;
    (video_ms > 0.0 && factor > 0.0 && factor.is_finite()).then_some(factor)
}
