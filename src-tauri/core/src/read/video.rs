//! One video: its index and telemetry are read, and it is ready or refused with a sentence.

use crate::plan::{Refusal, RefusalCode, Video, Warning};
use crate::scan::Candidate;

/// Reads one video. No byte of its pictures is read.
///
/// # Errors
/// The refusal, with a sentence about this file.
pub fn read_video_file(candidate: &Candidate) -> Result<(Video, Option<Warning>), Refusal> {
    Err(Refusal::of(
        candidate.path.clone(),
        RefusalCode::VideoNotSupported,
        "is a video",
    ))
}
