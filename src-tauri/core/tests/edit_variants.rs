//! Every change that a person can make does what it says to the plan, and to nothing else.

mod edit_support;

use edit_support::{DEGREE_M, Desk, captures, changed, photo, track, walk};
use waypost_core::plan::Video;
use waypost_core::readings::Capture;
use waypost_media::{
    Heading, HeadingReference, HeadingSource, PositionSource, TimeReading, TimeSource, TrackPoint, VideoKind,
};
use waypost_wire::{Edit, LeftOutBy, SequenceNotes, Target};

fn heading(heading_deg: f64) -> Heading {
    Heading {
        heading_deg,
        reference: HeadingReference::True,
        source: HeadingSource::ImgDirection,
    }
}

#[test]
fn excluded_photos_stay_in_their_place_and_are_not_sent() {
    let mut desk = Desk::with(walk(6));
    desk.edit(Edit::Exclude {
        target: captures([2, 99]),
        excluded: true,
    });
    assert_eq!(desk.sent(), [vec![0, 1, 3, 4, 5]]);
    let row = &desk.view().sequences[0];
    assert_eq!(
        row.points.iter().map(|point| point.photo_id).collect::<Vec<_>>(),
        [0, 1, 2, 3, 4, 5]
    );
    assert_eq!(row.points[2].left_out_by, Some(LeftOutBy::Person));
    assert_eq!(row.size_bytes, 5_000);
    desk.edit(Edit::Exclude {
        target: Target::All,
        excluded: false,
    });
    assert_eq!(desk.sent(), [vec![0, 1, 2, 3, 4, 5]]);
}

#[test]
fn a_sequence_that_is_left_out_as_a_whole_keeps_its_row_and_its_name() {
    let mut photos = walk(3);
    photos.extend((0..3).map(|n| photo(&format!("a/1{n}.jpg"), 500.0 + f64::from(n), 40.0 + f64::from(n) * 10.0)));
    photos.extend((0..3).map(|n| photo(&format!("a/2{n}.jpg"), 900.0 + f64::from(n), 80.0 + f64::from(n) * 10.0)));
    let mut desk = Desk::with(photos);
    assert_eq!(desk.sent().len(), 3);
    desk.edit(Edit::Exclude {
        target: Target::Sequence("1".into()),
        excluded: true,
    });
    assert_eq!(desk.sent(), [vec![0, 1, 2], vec![6, 7, 8]]);
    let rows: Vec<(String, bool)> = desk
        .view()
        .sequences
        .into_iter()
        .map(|row| (row.sequence_id, row.excluded))
        .collect();
    assert_eq!(rows, [("0".into(), false), ("1".into(), true), ("2".into(), false)]);
    let unknown = desk.try_edit(&Edit::Exclude {
        target: Target::Sequence("7".into()),
        excluded: true,
    });
    assert_eq!(unknown.unwrap_err().code(), "invalid_setting");
}

#[test]
fn a_shift_moves_the_clock_of_those_it_is_about_and_setting_it_anew_replaces_it() {
    let mut desk = Desk::with(walk(4));
    let shift = |shift_ms| Edit::ShiftTime {
        target: captures([3]),
        shift_ms,
    };
    desk.edit(shift(3_600_000));
    assert_eq!(desk.sent(), [vec![0, 1, 2], vec![3]], "an hour is a pause");
    desk.edit(shift(1_000));
    assert_eq!(
        desk.plan.sequences[0].photos[3].captured_at_ms,
        edit_support::at_ms(16.0)
    );
    assert_eq!(desk.view().sequences[0].applied.shift_ms, 0, "the first photo's");
    assert_eq!(desk.try_edit(&shift(i64::MIN)).unwrap_err().code(), "invalid_setting");
}

#[test]
fn a_turn_is_added_to_headings_wherever_they_come_from() {
    let photos = vec![
        changed("a/0.jpg", 0.0, 0.0, |facts| facts.heading = Some(heading(350.0))),
        photo("a/1.jpg", 5.0, 10.0),
        photo("a/2.jpg", 10.0, 20.0),
    ];
    let mut desk = Desk::with(photos);
    desk.edit(Edit::TurnHeading {
        target: Target::All,
        offset_deg: 90.0,
    });
    let headings: Vec<f64> = desk.plan.sequences[0]
        .photos
        .iter()
        .map(|photo| photo.heading_deg.unwrap().round())
        .collect();
    assert_eq!(headings, [80.0, 90.0, 90.0]);
    let unusable = desk.try_edit(&Edit::TurnHeading {
        target: Target::All,
        offset_deg: f64::NAN,
    });
    assert_eq!(unusable.unwrap_err().code(), "invalid_setting");
}

