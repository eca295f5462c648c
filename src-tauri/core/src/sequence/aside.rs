//! Photos that stay at home: taken out before the checks, and put back beside the sequences for the eye.
//!
//! The sequences are those of the other photos alone, as if the files were not there; only times of one second are
//! spread before, because leaving a photo out does not change when the others were taken. Where a photo that stays at
//! home is shown is another question: between two photos of one sequence it belongs to that one, at its edges to the
//! sequence that it is near enough to, and otherwise to a row of its own, so that a sequence that was left out as a
//! whole stays where it was.

use std::collections::HashMap;
use std::mem;

use waypost_wire::LeftOutBy;

use super::split::is_long_pause;
use super::split_distance::is_far_step;
use crate::marks::Border;
use crate::plan::Photo;
use crate::settings::SequenceSettings;

/// One sequence as it is shown: what is sent and what stays at home, each in order. Not both are empty.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Row {
    /// What is sent.
    pub kept: Vec<Photo>,
    /// What stays at home.
    pub left_out: Vec<Photo>,
}

impl Row {
    /// A sequence of which nothing stays at home.
    pub fn of(kept: Vec<Photo>) -> Self {
        Self {
            kept,
            left_out: Vec::new(),
        }
    }
}

/// The photos that stay at home, and the order of all photos of their groups.
#[derive(Debug, Default)]
pub(super) struct Aside {
    photos: HashMap<u64, Photo>,
    orders: Vec<Vec<u64>>,
}

impl Aside {
    /// Takes the photos that are left out from their groups. A border that a person set at one of them passes on to the
    /// next photo.
    pub(super) fn take_from(groups: &mut [Vec<Photo>]) -> Self {
        let mut aside = Self::default();
        for group in groups {
            aside.orders.push(group.iter().map(|photo| photo.capture_id).collect());
            let mut border = Border::ByRule;
            for mut photo in mem::take(group) {
                if photo.marks.border == Border::ByRule {
                    photo.marks.border = border;
                }
                border = Border::ByRule;
                if photo.marks.left_out.is_some() {
                    border = photo.marks.border;
                    aside.photos.insert(photo.capture_id, photo);
                } else {
                    group.push(photo);
                }
            }
        }
        aside
    }

    /// One more that stays at home.
    pub(super) fn add(&mut self, mut photo: Photo, by: LeftOutBy) {
        photo.marks.left_out = Some(by);
        self.photos.insert(photo.capture_id, photo);
    }

    /// The rows to be shown, in the order of the sequences.
    pub(super) fn rows(mut self, parts: Vec<Vec<Photo>>, settings: &SequenceSettings) -> Vec<Row> {
        let mut rows: Vec<Row> = parts.into_iter().map(Row::of).collect();
        if self.photos.is_empty() {
            return rows;
        }
        let mut row_of: HashMap<u64, usize> = HashMap::new();
        for (number, row) in rows.iter().enumerate() {
            row_of.extend(row.kept.iter().map(|photo| (photo.capture_id, number)));
        }
        // Rows of their own, each behind the sequence with this number (0 is before the first).
        let mut between: Vec<(usize, Row)> = Vec::new();
        let mut last_row = None;
        for order in mem::take(&mut self.orders) {
            let mut before: Option<usize> = None;
            let mut waiting: Vec<Photo> = Vec::new();
            let mut place = |waiting: Vec<Photo>, before: Option<usize>, after: Option<usize>, last: Option<usize>| {
                for (target, photos) in placed(waiting, before, after, &rows, settings) {
                    match target.and_then(|number| rows.get_mut(number)) {
                        Some(row) => row.left_out.extend(photos),
                        None => between.push((
                            last.map_or(0, |number| number + 1),
                            Row {
                                kept: Vec::new(),
                                left_out: photos,
                            },
                        )),
                    }
                }
            };
            for capture_id in order {
                if let Some(photo) = self.photos.remove(&capture_id) {
                    waiting.push(photo);
                } else if let Some(number) = row_of.get(&capture_id).copied() {
                    place(mem::take(&mut waiting), before, Some(number), last_row);
                    before = Some(number);
                    last_row = Some(number);
                }
            }
            place(waiting, before, None, last_row);
        }
        for (number, row) in between.into_iter().rev() {
            rows.insert(number.min(rows.len()), row);
        }
        rows
    }
}

/// Cuts a run of photos that stay at home, and says for each piece into which row it goes; `None` is one of its own.
fn placed(
    run: Vec<Photo>,
    before: Option<usize>,
    after: Option<usize>,
    rows: &[Row],
    settings: &SequenceSettings,
) -> Vec<(Option<usize>, Vec<Photo>)> {
    if run.is_empty() {
        return Vec::new();
    }
    if before.is_some() && before == after {
        return vec![(before, run)];
    }
    let is_cut = |one: &Photo, next: &Photo| {
        next.marks.border == Border::Begins
            || (next.marks.border == Border::ByRule
                && (is_long_pause(one, next, settings) || is_far_step(one, next, settings)))
    };
    let mut pieces: Vec<Vec<Photo>> = Vec::new();
    for photo in run {
        match pieces.last_mut() {
            Some(piece) if !piece.last().is_some_and(|last| is_cut(last, &photo)) => piece.push(photo),
            _ => pieces.push(vec![photo]),
        }
    }
    let last_before = before.and_then(|number| rows.get(number)?.kept.last());
    let first_after = after.and_then(|number| rows.get(number)?.kept.first());
    let count = pieces.len();
    let target = |(index, piece): (usize, Vec<Photo>)| {
        let joins =
            |one: Option<&Photo>, next: Option<&Photo>| one.zip(next).is_some_and(|(one, next)| !is_cut(one, next));
        let target = if index == 0 && joins(last_before, piece.first()) {
            before
        } else if index + 1 == count && joins(piece.last(), first_after) {
            after
        } else {
            None
        };
        (target, piece)
    };
    pieces.into_iter().enumerate().map(target).collect()
}
