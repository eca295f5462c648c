//! What holds for any photos and any changes: nothing is lost, everything can be taken back, and the same gives the same.

mod edit_support;

use std::collections::BTreeSet;

use edit_support::{Desk, changed};
use proptest::prelude::*;
use waypost_core::edit::{Edits, History, apply};
use waypost_core::plan_view::plan_change;
use waypost_core::planning::{PlanSettings, plan};
use waypost_core::readings::{Capture, Readings};
use waypost_media::{TimeReading, TimeSource};
use waypost_wire::{Edit, PlanChange, PlanView, PointRow, PointRun, SequenceNotes, Target};

const COUNT: u64 = 24;
/// The same, for lengths.
const LENGTH: usize = 24;

fn any_captures() -> impl Strategy<Value = Vec<Capture>> {
    let one = (0..200_u16, 0..12_u8, 0..8_u8, 0..2_u8);
    prop::collection::vec(one, LENGTH).prop_map(|rows| {
        let capture = |(number, (at_s, north, kind, folder)): (usize, (u16, u8, u8, u8))| {
            let name = format!("{folder}/G{}{number:06}.JPG", if kind == 7 { 'B' } else { 'F' });
            changed(&name, f64::from(at_s), f64::from(north) * 9.0, |facts| match kind {
                0 | 7 => facts.position = None,
                1 => facts.time = None,
                2 => {
                    facts.time = Some(TimeReading::Naive {
                        local_ms: edit_support::at_ms(f64::from(at_s)),
                        source: TimeSource::DateTimeOriginal,
                    });
                }
                _ => {}
            })
        };
        rows.into_iter().enumerate().map(capture).collect()
    })
}

fn any_target() -> impl Strategy<Value = Target> {
    prop_oneof![
        Just(Target::All),
        (0..4_u8).prop_map(|number| Target::Sequence(number.to_string())),
        prop::collection::vec(0..COUNT + 3, 0..6).prop_map(Target::Captures),
    ]
}

fn any_edit() -> impl Strategy<Value = Edit> {
    prop_oneof![
        3 => (any_target(), any::<bool>()).prop_map(|(target, excluded)| Edit::Exclude { target, excluded }),
        1 => (any_target(), -90_000..90_000_i64).prop_map(|(target, shift_ms)| Edit::ShiftTime { target, shift_ms }),
        1 => (any_target(), -400.0..400.0_f64).prop_map(|(target, offset_deg)| Edit::TurnHeading { target, offset_deg }),
        1 => (any_target(), any::<bool>()).prop_map(|(target, along_track)| Edit::HeadingFromTrack { target, along_track }),
        2 => (0..COUNT, any::<bool>()).prop_map(|(photo_id, split)| Edit::SplitBefore { photo_id, split }),
        2 => (0..COUNT, any::<bool>()).prop_map(|(photo_id, join)| Edit::JoinBefore { photo_id, join }),
        1 => prop::sample::select(vec!["", "UTC", "Europe/Berlin"])
            .prop_map(|zone| Edit::AnswerTimeZone { zone: zone.into() }),
        1 => (any_target(), -50_000..50_000_i64, any::<bool>()).prop_map(|(target, lookup_offset_ms, align_start)| {
            Edit::UseTrack { target, track_id: Some(0), lookup_offset_ms, align_start }
        }),
        1 => (0.0..0.001_f64, 5.0..60.0_f64).prop_map(|(north, radius_m)| Edit::AddPrivacyZone {
            lat_deg: 50.0 + north, lon_deg: 10.0, radius_m,
        }),
        1 => (0..3_u32).prop_map(|zone_id| Edit::RemovePrivacyZone { zone_id }),
        1 => (any_target(), 0.0..40.0_f64, 0.0..40.0_f64)
            .prop_map(|(target, start_m, end_m)| Edit::Trim { target, start_m, end_m }),
        1 => (any_target(), prop::sample::select(vec!["duplicate", "too_fast", "zig_zag"]), any::<bool>())
            .prop_map(|(target, code, ignored)| Edit::IgnoreCheck { target, code: code.into(), ignored }),
        1 => (any_target(), any::<bool>()).prop_map(|(target, take)| Edit::TakeFromTwin { target, take }),
        1 => any_target().prop_map(|target| Edit::Describe {
            target,
            notes: SequenceNotes { name: "n".into(), ..SequenceNotes::default() },
        }),
    ]
}

fn desk(captures: Vec<Capture>) -> Desk {
    let mut readings = Readings::new(captures, Vec::new());
    readings.add_track(edit_support::track(0.0));
    Desk::of(readings)
}

