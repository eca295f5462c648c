//! Preparing as a window drives it: changes are told by their difference, track files are offered, sources are named.

mod app_support;

use std::fs;
use std::sync::Arc;

use app_support::House;
use waypost_core::keychain::MemoryKeychain;
use waypost_wire::{
    Call, Edit, EventBody, FixKind, HeadingFrom, PlanChange, PointRun, PositionFrom, PrepareState, Reply, Target,
    TimeFrom,
};

/// A GPX file whose times hold all photos of the practice folder.
fn write_track(house: &House, name: &str) {
    let point = |number: u8, year: u16| {
        format!(
            "<trkpt lat=\"48.{number}\" lon=\"16.{number}\"><ele>170</ele><time>{year}-01-01T00:00:00Z</time></trkpt>"
        )
    };
    let points = point(0, 2000) + &point(1, 2100);
    let text = format!("<gpx version=\"1.1\"><trk><trkseg>{points}</trkseg></trk></gpx>");
    fs::write(house.photos.root.join(name), text).unwrap();
}

async fn changed(house: &mut House, call: Call) -> PlanChange {
    house.call(call).await;
    house
        .next(|body| match body {
            EventBody::PlanChange(change) => Some(*change),
            EventBody::Prepare(PrepareState::Ready(_)) => panic!("the whole plan again"),
            _ => None,
        })
        .await
}

#[tokio::test(flavor = "multi_thread")]
async fn an_edit_tells_the_photos_that_it_changed_and_names_the_others() {
    let mut house = House::open("allow", Arc::new(MemoryKeychain::new())).await;
    house.prepare().await;
    let edit = Edit::Exclude {
        target: Target::Captures(vec![1]),
        excluded: true,
    };
    let change = changed(&mut house, Call::Edit { edit }).await;
    assert!(change.plan.sequences.iter().all(|row| row.points.is_empty()));
    assert_eq!((change.plan.image_count, change.plan.undo_count), (7, 1));
    let new: Vec<u64> = change
        .points
        .iter()
        .flatten()
        .flat_map(|run| match run {
            PointRun::New { rows } => rows.iter().map(|row| row.photo_id).collect(),
            PointRun::Kept { .. } => Vec::new(),
        })
        .collect();
    assert_eq!(new, [1]);
    let undone = changed(&mut house, Call::Undo).await;
    assert_eq!((undone.plan.image_count, undone.plan.redo_count), (8, 1));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_track_file_in_a_dropped_folder_is_offered_with_one_press_and_a_broken_one_costs_nothing() {
    let mut house = House::open("allow", Arc::new(MemoryKeychain::new())).await;
    write_track(&house, "track.gpx");
    fs::write(house.photos.root.join("broken.gpx"), "<gpx").unwrap();
    let paths = vec![house.photos.root.display().to_string()];
    house.call(Call::Prepare { paths }).await;
    let notice = house
        .next(|body| match body {
            EventBody::Notice(problem) => Some(problem),
            _ => None,
        })
        .await;
    assert!(notice.message.contains("broken.gpx"), "{notice:?}");
    let plan = house
        .next(|body| match body {
            EventBody::Prepare(PrepareState::Ready(plan)) => Some(plan),
            _ => None,
        })
        .await;
    let names: Vec<&str> = plan.tracks.iter().map(|row| row.file_name.as_str()).collect();
    assert_eq!(names, ["track.gpx"]);
    assert_eq!(plan.image_count, 8, "nothing uses it before somebody says so");
    let offer = plan.tracks[0].offer.clone().expect("an offer");
    assert_eq!((offer.kind, plan.tracks[0].used_by), (FixKind::UseTrack, 0));
    let change = changed(&mut house, Call::Edit { edit: offer.edit }).await;
    assert!(change.plan.tracks[0].used_by > 0);
    assert_eq!(change.plan.tracks[0].offer, None, "offered until it is taken");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_photo_says_where_its_time_its_position_and_its_heading_came_from() {
    let mut house = House::open("allow", Arc::new(MemoryKeychain::new())).await;
    write_track(&house, "track.gpx");
    let plan = house.prepare().await;
    let facts = async |house: &House, photo_id: u64| {
        let Reply::PhotoFacts(facts) = house.call(Call::PhotoFacts { photo_id }).await else {
            panic!("facts")
        };
        facts
    };
    let photo_id = plan.sequences[0].points[0].photo_id;
    let own = facts(&house, photo_id).await.expect("a photo of the plan");
    assert_eq!((own.time_from, own.position_from), (TimeFrom::Gps, PositionFrom::Exif));
    assert_eq!(
        own.heading_from.is_some(),
        plan.sequences[0].points[0].heading_deg.is_some()
    );
    assert!(own.size_bytes > 0 && own.file == plan.sequences[0].points[0].file_name);
    let edit = Edit::UseTrack {
        target: Target::All,
        track_id: Some(0),
        lookup_offset_ms: 0,
        align_start: false,
    };
    changed(&mut house, Call::Edit { edit }).await;
    let edit = Edit::HeadingFromTrack {
        target: Target::All,
        along_track: true,
    };
    changed(&mut house, Call::Edit { edit }).await;
    let PrepareState::Ready(plan) = house.snapshot().await.prepare else {
        panic!("a plan")
    };
    if let Some(point) = plan.sequences.first().and_then(|row| row.points.first()) {
        let other = facts(&house, point.photo_id).await.expect("a photo of the plan");
        assert_eq!(other.position_from, PositionFrom::TrackFile);
        assert_eq!(other.heading_from, point.heading_deg.map(|_| HeadingFrom::Way));
    }
    assert_eq!(facts(&house, 9_999).await, None);
}
