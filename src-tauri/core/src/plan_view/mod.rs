//! The plan as the window shows it.

mod findings;
mod rows;
mod videos;

use waypost_wire::PlanView;

use crate::plan::{Photo, Plan};

/// The plan in rows: sequences with their points, those that stay at home marked and not counted; and findings grouped
/// by reason, refusals first.
pub fn plan_view(plan: &Plan) -> PlanView {
    PlanView {
        sequences: rows::sequence_rows(plan),
        videos: videos::video_rows(plan),
        findings: findings::findings(plan),
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
