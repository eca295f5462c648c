//! Step 5: a receiver without a fix writes 0°, 0°.

use super::Checked;
use crate::plan::{Photo, Refusal, RefusalCode};

/// Refuses photos at exactly 0° N 0° E.
pub fn refuse_null_island(photos: Vec<Photo>) -> Checked {
    let mut checked = Checked::default();
    for photo in photos {
        // The made-up position is exactly zero.
        if photo.lat_deg == 0.0 && photo.lon_deg == 0.0 {
            let what = "is at 0° N 0° E, where no street is";
            checked
                .refusals
                .push(Refusal::of(photo.path, RefusalCode::NullIsland, what));
        } else {
            checked.kept.push(photo);
        }
    }
    checked
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sequence::test_photos::photo_at;

    #[test]
    fn only_the_exact_point_is_null_island() {
        let photos = vec![
            photo_at(0.0, 0.0),
            photo_at(-0.0, 0.0),
            photo_at(0.0, 1e-7),
            photo_at(1e-7, 0.0),
        ];
        let checked = refuse_null_island(photos);
        assert_eq!(checked.kept.len(), 2);
        assert_eq!(checked.refusals.len(), 2);
        assert!(
            checked
                .refusals
                .iter()
                .all(|refusal| refusal.code == RefusalCode::NullIsland)
        );
    }
}
