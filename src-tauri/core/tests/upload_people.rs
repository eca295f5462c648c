//! What people do to an upload: sign out, change files, pull cards, pause, cancel, start Waypost twice.

mod upload_support;

use std::sync::Arc;
use std::sync::atomic::Ordering;

use tokio::sync::Notify;
use upload_support::deadly::Deadly;
use upload_support::{World, new_upload, photos_in, requests, wait_for};
use waypost_core::settings::PackageKind;
use waypost_core::upload::{Engine, EngineConfig, Which};
use waypost_sandbox::{Endpoint, Fault};
use waypost_wire::{UploadRow, UploadState, WaitReason};

const UNAUTHORIZED: &str =
    r#"{"error":{"message":"Error validating access token","type":"OAuthException","code":190}}"#;

#[tokio::test(flavor = "multi_thread")]
async fn a_token_revoked_in_the_middle_waits_for_the_person_and_goes_on_where_it_was() {
    for package in [PackageKind::Zip, PackageKind::Images] {
        let world = World::start().await;
        let photos = world.photos("walk", 3, 20_000);
        let faults = world.sandbox.faults();
        faults.push(Fault::drop_after(Endpoint::UploadSend, 30_000).on_path(".zip"));
        faults.push(Fault::answer(Endpoint::UploadOffset, 401, UNAUTHORIZED).nth(2));
        let engine = world.engine().await;
        // The source of tokens has nothing better to offer than what was refused.
        let id = world.begin(&engine, new_upload(&photos, package)).await;
        let row = wait_for(&engine, id, UploadState::NeedsSignIn).await;
        assert_eq!(row.problem.unwrap().code, "sign_in_expired");
        let user_id = row.user_id.clone().unwrap();

        world.tokens.sign_out();
        engine.resume(id).await.unwrap();
        let row = wait_for(&engine, id, UploadState::NeedsSignIn).await;
        assert_eq!(row.problem.unwrap().code, "not_signed_in");

        world.tokens.sign_in("ann").await;
        engine.signed_in(&user_id).await.unwrap();
        wait_for(&engine, id, UploadState::Published).await;
        world.assert_arrived_once(&photos);
        if package == PackageKind::Zip {
            let snapshot = world.snapshot();
            let posts: Vec<_> = snapshot.requests_to("POST", "/upload/").collect();
            assert_eq!(posts.last().unwrap().offset, Some(30_000), "{:#?}", requests(&snapshot));
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_begun_as_one_user_is_never_finished_as_another() {
    let world = World::start().await;
    let photos = world.photos("walk", 2, 20_000);
    world
        .sandbox
        .faults()
        .push(Fault::answer(Endpoint::UploadOffset, 401, UNAUTHORIZED));
    let engine = world.engine().await;
    let id = world.begin(&engine, new_upload(&photos, PackageKind::Zip)).await;
    let row = wait_for(&engine, id, UploadState::NeedsSignIn).await;
    let ann = row.user_id.unwrap();

    world.tokens.sign_in("ben").await;
    engine.signed_in("some other number").await.unwrap();
    assert_eq!(engine.row(id).await.unwrap().state, UploadState::NeedsSignIn);
    engine.resume(id).await.unwrap();
    let row = wait_for(&engine, id, UploadState::NeedsSignIn).await;
    let problem = row.problem.unwrap();
    assert_eq!(problem.code, "other_account");
    assert!(problem.message.contains("ben"), "{}", problem.message);
    assert_eq!(world.snapshot().requests_to("POST", "/upload/").count(), 0);

    world.tokens.sign_in("ann").await;
    engine.signed_in(&ann).await.unwrap();
    wait_for(&engine, id, UploadState::Published).await;
    world.assert_arrived_once(&photos);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_token_that_can_be_renewed_is_renewed_without_the_person() {
    let world = World::start().await;
    let photos = world.photos("walk", 4, 5_000);
    world.tokens.renews.store(true, Ordering::SeqCst);
    let faults = world.sandbox.faults();
    faults.push(Fault::answer(Endpoint::UploadSend, 401, UNAUTHORIZED).nth(2));
    faults.push(Fault::answer(Endpoint::FinishUpload, 401, UNAUTHORIZED));
    let engine = world.engine().await;
    let mut events = engine.events();
    let id = world.begin(&engine, new_upload(&photos, PackageKind::Images)).await;
    wait_for(&engine, id, UploadState::Published).await;
    world.assert_arrived_once(&photos);
    while let Ok(event) = events.try_recv() {
        if let waypost_wire::UploadEvent::Row(row) = event {
            assert_ne!(row.state, UploadState::NeedsSignIn);
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_unanswered_finish_waits_for_the_sign_in_and_is_looked_for_then() {
    let world = World::start().await;
    let photos = world.photos("walk", 2, 0);
    let died = Arc::new(Notify::new());
    // Offset, bytes, finish: dies when the service has taken it, before the answer is seen.
    let transport = Deadly::new(&world, 3, false, Arc::clone(&died));
    let engine = Engine::open(
        world.config(),
        Arc::new(transport),
        world.tokens.clone(),
        world.clock.clone(),
        Some(world.client()),
    )
    .await
    .unwrap();
    let id = world.begin(&engine, new_upload(&photos, PackageKind::Zip)).await;
    died.notified().await;
    drop(engine);
    world.tokens.sign_out();

    let engine = world.engine_after_death().await;
    let asks = |row: &UploadRow| {
        row.problem
            .as_ref()
            .is_some_and(|problem| problem.code == "not_signed_in")
    };
    let row = engine.wait_until(&[id], asks).await.unwrap().remove(0);
    assert_eq!(row.state, UploadState::FinishUnknown);
    world.tokens.sign_in("ann").await;
    loop {
        engine.signed_in(&row.user_id.clone().unwrap()).await.unwrap();
        if engine.row(id).await.unwrap().state != UploadState::FinishUnknown {
            break;
        }
        tokio::task::yield_now().await;
    }
    wait_for(&engine, id, UploadState::Published).await;
    world.assert_arrived_once(&photos);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_that_changed_is_never_mixed_in() {
    for package in [PackageKind::Zip, PackageKind::Images] {
        let world = World::start().await;
        let photos = world.photos("walk", 3, 1_000);
        let engine = world.engine().await;
        let id = engine.add(new_upload(&photos, package)).await.unwrap();
        let mut bytes = std::fs::read(&photos[1].path).unwrap();
        bytes.extend_from_slice(b"edited");
        std::fs::write(&photos[1].path, bytes).unwrap();
        engine.start(Which::All).await.unwrap();
        let row = wait_for(&engine, id, UploadState::SourceChanged).await;
        let problem = row.problem.unwrap();
        assert_eq!(problem.code, "source_changed");
        let name = photos[1].path.file_name().unwrap().to_str().unwrap();
        assert!(problem.message.contains(name), "{}", problem.message);
        assert_eq!(world.snapshot().clusters.len(), 0);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_card_that_comes_back_is_gone_on_with_and_one_that_does_not_is_named() {
    let world = World::start().await;
    let photos = world.photos("card", 3, 1_000);
    let (card, pocket) = (world.folder.path().join("card"), world.folder.path().join("pocket"));
    std::fs::rename(&card, &pocket).unwrap();
    let config = EngineConfig {
        source_wait_ms: u64::MAX,
        ..world.config()
    };
    let engine = world.engine_with(config).await.unwrap();
    let id = world.begin(&engine, new_upload(&photos, PackageKind::Zip)).await;
    let row = wait_for(&engine, id, UploadState::Waiting).await;
    assert_eq!(row.waiting.unwrap().reason, WaitReason::SourceMissing);
    assert_eq!(row.problem.unwrap().code, "path_not_found");
    std::fs::rename(&pocket, &card).unwrap();
    wait_for(&engine, id, UploadState::Published).await;
    world.assert_arrived_once(&photos);

    let folder = world.folder.path().join("second");
    let photos = photos_in(&folder, 2, 0, 1_785_000_000_000);
    std::fs::remove_dir_all(&folder).unwrap();
    engine.shutdown().await.unwrap();
    let engine = world.engine_after_death().await;
    let id = world.begin(&engine, new_upload(&photos, PackageKind::Images)).await;
    let row = wait_for(&engine, id, UploadState::SourceChanged).await;
    let first = photos[0].path.display().to_string();
    let message = row.problem.unwrap().message;
    assert!(message.contains("second"), "{message} names no file like {first}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_paused_upload_sends_nothing_and_goes_on_from_the_servers_offset() {
    let world = World::start().await;
    let photos = world.photos("walk", 2, 30_000);
    let faults = world.sandbox.faults();
    faults.push(Fault::drop_after(Endpoint::UploadSend, 20_000));
    // The practice clock stands still while this request waits for it.
    faults.push(Fault::delay(Endpoint::UploadSend, 3_600_000).nth(2));
    let engine = world.engine().await;
    let id = world.begin(&engine, new_upload(&photos, PackageKind::Zip)).await;
    while world.snapshot().requests_to("POST", "/upload/").count() < 2 {
        tokio::task::yield_now().await;
    }
    engine.pause(id).await.unwrap();
    assert_eq!(engine.row(id).await.unwrap().state, UploadState::Paused);
    assert_eq!(engine.pause(id).await.unwrap_err().code(), "wrong_state");
    world.clock.advance_ms(3_600_000);

    engine.shutdown().await.unwrap();
    let engine = world.engine_after_death().await;
    let row = engine.row(id).await.unwrap();
    assert_eq!((row.state, row.sent_bytes), (UploadState::Paused, 20_000));
    engine.resume_all().await.unwrap();
    wait_for(&engine, id, UploadState::Published).await;
    world.assert_arrived_once(&photos);
    let snapshot = world.snapshot();
    let posts: Vec<_> = snapshot.requests_to("POST", "/upload/").collect();
    // More may have arrived after the pause: what was under way already.
    assert!(
        posts.last().unwrap().offset >= Some(20_000),
        "{:#?}",
        requests(&snapshot)
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_cancelled_upload_is_over_and_leaves_room_for_others() {
    let world = World::start().await;
    let photos = world.photos("walk", 2, 10_000);
    world
        .sandbox
        .faults()
        .push(Fault::delay(Endpoint::UploadOffset, u64::MAX / 4));
    let config = EngineConfig {
        parallel_uploads: 1,
        ..world.config()
    };
    let engine = world.engine_with(config).await.unwrap();
    let stuck = world.begin(&engine, new_upload(&photos, PackageKind::Zip)).await;
    wait_for(&engine, stuck, UploadState::Sending).await;
    let other = photos_in(&world.folder.path().join("b"), 2, 0, 1_785_000_000_000);
    let waiting = world.begin(&engine, new_upload(&other, PackageKind::Zip)).await;
    assert_eq!(engine.row(waiting).await.unwrap().state, UploadState::Queued);
    engine.cancel(stuck).await.unwrap();
    wait_for(&engine, waiting, UploadState::Published).await;
    world.assert_arrived_once(&other);
    assert_eq!(engine.row(stuck).await.unwrap().state, UploadState::Cancelled);
    assert_eq!(engine.resume(stuck).await.unwrap_err().code(), "wrong_state");
    engine.remove(stuck).await.unwrap();
    assert_eq!(engine.rows().await.unwrap().len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn two_instances_cannot_share_a_data_folder() {
    let world = World::start().await;
    let engine = world.engine().await;
    let error = world.engine_with(world.config()).await.err().unwrap();
    assert_eq!(error.code(), "already_running");
    drop(engine);
    world.engine_after_death().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_data_folder_that_is_a_file_gives_a_clear_error() {
    let world = World::start().await;
    std::fs::write(world.data_dir(), "").unwrap();
    let error = world.engine_with(world.config()).await.err().unwrap();
    assert_eq!(error.code(), "file_error");
    assert!(error.to_string().contains("data"), "{error}");
}

#[tokio::test(flavor = "multi_thread")]
async fn no_original_is_changed() {
    let world = World::start().await;
    let photos = world.photos("walk", 3, 1_000);
    let before: Vec<_> = photos.iter().map(|photo| std::fs::read(&photo.path).unwrap()).collect();
    let engine = world.engine().await;
    for package in [PackageKind::Zip, PackageKind::Images] {
        let id = world.begin(&engine, new_upload(&photos, package)).await;
        wait_for(&engine, id, UploadState::Published).await;
    }
    let after: Vec<_> = photos.iter().map(|photo| std::fs::read(&photo.path).unwrap()).collect();
    assert!(before == after);
    assert_eq!(std::fs::read_dir(world.folder.path().join("walk")).unwrap().count(), 3);
}

#[tokio::test(flavor = "multi_thread")]
async fn numbers_that_are_no_upload_are_said_to_be_none() {
    let world = World::start().await;
    let engine = world.engine().await;
    assert_eq!(engine.row(4711).await.unwrap_err().code(), "no_such_upload");
    assert_eq!(engine.pause(4711).await.unwrap_err().code(), "no_such_upload");
    assert_eq!(engine.file_report(4711).await.unwrap_err().code(), "no_such_upload");
    let error = engine.add(new_upload(&[], PackageKind::Zip)).await.unwrap_err();
    assert_eq!(error.code(), "nothing_to_send");
}
