//! Videos on their way from the queue to the map: sent once, gone on with, known again, and followed by their track.

mod upload_support;

use std::fs;
use std::sync::Arc;

use upload_support::video::{new_video_upload, read_all, small, upload_of, video_at};
use upload_support::{World, wait_for};
use waypost_core::journal::Journal;
use waypost_core::package::{Part, video_part};
use waypost_core::submit::{Goal, Submitted, begin, has_arrived, is_over, submit};
use waypost_core::upload::{Engine, FolderTransport, NoTokens, TokenSource as _, Which};
use waypost_generator::{GpsStream, VideoSpec};
use waypost_sandbox::{Endpoint, Fault};
use waypost_wire::{FileOutcome, UploadRow, UploadState};

#[tokio::test(flavor = "multi_thread")]
async fn a_video_is_sent_finished_seen_and_linked() {
    for gps in [GpsStream::Gps5, GpsStream::Gps9] {
        let world = World::start().await;
        let spec = VideoSpec {
            gps,
            duration_s: 4,
            video_tracks: 2,
            ..small()
        };
        let video = video_at(&world.folder.path().join("GS010042.360"), &spec);
        let engine = world.engine().await;
        let id = world.begin(&engine, new_video_upload(&video)).await;
        let row = wait_for(&engine, id, UploadState::Published).await;
        world.assert_video_arrived_once(&video, "whole");
        let snapshot = world.snapshot();
        let cluster = &snapshot.clusters[0];
        let measured = video_part(video.clone())
            .measure(&waypost_core::observe::Unobserved)
            .unwrap();
        assert_eq!(cluster.session_key, format!("mly_tools_{}.mp4", measured.md5_hex));
        let arrived = cluster.video.as_ref().unwrap();
        assert_eq!((arrived.video_tracks, arrived.camm_type), (2, 6));
        assert_eq!(snapshot.requests_to("POST", "/upload").count(), 1);

        assert_eq!((row.package.as_str(), row.image_count), ("video", 0));
        assert_eq!(
            row.total_bytes, measured.length_bytes,
            "the true length, once it is known"
        );
        assert_eq!(row.sent_bytes, row.total_bytes);
        assert_eq!(Some(row.first_captured_at_ms), video.first_captured_at_ms());
        assert_eq!(row.visible_count, Some(cluster.images.len() as u64));
        assert_eq!(row.links.len(), 1);
        let report = engine.file_report(id).await.unwrap();
        assert_eq!(report.len(), 1);
        assert_eq!(report[0].path, video.path.display().to_string());
        assert_eq!(report[0].outcome, FileOutcome::Published);
        assert_eq!(report[0].image_id.as_ref(), Some(&row.links[0].image_id));
        engine.shutdown().await.unwrap();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn where_the_feed_is_closed_the_frames_are_found_by_time_and_place() {
    let world = World::start().await;
    world.sandbox.faults().push(
        Fault::answer(
            Endpoint::Feed,
            200,
            r#"{"errors":[{"message":"not allowed","code":10}]}"#,
        )
        .always(),
    );
    let video = world.video("GX010042.MP4");
    let engine = world.engine().await;
    let id = world.begin(&engine, new_video_upload(&video)).await;
    let row = wait_for(&engine, id, UploadState::Published).await;
    assert_eq!(
        row.visible_count,
        Some(world.snapshot().clusters[0].images.len() as u64)
    );
    assert_eq!(row.links.len(), 1);
    let report = engine.file_report(id).await.unwrap();
    assert_eq!(report[0].outcome, FileOutcome::Published);
    engine.shutdown().await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_cut_line_goes_on_where_the_server_stopped() {
    let world = World::start().await;
    let video = world.video("GX010042.MP4");
    for cut_after in [100, 9_000] {
        world
            .sandbox
            .faults()
            .push(Fault::drop_after(Endpoint::UploadSend, cut_after));
    }
    let engine = world.engine().await;
    let id = world.begin(&engine, new_video_upload(&video)).await;
    wait_for(&engine, id, UploadState::Published).await;
    world.assert_video_arrived_once(&video, "cut twice");
    let snapshot = world.snapshot();
    let offsets: Vec<u64> = snapshot
        .requests_to("POST", "/upload")
        .filter_map(|request| request.offset)
        .collect();
    assert_eq!(offsets.len(), 3);
    assert!(
        offsets[0] == 0 && offsets[1] > 0 && offsets[2] > offsets[1],
        "{offsets:?}"
    );
    engine.shutdown().await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_finish_that_was_never_answered_is_settled_by_looking() {
    let world = World::start().await;
    let video = world.video("GX010042.MP4");
    world.sandbox.faults().push(Fault::lose_answer(Endpoint::FinishUpload));
    let engine = world.engine().await;
    let id = world.begin(&engine, new_video_upload(&video)).await;
    wait_for(&engine, id, UploadState::Published).await;
    world.assert_video_arrived_once(&video, "answer lost");
    engine.shutdown().await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_video_that_changed_is_not_sent() {
    let world = World::start().await;
    let video = world.video("GX010042.MP4");
    let engine = world.engine().await;
    let id = engine.add(new_video_upload(&video)).await.unwrap();
    let mut bytes = fs::read(&video.path).unwrap();
    bytes.push(0);
    fs::write(&video.path, bytes).unwrap();
    engine.start(Which::All).await.unwrap();
    let row = wait_for(&engine, id, UploadState::SourceChanged).await;
    assert_eq!(row.problem.unwrap().code, "source_changed");
    assert_eq!(world.snapshot().sessions, []);
    engine.shutdown().await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_video_that_cannot_be_repacked_fails_with_a_reason() {
    let world = World::start().await;
    let mut video = world.video("GX010042.MP4");
    for point in &mut video.track {
        point.time_ms = -5;
    }
    let engine = world.engine().await;
    let id = world.begin(&engine, new_video_upload(&video)).await;
    let row = wait_for(&engine, id, UploadState::Failed).await;
    assert_eq!(row.problem.unwrap().code, "video_not_packable");
    engine.shutdown().await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_dry_run_leaves_the_video_in_a_folder() {
    let world = World::start().await;
    let video = world.video("GX010042.MP4");
    let out = world.folder.path().join("out");
    let engine = Engine::open(
        world.config(),
        Arc::new(FolderTransport::new(&out)),
        Arc::new(NoTokens),
        world.clock.clone(),
        None,
    )
    .await
    .unwrap();
    let id = world.begin(&engine, new_video_upload(&video)).await;
    wait_for(&engine, id, UploadState::Processing).await;
    let upload = upload_of(&video);
    let name = format!(
        "mly_tools_{}.mp4",
        hex::encode(<md5::Md5 as md5::Digest>::digest(&upload))
    );
    assert!(fs::read(out.join(name)).unwrap() == upload);
    engine.shutdown().await.unwrap();
}

async fn sent(
    world: &World,
    engine: &Engine,
    new: waypost_core::upload::NewUpload,
    again: bool,
) -> (Submitted, UploadRow) {
    let user_id = world.tokens.token(None).await.unwrap().user_id;
    let submitted = submit(engine, new, &user_id, again).await.unwrap();
    let upload_id = match &submitted {
        Submitted::AlreadySent { upload_ids, .. } => upload_ids[0],
        other => other.upload_id().unwrap(),
    };
    begin(engine, &[upload_id]).await.unwrap();
    let rows = engine
        .wait_until(&[upload_id], |row| is_over(row, Goal::Published))
        .await
        .unwrap();
    assert!(has_arrived(&rows[0], Goal::Taken), "{rows:?}");
    (submitted, rows[0].clone())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_video_that_was_sent_is_known_by_its_content_and_sent_again_only_when_asked() {
    let world = World::start().await;
    let video = world.video("GX010042.MP4");
    let engine = world.engine().await;
    let (first, _) = sent(&world, &engine, new_video_upload(&video), false).await;
    let first = first.upload_id().unwrap();

    let mut copied = video.clone();
    copied.path = world.folder.path().join("renamed.mp4");
    fs::copy(&video.path, &copied.path).unwrap();
    let copied = waypost_core::package::SourceVideo {
        ..upload_support::video::source_video(&copied.path)
    };
    for wish in [&video, &copied] {
        let (submitted, _) = sent(&world, &engine, new_video_upload(wish), false).await;
        assert!(
            matches!(&submitted, Submitted::AlreadySent { upload_ids, photo_count: 1, .. } if *upload_ids == [first]),
            "{submitted:?}"
        );
    }
    assert_eq!(world.snapshot().clusters.len(), 1);

    let (again, _) = sent(&world, &engine, new_video_upload(&video), true).await;
    assert_ne!(again.upload_id(), Some(first));
    let snapshot = world.snapshot();
    assert_eq!(snapshot.clusters.len(), 2);
    assert!(
        snapshot.clusters[1].session_key.starts_with("mly_tools_uuid_"),
        "a fresh key"
    );
    assert_eq!(snapshot.violations, Vec::<String>::new());
    engine.shutdown().await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_asked_for_twice_goes_on_once() {
    let world = World::start().await;
    let video = world.video("GX010042.MP4");
    let engine = world.engine().await;
    let user_id = world.tokens.token(None).await.unwrap().user_id;
    let first = submit(&engine, new_video_upload(&video), &user_id, false)
        .await
        .unwrap();
    let second = submit(&engine, new_video_upload(&video), &user_id, false)
        .await
        .unwrap();
    let upload_id = first.upload_id().unwrap();
    assert_eq!(second, Submitted::Continued { upload_id });
    // The same file with another track: the one that is under way is the video's.
    let mut shifted = video.clone();
    shifted.track[0].lat_deg += 0.001;
    let third = submit(&engine, new_video_upload(&shifted), &user_id, false)
        .await
        .unwrap();
    assert!(matches!(&third, Submitted::AlreadySent { upload_ids, .. } if *upload_ids == [upload_id]));
    wait_for(&engine, upload_id, UploadState::Published).await;
    world.assert_video_arrived_once(&video, "asked for three times");
    engine.shutdown().await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn the_journal_keeps_what_makes_the_same_video_again() {
    let world = World::start().await;
    let video = world.video("GX010042.MP4");
    let engine = world.engine().await;
    let id = engine.add(new_video_upload(&video)).await.unwrap();
    engine.shutdown().await.unwrap();
    let journal = Journal::open_read_only(&world.data_dir()).unwrap().unwrap();
    let record = journal.upload(id).unwrap();
    assert_eq!((record.package.word(), record.image_count), ("video", 0));
    assert_eq!(record.total_bytes, video.size_bytes, "an estimate until it is measured");
    let files = journal.files(id).unwrap();
    let kept = serde_json::from_str(files[0].source.as_deref().unwrap()).unwrap();
    assert!(read_all(&video_part(kept), 0).unwrap() == upload_of(&video));
}
