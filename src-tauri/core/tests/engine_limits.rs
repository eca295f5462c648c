//! The person's limits hold for what is under way, at once.

mod engine_support;
mod upload_support;

use engine_support::{LineMode, StillClock, Wire, engine_on};
use upload_support::{World, new_upload, photos_in, wait_for};
use waypost_core::settings::PackageKind;
use waypost_core::upload::{Bandwidth, Engine, EngineConfig, Limit, Limits, limit_at};
use waypost_sandbox::Snapshot;
use waypost_wire::{ScheduleRow, UploadState, WaitReason};

const HOUR_MS: i64 = 3_600_000;
/// 2026-09-21T13:33:20Z.
const NOW_MS: i64 = 1_790_000_000_000;

fn closed(from_minute: u16, to_minute: u16) -> Bandwidth {
    Bandwidth {
        schedule: vec![ScheduleRow {
            from_minute,
            to_minute,
            limit_bytes_per_s: Some(0),
        }],
        ..Bandwidth::default()
    }
}

/// Closed from one o'clock to three in the afternoon, which it is.
fn closed_now() -> Bandwidth {
    closed(13 * 60, 15 * 60)
}

async fn set(engine: &Engine, config: &EngineConfig, bandwidth: Bandwidth) {
    let limits = Limits {
        bandwidth,
        ..config.limits()
    };
    engine.set_limits(limits).await.unwrap();
}

