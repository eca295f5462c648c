//! Step 9: positions that jump out of the track and come back.
//!
//! Rule of mapillary_tools 0.14.7 (since 0.14.6): a photo five places after a reference that is suddenly much nearer to
//! the reference than the photo before it shows that the photo before had jumped away.

use std::collections::BTreeMap;

use super::Checked;
use super::geometry::distance_m;
use crate::marks::Opinion;
use crate::plan::{Photo, Refusal, RefusalCode};
use crate::settings::SequenceSettings;

/// Refuses the photos that jump; the others stay together.
pub fn refuse_zigzag(photos: Vec<Photo>, settings: &SequenceSettings) -> Checked {
    if !settings.zigzag_check {
        return Checked {
            kept: photos,
            refusals: Vec::new(),
        };
    }
    let jumps_m = jumps_m(&photos, settings);
    if jumps_m.is_empty() || jumps_m.len() < settings.zigzag_min_deviations {
        return Checked {
            kept: photos,
            refusals: Vec::new(),
        };
    }
    let mut checked = Checked::default();
    for (index, photo) in photos.into_iter().enumerate() {
        if let Some(jump_m) = jumps_m.get(&index) {
            let what = format!("jumps {jump_m:.0} m out of the track and back");
            checked
                .refusals
                .push(Refusal::of(photo.path, RefusalCode::ZigZag, &what));
        } else {
            checked.kept.push(photo);
        }
    }
    checked
}

/// Indices of the photos that jump, each with its distance to the photo that shows it, metres.
fn jumps_m(photos: &[Photo], settings: &SequenceSettings) -> BTreeMap<usize, f64> {
    let window = settings.zigzag_window;
    let mut jumps_m = BTreeMap::new();
    if window == 0 {
        return jumps_m;
    }
    for (start, frame) in photos.windows(window.saturating_add(1)).enumerate() {
        // The frame runs from the reference to the photo that may be back on the track.
        let [reference, between @ .., back] = frame else {
            continue;
        };
        let back_to_reference_m = distance_m(back, reference);
        for (offset, photo) in between.iter().enumerate().rev() {
            let jump_m = distance_m(photo, back);
            let is_off_track = jump_m > settings.zigzag_min_distance_m
                && back_to_reference_m < distance_m(photo, reference) * settings.zigzag_deviation_ratio;
            if !is_off_track {
                break;
            }
            if !photo.marks.overruled.contains(Opinion::ZigZag) {
                jumps_m.entry(start + offset + 1).or_insert(jump_m);
            }
        }
    }
    jumps_m
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sequence::test_photos::photo;

    /// Photos 10 m apart towards the north, some of them moved further north by so many metres.
    fn track(count: usize, moved: &[(usize, f64)]) -> Vec<Photo> {
        let north_m = |number: usize| {
            let moved_m = moved
                .iter()
                .find(|(index, _)| *index == number)
                .map_or(0.0, |(_, moved_m)| *moved_m);
            number as f64 * 10.0 + moved_m
        };
        (0..count)
            .map(|number| photo(number, number as f64, north_m(number)))
            .collect()
    }

    fn refused(photos: Vec<Photo>) -> Vec<String> {
        let count = photos.len();
        let checked = refuse_zigzag(photos, &SequenceSettings::default());
        assert_eq!(checked.kept.len() + checked.refusals.len(), count);
        checked.refusals.iter().map(|refusal| refusal.message.clone()).collect()
    }

    #[test]
    fn a_straight_track_is_kept() {
        assert!(refused(track(50, &[])).is_empty());
    }

    #[test]
    fn the_photo_that_jumps_is_named_with_its_jump() {
        // Photo 7 is 95 m ahead of its place: 85 m from photo 8, which is 50 m from photo 3.
        assert_eq!(
            refused(track(20, &[(7, 95.0)])),
            ["G0000007.JPG jumps 85 m out of the track and back."]
        );
    }

    #[test]
    fn several_photos_off_the_track_are_all_named() {
        let messages = refused(track(20, &[(7, 200.0), (8, 200.0), (9, 200.0)]));
        assert_eq!(messages.len(), 3);
        assert!(messages[0].starts_with("G0000007") && messages[2].starts_with("G0000009"));
    }

    #[test]
    fn a_jump_of_thirty_metres_is_not_looked_at() {
        // From photo 5 to 6 it is 10 m back on the track, so the jump is 10 m less than the move.
        assert!(refused(track(12, &[(5, 39.9)])).is_empty());
        assert_eq!(refused(track(12, &[(5, 40.1)])).len(), 1);
    }

    #[test]
    fn the_way_back_has_to_be_below_four_fifths() {
        // Photo 6 is 50 m from the reference (photo 1); photo 5 is 40 m + its move away.
        let almost = SequenceSettings {
            zigzag_min_distance_m: 0.0,
            ..SequenceSettings::default()
        };
        assert!(refuse_zigzag(track(7, &[(5, 22.4)]), &almost).refusals.is_empty());
        assert_eq!(refuse_zigzag(track(7, &[(5, 22.6)]), &almost).refusals.len(), 1);
    }

    #[test]
    fn fewer_than_six_photos_are_not_looked_at() {
        assert!(refused(track(5, &[(3, 500.0)])).is_empty());
        assert_eq!(refused(track(6, &[(4, 500.0)])).len(), 1);
    }

    #[test]
    fn the_check_can_be_turned_off_and_its_threshold_raised() {
        let off = SequenceSettings {
            zigzag_check: false,
            ..SequenceSettings::default()
        };
        assert!(refuse_zigzag(track(20, &[(7, 95.0)]), &off).refusals.is_empty());
        let two = SequenceSettings {
            zigzag_min_deviations: 2,
            ..SequenceSettings::default()
        };
        assert!(refuse_zigzag(track(20, &[(7, 95.0)]), &two).refusals.is_empty());
    }
}
