//! Paths to a plan: the whole reading side in one call.

use std::path::PathBuf;

use crate::edit::Edits;
use crate::error::CoreError;
use crate::observe::ProcessObserver;
use crate::plan::Plan;
use crate::planning::{PlanSettings, plan};
use crate::readings::readings;
use crate::settings::{ReadSettings, SequenceSettings};
use crate::time_zone::ZoneResolver;

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
    // A zone that does not exist is said before a thousand files are read.
    ZoneResolver::new(&read_settings.naive_time_zone)?;
    let settings = PlanSettings {
        sequence: sequence_settings.clone(),
        naive_time_zone: read_settings.naive_time_zone.clone(),
    };
    plan(&readings(paths, read_settings, observer)?, &settings, &Edits::default())
}
