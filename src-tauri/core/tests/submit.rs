//! Asking for the same upload again: what is under way goes on, what was sent is not sent again, and what somebody else
//! sent counts for nothing.

mod upload_support;

use std::path::Path;

use tempfile::tempdir;
use upload_support::{World, new_upload, wait_for};
use waypost_core::environment::Environment;
use waypost_core::package::write_zip_file;
use waypost_core::peer_history::{HISTORY_VARIABLE, PeerHistory};
use waypost_core::peer_sent::{DRY_RUN_VARIABLE, PeerSent};
use waypost_core::settings::PackageKind;
use waypost_core::submit::{Goal, Submitted, begin, has_arrived, is_over, submit};
use waypost_core::upload::{Engine, EngineConfig, NewUpload, NoTokens, TokenSource as _, UploadSource, ZipFile};
use waypost_sandbox::{Endpoint, Fault};
use waypost_wire::{UploadRow, UploadState};

async fn user_id(world: &World) -> String {
    world.tokens.token(None).await.unwrap().user_id
}

async fn submitted(world: &World, engine: &Engine, new: NewUpload, again: bool) -> Submitted {
    let user_id = user_id(world).await;
    let new = NewUpload {
        user_id: Some(user_id.clone()),
        ..new
    };
    submit(engine, new, &user_id, again).await.unwrap()
}

/// Submits, begins and waits for `goal`.
async fn sent(world: &World, engine: &Engine, new: NewUpload, goal: Goal) -> UploadRow {
    let upload_id = submitted(world, engine, new, false)
        .await
        .upload_id()
        .expect("an upload");
    begin(engine, &[upload_id]).await.unwrap();
    let rows = engine
        .wait_until(&[upload_id], move |row| is_over(row, goal))
        .await
        .unwrap();
    rows[0].clone()
}

