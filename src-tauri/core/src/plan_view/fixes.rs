//! What can be done about a finding: edits that are ready to be applied, best first.

use std::collections::{BTreeMap, HashMap};
use std::path::Path;

use waypost_wire::{Edit, FixKind, FixRow, Target};

use super::Editing;
use super::zone_question::zone_question;
use crate::marks::Opinion;
use crate::plan::{Plan, RefusalCode};
use crate::readings::Capture;
use crate::sequence::geometry::chord_m;
use crate::track_file::suggest_offset;

/// Differences between time zones are multiples of this, milliseconds.
const QUARTER_MS: i64 = 15 * 60_000;

/// Everything that fixes are worked out from.
pub(super) struct Fixes<'a> {
    plan: &'a Plan,
    editing: &'a Editing<'a>,
    times_ms: HashMap<u64, i64>,
}

impl<'a> Fixes<'a> {
    pub(super) fn new(plan: &'a Plan, editing: &'a Editing<'a>) -> Self {
        Self {
            plan,
            editing,
            // A zone that does not exist was refused before it got here.
            times_ms: editing.capture_times().unwrap_or_default(),
        }
    }

    /// The fixes for a finding about these captures.
    pub(super) fn of(&self, code: &str, ids: &[u64]) -> Vec<FixRow> {
        let mut fixes = Vec::new();
        let is = |refusal: RefusalCode| refusal.code() == code;
        if is(RefusalCode::NoPosition) || is(RefusalCode::NoTime) || is(RefusalCode::NullIsland) {
            fixes.extend(self.take_from_twin(ids));
        }
        if is(RefusalCode::NoPosition) || is(RefusalCode::NullIsland) || is(RefusalCode::OutsideTrack) {
            fixes.extend(self.use_tracks(ids));
        }
        let video_needs_track = [
            RefusalCode::VideoWithoutTrack,
            RefusalCode::VideoTrackEmpty,
            RefusalCode::VideoTrackNoise,
            RefusalCode::VideoNullIsland,
            RefusalCode::VideoTooFast,
        ];
        if video_needs_track.into_iter().any(is) {
            fixes.extend(self.use_tracks_in_videos(ids));
        }
        if is(RefusalCode::TimeZoneUnknown) {
            fixes.extend(self.answer_zone());
        }
        if is(RefusalCode::TooFast) || is(RefusalCode::ZigZag) {
            fixes.extend(self.shift_time(ids));
        }
        if is(RefusalCode::TooFast) {
            fixes.extend(self.split(ids));
        }
        if !ids.is_empty() {
            fixes.push(FixRow {
                kind: FixKind::Exclude,
                edit: Edit::Exclude {
                    target: Target::Captures(ids.to_vec()),
                    excluded: true,
                },
            });
            if Opinion::from_finding(code).is_some() {
                fixes.push(FixRow {
                    kind: FixKind::SendAnyway,
                    edit: Edit::IgnoreCheck {
                        target: Target::Captures(ids.to_vec()),
                        code: code.into(),
                        ignored: true,
                    },
                });
            }
        }
        fixes
    }

    /// For those whose twin has what they lack.
    fn take_from_twin(&self, ids: &[u64]) -> Option<FixRow> {
        let readings = self.editing.readings;
        let helps = |id: &&u64| {
            let twin = readings.twin_of(**id).and_then(|twin_id| readings.capture(twin_id));
            matches!(twin, Some(Capture::Photo(twin)) if twin.facts.position.is_some())
                && !*self.editing.edits.from_twin.get(**id)
        };
        let ids: Vec<u64> = ids.iter().filter(helps).copied().collect();
        (!ids.is_empty()).then_some(FixRow {
            kind: FixKind::TakeFromTwin,
            edit: Edit::TakeFromTwin {
                target: Target::Captures(ids),
                take: true,
            },
        })
    }

    /// One for each track file that was added: as it is where its times fit, else with the offset that helps.
    fn use_tracks(&self, ids: &[u64]) -> Vec<FixRow> {
        let times_ms: Vec<i64> = ids.iter().filter_map(|id| self.times_ms.get(id).copied()).collect();
        if times_ms.is_empty() {
            return Vec::new();
        }
        let fix = |(track_id, track)| {
            let suggested = suggest_offset(&times_ms, track);
            let lookup_offset_ms = suggested.map_or(0, |suggested| suggested.offset_ms);
            let is_so_already = |id: &u64| {
                let chosen = self.editing.edits.track.get(*id);
                chosen.is_some_and(|chosen| chosen.track_id == track_id && chosen.lookup_offset_ms == lookup_offset_ms)
            };
            (!ids.iter().all(is_so_already)).then(|| FixRow {
                kind: if suggested.is_some() {
                    FixKind::UseTrackWithOffset
                } else {
                    FixKind::UseTrack
                },
                edit: Edit::UseTrack {
                    target: Target::Captures(ids.to_vec()),
                    track_id: Some(track_id),
                    lookup_offset_ms,
                    align_start: false,
                },
            })
        };
        self.editing.readings.tracks().filter_map(fix).collect()
    }

