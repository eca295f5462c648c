//! What mapillary_tools wrote down as sent is taken over once, followed, and found image by image.

mod upload_support;

use serde_json::json;
use upload_support::{World, new_upload, wait_for};
use waypost_core::journal::Journal;
use waypost_core::library::import::ImportAccount;
use waypost_core::library::peer_records::{TakenOver, take_over};
use waypost_core::package::SourcePhoto;
use waypost_core::peer_history::{PeerHistory, Record};
use waypost_core::settings::PackageKind;
use waypost_core::upload::TokenSource;
use waypost_wire::{FileOutcome, HistoryTaken, UploadState};

/// A record as the tool writes it.
fn record(number: u8, user_id: &str, cluster_id: Option<&str>, photos: &[SourcePhoto]) -> Record {
    let descriptions: Vec<serde_json::Value> = photos
        .iter()
        .map(|photo| {
            let mut entry: serde_json::Value = serde_json::from_str(&photo.description_json).unwrap();
            entry["filename"] = json!(photo.path);
            entry["filetype"] = json!("image");
            entry["filesize"] = json!(photo.size_bytes);
            entry["md5sum"] = json!("0123456789abcdef0123456789abcdef");
            entry
        })
        .collect();
    serde_json::from_value(json!({
        "params": {"user_key": user_id, "version": "0.14.7", "run_at": 1_789_999_000.5},
        "summary": {
            "sequence_md5sum": format!("{number:02x}23456789abcdef0123456789abcdef"), "file_type": "image",
            "sequence_image_count": photos.len(), "entity_size": 9_000, "cluster_id": cluster_id,
            "upload_start_time": 1_789_999_001.0, "upload_end_time": 1_789_999_100.0,
        },
        "descs": descriptions,
    }))
    .unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn what_mapillary_tools_sent_is_taken_over_once_and_followed_to_its_images() {
    let world = World::start_with(|config| config.stage_ms = 0).await;
    let photos = world.photos("walk", 3, 0);
    // Somebody sends the photos: another computer, with a journal of its own.
    let elsewhere = waypost_core::upload::EngineConfig {
        ..waypost_core::upload::EngineConfig::new(world.folder.path().join("elsewhere"))
    };
    let other = world.engine_with(elsewhere).await.unwrap();
    let id = world.begin(&other, new_upload(&photos, PackageKind::Zip)).await;
    let sent = wait_for(&other, id, UploadState::Published).await;
    other.shutdown().await.unwrap();

    let active = world.tokens.token(None).await.unwrap();
    let account = ImportAccount {
        user_id: active.user_id.clone(),
        username: active.username,
    };
    let history = PeerHistory::at(world.folder.path().join("history"));
    let own = &active.user_id;
    history
        .write(&record(1, own, sent.cluster_id.as_deref(), &photos))
        .unwrap();
    history.write(&record(2, "999", Some("777"), &photos)).unwrap();
    history.write(&record(3, own, Some("0"), &photos)).unwrap();
    history.write(&record(4, own, None, &[])).unwrap();
    let damaged = history.record_path("0523456789abcdef0123456789abcdef").unwrap();
    std::fs::create_dir_all(damaged.parent().unwrap()).unwrap();
    std::fs::write(damaged, "{").unwrap();
    std::fs::write(world.folder.path().join("history/notes.txt"), "mine").unwrap();

    let engine = world.engine().await;
    let taken = take_over(&engine.journal(), &history, &account, 1_790_000_000_000).unwrap();
    let expected = HistoryTaken {
        record_count: 4,
        new_count: 1,
        known_count: 0,
        other_account_count: 1,
        unfinished_count: 2,
    };
    assert_eq!(taken.counts, expected);
    assert_eq!(taken.upload_ids.len(), 1);
    let again = take_over(&engine.journal(), &history, &account, 1_790_000_000_000).unwrap();
    assert_eq!((again.counts.new_count, again.counts.known_count), (0, 1));
    assert!(again.upload_ids.is_empty());
    engine.shutdown().await.unwrap();

    // From the next start on it is followed like an upload of Waypost's own.
    let engine = world.engine_after_death().await;
    let uploads = engine.rows().await.unwrap();
    let [upload] = uploads.as_slice() else {
        panic!("{uploads:#?}")
    };
    let row = wait_for(&engine, upload.upload_id, UploadState::Published).await;
    assert_eq!((row.visible_count, row.image_count), (Some(3), 3));
    assert_eq!(row.title, "walk");
    let files = engine.file_report(upload.upload_id).await.unwrap();
    assert!(
        files.iter().all(|file| file.outcome == FileOutcome::Published),
        "{files:#?}"
    );
    engine.shutdown().await.unwrap();
    let finishes = world.snapshot().requests_to("POST", "/graph/finish_upload").count();
    assert_eq!(finishes, 1, "nothing is sent by it");
}

#[test]
fn without_a_history_nothing_is_taken_over() {
    let folder = tempfile::tempdir().unwrap();
    let journal = Journal::open(folder.path(), None).unwrap();
    let account = ImportAccount {
        user_id: "7".into(),
        username: "ann".into(),
    };
    let history = PeerHistory::at(folder.path().join("none"));
    assert_eq!(
        take_over(&journal, &history, &account, 1).unwrap(),
        TakenOver::default()
    );
}
