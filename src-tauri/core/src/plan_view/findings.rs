//! Refusals and warnings, grouped by reason.

use std::collections::HashMap;

use waypost_wire::{FileReportLine, FindingRow};

use crate::path_text::printable_name;
use crate::plan::Plan;

/// One row for each reason, refusals first, each in the order of discovery.
pub(super) fn findings(plan: &Plan) -> Vec<FindingRow> {
    let mut rows: Vec<FindingRow> = Vec::new();
    let mut numbers: HashMap<(&str, bool), usize> = HashMap::new();
    let mut add = |code: &'static str, refused: bool, title: &str, action: &str, line: FileReportLine| {
        let number = *numbers.entry((code, refused)).or_insert_with(|| {
            rows.push(FindingRow {
                code: code.into(),
                title: title.into(),
                action: action.into(),
                refused,
                fixes: Vec::new(),
                files: Vec::new(),
            });
            rows.len() - 1
        });
        if let Some(row) = rows.get_mut(number) {
            row.files.push(line);
        }
    };
    for refusal in &plan.refusals {
        let line = FileReportLine {
            file_name: printable_name(&refusal.path),
            message: refusal.message.clone(),
            photo_id: None,
            lat_deg: None,
            lon_deg: None,
        };
        add(refusal.code.code(), true, refusal.code.title(), &refusal.action, line);
    }
    for warning in &plan.warnings {
        let line = FileReportLine {
            file_name: printable_name(&warning.path),
            message: warning.message.clone(),
            photo_id: None,
            lat_deg: None,
            lon_deg: None,
        };
        add(warning.code.code(), false, warning.code.title(), &warning.action, line);
    }
    rows
}
