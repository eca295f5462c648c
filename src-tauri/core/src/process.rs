//! Paths to a plan: the whole reading side in one call.

use std::path::PathBuf;

use crate::describe;
use crate::error::CoreError;
use crate::observe::{ProcessObserver, ProgressCounter};
use crate::plan::Plan;
use crate::read::read;
use crate::scan::{CandidateKind, scan};
use crate::sequence::sequence;
use crate::settings::{ReadSettings, SequenceSettings};

/// Finds, reads and sequences everything below `paths`. Every file found is in the plan: in a sequence or refused.
///
/// # Errors
/// [`CoreError::PathNotFound`] and [`CoreError::Io`] for a given path, [`CoreError::InvalidSetting`],
/// [`CoreError::Stopped`].
pub fn process(
    paths: &[PathBuf],
    read_settings: &ReadSettings,
    sequence_settings: &SequenceSettings,
    observer: &dyn ProcessObserver,
) -> Result<Plan, CoreError> {
    let progress = ProgressCounter::new(observer);
    let mut found = scan(paths, read_settings.skip_subfolders, &progress)?;
    found.candidates.retain(|candidate| match candidate.kind {
        CandidateKind::Photo | CandidateKind::OtherPicture => !read_settings.skip_photos,
        CandidateKind::Video => !read_settings.skip_videos,
    });
    let file_count = (found.candidates.len() + found.refusals.len()) as u64;
    progress.scan_is_complete(file_count);
    let mut captures = read(&found.candidates, read_settings, &progress)?;
    let mut sequenced = sequence(captures.photos, sequence_settings);

    let mut refusals = found.refusals;
    refusals.append(&mut captures.refusals);
    refusals.append(&mut sequenced.refusals);
    for sequence in &mut sequenced.sequences {
        sequence.photos.retain(|photo| match describe::check(photo) {
            Ok(()) => true,
            Err(refusal) => {
                refusals.push(refusal);
                false
            }
        });
    }
    sequenced.sequences.retain(|sequence| !sequence.photos.is_empty());
    Ok(Plan {
        sequences: sequenced.sequences,
        videos: captures.videos,
        refusals,
        warnings: captures.warnings,
        file_count,
    })
}
