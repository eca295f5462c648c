//! No network, sleep, and clocks that are set: noticed once, waited out, and never a failure of an upload.

mod engine_support;
mod upload_support;

use std::sync::atomic::Ordering;

use engine_support::{LineMode, StillClock, Wire, engine_on};
use upload_support::{World, new_upload, photos_in, requests, wait_for};
use waypost_core::settings::PackageKind;
use waypost_core::upload::{Engine, EngineConfig, NewUpload};
use waypost_sandbox::{CannedAnswer, Endpoint, Fault, FaultAction};
use waypost_wire::{UploadRow, UploadState, WaitReason};

const HOUR_MS: i64 = 3_600_000;
const NOON_MS: i64 = 1_790_000_000_000;

fn day(world: &World, number: i64) -> NewUpload {
    let folder = world.folder.path().join(format!("day{number}"));
    let photos = photos_in(&folder, 2, 0, 1_780_000_000_000 + number * 86_400_000);
    new_upload(&photos, PackageKind::Zip)
}

fn events(engine: &Engine, upload_id: i64) -> String {
    let transitions = engine.journal().transitions(upload_id).unwrap();
    transitions.into_iter().map(|(_, event, _)| event + "\n").collect()
}

fn is_offline(row: &UploadRow) -> bool {
    row.waiting
        .as_ref()
        .is_some_and(|waiting| waiting.reason == WaitReason::Offline)
}

