//! The hand-over record: what is in it, and what is not.

mod upload_support;

use std::io::{Read as _, Write as _};
use std::net::TcpListener;
use std::sync::Arc;

use secrecy::ExposeSecret as _;
use tokio_util::sync::CancellationToken;
use upload_support::{World, new_upload, wait_for};
use waypost_core::hand_over::{record_of, save_record, send_record};
use waypost_core::journal::Journal;
use waypost_core::library::import::{Import, ImportAccount};
use waypost_core::settings::PackageKind;
use waypost_core::takeout::Asker;
use waypost_core::upload::TokenSource as _;
use waypost_sandbox::Seed;
use waypost_wire::{HandOverRecord, HandOverSubject, LibraryQuery, SequenceNotes, UploadState};

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

/// A webhook that takes one record: what it was sent, head and body.
fn webhook() -> (String, std::thread::JoinHandle<String>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = format!("http://{}/hook?project=7", listener.local_addr().unwrap());
    let taken = std::thread::spawn(move || {
        let (mut line, _) = listener.accept().unwrap();
        let mut request = Vec::new();
        let mut piece = [0; 4_096];
        // The record is one JSON object and the last thing in the request.
        while !request.ends_with(b"}") {
            let count = line.read(&mut piece).unwrap();
            assert!(count > 0, "{}", String::from_utf8_lossy(&request));
            request.extend_from_slice(&piece[..count]);
        }
        line.write_all(b"HTTP/1.1 201 Created\r\nContent-Length: 5\r\nConnection: close\r\n\r\ntaken")
            .unwrap();
        String::from_utf8(request).unwrap()
    });
    (address, taken)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_webhook_gets_the_record_of_a_sequence_that_was_read_from_the_account_with_its_box_and_no_token() {
    let world = World::start().await;
    world.sandbox.seed(&Seed::new("ann", 2, 40));
    std::fs::create_dir_all(world.data_dir()).unwrap();
    let journal = Arc::new(Journal::open(&world.data_dir(), None).unwrap());
    let active = world.tokens.token(None).await.unwrap();
    let import = Import {
        asker: Asker::new(
            world.client(),
            world.tokens.clone(),
            world.clock.clone(),
            CancellationToken::new(),
        ),
        journal: Arc::clone(&journal),
        viewer: "https://viewer.example/".into(),
        account: ImportAccount {
            user_id: active.user_id,
            username: active.username,
        },
    };
    import.run(true, &|_| {}).await.unwrap();
    let row = journal.library_page(&LibraryQuery::default()).unwrap().rows.remove(0);
    let sequence_key = row.links[0].sequence_key.clone();
    let record = record_of(&journal, &HandOverSubject::Sequence { sequence_key }).unwrap();
    let [west, south, east, north] = record.bounding_box.unwrap();
    let (lat_deg, lon_deg) = (row.lat_deg.unwrap(), row.lon_deg.unwrap());
    assert!(west <= lon_deg && lon_deg <= east && south <= lat_deg && lat_deg <= north);
    assert!(
        north - south > 0.000_072 * 38.0,
        "all forty images lie in it, not the first alone: {south} {north}"
    );

    let (address, taken) = webhook();
    let reply = send_record(&world.client(), &record, &address).await.unwrap();
    assert_eq!((reply.status, reply.beginning.as_str()), (201, "taken"));
    let request = taken.join().unwrap();
    assert!(request.starts_with("POST /hook?project=7 HTTP/1.1"), "{request}");
    let (head, body) = request.split_once("\r\n\r\n").unwrap();
    assert!(!head.to_lowercase().contains("authorization"), "{head}");
    let sent: HandOverRecord = serde_json::from_str(body).unwrap();
    assert_eq!(sent, record);
    for token in world.tokens.given.lock().unwrap().iter() {
        assert!(!request.contains(token.as_str()));
    }
}
