//! Step 7: photos without a heading look where the track goes.

use super::geometry::bearing_deg;
use crate::plan::Photo;

/// Gives photos without a heading the bearing to the next photo, the last one that of the photo before. With `all`,
/// the cameras' own headings are forgotten first, else those that the person wants forgotten. A photo alone keeps no heading: nothing tells where it looks.
pub fn fill_directions(photos: &mut [Photo], all: bool) {
    for photo in photos.iter_mut().filter(|photo| all || photo.marks.along_track) {
        photo.heading_deg = None;
        photo.heading_source = None;
    }
    let mut remaining = &mut *photos;
    while let [photo, rest @ ..] = remaining {
        if let (None, Some(next)) = (photo.heading_deg, rest.first()) {
            photo.heading_deg = Some(bearing_deg(photo, next));
        }
        remaining = rest;
    }
    if let [.., before, last] = photos {
        last.heading_deg = last.heading_deg.or(before.heading_deg);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sequence::test_photos::photo_at;

    fn headings(photos: &[Photo]) -> Vec<Option<f64>> {
        photos
            .iter()
            .map(|photo| photo.heading_deg.map(|deg| (deg * 10.0).round() / 10.0))
            .collect()
    }

    /// North, then east, then the end.
    fn corner() -> Vec<Photo> {
        vec![photo_at(50.0, 10.0), photo_at(50.001, 10.0), photo_at(50.001, 10.001)]
    }

    #[test]
    fn each_photo_looks_at_the_next_and_the_last_like_the_one_before() {
        let mut photos = corner();
        fill_directions(&mut photos, false);
        assert_eq!(headings(&photos), [Some(0.0), Some(90.0), Some(90.0)]);
        assert!(photos.iter().all(|photo| photo.heading_source.is_none()));
    }

    #[test]
    fn a_heading_of_the_camera_is_kept() {
        let mut photos = corner();
        photos[1].heading_deg = Some(45.0);
        fill_directions(&mut photos, false);
        assert_eq!(headings(&photos), [Some(0.0), Some(45.0), Some(45.0)]);
    }

    #[test]
    fn all_headings_are_replaced_when_asked_for() {
        let mut photos = corner();
        for photo in &mut photos {
            photo.heading_deg = Some(45.0);
        }
        fill_directions(&mut photos, true);
        assert_eq!(headings(&photos), [Some(0.0), Some(90.0), Some(90.0)]);
    }

    #[test]
    fn a_lone_photo_is_given_no_heading() {
        let mut photos = vec![photo_at(50.0, 10.0)];
        fill_directions(&mut photos, false);
        assert_eq!(headings(&photos), [None]);
    }
}
