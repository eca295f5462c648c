//! Reading overlaps sending: the next zip is measured while one is sent, and a photo is read only once.

mod engine_support;
mod upload_support;

use std::sync::Arc;

use engine_support::{LineMode, StillClock, Wire, engine_on};
use md5::{Digest, Md5};
use upload_support::video::new_video_upload;
use upload_support::{World, new_upload, photos_in, wait_for};
use waypost_core::originals::Originals;
use waypost_core::settings::PackageKind;
use waypost_core::upload::{Engine, EngineConfig};
use waypost_wire::{UploadEvent, UploadRow, UploadState};

const NOW_MS: i64 = 1_790_000_000_000;

async fn three_uploads(world: &World, engine: &Engine) -> [i64; 3] {
    let mut ids = Vec::new();
    for day in 0..3 {
        let folder = world.folder.path().join(format!("day{day}"));
        let photos = photos_in(&folder, 2, 50_000, 1_780_000_000_000 + day * 86_400_000);
        ids.push(world.begin(engine, new_upload(&photos, PackageKind::Zip)).await);
    }
    ids.try_into().unwrap()
}

/// Returns the row once so many bytes of it were measured.
async fn measured(engine: &Engine, upload_id: i64) -> UploadRow {
    let mut events = engine.events();
    loop {
        let row = engine.row(upload_id).await.unwrap();
        if row.prepared_bytes > row.total_bytes {
            return row;
        }
        // Progress is told at most five times a second of a clock that stands still: other rows' changes wake as well.
        tokio::select! {
            event = events.recv() => drop::<UploadEvent>(event.unwrap()),
            () = tokio::task::yield_now() => {}
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_next_upload_is_measured_while_one_is_sent_and_only_the_next() {
    let world = World::start().await;
    let clock = StillClock::at(NOW_MS);
    let wire = Wire::new(&world, clock.clone(), LineMode::Stuck);
    let config = EngineConfig {
        parallel_uploads: 1,
        ..world.config()
    };
    let engine = engine_on(&world, config, clock.clone(), &wire).await;
    let [first, second, third] = three_uploads(&world, &engine).await;
    wire.stuck.subscribe().wait_for(|count| *count == 1).await.unwrap();
    let row = measured(&engine, second).await;
    assert_eq!(row.state, UploadState::Queued, "not yet its turn");
    assert_eq!(engine.row(third).await.unwrap().prepared_bytes, 0, "one ahead, no more");

    // What is paused is forgotten, and the one behind it is next.
    engine.pause(second).await.unwrap();
    wire.set(LineMode::Open);
    engine.pause(first).await.unwrap();
    wait_for(&engine, third, UploadState::Processing).await;
    engine.resume_all().await.unwrap();
    for id in [first, second] {
        wait_for(&engine, id, UploadState::Processing).await;
    }
    let snapshot = world.snapshot();
    assert_eq!((snapshot.clusters.len(), snapshot.violations), (3, vec![]));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_photo_is_sent_from_the_bytes_that_were_measured_even_when_its_file_is_gone_by_then() {
    let world = World::start().await;
    let photos = world.photos("walk", 1, 50_000);
    let pixels = upload_support::pixels_of(&photos[0].path);
    let clock = StillClock::at(NOW_MS);
    let wire = Wire::new(&world, clock.clone(), LineMode::Open);
    wire.pulled.lock().unwrap().push(photos[0].path.clone());
    let engine = engine_on(&world, world.config(), clock.clone(), &wire).await;
    let id = world.begin(&engine, new_upload(&photos, PackageKind::Images)).await;
    wait_for(&engine, id, UploadState::Processing).await;
    assert!(!photos[0].path.exists());
    assert_eq!(world.snapshot().clusters[0].images[0].pixels_sha256, pixels);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_that_changes_after_it_was_measured_ahead_is_never_sent() {
    let world = World::start().await;
    let clock = StillClock::at(NOW_MS);
    let wire = Wire::new(&world, clock.clone(), LineMode::Stuck);
    let config = EngineConfig {
        parallel_uploads: 1,
        ..world.config()
    };
    let engine = engine_on(&world, config, clock.clone(), &wire).await;
    let [first, second, third] = three_uploads(&world, &engine).await;
    wire.stuck.subscribe().wait_for(|count| *count == 1).await.unwrap();
    measured(&engine, second).await;
    let folder = world.folder.path().join("day1");
    let path = std::fs::read_dir(&folder).unwrap().next().unwrap().unwrap().path();
    let mut bytes = std::fs::read(&path).unwrap();
    let last = bytes.len() - 1;
    bytes[last] ^= 1;
    std::fs::write(&path, bytes).unwrap();
    wire.set(LineMode::Open);
    engine.cancel(first).await.unwrap();
    wait_for(&engine, second, UploadState::SourceChanged).await;
    wait_for(&engine, third, UploadState::Processing).await;
    assert_eq!(world.snapshot().clusters.len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn who_wants_the_md5s_of_the_originals_gets_them_without_a_second_reading() {
    let world = World::start().await;
    let originals = Arc::new(Originals::default());
    let config = EngineConfig {
        originals: Some(Arc::clone(&originals)),
        ..world.config()
    };
    let engine = world.engine_with(config).await.unwrap();
    let (one_by_one, zipped) = (world.photos("images", 6, 70_000), world.photos("zip", 3, 20_000));
    let video = world.video("GX010042.MP4");
    for new in [
        new_upload(&one_by_one, PackageKind::Images),
        new_upload(&zipped, PackageKind::Zip),
        new_video_upload(&video),
    ] {
        let id = world.begin(&engine, new).await;
        wait_for(&engine, id, UploadState::Published).await;
    }
    let photos = one_by_one.iter().chain(&zipped).map(|photo| &photo.path);
    for path in photos.chain([&video.path]) {
        let md5 = hex::encode(Md5::digest(std::fs::read(path).unwrap()));
        assert_eq!(originals.get(path), Some(md5), "{}", path.display());
    }
}