    /// One for each track file; a video that does not know the time begins with the track.
    fn use_tracks_in_videos(&self, ids: &[u64]) -> Vec<FixRow> {
        let has_it = |id: &u64, track_id| {
            let chosen = self.editing.edits.track.get(*id);
            chosen.is_some_and(|chosen| chosen.track_id == track_id)
        };
        let tracks = self.editing.readings.tracks().map(|(track_id, _)| track_id);
        tracks
            .filter(|track_id| !ids.iter().all(|id| has_it(id, *track_id)))
            .map(|track_id| FixRow {
                kind: FixKind::UseTrack,
                edit: Edit::UseTrack {
                    target: Target::Captures(ids.to_vec()),
                    track_id: Some(track_id),
                    lookup_offset_ms: 0,
                    align_start: false,
                },
            })
            .collect()
    }

    fn answer_zone(&self) -> Option<FixRow> {
        let zone = zone_question(self.editing)?.suggested_zone?;
        Some(FixRow {
            kind: FixKind::AnswerTimeZone,
            edit: Edit::AnswerTimeZone { zone },
        })
    }

    /// Where one difference between two time zones puts all of the photos in the order of their names.
    fn shift_time(&self, ids: &[u64]) -> Option<FixRow> {
        let photos = self.plan.sequences.iter().flat_map(|sequence| &sequence.photos);
        let kept_ms: BTreeMap<&Path, i64> = photos
            .map(|photo| (photo.path.as_path(), photo.captured_at_ms))
            .collect();
        let (mut least_ms, mut most_ms) = (i64::MIN, i64::MAX);
        let mut earlier_shift_ms = None;
        for id in ids {
            let path = self.editing.readings.capture(*id)?.path();
            let at_ms = *self.times_ms.get(id)?;
            let is_beside = |(other, _): &(&&Path, &i64)| other.parent() == path.parent();
            let (_, before_ms) = kept_ms.range(..path).next_back().filter(is_beside)?;
            let (_, after_ms) = kept_ms.range(path..).next().filter(is_beside)?;
            least_ms = least_ms.max(before_ms.saturating_sub(at_ms));
            most_ms = most_ms.min(after_ms.saturating_sub(at_ms));
            let shift_ms = *self.editing.edits.shift_ms.get(*id);
            if *earlier_shift_ms.get_or_insert(shift_ms) != shift_ms {
                return None;
            }
        }
        // The smallest difference of zones in the span; none where the photos are in order already.
        let toward_zero = if least_ms > 0 { least_ms } else { most_ms };
        let quarters = toward_zero.div_euclid(QUARTER_MS);
        let needed_ms = [quarters, quarters.saturating_add(1)]
            .map(|count| count.saturating_mul(QUARTER_MS))
            .into_iter()
            .find(|shift_ms| *shift_ms != 0 && (least_ms..=most_ms).contains(shift_ms))?;
        let in_order = (least_ms..=most_ms).contains(&0);
        (!in_order).then(|| FixRow {
            kind: FixKind::ShiftTime,
            edit: Edit::ShiftTime {
                target: Target::Captures(ids.to_vec()),
                shift_ms: earlier_shift_ms.unwrap_or_default().saturating_add(needed_ms),
            },
        })
    }

    /// Where one impossible step parts two ways that are each possible.
    fn split(&self, ids: &[u64]) -> Option<FixRow> {
        let mut places: Vec<(i64, (f64, f64), u64)> = ids
            .iter()
            .filter_map(|id| Some((*self.times_ms.get(id)?, self.editing.own_position(*id)?, *id)))
            .collect();
        places.sort_by_key(|(at_ms, _, id)| (*at_ms, *id));
        let speed_kmh = |places: &[(i64, (f64, f64), u64)]| -> f64 {
            let way_m: f64 = places
                .windows(2)
                .filter_map(|pair| match pair {
                    [one, next] => Some(chord_m(one.1, next.1)),
                    _ => None,
                })
                .sum();
            let duration_ms = match places {
                [first, .., last] => last.0.saturating_sub(first.0),
                _ => 0,
            };
            if duration_ms > 0 {
                way_m * 3600.0 / duration_ms as f64
            } else {
                0.0
            }
        };
        let step = |index: &usize| places.get(index.saturating_sub(1)..=*index).map_or(0.0, speed_kmh);
        let fastest = (1..places.len()).max_by(|one, other| step(one).total_cmp(&step(other)))?;
        let (before, after) = places.split_at_checked(fastest)?;
        let limit_kmh = self.editing.settings.sequence.max_capture_speed_kmh;
        let both_are_ways = before.len() > 1 && after.len() > 1;
        let helps = both_are_ways && speed_kmh(before) <= limit_kmh && speed_kmh(after) <= limit_kmh;
        let (_, _, photo_id) = after.first().filter(|_| helps)?;
        Some(FixRow {
            kind: FixKind::Split,
            edit: Edit::SplitBefore {
                photo_id: *photo_id,
                split: true,
            },
        })
    }
}
