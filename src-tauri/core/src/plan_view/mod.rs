//! The plan as the window shows it.

mod findings;
mod rows;

use waypost_wire::PlanView;

use crate::plan::{Photo, Plan};

/// The plan in rows: sequences with their points, those that stay at home marked and not counted; and findings grouped
/// by reason, refusals first.
pub fn plan_view(plan: &Plan) -> PlanView {
    PlanView {
        sequences: rows::sequence_rows(plan),
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
    let (make, model) = (
        photo.make.as_deref().unwrap_or(""),
        photo.model.as_deref().unwrap_or(""),
    );
    let model_names_make = model
        .get(..make.len())
        .is_some_and(|start| start.eq_ignore_ascii_case(make));
    if model_names_make {
        model.to_string()
    } else {
        format!("{make} {model}").trim().to_string()
    }
}
