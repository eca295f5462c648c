//! The last stage of an upload: its way onto the map, as the tiles of the practice Mapillary tell it.

mod upload_support;

use upload_support::{World, new_upload, wait_for};
use waypost_core::observe::Unobserved;
use waypost_core::package::write_zip_file;
use waypost_core::settings::PackageKind;
use waypost_core::upload::{FollowSettings, NewUpload, UploadSource, Which, ZipFile};
use waypost_sandbox::{Endpoint, Fault};
use waypost_wire::{FateKind, UploadEvent, UploadRow, UploadState};

fn tiles_asked(world: &World) -> usize {
    let snapshot = world.snapshot();
    let requests = snapshot.requests.iter();
    requests.filter(|request| request.path.contains("/maps/vtp/")).count()
}

fn fate_of(row: &UploadRow) -> Option<FateKind> {
    row.fate.as_ref().map(|fate| fate.kind)
}

fn has_next_ask(row: &UploadRow) -> bool {
    row.fate.as_ref().is_some_and(|fate| fate.next_ask.is_some())
}

#[tokio::test(flavor = "multi_thread")]
async fn every_sequence_of_a_cluster_reaches_the_map_and_no_row_says_so_before_it_is_published() {
    let world = World::start_with(|config| config.images_per_sequence = Some(2)).await;
    let photos = world.photos("walk", 5, 0);
    let engine = world.engine().await;
    let mut events = engine.events();
    let id = world.begin(&engine, new_upload(&photos, PackageKind::Zip)).await;
    let is_on_map = |row: &UploadRow| fate_of(row) == Some(FateKind::OnMap);
    let row = engine.wait_until(&[id], is_on_map).await.unwrap().remove(0);
    assert_eq!((row.state, row.links.len()), (UploadState::Published, 3));
    let mut fates = Vec::new();
    while let Ok(event) = events.try_recv() {
        if let UploadEvent::Row(row) = event
            && let Some(fate) = fate_of(&row)
        {
            assert!(
                fate != FateKind::OnMap || row.state == UploadState::Published,
                "{row:#?}"
            );
            fates.push(fate);
        }
    }
    let first_on_map = fates.iter().position(|fate| *fate == FateKind::OnMap).unwrap();
    assert!(fates[..first_on_map].contains(&FateKind::Visible), "{fates:?}");
    assert!(tiles_asked(&world) > 0);
    // The end of all questions: nothing of it is asked again.
    let is_over = |row: &UploadRow| is_on_map(row) && !has_next_ask(row);
    engine.wait_until(&[id], is_over).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_tile_that_fails_leaves_an_upload_published_and_is_asked_for_no_longer_than_three_days() {
    let world = World::start().await;
    let photos = world.photos("walk", 3, 0);
    let down = r#"{"error":{"message":"no","type":"MLYApiException","code":2}}"#;
    let faults = world.sandbox.faults();
    faults.push(Fault::answer(Endpoint::Tile, 500, down).always());
    let engine = world.engine().await;
    let id = world.begin(&engine, new_upload(&photos, PackageKind::Zip)).await;
    let row = wait_for(&engine, id, UploadState::Published).await;
    assert_eq!((fate_of(&row), row.problem.clone()), (Some(FateKind::Visible), None));
    let asks_again = |row: &UploadRow| has_next_ask(row) && row.asked_at_ms > Some(row.since_ms);
    let row = engine.wait_until(&[id], asks_again).await.unwrap().remove(0);
    assert_eq!(
        (row.state, fate_of(&row)),
        (UploadState::Published, Some(FateKind::Visible))
    );
    world.clock.advance_ms(FollowSettings::service().overdue_after_ms);
    let row = engine
        .wait_until(&[id], |row| !has_next_ask(row))
        .await
        .unwrap()
        .remove(0);
    assert_eq!(
        (row.state, fate_of(&row)),
        (UploadState::Published, Some(FateKind::Visible))
    );
    engine.shutdown().await.unwrap();
    let asked = tiles_asked(&world);
    world.clock.advance_ms(30 * 24 * 3_600_000);
    let engine = world.engine_after_death().await;
    assert!(!has_next_ask(&engine.row(id).await.unwrap()));
    assert_eq!(tiles_asked(&world), asked, "nothing asks for ever");
    // The person still may, and then the map is there.
    world.sandbox.faults().clear();
    engine.ask_now(Which::All).await.unwrap();
    let is_on_map = |row: &UploadRow| fate_of(row) == Some(FateKind::OnMap);
    engine.wait_until(&[id], is_on_map).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn an_old_tile_is_asked_for_again_until_the_map_has_been_made_anew() {
    let world = World::start_with(|config| config.tile_cache_ms = 60_000).await;
    let photos = world.photos("walk", 1, 0);
    let engine = world.engine().await;
    let id = world.begin(&engine, new_upload(&photos, PackageKind::Zip)).await;
    wait_for(&engine, id, UploadState::Published).await;
    let is_on_map = |row: &UploadRow| fate_of(row) == Some(FateKind::OnMap);
    let row = engine.wait_until(&[id], is_on_map).await.unwrap().remove(0);
    assert_eq!(
        row.visible_count,
        Some(1),
        "a sequence of one image is a dot on the map"
    );
    assert!(tiles_asked(&world) > 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_limit_of_the_tile_server_is_respected_and_takes_nothing_back() {
    let world = World::start().await;
    let photos = world.photos("walk", 2, 0);
    let limit = r#"{"error":{"message":"Application request limit reached","type":"OAuthException","code":4}}"#;
    world.sandbox.faults().push(Fault::answer(Endpoint::Tile, 403, limit));
    let engine = world.engine().await;
    let id = world.begin(&engine, new_upload(&photos, PackageKind::Zip)).await;
    let row = wait_for(&engine, id, UploadState::Published).await;
    assert_eq!(row.problem, None);
    let is_on_map = |row: &UploadRow| fate_of(row) == Some(FateKind::OnMap);
    engine.wait_until(&[id], is_on_map).await.unwrap();
    let snapshot = world.snapshot();
    let tiles: Vec<usize> = (0..snapshot.requests.len())
        .filter(|place| snapshot.requests[*place].path.contains("/maps/vtp/"))
        .collect();
    let after_limit = &snapshot.requests[tiles[0] + 1];
    let quiet_ms = after_limit.at_ms - snapshot.requests[tiles[0]].at_ms;
    assert!(
        quiet_ms >= waypost_mapillary::GRAPH_THROTTLE_WAIT_MS,
        "{quiet_ms}: {after_limit:#?}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_zip_that_was_made_elsewhere_reaches_the_map_by_the_first_image_of_its_sequence() {
    let world = World::start().await;
    let photos = world.photos("walk", 3, 0);
    let zips = world.folder.path().join("zips");
    let path = write_zip_file(&photos, &zips, &Unobserved).unwrap();
    let engine = world.engine().await;
    let new = NewUpload {
        source: UploadSource::ZipFile(ZipFile {
            size_bytes: std::fs::metadata(&path).unwrap().len(),
            path,
            image_count: 3,
            first_captured_at_ms: 0,
            last_captured_at_ms: 0,
        }),
        ..new_upload(&photos, PackageKind::Zip)
    };
    let id = world.begin(&engine, new).await;
    let is_on_map = |row: &UploadRow| fate_of(row) == Some(FateKind::OnMap);
    engine.wait_until(&[id], is_on_map).await.unwrap();
}