#[test]
fn headings_can_follow_the_track_instead_of_the_camera() {
    let photos = (0..3).map(|n| {
        changed(
            &format!("a/{n}.jpg"),
            f64::from(n) * 5.0,
            f64::from(n) * 10.0,
            |facts| {
                facts.heading = Some(heading(123.0));
            },
        )
    });
    let mut desk = Desk::with(photos.collect());
    desk.edit(Edit::HeadingFromTrack {
        target: captures([0, 1, 2]),
        along_track: true,
    });
    let photos = &desk.plan.sequences[0].photos;
    assert!(
        photos
            .iter()
            .all(|photo| photo.heading_deg.unwrap() < 0.001 && photo.heading_source.is_none())
    );
}

#[test]
fn a_cut_begins_a_sequence_and_can_be_taken_back_also_when_its_photo_stays_at_home() {
    let mut desk = Desk::with(walk(6));
    let cut = |split| Edit::SplitBefore { photo_id: 3, split };
    desk.edit(cut(true));
    assert_eq!(desk.sent(), [vec![0, 1, 2], vec![3, 4, 5]]);
    desk.edit(Edit::Exclude {
        target: captures([3]),
        excluded: true,
    });
    assert_eq!(desk.sent(), [vec![0, 1, 2], vec![4, 5]]);
    desk.edit(cut(false));
    assert_eq!(desk.sent(), [vec![0, 1, 2, 4, 5]]);
    let unknown = desk.try_edit(&Edit::SplitBefore {
        photo_id: 99,
        split: true,
    });
    assert_eq!(unknown.unwrap_err().code(), "invalid_setting");
}

#[test]
fn joining_passes_over_pauses_distances_and_folders_but_not_over_limits_and_cameras() {
    let mut photos = walk(2);
    photos.push(photo("a/0002.jpg", 600.0, 500.0));
    photos.push(photo("b/0003.jpg", 605.0, 510.0));
    photos.push(changed("b/0004.jpg", 610.0, 520.0, |facts| {
        facts.model = Some("MAX".into());
    }));
    let mut desk = Desk::with(photos);
    assert_eq!(desk.sent(), [vec![0, 1], vec![2], vec![3], vec![4]]);
    let join = |photo_id, join| Edit::JoinBefore { photo_id, join };
    desk.edit(join(2, true));
    desk.edit(join(3, true));
    assert_eq!(desk.sent(), [vec![0, 1, 2, 3], vec![4]]);
    for impossible in [0, 4] {
        let refused = desk.try_edit(&join(impossible, true)).unwrap_err();
        assert_eq!(refused.code(), "invalid_setting", "{impossible}");
    }
    desk.edit(join(2, false));
    assert_eq!(desk.sent()[0], [0, 1]);
    desk.edit(join(2, true));
    desk.settings.sequence.max_photos = Some(3);
    desk.edit(Edit::Exclude {
        target: captures([4]),
        excluded: true,
    });
    assert_eq!(desk.sent(), [vec![0, 1, 2], vec![3]]);
}

#[test]
fn the_answer_about_the_zone_makes_naive_times_moments() {
    let naive = |n: u8| {
        changed(&format!("a/{n}.jpg"), 0.0, f64::from(n) * 10.0, |facts| {
            facts.time = Some(TimeReading::Naive {
                local_ms: edit_support::at_ms(f64::from(n) * 5.0),
                source: TimeSource::DateTimeOriginal,
            });
        })
    };
    let mut desk = Desk::with(vec![naive(0), naive(1)]);
    assert_eq!(desk.refused(), ["time_zone_unknown"; 2]);
    let question = desk.view().zone_question.unwrap();
    assert_eq!((question.file_count, question.example_file.as_str()), (2, "0.jpg"));
    assert_eq!(
        (question.example_local_ms, question.answer.as_str()),
        (edit_support::START_MS, "")
    );
    let answer = |zone: &str| Edit::AnswerTimeZone { zone: zone.into() };
    assert_eq!(
        desk.try_edit(&answer("Middle/Earth")).unwrap_err().code(),
        "invalid_setting"
    );
    desk.edit(answer(" Europe/Berlin "));
    assert_eq!(desk.sent(), [vec![0, 1]]);
    let first = &desk.plan.sequences[0].photos[0];
    assert_eq!(first.captured_at_ms, edit_support::START_MS - 2 * 3_600_000);
    assert_eq!(desk.view().zone_question.unwrap().answer, "Europe/Berlin");
    desk.edit(answer(""));
    assert_eq!(desk.refused(), ["time_zone_unknown"; 2]);
}

