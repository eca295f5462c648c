//! Step 2: photos in the order of capture.

use crate::plan::Photo;

/// Sorts by capture time; photos of the same millisecond by the camera's own clock if all of them tell it, then by
/// base name. (mapillary_tools goes to the name at once; GPS time often has whole seconds only, and the camera's
/// clock knows more.)
pub fn sort(photos: &mut [Photo]) {
    let by_name = |photo: &Photo| photo.path.file_name().map(std::ffi::OsStr::to_os_string);
    photos.sort_by(|a, b| {
        a.captured_at_ms
            .cmp(&b.captured_at_ms)
            .then_with(|| a.path.file_name().cmp(&b.path.file_name()))
    });
    for run in photos.chunk_by_mut(|a, b| a.captured_at_ms == b.captured_at_ms) {
        if run.len() > 1 && run.iter().all(|photo| photo.camera_clock_ms.is_some()) {
            run.sort_by_cached_key(|photo| (photo.camera_clock_ms, by_name(photo)));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sequence::test_photos::{names, photo};

    #[test]
    fn capture_time_comes_before_name() {
        let mut photos = vec![photo(1, 2.0, 0.0), photo(2, 1.0, 0.0)];
        sort(&mut photos);
        assert_eq!(names(&photos), ["G0000002.JPG", "G0000001.JPG"]);
    }

    #[test]
    fn photos_of_the_same_moment_are_in_the_order_of_their_names() {
        let mut photos = vec![photo(3, 1.0, 0.0), photo(1, 1.0, 0.0), photo(2, 1.0, 0.0)];
        sort(&mut photos);
        assert_eq!(names(&photos), ["G0000001.JPG", "G0000002.JPG", "G0000003.JPG"]);
    }

    #[test]
    fn the_cameras_clock_orders_photos_of_the_same_gps_second() {
        let mut photos = vec![photo(1, 1.0, 0.0), photo(2, 1.0, 0.0)];
        photos[0].camera_clock_ms = Some(900);
        photos[1].camera_clock_ms = Some(400);
        sort(&mut photos);
        assert_eq!(names(&photos), ["G0000002.JPG", "G0000001.JPG"]);
    }

    #[test]
    fn the_cameras_clock_is_left_aside_when_one_photo_lacks_it() {
        let mut photos = vec![photo(1, 1.0, 0.0), photo(2, 1.0, 0.0)];
        photos[0].camera_clock_ms = Some(900);
        sort(&mut photos);
        assert_eq!(names(&photos), ["G0000001.JPG", "G0000002.JPG"]);
    }
}
