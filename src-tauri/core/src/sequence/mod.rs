//! Photos to sequences: what belongs together, in which order, and what is not sent.
//!
//! The steps and their order are those of mapillary_tools 0.14.7 (protocol notes §5), each in a file of its own, so
//! that the same folder gives the same sequences; docs/differences.md lists where Waypost differs on purpose. The
//! order matters: cutting by distance comes last because it would hide impossible speeds.

pub mod geometry;

mod aside;
mod directions;
mod duplicates;
mod finalise;
mod group;
mod null_island;
#[cfg(test)]
mod property_tests;
mod sort;
mod speed;
mod split;
mod split_distance;
mod spread;
#[cfg(test)]
pub(crate) mod test_photos;
mod trim;
mod zigzag;

pub use aside::Row;
pub use directions::fill_directions;
pub use duplicates::refuse_duplicates;
pub use finalise::finalise;
pub use group::{group, is_same_camera, join_groups};
pub use null_island::refuse_null_island;
pub use sort::sort;
pub use speed::{average_speed_kmh, refuse_too_fast};
pub use split::split;
pub use split_distance::split_by_distance;
pub use spread::spread;
pub use zigzag::refuse_zigzag;

use crate::marks::Border;
use crate::plan::{LeftOutCapture, Photo, Refusal, Sequence};
use crate::settings::SequenceSettings;
use aside::Aside;
use trim::trim;

/// What a check lets pass and what it does not.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Checked {
    /// Photos that go on, in their order.
    pub kept: Vec<Photo>,
    /// The others.
    pub refusals: Vec<Refusal>,
}

/// Sequences, and the photos that are in none.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Sequenced {
    /// The sequences, numbered; none is empty.
    pub sequences: Vec<Sequence>,
    /// Photos that stay at home because the person wants it so.
    pub left_out: Vec<LeftOutCapture>,
    /// Refused photos: first all of one check, then all of the next.
    pub refusals: Vec<Refusal>,
}

/// Runs all steps. Every photo is in exactly one sequence, left out once, or refused once.
pub fn sequence(photos: Vec<Photo>, settings: &SequenceSettings) -> Sequenced {
    let mut refusals = Vec::new();
    let mut groups = group(photos);
    for group in &mut groups {
        sort(group);
        spread(group);
    }
    let mut groups = join_groups(groups);
    let mut aside = Aside::take_from(&mut groups);
    let parts = groups.into_iter().flat_map(|group| split(group, settings)).collect();
    let parts = check(parts, &mut refusals, refuse_null_island);
    let mut parts = check(parts, &mut refusals, |photos| refuse_duplicates(photos, settings));
    for part in &mut parts {
        fill_directions(part, settings.interpolate_directions);
    }
    let parts = check(parts, &mut refusals, |photos| refuse_too_fast(photos, settings));
    let parts = check(parts, &mut refusals, |photos| refuse_zigzag(photos, settings));
    let parts = parts
        .into_iter()
        .flat_map(|part| split_by_distance(part, settings))
        .collect();
    let parts = trim(parts, settings, &mut aside);
    let (sequences, left_out) = finalise(aside.rows(parts, settings), settings);
    Sequenced {
        sequences,
        left_out,
        refusals,
    }
}

/// Runs a check over all sequences and drops those that it empties.
fn check(
    sequences: Vec<Vec<Photo>>,
    refusals: &mut Vec<Refusal>,
    check: impl Fn(Vec<Photo>) -> Checked,
) -> Vec<Vec<Photo>> {
    let mut kept = Vec::with_capacity(sequences.len());
    for sequence in sequences {
        let joined = joined(&sequence);
        let mut checked = check(sequence);
        pass_on(&mut checked.kept, &joined);
        refusals.append(&mut checked.refusals);
        if !checked.kept.is_empty() {
            kept.push(checked.kept);
        }
    }
    kept
}

/// The photos that the person joined to the one before, and the next photo of each, which takes that over where the
/// joined one is refused.
fn joined(photos: &[Photo]) -> Vec<(u64, u64)> {
    photos
        .windows(2)
        .filter_map(|pair| match pair {
            [one, next] if one.marks.border == Border::Joins => Some((one.capture_id, next.capture_id)),
            _ => None,
        })
        .collect()
}

fn pass_on(kept: &mut [Photo], joined: &[(u64, u64)]) {
    for (joined_id, next_id) in joined {
        if kept.iter().all(|photo| photo.capture_id != *joined_id)
            && let Some(next) = kept.iter_mut().find(|photo| photo.capture_id == *next_id)
        {
            next.marks.border = Border::Joins;
        }
    }
}
