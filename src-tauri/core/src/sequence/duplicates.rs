//! Step 6: who stands still takes the same photo again and again.

use super::Checked;
use super::geometry::{angle_between_deg, distance_m};
use crate::marks::Opinion;
use crate::path_text::printable_name;
use crate::plan::{Photo, Refusal, RefusalCode, RefusalDetail};
use crate::settings::SequenceSettings;

/// Refuses photos that are as close to the last kept one as `duplicate_distance_m`, unless both have a heading and
/// the headings differ by more than `duplicate_angle_deg`, or the person wants the photo sent all the same.
pub fn refuse_duplicates(photos: Vec<Photo>, settings: &SequenceSettings) -> Checked {
    let mut checked = Checked::default();
    for photo in photos {
        let refusal = checked
            .kept
            .last()
            .filter(|_| !photo.marks.overruled.contains(Opinion::Duplicate))
            .and_then(|last| duplicate_of(last, &photo, settings));
        match refusal {
            Some(refusal) => checked.refusals.push(refusal),
            None => checked.kept.push(photo),
        }
    }
    checked
}

fn duplicate_of(last: &Photo, photo: &Photo, settings: &SequenceSettings) -> Option<Refusal> {
    let distance_m = distance_m(last, photo);
    let angle_difference_deg = match (last.heading_deg, photo.heading_deg) {
        (Some(last_deg), Some(deg)) => Some(angle_between_deg(last_deg, deg)),
        _ => None,
    };
    let is_near = distance_m <= settings.duplicate_distance_m;
    let looks_alike = angle_difference_deg.is_none_or(|difference| difference <= settings.duplicate_angle_deg);
    if !(is_near && looks_alike) {
        return None;
    }
    let what = format!(
        "shows the same place as {} ({distance_m:.2} m away)",
        printable_name(&last.path)
    );
    let mut refusal = Refusal::of(photo.path.clone(), RefusalCode::Duplicate, &what);
    refusal.detail = Some(RefusalDetail::Duplicate {
        photo: Box::new(photo.clone()),
        distance_m,
        angle_difference_deg,
    });
    Some(refusal)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sequence::test_photos::{names, photo};

    fn facing(number: usize, north_m: f64, heading_deg: Option<f64>) -> Photo {
        let mut photo = photo(number, number as f64, north_m);
        photo.heading_deg = heading_deg;
        photo
    }

    fn kept(photos: Vec<Photo>) -> Vec<String> {
        names(&refuse_duplicates(photos, &SequenceSettings::default()).kept)
    }

    #[test]
    fn ten_centimetres_are_a_duplicate_and_more_is_not() {
        assert_eq!(kept(vec![facing(1, 0.0, None), facing(2, 0.099, None)]).len(), 1);
        assert_eq!(kept(vec![facing(1, 0.0, None), facing(2, 0.101, None)]).len(), 2);
    }

    #[test]
    fn five_degrees_are_a_duplicate_and_more_is_not() {
        assert_eq!(
            kept(vec![facing(1, 0.0, Some(358.0)), facing(2, 0.0, Some(3.0))]).len(),
            1
        );
        assert_eq!(
            kept(vec![facing(1, 0.0, Some(358.0)), facing(2, 0.0, Some(3.001))]).len(),
            2
        );
    }

    #[test]
    fn a_missing_heading_does_not_save_a_photo_of_the_same_place() {
        assert_eq!(kept(vec![facing(1, 0.0, Some(0.0)), facing(2, 0.0, None)]).len(), 1);
    }

    #[test]
    fn photos_are_compared_with_the_last_kept_one_so_that_creeping_is_noticed() {
        let creeping: Vec<Photo> = (0..10)
            .map(|number| facing(number, number as f64 * 0.06, None))
            .collect();
        assert_eq!(
            kept(creeping),
            [
                "G0000000.JPG",
                "G0000002.JPG",
                "G0000004.JPG",
                "G0000006.JPG",
                "G0000008.JPG"
            ]
        );
    }

    #[test]
    fn a_negative_distance_turns_the_check_off() {
        let settings = SequenceSettings {
            duplicate_distance_m: -1.0,
            ..SequenceSettings::default()
        };
        assert_eq!(
            refuse_duplicates(vec![facing(1, 0.0, None); 3], &settings).kept.len(),
            3
        );
    }

    #[test]
    fn an_angle_of_360_ignores_the_heading() {
        let settings = SequenceSettings {
            duplicate_angle_deg: 360.0,
            ..SequenceSettings::default()
        };
        let photos = vec![facing(1, 0.0, Some(0.0)), facing(2, 0.0, Some(180.0))];
        assert_eq!(refuse_duplicates(photos, &settings).kept.len(), 1);
    }

    #[test]
    fn the_refusal_names_both_photos_and_carries_the_numbers() {
        let photos = vec![facing(1, 0.0, Some(10.0)), facing(2, 0.05, Some(12.0))];
        let refusal = refuse_duplicates(photos, &SequenceSettings::default())
            .refusals
            .remove(0);
        assert!(refusal.message.contains("G0000001.JPG") && refusal.message.contains("G0000002.JPG"));
        let Some(RefusalDetail::Duplicate {
            photo,
            distance_m,
            angle_difference_deg,
        }) = refusal.detail
        else {
            panic!("a duplicate carries its detail");
        };
        assert_eq!(photo.file_name(), "G0000002.JPG");
        assert!((distance_m - 0.05).abs() < 0.001);
        assert_eq!(angle_difference_deg, Some(2.0));
    }
}
