//! The hand-over record: what is in it, and what is not.

mod upload_support;

use secrecy::ExposeSecret as _;
use upload_support::{World, new_upload, wait_for};
use waypost_core::hand_over::{record_of, save_record, send_record};
use waypost_core::settings::PackageKind;
use waypost_core::upload::TokenSource as _;
use waypost_wire::{HandOverSubject, SequenceNotes, UploadState};

#[tokio::test(flavor = "multi_thread")]
async fn a_record_holds_notes_keys_box_and_window_and_no_token() {
    let world = World::start_with(|config| config.stage_ms = 0).await;
    let photos = world.photos("walk", 3, 0);
    let engine = world.engine().await;
    let notes = SequenceNotes {
        name: "Sunday walk".into(),
        description: "along the river".into(),
        transport: "land/walk".into(),
        tags: vec!["river".into()],
    };
    let new = waypost_core::upload::NewUpload {
        notes: notes.clone(),
        ..new_upload(&photos, PackageKind::Zip)
    };
    let upload_id = world.begin(&engine, new).await;
    let row = wait_for(&engine, upload_id, UploadState::Published).await;
    let journal = engine.journal();
    let record = record_of(&journal, &HandOverSubject::Upload { upload_id }).unwrap();
    assert_eq!(record.notes, notes);
    assert_eq!(record.sequence_keys, [row.links[0].sequence_key.clone()]);
    assert_eq!(
        (record.image_count, record.cluster_id.clone()),
        (3, row.cluster_id.clone())
    );
    let [west, south, east, north] = record.bounding_box.unwrap();
    assert!(west <= photos[0].lon_deg && photos[0].lon_deg <= east);
    assert!(south <= photos[0].lat_deg && photos[0].lat_deg <= north);
    assert_eq!(record.first_captured_at_ms, Some(photos[0].captured_at_ms));
    assert_eq!(record.last_captured_at_ms, Some(photos[2].captured_at_ms));

    let sequence = HandOverSubject::Sequence {
        sequence_key: row.links[0].sequence_key.clone(),
    };
    assert_eq!(record_of(&journal, &sequence).unwrap(), record);
    let unknown = HandOverSubject::Sequence {
        sequence_key: "nobody-knows".into(),
    };
    assert_eq!(record_of(&journal, &unknown).unwrap_err().code(), "invalid_setting");
    let unknown = HandOverSubject::Upload { upload_id: 99 };
    assert_eq!(record_of(&journal, &unknown).unwrap_err().code(), "no_such_upload");

    let path = save_record(&record, world.folder.path(), "upload-1").unwrap();
    let text = std::fs::read_to_string(&path).unwrap();
    let token = world.tokens.token(None).await.unwrap().token;
    assert!(text.contains("Sunday walk") && !text.contains(token.expose_secret()));
    let error = save_record(&record, world.folder.path(), "upload-1").unwrap_err();
    assert_eq!(error.code(), "file_in_the_way");

    let error = send_record(&world.client(), &record, "http://hook.example/")
        .await
        .unwrap_err();
    assert_eq!(error.code(), "invalid_url");
    // The practice service is no webhook, and says so.
    let address = format!("http://{}/hook", world.address());
    let error = send_record(&world.client(), &record, &address).await.unwrap_err();
    assert_eq!(error.code(), "webhook_refused");
    let seen = world.snapshot();
    assert_eq!(seen.requests_to("POST", "/hook").count(), 1);
}
