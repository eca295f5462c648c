//! The plan as the window shows it.

mod change;
mod extras;
mod findings;
mod fixes;
mod photo_facts;
mod rows;
mod videos;
mod zone_question;

use std::collections::HashMap;

use waypost_wire::PlanView;

pub use change::plan_change;
pub use photo_facts::photo_facts;

use crate::edit::Edits;
use crate::error::CoreError;
use crate::plan::{Photo, Plan};
use crate::planning::{PlanSettings, capture_times};
use crate::readings::{Capture, Readings};

/// What a plan was made of, for what can still be changed about it.
#[derive(Clone, Copy, Debug)]
pub struct Editing<'a> {
    /// What was read.
    pub readings: &'a Readings,
    /// The settings.
    pub settings: &'a PlanSettings,
    /// What was changed so far.
    pub edits: &'a Edits,
}

impl Editing<'_> {
    fn capture_times(&self) -> Result<HashMap<u64, i64>, CoreError> {
        capture_times(self.readings, self.settings, self.edits)
    }

    /// Where a photo says that it was taken, or a video that it began: latitude, longitude, degrees.
    fn own_position(&self, capture_id: u64) -> Option<(f64, f64)> {
        match self.readings.capture(capture_id)? {
            Capture::Photo(photo) => photo
                .facts
                .position
                .map(|position| (position.lat_deg, position.lon_deg)),
            _ => None,
        }
    }
}

/// The plan in rows: sequences with their points, those that stay at home marked and not counted; and findings grouped
/// by reason, refusals first.
pub fn plan_view(plan: &Plan) -> PlanView {
    view(plan, None)
}

/// The same with everything that can be changed: fixes, notes, track files, privacy zones, the question about the zone.
pub fn edited_view(plan: &Plan, editing: &Editing<'_>) -> PlanView {
    PlanView {
        tracks: extras::track_rows(plan, editing),
        privacy_zones: extras::zone_rows(plan, editing),
        zone_question: zone_question::zone_question(editing),
        ..view(plan, Some(editing))
    }
}

fn view(plan: &Plan, editing: Option<&Editing<'_>>) -> PlanView {
    PlanView {
        sequences: rows::sequence_rows(plan, editing.map(|editing| editing.edits)),
        videos: videos::video_rows(plan, editing),
        findings: findings::findings(plan, editing),
        image_count: plan.photo_count() as u64,
        size_bytes: plan.size_bytes(),
        file_count: plan.file_count,
        ..PlanView::default()
    }
}

impl From<&Plan> for PlanView {
    fn from(plan: &Plan) -> Self {
        plan_view(plan)
    }
}

/// Maker and model, the maker not twice: "GoPro Max" and not "GoPro GoPro Max".
pub fn camera_name(photo: &Photo) -> String {
    make_and_model(photo.make.as_deref(), photo.model.as_deref())
}

/// The same for any maker and model.
fn make_and_model(make: Option<&str>, model: Option<&str>) -> String {
    let (make, model) = (make.unwrap_or(""), model.unwrap_or(""));
    let model_names_make = model
        .get(..make.len())
        .is_some_and(|start| start.eq_ignore_ascii_case(make));
    if model_names_make {
        model.to_string()
    } else {
        format!("{make} {model}").trim().to_string()
    }
}
