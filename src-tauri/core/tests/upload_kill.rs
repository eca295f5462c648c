//! A process that dies between any two steps: the next one finishes the job, once, with every byte.

mod upload_support;

use std::path::Path;
use std::sync::Arc;

use tokio::sync::Notify;
use upload_support::deadly::Deadly;
use upload_support::video::Goods;
use upload_support::{World, wait_for};
use waypost_core::error::CoreError;
use waypost_core::settings::PackageKind;
use waypost_core::upload::{CommitPoint, Engine, EngineConfig, Which};
use waypost_wire::UploadState;

/// Opens the data folder again, sees the upload through, and checks that everything is there once.
async fn see_it_through(world: &World, goods: &Goods, at: &str) {
    let engine = world.engine_after_death().await;
    let id = match engine.rows().await.unwrap().as_slice() {
        // Killed before the wish was on the disk: the person asks again.
        [] => engine.add(goods.new_upload()).await.unwrap(),
        [row] => row.upload_id,
        rows => panic!("{at}: {rows:#?}"),
    };
    if engine.row(id).await.unwrap().state == UploadState::Draft {
        engine.start(Which::All).await.unwrap();
    }
    let row = wait_for(&engine, id, UploadState::Published).await;
    assert_eq!(world.snapshot().violations, Vec::<String>::new(), "{at}");
    goods.assert_arrived_once(world, at);
    let images = world.snapshot().clusters[0].images.len();
    assert_eq!(row.visible_count, Some(images as u64), "{at}");
    assert_integrity(&world.data_dir(), at);
    let _ = engine.shutdown().await;
}

fn assert_integrity(data_dir: &Path, at: &str) {
    let path = data_dir.join(waypost_core::journal::FILE_NAME);
    let connection = rusqlite::Connection::open(path).unwrap();
    let verdict: String = connection
        .query_row("PRAGMA integrity_check", [], |row| row.get(0))
        .unwrap();
    assert_eq!(verdict, "ok", "{at}");
}

/// Runs an upload until the process "dies" at commit number `dies_at`; `false` when it was through before.
async fn run_until_commit(world: &World, goods: &Goods, dies_at: u64, before: bool) -> bool {
    let died = Arc::new(Notify::new());
    let probe = {
        let died = Arc::clone(&died);
        Arc::new(move |point| {
            let dies = match point {
                CommitPoint::Before(count) => before && count == dies_at,
                CommitPoint::After(count) => !before && count == dies_at,
            };
            if dies {
                died.notify_one();
            }
            !dies
        })
    };
    let config = EngineConfig {
        commit_probe: Some(probe),
        ..world.config()
    };
    let run = async {
        let engine = world.engine_with(config).await?;
        let id = engine.add(goods.new_upload()).await?;
        engine.start(Which::All).await?;
        wait_for(&engine, id, UploadState::Published).await;
        Ok::<_, CoreError>(())
    };
    tokio::select! {
        biased;
        () = died.notified() => true,
        ended = run => ended.is_err(),
    }
}

async fn killed_at_every_commit(package: PackageKind) {
    let mut kills = 0;
    for before in [true, false] {
        for dies_at in 1.. {
            let world = World::start().await;
            let goods = Goods::of(&world, package, 2, 5_000);
            if !run_until_commit(&world, &goods, dies_at, before).await {
                break;
            }
            kills += 1;
            let when = if before { "before" } else { "after" };
            see_it_through(&world, &goods, &format!("{when} commit {dies_at}")).await;
        }
    }
    println!("{package:?}: killed at {kills} places of the journal, lost 0, doubled 0");
    assert!(kills >= 25, "{kills}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_zip_survives_a_death_before_and_after_every_commit() {
    killed_at_every_commit(PackageKind::Zip).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn images_survive_a_death_before_and_after_every_commit() {
    killed_at_every_commit(PackageKind::Images).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_video_survives_a_death_before_and_after_every_commit() {
    killed_at_every_commit(PackageKind::Video).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_death_at_any_request_loses_and_doubles_nothing() {
    let mut kills = 0;
    for package in [PackageKind::Zip, PackageKind::Images, PackageKind::Video] {
        for before in [true, false] {
            for dies_at in 1.. {
                let world = World::start().await;
                let goods = Goods::of(&world, package, 2, 5_000);
                let died = Arc::new(Notify::new());
                let transport = Deadly::new(&world, dies_at, before, Arc::clone(&died));
                let engine = Engine::open(
                    world.config(),
                    Arc::new(transport),
                    world.tokens.clone(),
                    world.clock.clone(),
                    Some(world.client()),
                )
                .await
                .unwrap();
                let id = world.begin(&engine, goods.new_upload()).await;
                let is_dead = tokio::select! {
                    biased;
                    () = died.notified() => true,
                    _ = wait_for(&engine, id, UploadState::Published) => false,
                };
                if !is_dead {
                    break;
                }
                drop(engine);
                kills += 1;
                let at = format!("{package:?} request {dies_at}, before: {before}");
                see_it_through(&world, &goods, &at).await;
            }
        }
    }
    println!("killed at {kills} requests, lost 0, doubled 0");
    assert!(kills >= 18, "{kills}");
}
