//! Edit lists (ISO/IEC 14496-12, 8.6.6): which part of a track is shown, and when.

use crate::limits::MAX_EDITS;

/// A segment's end is given in units of the movie and its samples in units of the media, so both
/// are off by a unit. A video's frame is shorter than this.
const ROUNDING_MS: f64 = 5.0;

/// One segment of the presentation.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Edit {
    /// How long it is shown; 0 for "to the end".
    duration_ms: f64,
    /// Where it begins in the media; `None` where nothing is shown.
    media_ms: Option<f64>,
}

/// The edit list of a track; empty if all of it is shown from the start.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct EditList {
    edits: Vec<Edit>,
}

impl EditList {
    /// Reads the content of an `elst` box. A list that makes no sense counts as none.
    pub(crate) fn parse(content: &[u8], movie_timescale: u32, media_timescale: u32) -> Self {
        let mut list = Self::default();
        if movie_timescale == 0 || media_timescale == 0 {
            return list;
        }
        let wide = content.first() == Some(&1);
        let entry_bytes = if wide { 20 } else { 12 };
        let count = be_u32(content, 4).unwrap_or_default();
        let entries = content.get(8..).unwrap_or_default();
        let count = usize::try_from(count).unwrap_or(usize::MAX).min(MAX_EDITS);
        for entry in entries.chunks_exact(entry_bytes).take(count) {
            let (duration, media_time) = if wide {
                (be_u64(entry, 0), be_u64(entry, 8).map(u64::cast_signed))
            } else {
                (
                    be_u32(entry, 0).map(u64::from),
                    be_u32(entry, 4).map(|time| i64::from(time.cast_signed())),
                )
            };
            let (Some(duration), Some(media_time)) = (duration, media_time) else {
                break;
            };
            list.edits.push(Edit {
                duration_ms: duration as f64 * 1000.0 / f64::from(movie_timescale),
                media_ms: (media_time >= 0).then(|| media_time as f64 * 1000.0 / f64::from(media_timescale)),
            });
        }
        list
    }

    /// When the media's moment `media_ms` is shown, in milliseconds from the start of the
    /// presentation; `None` if an edit has cut it out.
    pub(crate) fn presented_ms(&self, media_ms: f64) -> Option<f64> {
        let mut shown_ms = 0.0;
        let mut any_media = false;
        for edit in &self.edits {
            if let Some(from_ms) = edit.media_ms {
                any_media = true;
                let open = edit.duration_ms <= 0.0;
                if media_ms + ROUNDING_MS >= from_ms && (open || media_ms < from_ms + edit.duration_ms + ROUNDING_MS) {
                    return Some((shown_ms + media_ms - from_ms).max(0.0));
                }
            }
            shown_ms += edit.duration_ms;
        }
        (!any_media).then_some(shown_ms + media_ms)
    }
}

pub(super) fn be_u32(bytes: &[u8], at: usize) -> Option<u32> {
    let word = bytes.get(at..)?.first_chunk()?;
    Some(u32::from_be_bytes(*word))
}

pub(super) fn be_u64(bytes: &[u8], at: usize) -> Option<u64> {
    let word = bytes.get(at..)?.first_chunk()?;
    Some(u64::from_be_bytes(*word))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn list(entries: &[(u32, i32)]) -> EditList {
        let mut content = vec![0; 4];
        content.extend(u32::try_from(entries.len()).unwrap().to_be_bytes());
        for (duration, media_time) in entries {
            content.extend(duration.to_be_bytes());
            content.extend(media_time.to_be_bytes());
            content.extend([0, 1, 0, 0]);
        }
        // The movie counts milliseconds, the media hundredths of a second.
        EditList::parse(&content, 1000, 100)
    }

    #[test]
    fn without_edits_all_is_shown_as_it_is() {
        assert_eq!(EditList::default().presented_ms(1234.5), Some(1234.5));
    }

    #[test]
    fn an_empty_edit_delays_the_media() {
        assert_eq!(list(&[(700, -1)]).presented_ms(100.0), Some(800.0));
        assert_eq!(list(&[(700, -1), (5000, 0)]).presented_ms(100.0), Some(800.0));
    }

    #[test]
    fn what_was_trimmed_away_is_not_shown() {
        let trimmed = list(&[(3000, 200)]);
        assert_eq!(trimmed.presented_ms(1000.0), None);
        assert_eq!(trimmed.presented_ms(2500.0), Some(500.0));
        assert_eq!(trimmed.presented_ms(5100.0), None);
    }

    #[test]
    fn two_parts_of_the_media_are_shown_one_behind_the_other() {
        let parts = list(&[(1000, 0), (1000, 500)]);
        assert_eq!(parts.presented_ms(500.0), Some(500.0));
        assert_eq!(parts.presented_ms(3000.0), None);
        assert_eq!(parts.presented_ms(5500.0), Some(1500.0));
    }

    #[test]
    fn a_cut_list_is_read_as_far_as_it_goes() {
        let whole = [0, 0, 0, 0, 0, 0, 0, 9, 0, 0, 0, 7];
        assert_eq!(EditList::parse(&whole, 1000, 100), EditList::default());
        assert_eq!(EditList::parse(&[1], 0, 0), EditList::default());
    }
}
