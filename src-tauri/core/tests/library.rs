//! The library from end to end: notes from Prepare, what became of it, deleting, and what another computer sent.

mod app_support;

use std::sync::Arc;

use app_support::{House, UPLOAD, setup};
use serde_json::json;
use waypost_core::app::{EventBus, PictureOf, Waypost};
use waypost_core::journal::Journal;
use waypost_core::keychain::MemoryKeychain;
use waypost_core::library::evidence::safe_to_delete_folder;
use waypost_core::peer_history::{HISTORY_VARIABLE, PeerHistory, Record};
use waypost_wire::{
    Call, Edit, EventBody, LibraryImportState, LibraryOrigin, LibraryPage, LibraryQuery, Reply, SafeReason,
    SafeToDelete, SafeVerdict, SequenceNotes, Target, UploadEvent, UploadState,
};

async fn library(waypost: &Arc<Waypost>, query: LibraryQuery) -> LibraryPage {
    match waypost.call(Call::Library { query }).await.unwrap() {
        Reply::Library(page) => *page,
        other => panic!("{other:?}"),
    }
}

async fn safe(house: &House, line_id: i64) -> SafeToDelete {
    match house.call(Call::SafeToDelete { line_id }).await {
        Reply::SafeToDelete(answer) => answer,
        other => panic!("{other:?}"),
    }
}

fn notes() -> SequenceNotes {
    SequenceNotes {
        name: "Morning ride".into(),
        description: "in the rain".into(),
        transport: "land/bicycle".into(),
        tags: vec!["commute".into()],
    }
}

