//! Candidates to captures: the header of every file is read, in parallel, and each file gets an answer.

mod file;
mod photo;
mod video;

use std::path::Path;

use rayon::prelude::*;

pub(crate) use file::{modified_at_ms, open};
pub use photo::{PhotoReading, read_photo_file};
pub use video::{TracklessVideo, VideoRefusal, read_video_file};

use crate::error::CoreError;
use crate::observe::ProgressCounter;
use crate::plan::{Refusal, RefusalCode, Video};
use crate::scan::{Candidate, CandidateKind};
use crate::settings::ReadSettings;
use crate::video_chapters::tell_chapters;

/// What became of a file that was read.
#[derive(Clone, Debug, PartialEq)]
pub enum Capture {
    /// A photo.
    Photo(Box<PhotoReading>),
    /// A video with a track of its own. Whether it can be sent is told when it is checked.
    Video(Box<Video>),
    /// A sound video without a track that can be used, with its refusal as long as it is given none.
    TracklessVideo(Box<TracklessVideo>),
    /// Nothing that can be sent, whatever a person says about it.
    Refused(Refusal),
}

impl Capture {
    /// The file.
    pub fn path(&self) -> &Path {
        match self {
            Self::Photo(photo) => &photo.path,
            Self::Video(video) => &video.path,
            Self::TracklessVideo(trackless) => &trackless.video.path,
            Self::Refused(refusal) => &refusal.path,
        }
    }
}

/// Reads the candidates with `settings.reader_count` threads; the answers are in the order of the candidates.
/// `is_usable` says of a capture whether it counts as one that can be sent.
///
/// # Errors
/// [`CoreError::InvalidSetting`] for threads that cannot be started, [`CoreError::Stopped`]. What is wrong with a file
/// is never an error but a refusal.
pub fn read(
    candidates: &[Candidate],
    settings: &ReadSettings,
    progress: &ProgressCounter<'_>,
    is_usable: &(dyn Fn(&Capture) -> bool + Sync),
) -> Result<Vec<Capture>, CoreError> {
    let readers = rayon::ThreadPoolBuilder::new()
        .num_threads(settings.reader_count.unwrap_or(0))
        .thread_name(|number| format!("reader-{number}"))
        .build()
        .map_err(|error| CoreError::InvalidSetting {
            name: "readers".into(),
            reason: error.to_string(),
        })?;

    let captures: Result<Vec<Capture>, CoreError> = readers.install(|| {
        candidates
            .par_iter()
            .map(|candidate| {
                if progress.cancelled() {
                    return Err(CoreError::Stopped);
                }
                let capture = read_candidate(candidate, settings);
                progress.read_one(is_usable(&capture));
                Ok(capture)
            })
            .collect()
    });
    let mut captures = captures?;
    tell_chapters(captures.iter_mut().filter_map(|capture| match capture {
        Capture::Video(video) => Some(&mut **video),
        Capture::TracklessVideo(trackless) => Some(&mut trackless.video),
        Capture::Photo(_) | Capture::Refused(_) => None,
    }));
    Ok(captures)
}

fn read_candidate(candidate: &Candidate, settings: &ReadSettings) -> Capture {
    let answer = match candidate.kind {
        CandidateKind::Photo => read_photo_file(candidate).map(|photo| Capture::Photo(Box::new(photo))),
        CandidateKind::Video => match read_video_file(candidate, settings) {
            Ok(video) => Ok(Capture::Video(Box::new(video))),
            Err(VideoRefusal::Trackless(trackless)) => Ok(Capture::TracklessVideo(trackless)),
            Err(VideoRefusal::Broken(refusal)) => Err(refusal),
        },
        CandidateKind::OtherPicture => Err(Refusal::of(
            candidate.path.clone(),
            RefusalCode::FormatNotSupported,
            &format!("is {}; Mapillary takes JPEG photos", format(&candidate.path)),
        )),
    };
    answer.unwrap_or_else(Capture::Refused)
}

fn format(path: &Path) -> String {
    let suffix = path
        .extension()
        .map_or_else(String::new, |suffix| suffix.to_string_lossy().to_ascii_uppercase());
    match suffix.as_str() {
        "TIF" | "TIFF" => "a TIFF picture".into(),
        "HEIC" | "HEIF" => "a HEIC photo".into(),
        "GPR" | "DNG" => format!("a raw photo ({suffix})"),
        _ => format!("a {suffix} picture"),
    }
}
