//! Which uploads are asked about at once: a few, and never two whose captures overlap in time.
//!
//! An image belongs to one upload only. Who is asked about first keeps what it finds, and the next one has to know of that:
//! two recordings of the same minutes are therefore asked about one after the other.

use std::collections::VecDeque;

use crate::journal::UploadRecord;

/// Uploads that are asked about at once. Reading shares the app's quota with sending (API notes §2.7).
pub(super) const AT_ONCE: usize = 4;

/// Captures this close count as overlapping, milliseconds: the search looks two seconds around.
const MARGIN_MS: i64 = 10_000;

/// So many of those that wait are looked at for one that may be asked about: a long list of one and the same minute is
/// not compared with itself again and again.
const LOOK_AHEAD: usize = 32;

/// The uploads of one account that are due.
#[derive(Debug)]
pub(super) struct Round {
    waiting: VecDeque<UploadRecord>,
    /// Number and captures of those that are being asked about.
    under_way: Vec<(i64, (i64, i64))>,
}

impl Round {
    pub(super) fn new(uploads: Vec<UploadRecord>) -> Self {
        Self {
            waiting: uploads.into(),
            under_way: Vec::new(),
        }
    }

    /// The next one that may be asked about now. Call [`Self::done`] with it afterwards.
    pub(super) fn next(&mut self) -> Option<UploadRecord> {
        if self.under_way.len() >= AT_ONCE {
            return None;
        }
        let is_free = |upload: &UploadRecord| {
            let captures = captures_of(upload);
            self.under_way.iter().all(|(_, other)| !overlap(captures, *other))
        };
        // Of two that overlap the first in the list stays the first: none overtakes one it overlaps with.
        let place = self
            .waiting
            .iter()
            .take(LOOK_AHEAD)
            .enumerate()
            .position(|(place, upload)| {
                let mut before = self.waiting.iter().take(place);
                is_free(upload) && before.all(|earlier| !overlap(captures_of(upload), captures_of(earlier)))
            })?;
        let upload = self.waiting.remove(place)?;
        self.under_way.push((upload.upload_id, captures_of(&upload)));
        Some(upload)
    }

    pub(super) fn done(&mut self, upload: &UploadRecord) {
        self.under_way.retain(|(upload_id, _)| *upload_id != upload.upload_id);
    }

    /// Those that were not asked about.
    pub(super) fn rest(self) -> impl Iterator<Item = UploadRecord> {
        self.waiting.into_iter()
    }
}

/// First and last capture, milliseconds since 1970 UTC. What has no times could be of any.
fn captures_of(upload: &UploadRecord) -> (i64, i64) {
    match (upload.first_captured_at_ms, upload.last_captured_at_ms) {
        (0, 0) => (i64::MIN, i64::MAX),
        times => times,
    }
}

fn overlap(one: (i64, i64), other: (i64, i64)) -> bool {
    one.0.saturating_sub(MARGIN_MS) <= other.1 && other.0.saturating_sub(MARGIN_MS) <= one.1
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::journal::{Journal, NewRecord};
    use crate::settings::PackageKind;

    /// Uploads with these captures, numbered from 1.
    fn uploads(captures: &[(i64, i64)]) -> Vec<UploadRecord> {
        let folder = tempfile::tempdir().unwrap();
        let journal = Journal::open(folder.path(), None).unwrap();
        for (first_captured_at_ms, last_captured_at_ms) in captures {
            let new = NewRecord {
                title: "walk".into(),
                package: PackageKind::Zip,
                zip_path: None,
                image_count: 1,
                estimated_bytes: 1,
                user_id: None,
                organization_id: None,
                fresh_key: false,
                wants_finish: true,
                dry_run: false,
                first_captured_at_ms: *first_captured_at_ms,
                last_captured_at_ms: *last_captured_at_ms,
                created_at_ms: 1,
                notes: waypost_wire::SequenceNotes::default(),
            };
            journal.add(&new, &[]).unwrap();
        }
        journal.uploads().unwrap()
    }

    fn started(round: &mut Round) -> Vec<UploadRecord> {
        std::iter::from_fn(|| round.next()).collect()
    }

    fn numbers(uploads: &[UploadRecord]) -> Vec<i64> {
        uploads.iter().map(|upload| upload.upload_id).collect()
    }

    #[test]
    fn a_few_are_asked_about_at_once_and_the_next_ones_when_those_are_done() {
        let hour = |number: i64| (number * 3_600_000, number * 3_600_000 + 60_000);
        let mut round = Round::new(uploads(&(1..=6).map(hour).collect::<Vec<_>>()));
        let first = started(&mut round);
        assert_eq!(numbers(&first), [1, 2, 3, 4]);
        round.done(&first[1]);
        assert_eq!(numbers(&started(&mut round)), [5]);
        assert_eq!(round.rest().count(), 1);
    }

    #[test]
    fn two_recordings_of_the_same_minutes_are_asked_about_one_after_the_other() {
        let day_ms = 86_400_000;
        let captures = [
            (day_ms, day_ms + 60_000),
            (day_ms + 65_000, day_ms + 90_000),
            (day_ms + 95_000, day_ms + 120_000),
            (9 * day_ms, 9 * day_ms + 1),
        ];
        let mut round = Round::new(uploads(&captures));
        let first = started(&mut round);
        assert_eq!(
            numbers(&first),
            [1, 4],
            "3 overlaps 2, which is to be the first of them"
        );
        round.done(&first[0]);
        let next = started(&mut round);
        assert_eq!(numbers(&next), [2]);
        round.done(&next[0]);
        assert_eq!(numbers(&started(&mut round)), [3]);
    }

    #[test]
    fn what_has_no_times_is_asked_about_alone() {
        let mut round = Round::new(uploads(&[(0, 0), (5, 6), (86_400_000, 86_400_001)]));
        let first = started(&mut round);
        assert_eq!(numbers(&first), [1]);
        round.done(&first[0]);
        assert_eq!(numbers(&started(&mut round)), [2, 3]);
    }
}
