//! From photos to published, when nothing goes wrong.

mod upload_support;

use std::collections::HashSet;

use upload_support::{World, new_upload, requests, wait_for};
use waypost_core::settings::PackageKind;
use waypost_core::upload::{FolderTransport, LeftOut, NewUpload, UploadSource, ZipFile, rows_of};
use waypost_wire::{FileOutcome, StageState, UploadEvent, UploadState};

#[tokio::test(flavor = "multi_thread")]
async fn a_zip_is_sent_finished_once_and_followed_until_every_image_is_published() {
    let world = World::start().await;
    let photos = world.photos("walk", 5, 3_000);
    let engine = world.engine().await;
    let id = world.begin(&engine, new_upload(&photos, PackageKind::Zip)).await;
    let row = wait_for(&engine, id, UploadState::Published).await;
    world.assert_arrived_once(&photos);

    let snapshot = world.snapshot();
    let cluster = &snapshot.clusters[0];
    assert_eq!(row.cluster_id.as_deref(), Some(cluster.id.as_str()));
    assert_eq!(row.visible_count, Some(5));
    assert_eq!(row.sent_bytes, row.total_bytes);
    assert!(
        row.stages.iter().all(|stage| stage.state != StageState::Unknown),
        "{:?}",
        row.stages
    );
    assert_eq!(row.links.len(), 1);
    assert_eq!(row.links[0].image_id, cluster.images[0].id);
    assert_eq!(row.links[0].image_count, 5);
    assert!(
        row.links[0]
            .url
            .ends_with(&format!("?pKey={}&focus=photo", cluster.images[0].id))
    );
    assert_eq!(row.problem, None);

    let posts = snapshot.requests_to("POST", "/upload/").count();
    assert_eq!(posts, 1, "{:#?}", requests(&snapshot));
    let report = engine.file_report(id).await.unwrap();
    let images: Vec<_> = report.iter().map(|file| file.image_id.clone().unwrap()).collect();
    let published: Vec<_> = cluster.images.iter().map(|image| image.id.clone()).collect();
    assert_eq!(images, published);
    assert!(report.iter().all(|file| file.outcome == FileOutcome::Published));
}