fn bodies(snapshot: &Snapshot) -> usize {
    snapshot.requests_to("POST", "/upload/").count()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_limit_makes_sending_take_as_long_as_it_says() {
    let world = World::start().await;
    let photos = world.photos("walk", 4, 250_000);
    let config = EngineConfig {
        bandwidth: Bandwidth {
            limit: Limit::of_setting(100_000),
            ..Bandwidth::default()
        },
        ..world.config()
    };
    let engine = world.engine_with(config).await.unwrap();
    let id = world.begin(&engine, new_upload(&photos, PackageKind::Zip)).await;
    let row = wait_for(&engine, id, UploadState::Published).await;
    let transitions = engine.journal().transitions(id).unwrap();
    let when = |word: &str| transitions.iter().find(|(_, _, to)| to.contains(word)).unwrap().0;
    let took_s = (when("finishing") - when("sending")) as f64 / 1_000.0;
    let ratio = row.total_bytes as f64 / took_s / 100_000.0;
    assert!((0.95..=1.05).contains(&ratio), "{ratio}");
    world.assert_arrived_once(&photos);
}

#[tokio::test(flavor = "multi_thread")]
async fn hours_in_which_nothing_is_sent_are_waited_for_and_the_row_says_until_when() {
    for package in [PackageKind::Zip, PackageKind::Images] {
        let world = World::start().await;
        let photos = world.photos("walk", 3, 0);
        let clock = StillClock::at(NOW_MS);
        let wire = Wire::new(&world, clock.clone(), LineMode::Open);
        let config = EngineConfig {
            bandwidth: closed_now(),
            ..world.config()
        };
        let engine = engine_on(&world, config, clock.clone(), &wire).await;
        let id = world.begin(&engine, new_upload(&photos, package)).await;
        let row = wait_for(&engine, id, UploadState::Waiting).await;
        let waiting = row.waiting.unwrap();
        assert_eq!(waiting.reason, WaitReason::Schedule);
        assert_eq!(row.problem.unwrap().code, "outside_hours");
        assert_eq!(Some(waiting.until_ms), limit_at(&closed_now(), NOW_MS).1);
        assert_eq!(bodies(&world.snapshot()), 0, "not a byte");
        clock.pass(waiting.until_ms - NOW_MS);
        wait_for(&engine, id, UploadState::Processing).await;
        world.assert_arrived_once(&photos);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn hours_that_close_in_the_middle_stop_the_sending_and_better_hours_let_it_go_on_where_it_was() {
    let world = World::start().await;
    let photos = world.photos("walk", 3, 200_000);
    let clock = StillClock::at(NOW_MS);
    let wire = Wire::new(&world, clock.clone(), LineMode::Open);
    // So slow that the first byte goes out after seconds: nothing passes before the test moves the clock.
    let config = EngineConfig {
        bandwidth: Bandwidth {
            limit: Limit::of_setting(1_000),
            ..Bandwidth::default()
        },
        ..world.config()
    };
    let engine = engine_on(&world, config.clone(), clock.clone(), &wire).await;
    let id = world.begin(&engine, new_upload(&photos, PackageKind::Zip)).await;
    wait_for(&engine, id, UploadState::Sending).await;
    set(&engine, &config, closed_now()).await;
    let row = wait_for(&engine, id, UploadState::Waiting).await;
    assert_eq!(row.waiting.unwrap().reason, WaitReason::Schedule);
    // The person changes the hours: it goes on without a minute passing.
    set(&engine, &config, closed(0, 1)).await;
    wait_for(&engine, id, UploadState::Processing).await;
    world.assert_arrived_once(&photos);
}

#[tokio::test(flavor = "multi_thread")]
async fn fewer_uploads_at_once_send_the_last_back_into_the_queue_and_more_begin_at_once() {
    let world = World::start().await;
    let clock = StillClock::at(NOW_MS);
    let wire = Wire::new(&world, clock.clone(), LineMode::Open);
    let config = EngineConfig {
        parallel_uploads: 2,
        bandwidth: closed_now(),
        ..world.config()
    };
    let engine = engine_on(&world, config.clone(), clock.clone(), &wire).await;
    let mut ids = Vec::new();
    for day in 0..3 {
        let folder = world.folder.path().join(format!("day{day}"));
        let photos = photos_in(&folder, 2, 0, 1_780_000_000_000 + day * 24 * HOUR_MS);
        ids.push(world.begin(&engine, new_upload(&photos, PackageKind::Zip)).await);
    }
    let [first, second, third] = ids[..] else { panic!() };
    wait_for(&engine, first, UploadState::Waiting).await;
    wait_for(&engine, second, UploadState::Waiting).await;
    wait_for(&engine, third, UploadState::Queued).await;

    let with = |parallel_uploads| Limits {
        parallel_uploads,
        ..config.limits()
    };
    engine.set_limits(with(1)).await.unwrap();
    wait_for(&engine, second, UploadState::Queued).await;
    assert_eq!(engine.row(first).await.unwrap().state, UploadState::Waiting);
    engine.set_limits(with(3)).await.unwrap();
    for id in &ids {
        wait_for(&engine, *id, UploadState::Waiting).await;
    }
    set(&engine, &config, Bandwidth::default()).await;
    for id in &ids {
        wait_for(&engine, *id, UploadState::Processing).await;
    }
    assert_eq!(world.snapshot().clusters.len(), 3);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_number_of_images_at_once_can_be_changed_on_the_way() {
    for (before, after) in [(1, 6), (6, 1)] {
        let world = World::start().await;
        let photos = world.photos("walk", 12, 0);
        let clock = StillClock::at(NOW_MS);
        let wire = Wire::new(&world, clock.clone(), LineMode::Open);
        let config = EngineConfig {
            image_workers: before,
            bandwidth: closed_now(),
            ..world.config()
        };
        let engine = engine_on(&world, config.clone(), clock.clone(), &wire).await;
        let id = world.begin(&engine, new_upload(&photos, PackageKind::Images)).await;
        wait_for(&engine, id, UploadState::Waiting).await;
        let limits = Limits {
            image_workers: after,
            ..config.limits()
        };
        engine.set_limits(limits.clone()).await.unwrap();
        let open = Limits {
            bandwidth: Bandwidth::default(),
            ..limits
        };
        engine.set_limits(open).await.unwrap();
        wait_for(&engine, id, UploadState::Processing).await;
        world.assert_arrived_once(&photos);
    }
}