#[test]
fn positions_come_from_a_track_with_an_offset_for_the_look_up_alone() {
    let mut desk = Desk::with(walk(4));
    let track_id = desk.readings.add_track(track(100.0));
    let take = |track_id, lookup_offset_ms, align_start| Edit::UseTrack {
        target: Target::All,
        track_id,
        lookup_offset_ms,
        align_start,
    };
    desk.edit(take(Some(track_id), 0, false));
    assert_eq!(desk.refused(), ["outside_track"; 4]);
    desk.edit(take(Some(track_id), 100_000, false));
    let photo = desk.plan.sequences[0].photos[2].clone();
    assert_eq!(
        photo.captured_at_ms,
        edit_support::at_ms(10.0),
        "the capture time stays"
    );
    assert_eq!(photo.position_source, PositionSource::TrackFile);
    assert!((photo.lon_deg - 10.0007).abs() < 1e-9 && (photo.lat_deg - 50.0 - 20.0 / DEGREE_M).abs() < 1e-9);
    assert_eq!(desk.view().tracks[0].used_by, 4);
    desk.edit(take(Some(track_id), 0, true));
    assert_eq!(desk.sent(), [vec![0, 1, 2, 3]], "the first photo meets the first point");
    assert!((desk.plan.sequences[0].photos[0].lat_deg - 50.0).abs() < 1e-9);
    assert!(desk.view().sequences[0].applied.align_start);
    desk.edit(take(None, 0, false));
    assert_eq!(desk.plan.sequences[0].photos[2].position_source, PositionSource::Exif);
    assert_eq!(
        desk.try_edit(&take(Some(9), 0, false)).unwrap_err().code(),
        "invalid_setting"
    );
}

#[test]
fn a_privacy_zone_keeps_what_lies_in_it_at_home_until_it_is_taken_away() {
    let mut desk = Desk::with(walk(8));
    let zone = |radius_m| Edit::AddPrivacyZone {
        lat_deg: 50.0,
        lon_deg: 10.0,
        radius_m,
    };
    desk.edit(zone(25.0));
    assert_eq!(desk.sent(), [vec![3, 4, 5, 6, 7]]);
    let view = desk.view();
    assert_eq!(view.sequences[0].points[0].left_out_by, Some(LeftOutBy::PrivacyZone));
    assert_eq!((view.privacy_zones[0].zone_id, view.privacy_zones[0].left_out), (0, 3));
    desk.edit(Edit::RemovePrivacyZone { zone_id: 0 });
    assert_eq!(desk.sent()[0].len(), 8);
    desk.edit(zone(5.0));
    assert_eq!(desk.view().privacy_zones[0].zone_id, 1, "a number is never used again");
    for impossible in [0.0, -1.0, f64::NAN, 1e9] {
        assert_eq!(desk.try_edit(&zone(impossible)).unwrap_err().code(), "invalid_setting");
    }
}

#[test]
fn a_trim_keeps_both_ends_of_the_way_at_home() {
    let mut desk = Desk::with(walk(10));
    let trim = |start_m, end_m| Edit::Trim {
        target: Target::Sequence("0".into()),
        start_m,
        end_m,
    };
    desk.edit(trim(25.0, 15.0));
    assert_eq!(desk.sent(), [vec![3, 4, 5, 6, 7]]);
    let view = desk.view();
    assert_eq!(view.sequences[0].points.len(), 10);
    assert_eq!(view.sequences[0].points[9].left_out_by, Some(LeftOutBy::Trim));
    assert!((view.sequences[0].applied.trim_start_m - 25.0).abs() < 1e-9);
    desk.edit(trim(0.0, 0.0));
    assert_eq!(desk.sent()[0].len(), 10);
    assert_eq!(desk.try_edit(&trim(-1.0, 0.0)).unwrap_err().code(), "invalid_setting");
}

#[test]
fn a_check_that_is_an_opinion_can_be_overruled_and_a_fact_cannot() {
    let mut photos = walk(3);
    photos.push(photo("a/0003.jpg", 15.0, 20.0));
    let mut desk = Desk::with(photos);
    assert_eq!(desk.refused(), ["duplicate"]);
    let ignore = |code: &str, ignored| Edit::IgnoreCheck {
        target: Target::All,
        code: code.into(),
        ignored,
    };
    desk.edit(ignore("duplicate", true));
    assert_eq!(desk.sent(), [vec![0, 1, 2, 3]]);
    desk.edit(ignore("duplicate", false));
    assert_eq!(desk.refused(), ["duplicate"]);
    assert_eq!(
        desk.try_edit(&ignore("null_island", true)).unwrap_err().code(),
        "invalid_setting"
    );
}