#[tokio::test(flavor = "multi_thread")]
async fn asking_twice_for_bytes_without_a_finish_never_finishes_them() {
    let world = World::start().await;
    let photos = world.photos("walk", 3, 2_000);
    let engine = world.engine().await;
    let without_finish = || NewUpload {
        finish: false,
        ..new_upload(&photos, PackageKind::Zip)
    };
    for _ in 0..2 {
        let row = sent(&world, &engine, without_finish(), Goal::Sent).await;
        assert_eq!(row.state, UploadState::Paused);
        assert!(has_arrived(&row, Goal::Sent));
    }
    assert_eq!(world.snapshot().clusters.len(), 0);
    assert_eq!(engine.rows().await.unwrap().len(), 1);

    // Asked for with a finish, the same upload is finished, and no byte goes out again.
    let posts = world.snapshot().requests_to("POST", "/upload/").count();
    let row = sent(&world, &engine, new_upload(&photos, PackageKind::Zip), Goal::Published).await;
    assert_eq!(row.state, UploadState::Published);
    assert_eq!(world.snapshot().requests_to("POST", "/upload/").count(), posts);
    world.assert_arrived_once(&photos);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_failed_before_the_service_took_it_goes_on_when_it_is_asked_for_again() {
    let world = World::start().await;
    let photos = world.photos("walk", 3, 20_000);
    world
        .sandbox
        .faults()
        .push(Fault::drop_after(Endpoint::UploadSend, 30_000));
    world
        .sandbox
        .faults()
        .push(Fault::answer(Endpoint::UploadOffset, 400, "{}").nth(2));
    let engine = world.engine().await;
    let new = || new_upload(&photos, PackageKind::Zip);
    let failed = sent(&world, &engine, new(), Goal::Taken).await;
    assert_eq!(failed.state, UploadState::Failed);

    let row = sent(&world, &engine, new(), Goal::Published).await;
    assert_eq!(row.upload_id, failed.upload_id);
    let offsets: Vec<_> = world
        .snapshot()
        .requests_to("POST", "/upload/")
        .map(|request| request.offset)
        .collect();
    assert_eq!(offsets, [Some(0), Some(30_000)]);
    world.assert_arrived_once(&photos);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_waited_for_a_sign_in_goes_on_when_it_is_asked_for_again() {
    let world = World::start().await;
    let photos = world.photos("walk", 2, 2_000);
    world
        .sandbox
        .faults()
        .push(Fault::answer(Endpoint::UploadOffset, 401, "{}"));
    let engine = world.engine().await;
    let new = || new_upload(&photos, PackageKind::Zip);
    let row = sent(&world, &engine, new(), Goal::Taken).await;
    assert_eq!(row.state, UploadState::NeedsSignIn);
    let row = sent(&world, &engine, new(), Goal::Published).await;
    assert_eq!(row.state, UploadState::Published);
    world.assert_arrived_once(&photos);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_zip_is_not_sent_twice_nor_are_its_photos_as_a_zip() {
    let world = World::start().await;
    let photos = world.photos("walk", 3, 2_000);
    let zips = tempdir().unwrap();
    let path = write_zip_file(&photos, zips.path(), &waypost_core::observe::Unobserved).unwrap();
    let engine = world.engine().await;
    let row = sent(&world, &engine, new_upload(&photos, PackageKind::Zip), Goal::Taken).await;

    let zip = |path: &Path| NewUpload {
        source: UploadSource::ZipFile(ZipFile {
            path: path.to_path_buf(),
            image_count: 3,
            size_bytes: std::fs::metadata(path).unwrap().len(),
            first_captured_at_ms: 0,
            last_captured_at_ms: 0,
        }),
        ..new_upload(&photos, PackageKind::Zip)
    };
    let copy = zips.path().join("copy.zip");
    std::fs::copy(&path, &copy).unwrap();
    for path in [&path, &copy] {
        assert_eq!(
            submitted(&world, &engine, zip(path), false).await,
            Submitted::AlreadySent {
                title: "walk".into(),
                photo_count: 3,
                upload_ids: vec![row.upload_id],
            }
        );
    }
    // Unless that is what the person wants.
    let again = submitted(&world, &engine, zip(&path), true).await;
    assert!(matches!(again, Submitted::Added { .. }), "{again:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_engine_that_only_follows_sends_and_finishes_nothing() {
    let world = World::start().await;
    let photos = world.photos("walk", 3, 20_000);
    let engine = world.engine().await;
    world
        .sandbox
        .faults()
        .push(Fault::delay(Endpoint::UploadOffset, u64::MAX).times(1));
    let id = world.begin(&engine, new_upload(&photos, PackageKind::Zip)).await;
    wait_for(&engine, id, UploadState::Sending).await;
    while !world.sandbox.faults().waiting().is_empty() {
        tokio::task::yield_now().await;
    }
    drop(engine);

    let only_follows = EngineConfig {
        parallel_uploads: 0,
        ..world.config()
    };
    let follower = loop {
        match world.engine_with(only_follows.clone()).await {
            Ok(engine) => break engine,
            Err(error) => assert_eq!(error.code(), "already_running"),
        }
        tokio::task::yield_now().await;
    };
    let posts = world.snapshot().requests_to("POST", "/upload/").count();
    assert_eq!(
        follower.row(id).await.unwrap().state,
        UploadState::Sending,
        "left as it was found"
    );
    follower.shutdown().await.unwrap();
    assert_eq!(world.snapshot().requests_to("POST", "/upload/").count(), posts);

    let engine = world.engine_after_death().await;
    wait_for(&engine, id, UploadState::Published).await;
    world.assert_arrived_once(&photos);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_history_of_mapillary_tools_tells_what_was_sent_and_learns_what_is() {
    let world = World::start().await;
    let photos = world.photos("walk", 3, 2_000);
    let history = tempdir().unwrap();
    let folder = history.path().join("history");
    let environment = Environment::empty(history.path()).with(HISTORY_VARIABLE, folder.as_os_str());
    let peer = PeerSent::of(&environment, true, false).unwrap();
    let user_id = user_id(&world).await;
    let new = new_upload(&photos, PackageKind::Zip);
    assert_eq!(peer.sent_before(&new, &user_id).unwrap(), None);

    let engine = world.engine().await;
    let row = sent(&world, &engine, new.clone(), Goal::Taken).await;
    peer.remember(&engine.journal(), &row, Some(Path::new("/card")))
        .unwrap();

    // Another run finds it, whatever way it would pack the photos.
    let peer = PeerSent::of(&environment, true, false).unwrap();
    let images = new_upload(&photos, PackageKind::Images);
    let before = peer.sent_before(&images, &user_id).unwrap().unwrap();
    assert_eq!(before.cluster_id, row.cluster_id);
    let md5 = before.record.parent().unwrap().file_name().unwrap();
    let md5 = format!(
        "{}{}",
        md5.to_string_lossy(),
        before.record.file_stem().unwrap().to_string_lossy()
    );
    let record = PeerHistory::at(folder).already_uploaded(&md5).unwrap();
    assert_eq!(record.params.user_key.as_deref(), Some(user_id.as_str()));
    assert_eq!(record.params.import_path.as_deref(), Some("/card"));
    assert_eq!(record.summary.file_type.as_deref(), Some("image"));
    assert_eq!(record.summary.sequence_image_count, Some(3));
    assert!(record.summary.upload_end_time.is_some());
    let descriptions = record.descriptions.unwrap();
    assert_eq!(descriptions.len(), 3);
    assert_eq!(descriptions[0]["filetype"], "image");
    assert_eq!(descriptions[0]["md5sum"].as_str().unwrap().len(), 32);
    assert!(descriptions[0]["MAPLatitude"].is_f64());

    // Somebody else's record, or one for an organisation, says nothing about this upload.
    assert_eq!(peer.sent_before(&images, "another").unwrap(), None);
    let for_organisation = NewUpload {
        organization_id: Some("7".into()),
        ..images
    };
    assert_eq!(peer.sent_before(&for_organisation, &user_id).unwrap(), None);
}

#[test]
fn practice_and_dry_runs_have_no_history_unless_one_is_asked_for() {
    let folder = tempdir().unwrap();
    let plain = Environment::empty(folder.path());
    assert!(PeerSent::of(&plain, true, false).is_none());
    assert!(PeerSent::of(&plain, false, true).is_none());
    let off = plain.clone().with(HISTORY_VARIABLE, "");
    assert!(PeerSent::of(&off, false, false).is_none());
    let named = plain.with(HISTORY_VARIABLE, "history");
    assert!(PeerSent::of(&named, true, false).is_some());
    assert!(PeerSent::of(&named, true, true).is_none());
    let wanted = named.with(DRY_RUN_VARIABLE, "yes");
    assert!(PeerSent::of(&wanted, true, true).is_some());
}

#[tokio::test]
async fn a_dry_run_without_a_check_is_nobodys() {
    let active = NoTokens.token(Some("42")).await.unwrap();
    assert_eq!((active.user_id.as_str(), active.username.as_str()), ("42", ""));
    NoTokens.refused("42").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn photos_of_an_upload_under_way_are_left_to_it() {
    let world = World::start().await;
    let photos = world.photos("walk", 4, 2_000);
    let engine = world.engine().await;
    let first = submitted(&world, &engine, new_upload(&photos[..3], PackageKind::Zip), false).await;
    let first = first.upload_id().unwrap();

    // Grouped anew, as another setting would: two that are there already, one of them alone, one that is new.
    let overlapping = new_upload(&photos[1..], PackageKind::Zip);
    let second = submitted(&world, &engine, overlapping, false).await;
    let Submitted::Added {
        upload_id: second,
        already_sent: 2,
    } = second
    else {
        panic!("{second:?}");
    };
    let inside = submitted(&world, &engine, new_upload(&photos[..1], PackageKind::Zip), false).await;
    assert!(
        matches!(&inside, Submitted::AlreadySent { upload_ids, .. } if *upload_ids == [first]),
        "{inside:?}"
    );
    begin(&engine, &[second]).await.unwrap();
    engine
        .wait_until(&[first, second], |row| is_over(row, Goal::Taken))
        .await
        .unwrap();
    let arrived: usize = world
        .snapshot()
        .clusters
        .iter()
        .map(|cluster| cluster.images.len())
        .sum();
    assert_eq!(arrived, 4, "each photo once");
    let report = engine.file_report(second).await.unwrap();
    assert!(
        report
            .iter()
            .any(|file| file.message.as_deref() == Some(format!("It is sent with upload {first}.").as_str())),
        "{report:?}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_fresh_session_gives_up_what_was_under_way() {
    let world = World::start().await;
    let photos = world.photos("walk", 3, 2_000);
    let engine = world.engine().await;
    let without_finish = NewUpload {
        finish: false,
        ..new_upload(&photos, PackageKind::Zip)
    };
    let old = sent(&world, &engine, without_finish, Goal::Sent).await;
    let fresh = NewUpload {
        fresh_key: true,
        ..new_upload(&photos, PackageKind::Zip)
    };
    let row = sent(&world, &engine, fresh, Goal::Published).await;
    assert_ne!(row.upload_id, old.upload_id);
    assert_eq!(engine.row(old.upload_id).await.unwrap().state, UploadState::Cancelled);
    world.assert_one_cluster_of(&photos);
}

#[tokio::test(flavor = "multi_thread")]
async fn sending_again_uses_a_session_of_its_own() {
    let world = World::start().await;
    let photos = world.photos("walk", 3, 2_000);
    let engine = world.engine().await;
    let new = || new_upload(&photos, PackageKind::Images);
    sent(&world, &engine, new(), Goal::Taken).await;
    let again = submitted(&world, &engine, new(), true).await;
    let again = again.upload_id().unwrap();
    begin(&engine, &[again]).await.unwrap();
    engine
        .wait_until(&[again], |row| is_over(row, Goal::Taken))
        .await
        .unwrap();
    let clusters = world.snapshot().clusters;
    assert_eq!(clusters.len(), 2);
    assert!(
        clusters[1].parts.iter().all(|key| !clusters[0].parts.contains(key)),
        "{:?}",
        clusters[1].parts
    );
}