#[tokio::test(flavor = "multi_thread")]
async fn images_are_sent_side_by_side_and_listed_in_order_by_the_manifest() {
    let world = World::start().await;
    let photos = world.photos("walk", 7, 2_000);
    let engine = world.engine().await;
    let id = world.begin(&engine, new_upload(&photos, PackageKind::Images)).await;
    let row = wait_for(&engine, id, UploadState::Published).await;
    world.assert_arrived_once(&photos);
    let snapshot = world.snapshot();
    assert_eq!(snapshot.clusters[0].file_type, "mly_bundle_manifest");
    assert_eq!(snapshot.requests_to("POST", "/upload/mly_tools_").count(), 7);
    assert_eq!(snapshot.requests_to("POST", "/upload/uuid_").count(), 1);
    assert_eq!(row.visible_count, Some(7));
    assert_eq!(row.total_bytes, row.sent_bytes);
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_is_sent_before_the_person_starts_it() {
    let world = World::start().await;
    let photos = world.photos("walk", 2, 0);
    let engine = world.engine().await;
    let before = world.snapshot().requests.len();
    let id = engine.add(new_upload(&photos, PackageKind::Zip)).await.unwrap();
    assert_eq!(engine.row(id).await.unwrap().state, UploadState::Draft);
    engine.shutdown().await.unwrap();
    let engine = world.engine_after_death().await;
    assert_eq!(engine.row(id).await.unwrap().state, UploadState::Draft);
    assert_eq!(
        world.snapshot().requests.len(),
        before,
        "{:?}",
        requests(&world.snapshot())
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn an_upload_for_an_organisation_is_finished_for_it() {
    let world = World::start().await;
    let photos = world.photos("walk", 2, 0);
    let engine = world.engine().await;
    let organization_id = Some(world.sandbox.organization_id().to_owned());
    let new = NewUpload {
        organization_id,
        ..new_upload(&photos, PackageKind::Zip)
    };
    let id = world.begin(&engine, new).await;
    wait_for(&engine, id, UploadState::Published).await;
    let snapshot = world.snapshot();
    let expected = Some(world.sandbox.organization_id());
    assert_eq!(snapshot.clusters[0].organization_id.as_deref(), expected);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_ready_zip_is_sent_as_it_is() {
    let world = World::start().await;
    let photos = world.photos("walk", 3, 0);
    let zips = world.folder.path().join("zips");
    let unobserved = waypost_core::observe::Unobserved;
    let path = waypost_core::package::write_zip_file(&photos, &zips, &unobserved).unwrap();
    let engine = world.engine().await;
    let source = UploadSource::ZipFile(ZipFile {
        size_bytes: std::fs::metadata(&path).unwrap().len(),
        path,
        image_count: 3,
        first_captured_at_ms: 0,
        last_captured_at_ms: 0,
    });
    let new = NewUpload {
        source,
        ..new_upload(&photos, PackageKind::Images)
    };
    let id = world.begin(&engine, new).await;
    let row = wait_for(&engine, id, UploadState::Published).await;
    world.assert_arrived_once(&photos);
    assert_eq!(row.package, "zip");
    assert_eq!((row.visible_count, row.links.len()), (Some(3), 1));
}

#[tokio::test(flavor = "multi_thread")]
async fn without_finish_all_bytes_are_there_and_a_resume_finishes() {
    let world = World::start().await;
    let photos = world.photos("walk", 2, 0);
    let engine = world.engine().await;
    let new = NewUpload {
        finish: false,
        ..new_upload(&photos, PackageKind::Zip)
    };
    let id = world.begin(&engine, new).await;
    let row = wait_for(&engine, id, UploadState::Paused).await;
    assert_eq!(row.sent_bytes, row.total_bytes);
    assert_eq!(world.snapshot().clusters.len(), 0);
    engine.resume(id).await.unwrap();
    wait_for(&engine, id, UploadState::Published).await;
    world.assert_arrived_once(&photos);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_fresh_key_leaves_earlier_sessions_alone() {
    let world = World::start().await;
    let photos = world.photos("walk", 2, 0);
    let engine = world.engine().await;
    let new = NewUpload {
        fresh_key: true,
        ..new_upload(&photos, PackageKind::Zip)
    };
    let id = world.begin(&engine, new).await;
    wait_for(&engine, id, UploadState::Published).await;
    let session_key = world.snapshot().clusters[0].session_key.clone();
    assert!(session_key.starts_with("mly_tools_uuid_"), "{session_key}");
}

#[tokio::test(flavor = "multi_thread")]
async fn every_file_has_an_answer_in_the_report() {
    let world = World::start().await;
    let photos = world.photos("walk", 2, 0);
    let engine = world.engine().await;
    let left_out = vec![LeftOut {
        path: "/photos/blurred.jpg".into(),
        outcome: FileOutcome::Refused,
        code: Some("no_position".into()),
        message: Some("It has no position.".into()),
    }];
    let new = NewUpload {
        left_out,
        ..new_upload(&photos, PackageKind::Zip)
    };
    let id = world.begin(&engine, new).await;
    wait_for(&engine, id, UploadState::Published).await;
    let report = engine.file_report(id).await.unwrap();
    let outcomes: Vec<_> = report.iter().map(|file| file.outcome).collect();
    let published = FileOutcome::Published;
    assert_eq!(outcomes, [published, published, FileOutcome::Refused]);
    assert_eq!(report[2].code.as_deref(), Some("no_position"));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_sent_is_known_again_under_another_name_for_the_same_account_only() {
    let world = World::start().await;
    let photos = world.photos("walk", 3, 0);
    let engine = world.engine().await;
    let id = world.begin(&engine, new_upload(&photos[..2], PackageKind::Zip)).await;
    let row = wait_for(&engine, id, UploadState::Published).await;
    let user_id = row.user_id.unwrap();

    let copies = world.folder.path().join("copies");
    std::fs::create_dir(&copies).unwrap();
    let mut copied = photos.clone();
    for (number, photo) in copied.iter_mut().enumerate() {
        let copy = copies.join(format!("copy {number}.jpg"));
        std::fs::copy(&photo.path, &copy).unwrap();
        photo.path = copy;
    }
    let sent = engine.already_sent(&copied, &user_id, None).await.unwrap();
    assert_eq!(sent, [Some(id), Some(id), None]);
    assert_eq!(engine.already_sent(&copied, "4711", None).await.unwrap(), [None; 3]);
    assert_eq!(
        engine.already_sent(&copied, &user_id, Some("1")).await.unwrap(),
        [None; 3]
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_dry_run_leaves_the_package_in_a_folder_and_touches_no_upload_server() {
    let world = World::start().await;
    let photos = world.photos("walk", 2, 2_000);
    let packages = world.folder.path().join("packages");
    for package in [PackageKind::Zip, PackageKind::Images] {
        let engine = waypost_core::upload::Engine::open(
            world.config(),
            std::sync::Arc::new(FolderTransport::new(&packages)),
            world.tokens.clone(),
            world.clock.clone(),
            Some(world.client()),
        )
        .await
        .unwrap();
        let id = world.begin(&engine, new_upload(&photos, package)).await;
        let row = wait_for(&engine, id, UploadState::Processing).await;
        assert_eq!(row.cluster_id.as_deref(), Some("0"));
        let user_id = row.user_id.unwrap();
        let sent = engine.already_sent(&photos, &user_id, None).await.unwrap();
        assert_eq!(sent, [None, None], "a dry run sends nothing");
        engine.shutdown().await.unwrap();
    }
    let snapshot = world.snapshot();
    assert_eq!(snapshot.sessions, []);
    assert_eq!(snapshot.requests_to("POST", "/graph/finish_upload").count(), 0);
    let mut names: Vec<String> = std::fs::read_dir(&packages)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    let extensions: Vec<_> = names.iter().filter_map(|name| name.rsplit('.').next()).collect();
    assert_eq!(extensions, ["file_handles", "jpg", "jpg", "zip", "json"]);
    assert_eq!(std::fs::read_dir(packages.join("file_handles")).unwrap().count(), 4);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_list_is_told_of_every_state_and_another_process_can_read_it() {
    let world = World::start().await;
    let photos = world.photos("walk", 2, 50_000);
    let engine = world.engine().await;
    let mut events = engine.events();
    let id = world.begin(&engine, new_upload(&photos, PackageKind::Zip)).await;
    let row = wait_for(&engine, id, UploadState::Published).await;
    let mut states = HashSet::new();
    while let Ok(event) = events.try_recv() {
        if let UploadEvent::Row(row) = event {
            states.insert(row.state);
        }
    }
    for state in [
        UploadState::Draft,
        UploadState::Queued,
        UploadState::Preparing,
        UploadState::Sending,
        UploadState::Finishing,
        UploadState::Processing,
        UploadState::Published,
    ] {
        assert!(states.contains(&state), "never told of {state:?}: {states:?}");
    }
    let beside = rows_of(&world.data_dir(), 0).unwrap();
    assert_eq!(beside.len(), 1);
    assert_eq!((beside[0].state, &beside[0].links), (row.state, &row.links));
}

#[tokio::test(flavor = "multi_thread")]
async fn no_token_is_in_any_file_of_the_data_folder() {
    let world = World::start().await;
    let photos = world.photos("walk", 3, 0);
    let engine = world.engine().await;
    for package in [PackageKind::Zip, PackageKind::Images] {
        let new = NewUpload {
            fresh_key: true,
            ..new_upload(&photos, package)
        };
        let id = world.begin(&engine, new).await;
        wait_for(&engine, id, UploadState::Published).await;
    }
    world.sandbox.revoke_tokens().unwrap();
    let id = world.begin(&engine, new_upload(&photos, PackageKind::Zip)).await;
    wait_for(&engine, id, UploadState::NeedsSignIn).await;
    let tokens = world.tokens.given.lock().unwrap().clone();
    assert!(
        !tokens.is_empty()
            && tokens
                .iter()
                .all(|token| token.starts_with(waypost_testkit::canary::TOKEN))
    );
    let searched = waypost_testkit::canary::search(&world.data_dir()).unwrap();
    assert!(searched.files >= 3, "database, WAL and lock: {searched:?}");
    assert_eq!(searched.hits, Vec::<std::path::PathBuf>::new());
    drop(engine);
}

#[tokio::test(flavor = "multi_thread")]
async fn several_uploads_run_at_once_up_to_the_limit_and_all_arrive() {
    let world = World::start().await;
    let engine = world.engine().await;
    let mut ids = Vec::new();
    for number in 0..5_i64 {
        let folder = world.folder.path().join(format!("walk {number}"));
        let start_ms = 1_780_000_000_000 + number * 3_600_000;
        let photos = upload_support::photos_in(&folder, 2, 1_000, start_ms);
        ids.push(engine.add(new_upload(&photos, PackageKind::Zip)).await.unwrap());
    }
    engine.start(waypost_core::upload::Which::All).await.unwrap();
    for id in ids {
        let row = wait_for(&engine, id, UploadState::Published).await;
        assert_eq!(row.visible_count, Some(2));
    }
    let snapshot = world.snapshot();
    assert_eq!((snapshot.clusters.len(), snapshot.image_count()), (5, 10));
    assert_eq!(snapshot.violations, Vec::<String>::new());
}
