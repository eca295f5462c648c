//! The difference between the plan that the window has and the one that it should have.

use std::collections::HashMap;

use waypost_wire::{FindingRow, PlanChange, PlanView, PointRow, PointRun, WayPoint};

/// What the window needs to get from `before` to `after`: whatever is equal is named, not said again.
pub fn plan_change(before: &PlanView, mut after: PlanView) -> PlanChange {
    let old: Vec<&PointRow> = before.sequences.iter().flat_map(|row| &row.points).collect();
    let places: HashMap<u64, usize> = old.iter().enumerate().map(|(at, row)| (row.photo_id, at)).collect();
    let points = after
        .sequences
        .iter_mut()
        .map(|row| runs(std::mem::take(&mut row.points), &old, &places))
        .collect();

    let ways: HashMap<u64, &Vec<WayPoint>> = before.videos.iter().map(|row| (row.video_id, &row.track)).collect();
    let mut kept_tracks = Vec::new();
    for row in &mut after.videos {
        if ways.get(&row.video_id).is_some_and(|way| **way == row.track) {
            row.track = Vec::new();
            kept_tracks.push(row.video_id);
        }
    }

    let known: HashMap<(&str, bool), &FindingRow> = before.findings.iter().map(|row| (key(row), row)).collect();
    let mut kept_files = Vec::new();
    for (at, row) in (0..).zip(&mut after.findings) {
        if known.get(&key(row)).is_some_and(|old| old.files == row.files) {
            row.files = Vec::new();
            kept_files.push(at);
        }
    }
    PlanChange {
        plan: after,
        points,
        kept_tracks,
        kept_files,
    }
}

fn key(row: &FindingRow) -> (&str, bool) {
    (&row.code, row.refused)
}

fn runs(rows: Vec<PointRow>, old: &[&PointRow], places: &HashMap<u64, usize>) -> Vec<PointRun> {
    let mut runs: Vec<PointRun> = Vec::new();
    // Where in the old plan the run goes on that is being made.
    let mut next = None;
    for row in rows {
        let place = places.get(&row.photo_id).copied();
        let same = place.filter(|at| old.get(*at).is_some_and(|old| **old == row));
        match (same, runs.last_mut()) {
            (Some(at), Some(PointRun::Kept { count, .. })) if next == Some(at) => *count = count.saturating_add(1),
            (Some(_), _) => runs.push(PointRun::Kept {
                photo_id: row.photo_id,
                count: 1,
            }),
            (None, Some(PointRun::New { rows })) => rows.push(row),
            (None, _) => runs.push(PointRun::New { rows: vec![row] }),
        }
        next = same.map(|at| at.saturating_add(1));
    }
    runs
}
