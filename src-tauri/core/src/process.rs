//! Paths to a plan: the whole reading side in one call.

use std::path::PathBuf;

use crate::edit::{Edits, TrackUse};
use crate::error::CoreError;
use crate::observe::ProcessObserver;
use crate::plan::Plan;
use crate::planning::{PlanSettings, plan};
use crate::readings::readings;
use crate::settings::{ReadSettings, SequenceSettings};
use crate::time_zone::ZoneResolver;
use crate::track_file::Track;

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
    ZoneResolver::new(&read_settings.naive_time_zone)?;
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
        edits.track.set_all(Some(TrackUse {
            track_id: readings.add_track(track),
            lookup_offset_ms: track_settings.lookup_offset_ms,
            alignment: track_settings.align_start.then_some(0),
        }));
    }
    plan(&readings, &settings, &edits)
}