#[tokio::test(flavor = "multi_thread")]
async fn being_offline_is_noticed_once_waited_out_and_over_within_seconds() {
    let world = World::start().await;
    let wire = Wire::new(&world, world.clock.clone(), LineMode::Cut);
    let config = EngineConfig {
        parallel_uploads: 3,
        max_attempts: 5,
        ..world.config()
    };
    let engine = engine_on(&world, config, world.clock.clone(), &wire).await;
    let mut ids = Vec::new();
    for number in 0..3 {
        ids.push(world.begin(&engine, day(&world, number)).await);
    }
    let rows = engine.wait_until(&ids, is_offline).await.unwrap();
    // Far more probes than an upload has attempts: hours of virtual time, which does not wait for this test.
    let mut requests = wire.requests.subscribe();
    let seen = *requests.borrow();
    requests.wait_for(|count| *count > seen + 300).await.unwrap();
    for row in engine.rows().await.unwrap() {
        assert_eq!(row.state, UploadState::Waiting, "{row:#?}");
        let waiting = row.waiting.unwrap();
        let before = rows.iter().find(|before| before.upload_id == row.upload_id).unwrap();
        assert!(
            waiting.until_ms > before.waiting.as_ref().unwrap().until_ms,
            "until the next probe"
        );
    }
    let asked: Vec<u64> = wire.offsets_of.lock().unwrap().values().copied().collect();
    let often = asked.iter().filter(|count| **count > 2).count();
    assert_eq!(often, 1, "one asks for all: {asked:?}");

    wire.set(LineMode::Open);
    let back_at_ms = waypost_core::ports::Clock::now_ms(&*world.clock);
    for id in &ids {
        wait_for(&engine, *id, UploadState::Published).await;
    }
    let answered_ms = wire.answered_at_ms.load(Ordering::SeqCst) - back_at_ms;
    assert!(answered_ms <= 15_000, "{answered_ms} ms");
    assert_eq!(world.snapshot().clusters.len(), 3);
    assert_eq!(world.snapshot().violations, Vec::<String>::new());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_finish_that_cannot_connect_is_tried_until_it_can_and_taken_once() {
    let world = World::start().await;
    let photos = world.photos("walk", 2, 0);
    let wire = Wire::new(&world, world.clock.clone(), LineMode::Open);
    let config = EngineConfig {
        max_attempts: 2,
        ..world.config()
    };
    let engine = engine_on(&world, config, world.clock.clone(), &wire).await;
    let new = NewUpload {
        finish: false,
        ..new_upload(&photos, PackageKind::Zip)
    };
    let id = world.begin(&engine, new).await;
    wait_for(&engine, id, UploadState::Paused).await;
    wire.set(LineMode::Cut);
    engine.resume(id).await.unwrap();
    engine.wait_until(&[id], is_offline).await.unwrap();
    // More often than an upload has attempts: the token can be had, so each probe lets it try again.
    while wire.finishes_cut.load(Ordering::SeqCst) < 6 {
        tokio::task::yield_now().await;
    }
    wire.set(LineMode::Open);
    wait_for(&engine, id, UploadState::Published).await;
    world.assert_arrived_once(&photos);
}

#[tokio::test(flavor = "multi_thread")]
async fn where_nobody_can_connect_the_computer_again_it_ends_with_the_reason_and_goes_on_later() {
    let world = World::start().await;
    let photos = world.photos("walk", 2, 0);
    let wire = Wire::new(&world, world.clock.clone(), LineMode::Cut);
    let config = EngineConfig {
        max_offline_probes: Some(4),
        ..world.config()
    };
    let engine = engine_on(&world, config, world.clock.clone(), &wire).await;
    let id = world.begin(&engine, new_upload(&photos, PackageKind::Zip)).await;
    let row = wait_for(&engine, id, UploadState::Failed).await;
    assert_eq!(row.problem.unwrap().code, "connection");
    wire.set(LineMode::Open);
    engine.retry(id).await.unwrap();
    wait_for(&engine, id, UploadState::Published).await;
    world.assert_arrived_once(&photos);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_connection_that_slept_is_given_up_at_once_and_the_server_asked_anew() {
    for jump_ms in [8 * HOUR_MS, -24 * HOUR_MS] {
        let world = World::start().await;
        let photos = world.photos("walk", 2, 0);
        let clock = StillClock::at(NOON_MS);
        let wire = Wire::new(&world, clock.clone(), LineMode::Stuck);
        let engine = engine_on(&world, world.config(), clock.clone(), &wire).await;
        let id = world.begin(&engine, new_upload(&photos, PackageKind::Zip)).await;
        wire.stuck.subscribe().wait_for(|count| *count == 1).await.unwrap();
        wire.set(LineMode::Open);
        clock.jump(jump_ms);
        wait_for(&engine, id, UploadState::Processing).await;
        let told = events(&engine, id);
        assert!(!told.contains("wait") && !told.contains("failed"), "{told}");
        let snapshot = world.snapshot();
        let asked = snapshot.requests_to("GET", "/upload/").count();
        assert_eq!(asked, 2, "the offset was asked for again: {:#?}", requests(&snapshot));
        world.assert_arrived_once(&photos);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_wait_ends_in_time_after_sleep_and_after_the_clock_was_set_back() {
    for (jump_ms, then_ms) in [(2 * HOUR_MS, 0), (-24 * HOUR_MS, HOUR_MS)] {
        let world = World::start().await;
        let photos = world.photos("walk", 2, 0);
        let hour = CannedAnswer {
            status: 503,
            headers: vec![("Retry-After".into(), "3590".into())],
            body: String::new(),
        };
        let fault = Fault::new(Endpoint::UploadOffset, FaultAction::Answer(hour));
        world.sandbox.faults().push(fault);
        let clock = StillClock::at(NOON_MS);
        let wire = Wire::new(&world, clock.clone(), LineMode::Open);
        let engine = engine_on(&world, world.config(), clock.clone(), &wire).await;
        let id = world.begin(&engine, new_upload(&photos, PackageKind::Zip)).await;
        let row = wait_for(&engine, id, UploadState::Waiting).await;
        assert_eq!(row.waiting.unwrap().until_ms, NOON_MS + 3_592_000);
        clock.jump(jump_ms);
        clock.pass(then_ms);
        wait_for(&engine, id, UploadState::Processing).await;
        world.assert_arrived_once(&photos);
    }
}
