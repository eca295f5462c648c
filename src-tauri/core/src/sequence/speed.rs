//! Step 8: what moves faster than any vehicle on a road has a wrong clock or wrong positions.

use std::collections::HashMap;

use super::Checked;
use super::geometry::{distance_m, ecef_m, straight_m};
use crate::marks::Opinion;
use crate::path_text::printable_name;
use crate::plan::{Photo, Refusal, RefusalCode};
use crate::settings::SequenceSettings;

/// Average speed along the track, km/h; `None` for fewer than two photos or no time between first and last.
pub fn average_speed_kmh(photos: &[Photo]) -> Option<f64> {
    average_speed_of(&photos.iter().collect::<Vec<_>>())
}

fn average_speed_of(photos: &[&Photo]) -> Option<f64> {
    let (first, last) = (photos.first()?, photos.last()?);
    let duration_ms = last.captured_at_ms.saturating_sub(first.captured_at_ms);
    let steps_m = photos
        .iter()
        .zip(photos.iter().skip(1))
        .map(|(one, next)| distance_m(one, next));
    (duration_ms != 0).then(|| steps_m.sum::<f64>() / (duration_ms as f64 / 1000.0) * 3.6)
}

/// Refuses the photos that make a sequence faster than `max_capture_speed_kmh` on average.
///
/// The others are the longest run of photos that each can be reached from the one before. If that leaves no more than
/// half of them, or is still too fast, nobody can say which ones are right, and the whole sequence is refused; so it is
/// with `too_fast_refuses_all`, as mapillary_tools does always. Photos that the person wants sent all the same are kept
/// and not looked at.
pub fn refuse_too_fast(photos: Vec<Photo>, settings: &SequenceSettings) -> Checked {
    let is_judged = |photo: &Photo| !photo.marks.overruled.contains(Opinion::TooFast);
    let judged: Vec<&Photo> = photos.iter().filter(|photo| is_judged(photo)).collect();
    let Some(speed_kmh) = too_fast(&judged, settings) else {
        return Checked {
            kept: photos,
            refusals: Vec::new(),
        };
    };
    let chain = longest_chain(&judged, settings);
    let rest: Vec<&Photo> = chain.iter().filter_map(|index| judged.get(*index).copied()).collect();
    let nobody_knows =
        settings.too_fast_refuses_all || rest.len() * 2 <= judged.len() || too_fast(&rest, settings).is_some();
    let refused: HashMap<usize, String> = if nobody_knows {
        let what = as_a_whole(&judged, speed_kmh, settings);
        (0..judged.len()).map(|index| (index, what.clone())).collect()
    } else {
        one_by_one(&judged, &chain, settings)
    };
    let mut checked = Checked::default();
    let mut index = 0;
    for photo in photos {
        let what = if is_judged(&photo) {
            index += 1;
            refused.get(&(index - 1))
        } else {
            None
        };
        match what {
            Some(what) => {
                let refusal = Refusal::of(photo.path, RefusalCode::TooFast, what);
                checked.refusals.push(refusal);
            }
            None => checked.kept.push(photo),
        }
    }
    checked
}

/// The average speed, if it is above the limit, km/h.
fn too_fast(photos: &[&Photo], settings: &SequenceSettings) -> Option<f64> {
    average_speed_of(photos).filter(|speed_kmh| *speed_kmh > settings.max_capture_speed_kmh)
}

fn as_a_whole(photos: &[&Photo], speed_kmh: f64, settings: &SequenceSettings) -> String {
    let name = |photo: Option<&&Photo>| photo.map_or_else(String::new, |photo| printable_name(&photo.path));
    format!(
        "belongs to {count} photos ({first} to {last}) that would have moved at {speed_kmh:.0} km/h; the limit is \
         {limit_kmh} km/h",
        count = photos.len(),
        first = name(photos.first()),
        last = name(photos.last()),
        limit_kmh = settings.max_capture_speed_kmh,
    )
}

/// What is wrong with each photo that is not in the chain, told from the nearest one before it that is, else after.
fn one_by_one(photos: &[&Photo], chain: &[usize], settings: &SequenceSettings) -> HashMap<usize, String> {
    let limit_kmh = settings.max_capture_speed_kmh;
    let mut wrong = HashMap::new();
    for (index, photo) in photos.iter().enumerate() {
        let next = chain.partition_point(|kept| *kept < index);
        if chain.get(next) == Some(&index) {
            continue;
        }
        let (place, towards) = match next.checked_sub(1) {
            Some(before) => (before, "from"),
            None => (next, "to"),
        };
        let Some(other) = chain.get(place).and_then(|index| photos.get(*index)) else {
            continue;
        };
        let (step_m, duration_ms) = (
            distance_m(other, photo),
            photo.captured_at_ms.abs_diff(other.captured_at_ms),
        );
        let name = printable_name(&other.path);
        let what = if duration_ms == 0 {
            format!("is {step_m:.0} m away from {name}, which was taken at the same moment")
        } else {
            let speed_kmh = step_m / (duration_ms as f64 / 1000.0) * 3.6;
            format!("would have moved at {speed_kmh:.0} km/h {towards} {name}; the limit is {limit_kmh} km/h")
        };
        wrong.insert(index, what);
    }
    wrong
}

/// Photos back that a chain may go on from. Sequences have 1,000 photos at most unless that limit is lifted.
const LOOK_BACK: usize = 1_000;