/// Sends the first of the two sequences, with notes, until it is published.
async fn published(house: &mut House) -> i64 {
    house.sign_in().await;
    house.prepare().await;
    let describe = Edit::Describe {
        target: Target::Sequence("0".into()),
        notes: notes(),
    };
    let exclude = Edit::Exclude {
        target: Target::Sequence("1".into()),
        excluded: true,
    };
    for edit in [describe, exclude] {
        house.call(Call::Edit { edit }).await;
    }
    let Reply::Queued(upload_ids) = house.call(UPLOAD).await else {
        panic!("numbers")
    };
    house.row_in(upload_ids[0], UploadState::Published).await;
    upload_ids[0]
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_said_about_a_sequence_before_it_is_sent_stands_in_the_library_and_is_found_by() {
    let mut house = House::open("allow", Arc::new(MemoryKeychain::new())).await;
    let upload_id = published(&mut house).await;
    let query = LibraryQuery {
        text: "RAIN commute".into(),
        ..LibraryQuery::default()
    };
    let page = library(&house.waypost, query).await;
    let [row] = page.rows.as_slice() else {
        panic!("{page:#?}")
    };
    assert_eq!((row.upload_id, &row.notes), (Some(upload_id), &notes()));
    assert_eq!((row.state, row.visible_count), (UploadState::Published, Some(4)));
    assert!(
        !row.place.is_empty() && row.username.is_some() && row.links.len() == 1,
        "{row:#?}"
    );
    assert!(
        house
            .waypost
            .picture(PictureOf::LibraryLine(row.line_id))
            .await
            .is_some()
    );

    let flown = SequenceNotes {
        transport: "air/drone".into(),
        ..notes()
    };
    let refused = house
        .waypost
        .call(Call::SetNotes {
            line_id: row.line_id,
            notes: flown,
        })
        .await
        .unwrap_err();
    assert_eq!(refused.code, "transport_refused");
    let Reply::LibraryRow(changed) = house
        .call(Call::SetNotes {
            line_id: row.line_id,
            notes: SequenceNotes::default(),
        })
        .await
    else {
        panic!("a row")
    };
    assert_eq!(changed.notes, SequenceNotes::default());
    let unknown = house.waypost.call(Call::LibraryLine { line_id: 99 }).await.unwrap_err();
    assert_eq!(unknown.code, "no_such_line");
}

#[tokio::test(flavor = "multi_thread")]
async fn files_are_safe_to_delete_only_while_they_are_what_was_seen_at_mapillary() {
    let mut house = House::open("allow", Arc::new(MemoryKeychain::new())).await;
    let upload_id = published(&mut house).await;
    let page = library(&house.waypost, LibraryQuery::default()).await;
    let line_id = page.rows[0].line_id;
    let answer = safe(&house, line_id).await;
    assert_eq!(answer.seen_count, 4);
    assert!(answer.asked_at_ms.is_some());
    let Reply::Files(files) = house.call(Call::FileReport { upload_id }).await else {
        panic!("files")
    };
    // The other sequence and what was refused stay at home, and their report stands with this upload.
    let kept = files.iter().filter(|file| file.image_id.is_none()).count();
    assert_eq!(answer.verdict, SafeVerdict::NotSafe);
    assert_eq!(
        answer.reasons,
        [SafeReason::NeverSent {
            file_count: u64::try_from(kept).unwrap()
        }]
    );
    let sent: Vec<_> = files.iter().filter(|file| file.image_id.is_some()).collect();
    let copies = tempfile::tempdir().unwrap();
    for (number, file) in sent.iter().enumerate() {
        std::fs::copy(&file.path, copies.path().join(format!("copy{number}.jpg"))).unwrap();
    }
    house.waypost.close().await;
    let journal = Journal::open_read_only(&house.folder.path().join("data"))
        .unwrap()
        .unwrap();
    let answer = safe_to_delete_folder(&journal, copies.path()).unwrap();
    assert_eq!(
        (answer.verdict, answer.seen_count),
        (SafeVerdict::Safe, 4),
        "{answer:#?}"
    );

    let mut bytes = std::fs::read(copies.path().join("copy0.jpg")).unwrap();
    bytes.extend(b"edited");
    std::fs::write(copies.path().join("copy0.jpg"), bytes).unwrap();
    std::fs::write(copies.path().join("notes.txt"), "mine").unwrap();
    let answer = safe_to_delete_folder(&journal, copies.path()).unwrap();
    assert_eq!(answer.verdict, SafeVerdict::NotSafe);
    assert_eq!((answer.seen_count, answer.open_count, answer.other_count), (3, 1, 1));
    assert_eq!(answer.files[0].why, "not_known");
    assert!(answer.files[0].path.ends_with("copy0.jpg"));
}

#[tokio::test(flavor = "multi_thread")]
async fn another_computer_finds_what_the_account_has_published_and_lists_it_once() {
    let mut house = House::open("allow", Arc::new(MemoryKeychain::new())).await;
    published(&mut house).await;
    // What this computer sent is not listed a second time.
    house.call(Call::ImportLibrary { all: true }).await;
    let ended = |body| match body {
        EventBody::LibraryImport(LibraryImportState::Running { .. }) => None,
        EventBody::LibraryImport(state) => Some(state),
        _ => None,
    };
    let state = house.next(ended).await;
    assert!(
        matches!(
            state,
            LibraryImportState::Done {
                image_count: 4,
                new_count: 0,
                ..
            }
        ),
        "{state:?}"
    );
    let page = library(&house.waypost, LibraryQuery::default()).await;
    assert_eq!((page.total_count, page.import), (1, state));

    let bus = EventBus::default();
    let events = bus.listen();
    let keychain = Arc::new(MemoryKeychain::new());
    let other_data = house.folder.path().join("other");
    let other = Waypost::open(setup(&house.server, &other_data, &house.browser, keychain, bus))
        .await
        .unwrap();
    let own = std::mem::replace(&mut house.waypost, Arc::clone(&other));
    house.events = events;
    let not_signed_in = other.call(Call::ImportLibrary { all: false }).await.unwrap_err();
    assert_eq!(not_signed_in.code, "not_signed_in");
    assert_eq!(
        library(&other, LibraryQuery::default()).await.import,
        LibraryImportState::Never
    );
    house.sign_in().await;
    for (new_count, seen) in [(1, 4), (0, 0)] {
        // The second one asks for what was captured lately, and finds what it knows already.
        house.call(Call::ImportLibrary { all: false }).await;
        let state = house.next(ended).await;
        let LibraryImportState::Done {
            image_count,
            new_count: new,
            ..
        } = state
        else {
            panic!("{state:?}")
        };
        assert_eq!((new, image_count), (new_count, seen));
    }
    let page = library(&other, LibraryQuery::default()).await;
    let [row] = page.rows.as_slice() else {
        panic!("{page:#?}")
    };
    assert_eq!(
        (row.origin, row.upload_id, row.image_count),
        (LibraryOrigin::Account, None, 4)
    );
    assert!(
        !row.place.is_empty() && row.links[0].url.contains(&row.links[0].image_id),
        "{row:#?}"
    );
    let line_id = row.line_id;
    assert_eq!(safe(&house, line_id).await.verdict, SafeVerdict::NotKnown);
    own.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_mapillary_tools_sent_is_offered_taken_over_and_followed_at_once() {
    let mut house = House::open("allow", Arc::new(MemoryKeychain::new())).await;
    published(&mut house).await;
    let snapshot = house.snapshot().await;
    let sent = &snapshot.uploads[0];
    let record = json!({
        "params": {"import_path": house.photos.root, "version": "0.14.7"},
        "summary": {
            "sequence_md5sum": "0123456789abcdef0123456789abcdef", "file_type": "image",
            "sequence_image_count": 4, "cluster_id": sent.cluster_id,
            "upload_start_time": 1_789_999_001.0, "upload_end_time": 1_789_999_100.0,
        },
    });
    let page = library(&house.waypost, LibraryQuery::default()).await;
    assert!(
        !page.has_peer_history,
        "another program's history has no business in practice"
    );

    let history = house.folder.path().join("history");
    PeerHistory::at(history.clone())
        .write(&serde_json::from_value::<Record>(record).unwrap())
        .unwrap();
    let bus = EventBus::default();
    let events = bus.listen();
    let (keychain, data_dir) = (Arc::new(MemoryKeychain::new()), house.folder.path().join("other"));
    let mut open = setup(&house.server, &data_dir, &house.browser, keychain, bus);
    open.environment = open.environment.with(HISTORY_VARIABLE, history.as_os_str());
    let other = Waypost::open(open).await.unwrap();
    let own = std::mem::replace(&mut house.waypost, Arc::clone(&other));
    house.events = events;
    assert!(library(&other, LibraryQuery::default()).await.has_peer_history);
    let not_signed_in = other.call(Call::TakeOverHistory).await.unwrap_err();
    assert_eq!(not_signed_in.code, "not_signed_in");

    house.sign_in().await;
    let taken = |reply| match reply {
        Reply::HistoryTaken(counts) => counts,
        other => panic!("{other:?}"),
    };
    let counts = taken(house.call(Call::TakeOverHistory).await);
    assert_eq!((counts.record_count, counts.new_count), (1, 1));
    let row = house
        .next(|body| match body {
            EventBody::Upload(UploadEvent::Row(row)) if row.state == UploadState::Published => Some(*row),
            _ => None,
        })
        .await;
    assert_eq!(row.cluster_id, sent.cluster_id);
    let counts = taken(house.call(Call::TakeOverHistory).await);
    assert_eq!((counts.new_count, counts.known_count), (0, 1));
    assert_eq!(library(&other, LibraryQuery::default()).await.total_count, 1);
    own.close().await;
}
