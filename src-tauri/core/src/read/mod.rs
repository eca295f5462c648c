//! Candidates to captures: the header of every file is read, in parallel, and each file gets an answer.

mod file;
mod photo;
mod video;

use std::path::Path;

use rayon::prelude::*;

pub(crate) use file::{modified_at_ms, open};
pub use photo::read_photo_file;
pub use video::read_video_file;

use crate::error::CoreError;
use crate::observe::ProgressCounter;
use crate::plan::{Photo, Refusal, RefusalCode, Video, Warning};
use crate::scan::{Candidate, CandidateKind};
use crate::settings::ReadSettings;
use crate::time_zone::ZoneResolver;

/// What was read, each list in the order of the candidates.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Captures {
    /// Photos with every needed fact.
    pub photos: Vec<Photo>,
    /// Videos with a usable track.
    pub videos: Vec<Video>,
    /// The other files.
    pub refusals: Vec<Refusal>,
    /// What deserves a look in the captures.
    pub warnings: Vec<Warning>,
}

/// A photo or a video.
enum Capture {
    Photo(Box<Photo>),
    Video(Box<Video>),
}

/// A capture and what deserves a look in it, or why it cannot be sent.
type Answer = Result<(Capture, Option<Warning>), Refusal>;

/// Reads the candidates with `settings.reader_count` threads.
///
/// # Errors
/// [`CoreError::InvalidSetting`] for a time zone that does not exist or threads that cannot be started,
/// [`CoreError::Stopped`]. What is wrong with a file is never an error but a refusal.
pub fn read(
    candidates: &[Candidate],
    settings: &ReadSettings,
    progress: &ProgressCounter<'_>,
) -> Result<Captures, CoreError> {
    let zone = ZoneResolver::new(&settings.naive_time_zone)?;
    let readers = rayon::ThreadPoolBuilder::new()
        .num_threads(settings.reader_count.unwrap_or(0))
        .thread_name(|number| format!("reader-{number}"))
        .build()
        .map_err(|error| CoreError::InvalidSetting {
            name: "readers".into(),
            reason: error.to_string(),
        })?;

    let answers: Vec<Option<Answer>> = readers.install(|| {
        candidates
            .par_iter()
            .map(|candidate| {
                if progress.cancelled() {
                    return None;
                }
                let answer = read_candidate(candidate, &zone);
                progress.read_one(answer.is_ok());
                Some(answer)
            })
            .collect()
    });

    let mut read = Captures::default();
    for answer in answers {
        match answer.ok_or(CoreError::Stopped)? {
            Ok((capture, warning)) => {
                match capture {
                    Capture::Photo(photo) => read.photos.push(*photo),
                    Capture::Video(video) => read.videos.push(*video),
                }
                read.warnings.extend(warning);
            }
            Err(refusal) => read.refusals.push(refusal),
        }
    }
    Ok(read)
}

fn read_candidate(candidate: &Candidate, zone: &ZoneResolver) -> Answer {
    match candidate.kind {
        CandidateKind::Photo => {
            read_photo_file(candidate, zone).map(|(photo, warning)| (Capture::Photo(Box::new(photo)), warning))
        }
        CandidateKind::Video => {
            read_video_file(candidate).map(|(video, warning)| (Capture::Video(Box::new(video)), warning))
        }
        CandidateKind::OtherPicture => Err(Refusal::of(
            candidate.path.clone(),
            RefusalCode::FormatNotSupported,
            &format!("is {}; Mapillary takes JPEG photos", format(&candidate.path)),
        )),
    }
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
