//! Step 4: long sequences and long pauses are cut.

use crate::marks::Border;
use crate::plan::Photo;
use crate::settings::SequenceSettings;

/// Pixels that a photo counts whose size is not known (mapillary_tools 0.14.7).
const UNKNOWN_SIDE_PX: u32 = 1024;

/// What the sequence holds so far.
#[derive(Clone, Copy, Default)]
struct Filled {
    photos: u64,
    bytes: u64,
    pixels: u64,
}

impl Filled {
    fn with(self, photo: &Photo) -> Self {
        let width_px = u64::from(photo.width_px.unwrap_or(UNKNOWN_SIDE_PX));
        let height_px = u64::from(photo.height_px.unwrap_or(UNKNOWN_SIDE_PX));
        Self {
            photos: self.photos.saturating_add(1),
            bytes: self.bytes.saturating_add(photo.size_bytes),
            pixels: self.pixels.saturating_add(width_px.saturating_mul(height_px)),
        }
    }

    fn passes_a_limit(self, settings: &SequenceSettings) -> bool {
        let passes = |value: u64, limit: Option<u64>| limit.is_some_and(|limit| value > limit);
        passes(self.photos, settings.max_photos)
            || passes(self.bytes, settings.max_bytes)
            || passes(self.pixels, settings.max_pixels)
    }
}

/// Starts a new sequence where number, bytes or pixels would pass their limit or the pause to the photo before is
/// longer than the cut-off, and where the person said so. Every count starts again with every new sequence.
pub fn split(photos: Vec<Photo>, settings: &SequenceSettings) -> Vec<Vec<Photo>> {
    let mut sequences: Vec<Vec<Photo>> = Vec::new();
    let mut filled = Filled::default();
    for photo in photos {
        let with_photo = filled.with(&photo);
        let current = sequences.last_mut().filter(|sequence| {
            let goes_on = match photo.marks.border {
                Border::Begins => false,
                Border::Joins => true,
                Border::ByRule => sequence
                    .last()
                    .is_none_or(|last| !is_long_pause(last, &photo, settings)),
            };
            goes_on && !with_photo.passes_a_limit(settings)
        });
        if let Some(current) = current {
            filled = with_photo;
            current.push(photo);
        } else {
            filled = Filled::default().with(&photo);
            sequences.push(vec![photo]);
        }
    }
    sequences
}

/// Whether the pause between two photos is longer than the cut-off.
pub(super) fn is_long_pause(last: &Photo, next: &Photo, settings: &SequenceSettings) -> bool {
    let pause_ms = next.captured_at_ms.saturating_sub(last.captured_at_ms);
    pause_ms as f64 / 1000.0 > settings.cutoff_time_s
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sequence::test_photos::{lengths, photo};

    fn every_second(count: usize) -> Vec<Photo> {
        (0..count).map(|number| photo(number, number as f64, 0.0)).collect()
    }

    #[test]
    fn a_thousand_photos_stay_together_and_one_more_does_not() {
        // Small pictures: a thousand of 12 million pixels would pass the limit of pixels first.
        let small = |count| {
            every_second(count)
                .into_iter()
                .map(|photo| Photo {
                    width_px: Some(1),
                    ..photo
                })
                .collect()
        };
        let settings = SequenceSettings::default();
        assert_eq!(lengths(&split(small(1000), &settings)), [1000]);
        assert_eq!(lengths(&split(small(1001), &settings)), [1000, 1]);
    }

    #[test]
    fn a_pause_of_sixty_seconds_stays_and_a_longer_one_parts() {
        let settings = SequenceSettings::default();
        assert_eq!(
            lengths(&split(vec![photo(1, 0.0, 0.0), photo(2, 60.0, 0.0)], &settings)),
            [2]
        );
        assert_eq!(
            lengths(&split(vec![photo(1, 0.0, 0.0), photo(2, 60.001, 0.0)], &settings)),
            [1, 1]
        );
    }

    #[test]
    fn a_hundred_and_ten_gibibytes_stay_and_one_byte_more_parts() {
        let mut photos = every_second(2);
        photos[0].size_bytes = 110 * 1024 * 1024 * 1024 - 1;
        photos[1].size_bytes = 1;
        assert_eq!(lengths(&split(photos.clone(), &SequenceSettings::default())), [2]);
        photos[1].size_bytes = 2;
        assert_eq!(lengths(&split(photos, &SequenceSettings::default())), [1, 1]);
    }

    #[test]
    fn six_thousand_million_pixels_stay_and_more_part() {
        let mut photos = every_second(2);
        photos[0].width_px = Some(3_000_000);
        photos[0].height_px = Some(2000 - 1);
        photos[1].width_px = Some(3_000_000);
        photos[1].height_px = Some(1);
        assert_eq!(lengths(&split(photos.clone(), &SequenceSettings::default())), [2]);
        photos[1].height_px = Some(2);
        assert_eq!(lengths(&split(photos, &SequenceSettings::default())), [1, 1]);
    }

    #[test]
    fn an_unknown_size_counts_1024_times_1024_pixels() {
        let settings = SequenceSettings {
            max_pixels: Some(2 * 1024 * 1024),
            ..SequenceSettings::default()
        };
        let mut photos = every_second(3);
        for photo in &mut photos {
            (photo.width_px, photo.height_px) = (None, None);
        }
        assert_eq!(lengths(&split(photos, &settings)), [2, 1]);
    }

    #[test]
    fn every_count_starts_again_after_a_cut_for_another_reason() {
        let settings = SequenceSettings {
            max_photos: Some(3),
            ..SequenceSettings::default()
        };
        let times_s = [0.0, 1.0, 100.0, 101.0, 102.0, 103.0];
        let photos = times_s
            .iter()
            .enumerate()
            .map(|(number, at_s)| photo(number, *at_s, 0.0))
            .collect();
        assert_eq!(lengths(&split(photos, &settings)), [2, 3, 1]);
    }

    #[test]
    fn without_limits_nothing_is_cut() {
        let settings = SequenceSettings {
            max_photos: None,
            max_bytes: None,
            max_pixels: None,
            cutoff_time_s: f64::INFINITY,
            ..SequenceSettings::default()
        };
        assert_eq!(lengths(&split(every_second(3000), &settings)), [3000]);
    }
}