#[test]
fn the_back_lens_takes_place_and_moment_from_the_front_and_looks_the_other_way() {
    let photos = vec![
        changed("BK/GB000001.JPG", 0.0, 0.0, |facts| {
            facts.position = None;
            facts.time = None;
        }),
        changed("FR/GF000001.JPG", 7.0, 0.0, |facts| facts.heading = Some(heading(10.0))),
    ];
    let mut desk = Desk::with(photos);
    assert_eq!(desk.refused(), ["no_position"]);
    let twin = |take| Edit::TakeFromTwin {
        target: Target::All,
        take,
    };
    desk.edit(twin(true));
    assert_eq!(desk.sent(), [vec![0], vec![1]]);
    let (back, front) = (&desk.plan.sequences[0].photos[0], &desk.plan.sequences[1].photos[0]);
    assert_eq!(
        (back.captured_at_ms, back.lat_deg),
        (front.captured_at_ms, front.lat_deg)
    );
    assert_eq!(
        (back.position_source, back.heading_deg),
        (PositionSource::Twin, Some(190.0))
    );
    assert_eq!(
        (front.position_source, front.heading_deg),
        (PositionSource::Exif, Some(10.0))
    );
    desk.edit(twin(false));
    assert_eq!(desk.refused(), ["no_position"]);
}

#[test]
fn notes_are_kept_with_their_sequence_and_what_flew_is_refused() {
    let mut desk = Desk::with(walk(3));
    let notes = |transport: &str| Edit::Describe {
        target: Target::Sequence("0".into()),
        notes: SequenceNotes {
            name: " Along the river ".into(),
            description: "Both banks.".into(),
            transport: transport.into(),
            tags: vec!["river".into(), " river ".into(), String::new(), "spring".into()],
        },
    };
    desk.edit(notes("Land/Bicycle"));
    let kept = desk.view().sequences[0].notes.clone();
    assert_eq!(
        (kept.name.as_str(), kept.transport.as_str()),
        ("Along the river", "land/bicycle")
    );
    assert_eq!(kept.tags, ["river", "spring"]);
    assert_eq!(
        desk.try_edit(&notes("air/drone")).unwrap_err().code(),
        "transport_refused"
    );
    assert_eq!(desk.try_edit(&notes("teleport")).unwrap_err().code(), "invalid_setting");
}

/// A video of a drive of 600 m to the north in 60 seconds.
fn video() -> Capture {
    let point = |number: u8| {
        TrackPoint::new(
            f64::from(number) * 1000.0,
            50.0 + f64::from(number) * 10.0 / DEGREE_M,
            10.0,
        )
    };
    Capture::Video(Box::new(Video {
        capture_id: 0,
        path: "/card/GX010001.MP4".into(),
        link_target: None,
        size_bytes: 1_000,
        modified_at_ms: 0,
        kind: VideoKind::GoPro,
        track: (0..=60).map(point).collect(),
        track_file: None,
        removed: Vec::new(),
        duration_ms: Some(60_000.0),
        video_track_count: 1,
        make: None,
        model: None,
        camera_uuid: None,
        time_lapse_factor: None,
        chapter: None,
    }))
}

#[test]
fn a_privacy_zone_cuts_the_track_of_a_video_and_says_that_its_pictures_go() {
    let mut desk = Desk::with(vec![video()]);
    let zone = |radius_m| Edit::AddPrivacyZone {
        lat_deg: 50.0,
        lon_deg: 10.0,
        radius_m,
    };
    desk.edit(zone(95.0));
    assert_eq!(desk.plan.videos[0].track.len(), 51);
    assert_eq!(desk.plan.warnings[0].code.code(), "video_frames_go");
    desk.edit(Edit::Trim {
        target: captures([0]),
        start_m: 0.0,
        end_m: 45.0,
    });
    assert_eq!(desk.plan.videos[0].track.len(), 46);
    desk.edit(zone(1_000.0));
    assert!(desk.plan.videos.is_empty() && desk.plan.warnings.is_empty());
    assert_eq!(desk.plan.left_out[0].by, LeftOutBy::PrivacyZone);
    let rows = desk.view().videos;
    assert!(rows[0].excluded && rows[0].video_id == 0, "it is still shown");
}
