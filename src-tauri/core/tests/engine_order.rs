//! The order of the list is the person's, and everything that failed can be tried again at once.

mod upload_support;

use upload_support::{World, new_upload, photos_in, wait_for};
use waypost_core::settings::PackageKind;
use waypost_core::upload::{Engine, EngineConfig, NewUpload, Which};
use waypost_sandbox::{Endpoint, Fault};
use waypost_wire::{UploadEvent, UploadState};

/// Uploads of two photos each, taken on different days.
fn uploads(world: &World, count: i64) -> Vec<NewUpload> {
    (0..count)
        .map(|day| {
            let folder = world.folder.path().join(format!("day{day}"));
            let photos = photos_in(&folder, 2, 0, 1_780_000_000_000 + day * 86_400_000);
            NewUpload {
                title: format!("day {day}"),
                ..new_upload(&photos, PackageKind::Zip)
            }
        })
        .collect()
}

async fn add_all(world: &World, engine: &Engine, count: i64) -> Vec<i64> {
    let mut ids = Vec::new();
    for upload in uploads(world, count) {
        ids.push(engine.add(upload).await.unwrap());
    }
    ids
}

async fn listed(engine: &Engine) -> Vec<i64> {
    let rows = engine.rows().await.unwrap();
    assert!(
        rows.is_sorted_by_key(|row| row.place),
        "rows come in the order of their places"
    );
    rows.into_iter().map(|row| row.upload_id).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn an_upload_that_was_moved_stays_there_after_a_restart_and_starts_in_that_order() {
    let world = World::start().await;
    let config = EngineConfig {
        parallel_uploads: 1,
        ..world.config()
    };
    let engine = world.engine_with(config.clone()).await.unwrap();
    let ids = add_all(&world, &engine, 4).await;
    let [first, second, third, fourth] = ids[..] else {
        panic!()
    };
    assert_eq!(listed(&engine).await, ids);

    let mut events = engine.events();
    engine.reorder(third, Some(first)).await.unwrap();
    engine.reorder(second, None).await.unwrap();
    let wanted = [third, first, fourth, second];
    assert_eq!(listed(&engine).await, wanted);
    let mut told = Vec::new();
    while let Ok(UploadEvent::Row(row)) = events.try_recv() {
        told.push((row.upload_id, row.place));
    }
    assert!(
        told.contains(&(third, 1)) && told.contains(&(second, 4)),
        "those that moved are told: {told:?}"
    );

    drop(engine);
    let engine = loop {
        match world.engine_with(config.clone()).await {
            Ok(engine) => break engine,
            Err(error) => assert_eq!(error.code(), "already_running"),
        }
        tokio::task::yield_now().await;
    };
    assert_eq!(listed(&engine).await, wanted);
    engine.start(Which::All).await.unwrap();
    let is_published = |row: &waypost_wire::UploadRow| row.state == UploadState::Published;
    let rows = engine.wait_until(&wanted, is_published).await.unwrap();
    let started: Vec<_> = world
        .snapshot()
        .clusters
        .iter()
        .map(|cluster| cluster.id.clone())
        .collect();
    let in_order: Vec<_> = rows.iter().filter_map(|row| row.cluster_id.clone()).collect();
    assert_eq!(started, in_order, "one after the other, in the order of the list");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_move_that_names_nothing_of_the_list_changes_nothing() {
    let world = World::start().await;
    let engine = world.engine().await;
    let ids = add_all(&world, &engine, 3).await;
    engine.remove(ids[1]).await.unwrap();
    for (upload_id, before) in [(99, None), (ids[0], Some(99)), (ids[1], None), (ids[0], Some(ids[1]))] {
        let error = engine.reorder(upload_id, before).await.unwrap_err();
        assert_eq!(error.code(), "no_such_upload");
    }
    engine.reorder(ids[0], Some(ids[0])).await.unwrap();
    assert_eq!(listed(&engine).await, [ids[2], ids[0]], "before itself is the end");
}

#[tokio::test(flavor = "multi_thread")]
async fn everything_that_failed_here_is_tried_again_at_once_and_nothing_that_mapillary_took() {
    let world = World::start().await;
    let engine = world.engine().await;
    let ids = add_all(&world, &engine, 3).await;
    for id in &ids[..2] {
        world
            .sandbox
            .faults()
            .push(Fault::answer(Endpoint::UploadOffset, 400, ""));
        engine.start(Which::These(vec![*id])).await.unwrap();
        wait_for(&engine, *id, UploadState::Failed).await;
    }
    assert_eq!(engine.retry_all_failed().await.unwrap(), 2);
    for id in &ids[..2] {
        wait_for(&engine, *id, UploadState::Published).await;
    }
    assert_eq!(engine.retry_all_failed().await.unwrap(), 0);
    assert_eq!(
        engine.row(ids[2]).await.unwrap().state,
        UploadState::Draft,
        "nobody asked for it"
    );
    assert_eq!(world.snapshot().clusters.len(), 2);
}
