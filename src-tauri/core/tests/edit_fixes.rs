//! Every finding offers what helps, and what it offers helps.

mod edit_support;

use edit_support::{Desk, changed, photo, track, walk};
use waypost_media::{TimeReading, TimeSource};
use waypost_wire::{Edit, FixKind};

/// A walk of which the photos from 2 on lack their position.
fn walk_without_positions() -> Vec<waypost_core::readings::Capture> {
    let mut photos = walk(2);
    photos.extend((2..5).map(|n| {
        changed(&format!("a/{n:04}.jpg"), f64::from(n) * 5.0, 0.0, |facts| {
            facts.position = None;
        })
    }));
    photos
}

#[test]
fn what_was_excluded_is_no_finding_any_more() {
    let mut desk = Desk::with(walk_without_positions());
    let finding = desk.finding("no_position");
    assert_eq!(
        finding.files.iter().map(|file| file.photo_id).collect::<Vec<_>>(),
        [Some(2), Some(3), Some(4)]
    );
    desk.fix("no_position", FixKind::Exclude);
    assert!(desk.view().findings.is_empty());
    assert_eq!((desk.plan.left_out.len(), desk.sent()), (3, vec![vec![0, 1]]));
}

#[test]
fn a_track_of_the_time_gives_what_lacks_a_position_its_place() {
    let mut desk = Desk::with(walk_without_positions());
    desk.readings.add_track(track(0.0));
    desk.fix("no_position", FixKind::UseTrack);
    assert_eq!(desk.sent().concat().len(), 5);
}

#[test]
fn a_track_of_another_time_is_offered_with_the_offset_that_helps() {
    let mut desk = Desk::with(walk_without_positions());
    desk.readings.add_track(track(-7_200.0));
    assert_eq!(desk.view().tracks[0].suggested_offset_ms, Some(-7_200_000));
    desk.fix("no_position", FixKind::UseTrackWithOffset);
    assert_eq!(desk.sent().concat().len(), 5);
    assert!(desk.refused().is_empty());
}

#[test]
fn a_photo_outside_its_track_is_told_and_offered_the_offset() {
    let mut desk = Desk::with(walk_without_positions());
    let track_id = desk.readings.add_track(track(3_600.0));
    desk.edit(Edit::UseTrack {
        target: edit_support::captures([2, 3, 4]),
        track_id: Some(track_id),
        lookup_offset_ms: 0,
        align_start: false,
    });
    assert_eq!(desk.refused(), ["outside_track"; 3]);
    desk.fix("outside_track", FixKind::UseTrackWithOffset);
    assert!(desk.refused().is_empty());
}

#[test]
fn the_photo_that_jumps_is_refused_alone_and_can_be_sent_all_the_same() {
    let mut photos = walk(12);
    photos[7] = photo("a/0007.jpg", 35.0, 80_000.0);
    let mut desk = Desk::with(photos);
    let finding = desk.finding("too_fast");
    assert_eq!((finding.files.len(), finding.files[0].photo_id), (1, Some(7)));
    assert!(finding.files[0].lat_deg.is_some_and(|lat_deg| lat_deg > 50.5));
    assert_eq!(desk.sent(), [vec![0, 1, 2, 3, 4, 5, 6, 8, 9, 10, 11]]);
    desk.fix("too_fast", FixKind::SendAnyway);
    assert!(!desk.refused().contains(&"too_fast"));
}

#[test]
fn two_ways_glued_together_are_offered_to_be_split() {
    let mut photos = walk(6);
    photos.extend((0..6).map(|n| {
        photo(
            &format!("a/1{n}.jpg"),
            35.0 + f64::from(n) * 5.0,
            90_000.0 + f64::from(n) * 10.0,
        )
    }));
    let mut desk = Desk::with(photos);
    assert_eq!(desk.refused(), ["too_fast"; 12], "nobody knows which half is right");
    desk.fix("too_fast", FixKind::Split);
    assert_eq!(desk.sent(), [(0..6).collect::<Vec<_>>(), (6..12).collect()]);
}

#[test]
fn photos_whose_clock_is_an_hour_ahead_are_offered_the_shift() {
    // Two photos of a long ride have a clock that is an hour ahead: they land an hour on, between other photos.
    let mut photos: Vec<_> = (0..800)
        .map(|n| photo(&format!("a/{n:04}.jpg"), f64::from(n) * 10.0, f64::from(n) * 100.0))
        .collect();
    for n in [100_usize, 101] {
        photos[n] = photo(&format!("a/{n:04}.jpg"), n as f64 * 10.0 + 3_601.0, n as f64 * 100.0);
    }
    let mut desk = Desk::with(photos);
    let refused = desk.refused();
    assert_eq!(refused.len(), 2, "{refused:?}");
    desk.fix(refused[0], FixKind::ShiftTime);
    assert!(desk.refused().is_empty(), "{:?}", desk.refused());
}

#[test]
fn duplicates_and_zig_zags_can_be_sent_all_the_same() {
    let mut photos = walk(12);
    photos.push(photo("a/0012.jpg", 60.0, 110.0));
    photos[5] = photo("a/0005.jpg", 25.0, 200.0);
    let mut desk = Desk::with(photos);
    for code in ["zig_zag", "duplicate"] {
        desk.fix(code, FixKind::SendAnyway);
        assert!(!desk.refused().contains(&code));
    }
    assert_eq!(desk.sent().concat().len(), 13);
}

#[test]
fn the_back_lens_is_offered_its_twin() {
    let back = |folder: &str| {
        changed(&format!("{folder}/GB000001.JPG"), 0.0, 0.0, |facts| {
            facts.position = None;
        })
    };
    let mut desk = Desk::with(vec![back("BK"), photo("FR/GF000001.JPG", 0.0, 0.0)]);
    desk.fix("no_position", FixKind::TakeFromTwin);
    assert_eq!(desk.sent(), [vec![0], vec![1]]);
    let alone = Desk::with(vec![back("BK")]);
    let kinds: Vec<FixKind> = alone.finding("no_position").fixes.iter().map(|fix| fix.kind).collect();
    assert_eq!(kinds, [FixKind::Exclude]);
}

#[test]
fn a_time_without_a_zone_is_offered_the_zone_of_its_place() {
    let mut desk = Desk::with(vec![changed("a/0.jpg", 0.0, 0.0, |facts| {
        facts.time = Some(TimeReading::Naive {
            local_ms: edit_support::START_MS,
            source: TimeSource::DateTimeOriginal,
        });
    })]);
    assert_eq!(
        desk.view().zone_question.unwrap().suggested_zone.as_deref(),
        Some("Europe/Berlin")
    );
    desk.fix("time_zone_unknown", FixKind::AnswerTimeZone);
    assert_eq!(desk.sent(), [vec![0]]);
}
