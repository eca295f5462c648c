//! Step 8: what moves faster than any vehicle on a road has a wrong clock or wrong positions.

use super::Checked;
use super::geometry::path_length_m;
use crate::path_text::printable_name;
use crate::plan::{Photo, Refusal, RefusalCode};
use crate::settings::SequenceSettings;

/// Average speed along the track, km/h; `None` for fewer than two photos or no time between first and last.
pub fn average_speed_kmh(photos: &[Photo]) -> Option<f64> {
    let (first, last) = (photos.first()?, photos.last()?);
    let duration_ms = last.captured_at_ms.saturating_sub(first.captured_at_ms);
    (duration_ms != 0).then(|| path_length_m(photos) / (duration_ms as f64 / 1000.0) * 3.6)
}

/// Refuses the whole sequence if its average speed is above `max_capture_speed_kmh`.
pub fn refuse_too_fast(photos: Vec<Photo>, settings: &SequenceSettings) -> Checked {
    let limit_kmh = settings.max_capture_speed_kmh;
    let too_fast = average_speed_kmh(&photos).filter(|speed_kmh| *speed_kmh > limit_kmh);
    let (Some(speed_kmh), Some(first), Some(last)) = (too_fast, photos.first(), photos.last()) else {
        return Checked {
            kept: photos,
            refusals: Vec::new(),
        };
    };
    let what = format!(
        "belongs to {count} photos ({first} to {last}) that would have moved at {speed_kmh:.0} km/h; the limit is \
         {limit_kmh} km/h",
        count = photos.len(),
        first = printable_name(&first.path),
        last = printable_name(&last.path),
    );
    let refusals = photos
        .iter()
        .map(|photo| Refusal::of(photo.path.clone(), RefusalCode::TooFast, &what))
        .collect();
    Checked {
        kept: Vec::new(),
        refusals,
    }
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
        let checked = refuse_too_fast(photos, &SequenceSettings::default());
        assert_eq!(checked.refusals.len(), 3);
        assert!(checked.refusals[2].message.contains("G0000001.JPG to G0000003.JPG"));
        assert!(checked.refusals[2].message.contains("720 km/h"));
    }
}
