//! A process that dies between any two steps: the next one finishes the job, once, with every byte.

mod upload_support;

use std::sync::Arc;

use tokio::sync::Notify;
use upload_support::deadly::Deadly;
use upload_support::ledger::{Material, Wanted, look};
use upload_support::{World, wait_for};
use waypost_core::error::CoreError;
use waypost_core::settings::PackageKind;
use waypost_core::submit::{Goal, is_over};
use waypost_core::upload::{CommitPoint, Engine, EngineConfig, Which};
use waypost_testkit::table::Row;
use waypost_wire::UploadState;

/// Opens the data folder again, sees the upload through, and looks whether everything is there once.
async fn see_it_through(world: &World, wanted: &Wanted, at: &str) -> Row {
    let engine = world.engine_after_death().await;
    let id = match engine.rows().await.unwrap().as_slice() {
        // Killed before the wish was on the disk: the person asks again.
        [] => engine.add(wanted.upload()).await.unwrap(),
        [row] => row.upload_id,
        rows => panic!("{at}: {rows:#?}"),
    };
    if engine.row(id).await.unwrap().state == UploadState::Draft {
        engine.start(Which::All).await.unwrap();
    }
    let row = wait_for(&engine, id, UploadState::Published).await;
    assert_eq!(world.snapshot().violations, Vec::<String>::new(), "{at}");
    if let Material::Photos(photos, _) = &wanted.material {
        assert_eq!(row.visible_count, Some(photos.len() as u64), "{at}");
    }
    engine.shutdown().await.unwrap();
    let mut row = look(world, std::slice::from_ref(wanted), at);
    row.kills = 1;
    row
}

/// Runs an upload until the process "dies" at commit number `dies_at`; `false` when it was through before.
async fn run_until_commit(world: &World, wanted: &Wanted, dies_at: u64, before: bool) -> bool {
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
        let id = engine.add(wanted.upload()).await?;
        engine.start(Which::All).await?;
        // A journal that has just died may be noticed here before the death is told.
        let rows = engine.wait_until(&[id], |row| is_over(row, Goal::Published)).await?;
        assert_eq!(rows[0].state, UploadState::Published, "{:#?}", rows[0]);
        Ok::<_, CoreError>(())
    };
    tokio::select! {
        biased;
        () = died.notified() => true,
        ended = run => ended.is_err(),
    }
}

/// Something small to send, packed like this.
fn of_kind(world: &World, package: PackageKind) -> Wanted {
    if package == PackageKind::Video {
        return Wanted::video(&world.video("GX010042.MP4"));
    }
    Wanted::new(&world.photos("walk", 2, 5_000), package)
}

async fn killed_at_every_commit(package: PackageKind) {
    let mut row = Row::new("killed at every transition of the journal");
    for before in [true, false] {
        for dies_at in 1.. {
            let world = World::start().await;
            let wanted = of_kind(&world, package);
            if !run_until_commit(&world, &wanted, dies_at, before).await {
                break;
            }
            let when = if before { "before" } else { "after" };
            row.add(&see_it_through(&world, &wanted, &format!("{when} commit {dies_at}")).await);
        }
    }
    assert!(row.kills >= 25, "{row}");
    row.close();
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
    let mut row = Row::new("killed at every request");
    for package in [PackageKind::Zip, PackageKind::Images, PackageKind::Video] {
        for before in [true, false] {
            for dies_at in 1.. {
                let world = World::start().await;
                let wanted = of_kind(&world, package);
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
                let id = world.begin(&engine, wanted.upload()).await;
                let is_dead = tokio::select! {
                    biased;
                    () = died.notified() => true,
                    _ = wait_for(&engine, id, UploadState::Published) => false,
                };
                if !is_dead {
                    break;
                }
                drop(engine);
                let at = format!("{package:?} request {dies_at}, before: {before}");
                row.add(&see_it_through(&world, &wanted, &at).await);
            }
        }
    }
    assert!(row.kills >= 18, "{row}");
    row.close();
}
