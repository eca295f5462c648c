//! Step 10: far steps are cut, after the speed check, so that cutting cannot hide an impossible speed.

use super::geometry::distance_m;
use crate::marks::Border;
use crate::plan::Photo;
use crate::settings::SequenceSettings;

/// Starts a new sequence where the step from the photo before is longer than `cutoff_distance_m`, unless the person
/// joined the two.
pub fn split_by_distance(photos: Vec<Photo>, settings: &SequenceSettings) -> Vec<Vec<Photo>> {
    let mut sequences: Vec<Vec<Photo>> = Vec::new();
    for photo in photos {
        let is_far = |last: &Photo| photo.marks.border != Border::Joins && is_far_step(last, &photo, settings);
        match sequences.last_mut() {
            Some(current) if !current.last().is_some_and(is_far) => current.push(photo),
            _ => sequences.push(vec![photo]),
        }
    }
    sequences
}

/// Whether the step between two photos is longer than the cut-off.
pub(super) fn is_far_step(last: &Photo, next: &Photo, settings: &SequenceSettings) -> bool {
    distance_m(last, next) > settings.cutoff_distance_m
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sequence::test_photos::{lengths, photo};

    #[test]
    fn a_hundred_metres_stay_together_and_more_do_not() {
        let settings = SequenceSettings::default();
        let step = |north_m| split_by_distance(vec![photo(1, 0.0, 0.0), photo(2, 9.0, north_m)], &settings);
        assert_eq!(lengths(&step(99.9)), [2]);
        assert_eq!(lengths(&step(100.1)), [1, 1]);
    }

    #[test]
    fn a_step_of_exactly_the_limit_stays() {
        let photos = vec![photo(1, 0.0, 0.0), photo(2, 9.0, 50.0)];
        let settings = SequenceSettings {
            cutoff_distance_m: distance_m(&photos[0], &photos[1]),
            ..SequenceSettings::default()
        };
        assert_eq!(lengths(&split_by_distance(photos, &settings)), [2]);
    }

    #[test]
    fn each_step_is_measured_from_the_photo_before() {
        let photos = [0.0, 90.0, 180.0, 400.0, 490.0]
            .iter()
            .enumerate()
            .map(|(n, m)| photo(n, n as f64, *m))
            .collect();
        assert_eq!(
            lengths(&split_by_distance(photos, &SequenceSettings::default())),
            [3, 2]
        );
    }
}
