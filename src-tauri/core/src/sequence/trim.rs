//! The beginning and the end of a way stay at home.
//!
//! A way is what was ridden or walked in one go. Sequences that only a limit of the service or a person's cut parts
//! are one way: they are trimmed at its ends and not at the cuts.

use waypost_wire::LeftOutBy;

use super::aside::Aside;
use super::geometry::distance_m;
use super::split::is_long_pause;
use super::split_distance::is_far_step;
use crate::plan::Photo;
use crate::settings::SequenceSettings;

/// Takes the photos at the ends of each way that lie within the metres of their marks.
pub(super) fn trim(parts: Vec<Vec<Photo>>, settings: &SequenceSettings, aside: &mut Aside) -> Vec<Vec<Photo>> {
    let mut kept = Vec::with_capacity(parts.len());
    let mut way: Vec<Vec<Photo>> = Vec::new();
    for part in parts {
        let goes_on = way
            .last()
            .and_then(|last| last.last())
            .zip(part.first())
            .is_some_and(|(last, first)| is_one_way(last, first, settings));
        if !goes_on {
            kept.extend(trimmed(std::mem::take(&mut way), aside));
        }
        way.push(part);
    }
    kept.extend(trimmed(way, aside));
    kept
}

fn is_trimmed(photo: &Photo) -> bool {
    photo.marks.trim_start_m > 0.0 || photo.marks.trim_end_m > 0.0
}

fn is_one_way(last: &Photo, first: &Photo, settings: &SequenceSettings) -> bool {
    is_trimmed(last)
        && is_trimmed(first)
        && last.folder() == first.folder()
        && last.camera_uuid == first.camera_uuid
        && first.captured_at_ms >= last.captured_at_ms
        && !is_long_pause(last, first, settings)
        && !is_far_step(last, first, settings)
}

fn trimmed(way: Vec<Vec<Photo>>, aside: &mut Aside) -> Vec<Vec<Photo>> {
    let photos = || way.iter().flatten();
    let (Some(first), Some(last)) = (photos().next(), photos().next_back()) else {
        return way;
    };
    let (start_m, end_m) = (first.marks.trim_start_m, last.marks.trim_end_m);
    if start_m <= 0.0 && end_m <= 0.0 {
        return way;
    }
    let mut from_start_m = vec![0.0];
    let mut length_m = 0.0;
    for (one, next) in photos().zip(photos().skip(1)) {
        length_m += distance_m(one, next);
        from_start_m.push(length_m);
    }
    let stays_at_home = |at_m: f64| at_m < start_m || length_m - at_m < end_m;
    let mut places_m = from_start_m.into_iter();
    let mut parts = Vec::with_capacity(way.len());
    for part in way {
        let mut kept = Vec::with_capacity(part.len());
        for photo in part {
            if places_m.next().is_some_and(stays_at_home) {
                aside.add(photo, LeftOutBy::Trim);
            } else {
                kept.push(photo);
            }
        }
        if !kept.is_empty() {
            parts.push(kept);
        }
    }
    parts
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sequence::test_photos::{lengths, photo};

    /// Photos ten metres and two seconds apart, trimmed by 25 m at both ends.
    fn walk(count: usize) -> Vec<Photo> {
        (0..count)
            .map(|number| {
                let mut photo = photo(number, number as f64 * 2.0, number as f64 * 10.0);
                photo.capture_id = number as u64;
                (photo.marks.trim_start_m, photo.marks.trim_end_m) = (25.0, 25.0);
                photo
            })
            .collect()
    }

    #[test]
    fn both_ends_of_a_way_stay_at_home() {
        let parts = trim(vec![walk(10)], &SequenceSettings::default(), &mut Aside::default());
        assert_eq!(lengths(&parts), [4]);
        assert_eq!(parts[0][0].capture_id, 3);
    }

    #[test]
    fn a_way_that_a_limit_cut_is_not_trimmed_at_the_cut() {
        let mut first = walk(10);
        let second = first.split_off(5);
        let parts = trim(vec![first, second], &SequenceSettings::default(), &mut Aside::default());
        assert_eq!(lengths(&parts), [2, 2]);
    }

    #[test]
    fn a_way_after_a_pause_is_another_way() {
        let mut first = walk(20);
        let mut second = first.split_off(10);
        for photo in &mut second {
            photo.captured_at_ms += 600_000;
        }
        let parts = trim(vec![first, second], &SequenceSettings::default(), &mut Aside::default());
        assert_eq!(lengths(&parts), [4, 4]);
    }

    #[test]
    fn a_way_shorter_than_its_trims_stays_at_home_as_a_whole() {
        let parts = trim(vec![walk(4)], &SequenceSettings::default(), &mut Aside::default());
        assert!(parts.is_empty());
    }
}
