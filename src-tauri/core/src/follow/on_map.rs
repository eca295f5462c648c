//! The last stage: whether what was published is drawn on the map, told by the coverage tiles it lies in.
//!
//! Tiles are cached at the service and made anew now and then (API notes §4, row 21): what a tile does not hold is not on
//! the map *yet*, and says nothing about whether it can be seen. A tile names the sequences that cross it, so that one of
//! them is enough for a sequence; the fewest that can answer are asked.

use std::collections::{BTreeMap, BTreeSet};

use secrecy::SecretString;
use waypost_mapillary::{COVERAGE_ZOOM, Client, Coverage, CoverageTile, MapillaryError, TileAddress};

use super::FollowSettings;
use super::judge::pause_ms;
use crate::journal::{FollowFacts, PublishedImage};

/// Most tiles that are asked for about one upload at a time; a track of about 150 km through the middle of each.
pub const MAX_TILES: usize = 64;

/// The sequences of one upload and the tiles in which each of them lies.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Wanted {
    tiles: BTreeMap<String, Vec<TileAddress>>,
}

impl Wanted {
    /// From images of the upload: key of the sequence, latitude and longitude in degrees.
    pub fn of(places: impl IntoIterator<Item = (String, (f64, f64))>) -> Self {
        let mut tiles: BTreeMap<String, Vec<TileAddress>> = BTreeMap::new();
        for (sequence_key, (lat_deg, lon_deg)) in places {
            let Some(address) = TileAddress::at(lon_deg, lat_deg, COVERAGE_ZOOM) else {
                continue;
            };
            let of_sequence = tiles.entry(sequence_key).or_default();
            if !of_sequence.contains(&address) {
                of_sequence.push(address);
            }
        }
        Self { tiles }
    }

    /// From what was found of the upload; what is none of its own is left out.
    pub fn of_images(images: &[PublishedImage]) -> Self {
        let own = images.iter().filter(|image| image.ordinal.is_some());
        Self::of(own.filter_map(|image| Some((image.sequence_key.clone()?, image.position_deg?))))
    }

    /// Whether there is nothing that could be looked for.
    pub fn is_empty(&self) -> bool {
        self.tiles.is_empty()
    }

    /// The tiles that can tell about the sequences that are not in `mapped`, each once: the first tile of every sequence
    /// before the second of any.
    fn order(&self, mapped: &BTreeSet<String>) -> Vec<TileAddress> {
        let open = || self.tiles.iter().filter(move |(key, _)| !mapped.contains(*key));
        let longest = open().map(|(_, tiles)| tiles.len()).max().unwrap_or(0);
        let mut seen = BTreeSet::new();
        (0..longest)
            .flat_map(|place| open().filter_map(move |(_, tiles)| tiles.get(place).copied()))
            .filter(|address| seen.insert(*address))
            .take(MAX_TILES)
            .collect()
    }
}

/// Looks for `wanted` on the map; `mapped` holds the sequences that were seen there before, and gets those that are seen
/// now.
///
/// # Errors
/// Whatever [`Client::coverage_tile`] returns; what was seen until then stays in `mapped`.
pub async fn look(
    client: &Client,
    token: &SecretString,
    wanted: &Wanted,
    mapped: &mut BTreeSet<String>,
) -> Result<(), MapillaryError> {
    mapped.retain(|key| wanted.tiles.contains_key(key));
    for address in wanted.order(mapped) {
        // A tile can hold several of them: what has been seen meanwhile needs no tile of its own.
        let may_tell = |(key, tiles): (&String, &Vec<TileAddress>)| !mapped.contains(key) && tiles.contains(&address);
        if !wanted.tiles.iter().any(may_tell) {
            continue;
        }
        let tile = client.coverage_tile(token, address, Coverage::Original).await?;
        mapped.extend(keys_in(tile).filter(|key| wanted.tiles.contains_key(key)));
    }
    Ok(())
}

/// Every sequence that a tile shows: a sequence of one image is a dot without a line.
fn keys_in(tile: CoverageTile) -> impl Iterator<Item = String> {
    let lines = tile.sequences.into_iter().map(|sequence| sequence.key);
    lines.chain(tile.images.into_iter().filter_map(|image| image.sequence))
}

/// What a look at the map brought.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Looked {
    /// The sequences that are on it, seen now or before.
    pub mapped: BTreeSet<String>,
    /// Whether every tile was there; otherwise what was not seen proves nothing.
    pub is_complete: bool,
}

/// When to ask next about a published upload that is not on the map: not yet older than three days (`overdue_after_ms`) it
/// is asked again. Later nobody waits for a map that may never be made, and `judged` stands.
pub fn next_ask_at_ms(
    facts: &FollowFacts,
    judged: Option<i64>,
    (taken_at_ms, now_ms): (i64, i64),
    settings: &FollowSettings,
) -> Option<i64> {
    let age_ms = u64::try_from(now_ms.saturating_sub(taken_at_ms)).unwrap_or(0);
    if facts.on_map == Some(true) || age_ms >= settings.overdue_after_ms {
        return judged;
    }
    Some(now_ms.saturating_add_unsigned(pause_ms(facts.ask_count, settings)))
}

/// Writes down in `facts` which sequences of `wanted` are on the map.
pub fn note(facts: &mut FollowFacts, wanted: &Wanted, Looked { mapped, is_complete }: Looked) {
    let is_on_map = wanted.tiles.keys().all(|key| mapped.contains(key));
    facts.on_map = if is_on_map || is_complete {
        Some(is_on_map)
    } else {
        facts.on_map.filter(|was_on_map| !was_on_map)
    };
    facts.mapped_sequences = mapped.into_iter().collect();
}
