//! Refusals and warnings, grouped by reason.

use std::collections::HashMap;
use std::path::Path;

use waypost_wire::{FileReportLine, FindingRow};

use super::Editing;
use super::fixes::Fixes;
use crate::path_text::printable_name;
use crate::plan::Plan;

/// One row for each reason, refusals first, each in the order of discovery. With `editing` the files are named by their
/// numbers too, and each row has its fixes.
pub(super) fn findings(plan: &Plan, editing: Option<&Editing<'_>>) -> Vec<FindingRow> {
    let ids = editing.map(|editing| editing.readings.by_path()).unwrap_or_default();
    let line = |path: &Path, message: &str| {
        let photo_id = ids.get(path).copied();
        let position = photo_id.and_then(|id| editing?.own_position(id));
        FileReportLine {
            file_name: printable_name(path),
            message: message.into(),
            photo_id,
            lat_deg: position.map(|(lat_deg, _)| lat_deg),
            lon_deg: position.map(|(_, lon_deg)| lon_deg),
        }
    };
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
        let line = line(&refusal.path, &refusal.message);
        add(refusal.code.code(), true, refusal.code.title(), &refusal.action, line);
    }
    for warning in &plan.warnings {
        let line = line(&warning.path, &warning.message);
        add(warning.code.code(), false, warning.code.title(), &warning.action, line);
    }
    if let Some(editing) = editing.filter(|_| !rows.is_empty()) {
        let fixes = Fixes::new(plan, editing);
        for row in &mut rows {
            let ids: Vec<u64> = row.files.iter().filter_map(|file| file.photo_id).collect();
            row.fixes = fixes.of(&row.code, &ids);
        }
    }
    rows
}