/// The longest run of photos of which each can be reached from the one before, as indices. A step as short as the
/// zig-zag check does not look at is always possible: receivers jitter.
fn longest_chain(photos: &[&Photo], settings: &SequenceSettings) -> Vec<usize> {
    let limit_m_per_ms = settings.max_capture_speed_kmh / 3600.0;
    let places: Vec<([f64; 3], i64)> = photos
        .iter()
        .map(|photo| (ecef_m((photo.lat_deg, photo.lon_deg)), photo.captured_at_ms))
        .collect();
    // For each photo the length of the longest chain that ends there, and the photo before it in that chain.
    let mut chains: Vec<(usize, Option<usize>)> = Vec::with_capacity(places.len());
    for (index, (here, at_ms)) in places.iter().enumerate() {
        let mut longest = (1, None);
        let from = index.saturating_sub(LOOK_BACK);
        let before = places.iter().zip(&chains).enumerate().take(index).skip(from);
        for (earlier, ((there, earlier_ms), (length, _))) in before {
            let possible_m = at_ms.saturating_sub(*earlier_ms) as f64 * limit_m_per_ms + settings.zigzag_min_distance_m;
            if *length + 1 > longest.0 && straight_m(there, here) <= possible_m {
                longest = (*length + 1, Some(earlier));
            }
        }
        chains.push(longest);
    }
    let mut chain = Vec::new();
    let mut next = (0..chains.len())
        .rev()
        .max_by_key(|index| chains.get(*index).map(|(length, _)| *length));
    while let Some(index) = next {
        chain.push(index);
        next = chains.get(index).and_then(|(_, before)| *before);
    }
    chain.reverse();
    chain
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sequence::test_photos::photo;

    fn is_refused(north_m: f64, duration_s: f64) -> bool {
        let photos = vec![photo(1, 0.0, 0.0), photo(2, duration_s, north_m)];
        let checked = refuse_too_fast(photos, &SequenceSettings::default());
        assert_eq!(checked.kept.len() + checked.refusals.len(), 2);
        !checked.refusals.is_empty()
    }

    #[test]
    fn four_hundred_kilometres_an_hour_are_the_limit() {
        assert!(!is_refused(399.9 / 3.6 * 10.0, 10.0));
        assert!(is_refused(400.1 / 3.6 * 10.0, 10.0));
    }

    #[test]
    fn no_time_between_first_and_last_is_no_speed() {
        assert!(!is_refused(100_000.0, 0.0));
    }

    #[test]
    fn one_photo_has_no_speed() {
        assert_eq!(
            refuse_too_fast(vec![photo(1, 0.0, 0.0)], &SequenceSettings::default())
                .kept
                .len(),
            1
        );
        assert_eq!(average_speed_kmh(&[]), None);
    }

    #[test]
    fn the_way_counts_and_not_the_distance_between_the_ends() {
        let photos = vec![photo(1, 0.0, 0.0), photo(2, 5.0, 1000.0), photo(3, 10.0, 0.0)];
        let settings = SequenceSettings {
            too_fast_refuses_all: true,
            ..SequenceSettings::default()
        };
        let checked = refuse_too_fast(photos, &settings);
        assert_eq!(checked.refusals.len(), 3);
        assert!(checked.refusals[2].message.contains("G0000001.JPG to G0000003.JPG"));
        assert!(checked.refusals[2].message.contains("720 km/h"));
    }

    /// A walk of 20 photos, some of them moved north by so many metres.
    fn walk(moved: &[(usize, f64)]) -> Vec<Photo> {
        (0..20)
            .map(|number| {
                let moved_m = moved
                    .iter()
                    .find(|(index, _)| *index == number)
                    .map_or(0.0, |(_, m)| *m);
                photo(number, number as f64, number as f64 * 2.0 + moved_m)
            })
            .collect()
    }

    fn refused(photos: Vec<Photo>) -> Vec<String> {
        let checked = refuse_too_fast(photos, &SequenceSettings::default());
        checked.refusals.into_iter().map(|refusal| refusal.message).collect()
    }

    #[test]
    fn the_photo_that_jumps_is_named_and_the_others_are_kept() {
        let messages = refused(walk(&[(7, 50_000.0)]));
        assert_eq!(messages.len(), 1);
        assert!(
            messages[0].starts_with("G0000007.JPG would have moved at 1"),
            "{messages:?}"
        );
        assert!(
            messages[0].ends_with("km/h from G0000006.JPG; the limit is 400 km/h."),
            "{messages:?}"
        );
        let first = refused(walk(&[(0, 50_000.0)]));
        assert_eq!(first.len(), 1);
        assert!(first[0].contains("to G0000001.JPG"), "{first:?}");
        assert_eq!(refused(walk(&[(3, 9e4), (4, 9e4), (11, -9e4)])).len(), 3);
    }

    #[test]
    fn a_slow_sequence_is_not_looked_at_so_that_jitter_condemns_nobody() {
        assert!(refused(walk(&[(7, 150.0)])).is_empty());
    }

    #[test]
    fn where_half_of_the_photos_are_elsewhere_nobody_knows_which_are_right() {
        let moved: Vec<(usize, f64)> = (10..20).map(|number| (number, 90_000.0)).collect();
        let messages = refused(walk(&moved));
        assert_eq!(messages.len(), 20);
        assert!(messages[0].contains("belongs to 20 photos"), "{}", messages[0]);
    }

    #[test]
    fn photos_that_the_person_wants_sent_are_kept() {
        let mut photos = walk(&[(7, 50_000.0)]);
        photos[7].marks.overruled = photos[7].marks.overruled.with(Opinion::TooFast);
        assert!(refused(photos).is_empty());
    }
}
