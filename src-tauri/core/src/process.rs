//! Paths to a plan: the whole reading side in one call.

use std::path::PathBuf;
use std::sync::Arc;

use crate::edit::{Edits, TrackUse};
use crate::error::CoreError;
use crate::observe::ProcessObserver;
use crate::plan::Plan;
use crate::planning::{PlanSettings, first_photo, plan};
use crate::readings::readings;
use crate::settings::{ReadSettings, SequenceSettings};
use crate::time_zone::ZoneResolver;
use crate::track_file::Track;

/// Number of the track file of a run that has one.
const TRACK_ID: u32 = 1;

/// Finds, reads and sequences everything below `paths`. Every file found is in the plan: in a sequence or refused.
///
/// # Errors
/// [`CoreError::PathNotFound`] and [`CoreError::Io`] for a given path, [`CoreError::InvalidSetting`],
/// [`CoreError::TrackFile`], [`CoreError::Stopped`].
pub fn process(
    paths: &[PathBuf],
    read_settings: &ReadSettings,
    sequence_settings: &SequenceSettings,
    observer: &dyn ProcessObserver,
) -> Result<Plan, CoreError> {
    // A zone that does not exist is said before a thousand files are read.
    let zone = ZoneResolver::new(&read_settings.naive_time_zone)?;
    let track = read_settings
        .track
        .as_ref()
        .map(|track| Track::load(&track.path))
        .transpose()?;
    let settings = PlanSettings {
        sequence: sequence_settings.clone(),
        naive_time_zone: read_settings.naive_time_zone.clone(),
    };
    let mut readings = readings(paths, read_settings, observer)?;
    let mut edits = Edits::default();
    if let (Some(track), Some(track_settings)) = (track, &read_settings.track) {
        readings.tracks.insert(TRACK_ID, Arc::new(track));
        edits.track.set_all(Some(TrackUse {
            track_id: TRACK_ID,
            lookup_offset_ms: track_settings.lookup_offset_ms,
            aligned_to: track_settings
                .align_start
                .then(|| first_photo(&readings, &edits, &zone).unwrap_or_default()),
        }));
    }
    plan(&readings, &settings, &edits)
}
