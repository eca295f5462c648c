//! Photos to sequences: what belongs together, in which order, and what is not sent.
//!
//! The steps and their order are those of mapillary_tools 0.14.7 (protocol notes §5), each in a file of its own, so
//! that the same folder gives the same sequences; docs/differences.md lists where Waypost differs on purpose. The
//! order matters: cutting by distance comes last because it would hide impossible speeds.

pub mod geometry;

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
mod zigzag;

pub use directions::fill_directions;
pub use duplicates::refuse_duplicates;
pub use finalise::finalise;
pub use group::group;
pub use null_island::refuse_null_island;
pub use sort::sort;
pub use speed::{average_speed_kmh, refuse_too_fast};
pub use split::split;
pub use split_distance::split_by_distance;
pub use spread::spread;
pub use zigzag::refuse_zigzag;

use crate::plan::{Photo, Refusal, Sequence};
use crate::settings::SequenceSettings;

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
    /// Refused photos: first all of one check, then all of the next.
    pub refusals: Vec<Refusal>,
}

/// Runs all steps. Every photo is either in exactly one sequence or refused once.
pub fn sequence(photos: Vec<Photo>, settings: &SequenceSettings) -> Sequenced {
    let mut refusals = Vec::new();
    let mut groups = group(photos);
    for group in &mut groups {
        sort(group);
        spread(group);
    }
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
    Sequenced {
        sequences: finalise(parts, settings),
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
        let mut checked = check(sequence);
        refusals.append(&mut checked.refusals);
        if !checked.kept.is_empty() {
            kept.push(checked.kept);
        }
    }
    kept
}
