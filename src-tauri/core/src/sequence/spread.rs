//! Step 3: no two photos of the same moment.
//!
//! GPS time has whole seconds in most cameras, so a fast time-lapse gives several photos one capture time. They are
//! moved apart within that second: by the camera's own clock where it has real sub-seconds, else evenly.

use crate::plan::Photo;

/// Moves photos with the same capture time apart; `photos` are sorted.
///
/// A run of n photos at t gets the end nt: the next photo's time, but no later than the next whole second. If the
/// camera's clock puts all of them at different moments within that span, its distances are kept. Otherwise photo k
/// goes to t + k · (nt − t) / n, cut to milliseconds (mapillary_tools 0.14.7 does only this).
pub fn spread(photos: &mut [Photo]) {
    let mut start = 0;
    while let Some(first) = photos.get(start) {
        let at_ms = first.captured_at_ms;
        let rest = photos.get(start..).unwrap_or_default();
        let count = rest.iter().take_while(|photo| photo.captured_at_ms == at_ms).count();
        let next_second_ms = at_ms.div_euclid(1000).saturating_add(1).saturating_mul(1000);
        let end_ms = rest
            .get(count)
            .map_or(next_second_ms, |next| next.captured_at_ms.min(next_second_ms));
        if let Some(run) = photos.get_mut(start..start + count) {
            spread_run(run, at_ms, end_ms);
        }
        start += count;
    }
}

fn spread_run(run: &mut [Photo], at_ms: i64, end_ms: i64) {
    if run.len() < 2 {
        return;
    }
    let span_ms = end_ms.saturating_sub(at_ms);
    let offsets_ms = clock_offsets_ms(run, span_ms).unwrap_or_else(|| {
        let count = i64::try_from(run.len()).unwrap_or(i64::MAX);
        (0..count)
            .map(|number| number.saturating_mul(span_ms) / count)
            .collect()
    });
    for (photo, offset_ms) in run.iter_mut().zip(offsets_ms) {
        photo.captured_at_ms = at_ms.saturating_add(offset_ms);
    }
}

/// Distances to the first photo by the camera's clock, if it tells all photos apart and they fit into the span.
fn clock_offsets_ms(run: &[Photo], span_ms: i64) -> Option<Vec<i64>> {
    let first_ms = run.first()?.camera_clock_ms?;
    let offsets_ms: Vec<i64> = run
        .iter()
        .map(|photo| photo.camera_clock_ms?.checked_sub(first_ms))
        .collect::<Option<_>>()?;
    let in_order = offsets_ms
        .iter()
        .zip(offsets_ms.iter().skip(1))
        .all(|(one, next)| one < next);
    let fits = offsets_ms.last().is_some_and(|last_ms| *last_ms < span_ms);
    (in_order && fits).then_some(offsets_ms)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sequence::test_photos::photo;

    fn spread_times_s(times_s: &[f64]) -> Vec<f64> {
        let mut photos: Vec<Photo> = times_s.iter().map(|at_s| photo(1, *at_s, 0.0)).collect();
        spread(&mut photos);
        photos
            .iter()
            .map(|photo| (photo.captured_at_ms - 1_700_000_000_000) as f64 / 1000.0)
            .collect()
    }

    #[test]
    fn equal_times_are_spread_evenly_up_to_the_next_photo() {
        assert_eq!(
            spread_times_s(&[1.0, 1.0, 1.0, 1.0, 1.0, 2.0]),
            [1.0, 1.2, 1.4, 1.6, 1.8, 2.0]
        );
    }

    #[test]
    fn a_later_photo_does_not_stretch_the_run_beyond_its_second() {
        assert_eq!(spread_times_s(&[1.0, 1.0, 9.0]), [1.0, 1.5, 9.0]);
        assert_eq!(spread_times_s(&[1.5, 1.5]), [1.5, 1.75]);
    }

    #[test]
    fn a_single_photo_keeps_its_time() {
        assert_eq!(spread_times_s(&[1.1, 1.2]), [1.1, 1.2]);
        assert!(spread_times_s(&[]).is_empty());
    }

    #[test]
    fn thirds_are_cut_to_milliseconds() {
        assert_eq!(spread_times_s(&[1.0, 1.0, 1.0]), [1.0, 1.333, 1.666]);
    }

    #[test]
    fn times_before_1970_are_spread_as_well() {
        let mut photos = vec![photo(1, 0.0, 0.0), photo(2, 0.0, 0.0)];
        for photo in &mut photos {
            photo.captured_at_ms = -500;
        }
        spread(&mut photos);
        assert_eq!(
            photos.iter().map(|photo| photo.captured_at_ms).collect::<Vec<_>>(),
            [-500, -250]
        );
    }

    #[test]
    fn real_sub_seconds_of_the_camera_are_kept_instead_of_invented_ones() {
        let mut photos = vec![photo(1, 1.0, 0.0), photo(2, 1.0, 0.0), photo(3, 2.0, 0.0)];
        photos[0].camera_clock_ms = Some(57_100);
        photos[1].camera_clock_ms = Some(57_800);
        spread(&mut photos);
        assert_eq!(photos[1].captured_at_ms - photos[0].captured_at_ms, 700);
    }

    #[test]
    fn a_camera_clock_with_whole_seconds_is_no_help() {
        let mut photos = vec![photo(1, 1.0, 0.0), photo(2, 1.0, 0.0), photo(3, 2.0, 0.0)];
        photos[0].camera_clock_ms = Some(57_000);
        photos[1].camera_clock_ms = Some(58_000);
        spread(&mut photos);
        assert_eq!(photos[1].captured_at_ms - photos[0].captured_at_ms, 500);
    }
}