/// What the window makes of a change.
fn changed_plan(before: &PlanView, change: PlanChange) -> PlanView {
    let old: Vec<&PointRow> = before.sequences.iter().flat_map(|row| &row.points).collect();
    let mut plan = change.plan;
    for (row, runs) in plan.sequences.iter_mut().zip(change.points) {
        for run in runs {
            match run {
                PointRun::Kept { photo_id, count } => {
                    let from = old.iter().position(|point| point.photo_id == photo_id).unwrap();
                    row.points
                        .extend(old[from..from + count as usize].iter().map(|point| (*point).clone()));
                }
                PointRun::New { rows } => row.points.extend(rows),
            }
        }
    }
    for row in &mut plan.videos {
        if change.kept_tracks.contains(&row.video_id) {
            row.track.clone_from(
                &before
                    .videos
                    .iter()
                    .find(|old| old.video_id == row.video_id)
                    .unwrap()
                    .track,
            );
        }
    }
    for at in change.kept_files {
        let row = &mut plan.findings[at as usize];
        let same = |old: &&waypost_wire::FindingRow| old.code == row.code && old.refused == row.refused;
        row.files.clone_from(&before.findings.iter().find(same).unwrap().files);
    }
    plan
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]

    #[test]
    fn every_capture_is_in_exactly_one_place(
        captures in any_captures(),
        edits in prop::collection::vec(any_edit(), 0..12),
    ) {
        let mut desk = desk(captures);
        for edit in edits {
            // Some cannot be made, such as one about a sequence that is not there; then nothing changes.
            let _ = desk.try_edit(&edit);
            let ids = desk.readings.by_path();
            let sent = desk.sent().concat();
            let left_out: Vec<u64> = desk.plan.left_out.iter().map(|left_out| left_out.capture_id).collect();
            let refused: Vec<u64> = desk.plan.refusals.iter().map(|refusal| ids[refusal.path.as_path()]).collect();
            let all: Vec<u64> = sent.iter().chain(&left_out).chain(&refused).copied().collect();
            let distinct: BTreeSet<u64> = all.iter().copied().collect();
            prop_assert_eq!(all.len(), distinct.len(), "nothing twice");
            prop_assert_eq!(distinct, (0..COUNT).collect::<BTreeSet<_>>());
            let view = desk.view();
            let shown: Vec<u64> = view.sequences.iter().flat_map(|row| &row.points).map(|point| point.photo_id).collect();
            let placed = desk.plan.left_out.iter().filter(|left_out| left_out.place.is_some()).count();
            prop_assert_eq!(shown.len(), sent.len() + placed);
        }
    }

    #[test]
    fn what_an_edit_changed_makes_the_new_plan_of_the_old_one(
        captures in any_captures(),
        edits in prop::collection::vec(any_edit(), 0..12),
    ) {
        let mut desk = desk(captures);
        let mut before = desk.view();
        for edit in edits {
            let _ = desk.try_edit(&edit);
            let after = desk.view();
            prop_assert_eq!(&changed_plan(&before, plan_change(&before, after.clone())), &after);
            before = after;
        }
    }

    #[test]
    fn what_is_taken_back_and_done_again_is_as_it_was(
        captures in any_captures(),
        edits in prop::collection::vec(any_edit(), 0..12),
    ) {
        let desk = desk(captures);
        let settings = PlanSettings::default();
        let plan_of = |edits: &Edits| plan(&desk.readings, &settings, edits).unwrap();
        let mut history = History::default();
        let mut states = vec![(history.edits().clone(), plan_of(history.edits()))];
        for edit in edits {
            let (edits, standing) = states.last().unwrap();
            let Ok(next) = apply(edits, &edit, &desk.readings, standing) else { continue };
            if next != *edits {
                states.push((next.clone(), plan_of(&next)));
            }
            history.push(next);
        }
        prop_assert_eq!(history.undo_count(), states.len() - 1);
        for (edits, plan) in states.iter().rev() {
            prop_assert_eq!(history.edits(), edits);
            prop_assert_eq!(&plan_of(history.edits()), plan);
            history.undo();
        }
        prop_assert!(!history.undo());
        for (edits, _) in &states {
            prop_assert_eq!(history.edits(), edits);
            history.redo();
        }
        prop_assert!(!history.redo());
    }

    #[test]
    fn edits_can_be_kept_and_read_back(captures in any_captures(), edits in prop::collection::vec(any_edit(), 0..12)) {
        let mut desk = desk(captures);
        for edit in edits {
            let _ = desk.try_edit(&edit);
        }
        let text = serde_json::to_string(&desk.edits).unwrap();
        let back: Edits = serde_json::from_str(&text).unwrap();
        prop_assert_eq!(plan(&desk.readings, &desk.settings, &back).unwrap(), desk.plan);
    }

    #[test]
    fn leaving_photos_out_gives_the_sequences_of_the_others_alone(
        captures in any_captures(),
        out in prop::collection::btree_set(0..COUNT, 0..LENGTH),
    ) {
        // Different seconds: times of one second are spread over it together with those that stay at home.
        let captures: Vec<Capture> = captures
            .into_iter()
            .enumerate()
            .map(|(number, capture)| match capture {
                Capture::Photo(mut photo) => {
                    photo.facts.time = Some(TimeReading::Utc {
                        unix_ms: edit_support::at_ms(number as f64 * 7.0),
                        source: TimeSource::GpsTime,
                    });
                    Capture::Photo(photo)
                }
                other => other,
            })
            .collect();
        let mut left_out = desk(captures.clone());
        left_out.edit(Edit::Exclude { target: Target::Captures(out.iter().copied().collect()), excluded: true });
        let others: Vec<Capture> = (0..).zip(captures).filter(|(id, _)| !out.contains(id)).map(|(_, one)| one).collect();
        let alone = desk(others);
        // A set: the numbers of sequences follow the order in which folders are met.
        let names = |desk: &Desk| -> BTreeSet<Vec<String>> {
            let named = |sequence: &waypost_core::plan::Sequence| {
                sequence.photos.iter().map(|photo| photo.path.display().to_string()).collect()
            };
            desk.plan.sequences.iter().map(named).collect()
        };
        prop_assert_eq!(names(&left_out), names(&alone));
    }
}
