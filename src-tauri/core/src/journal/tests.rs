//! What the journal promises: nothing that was written is lost, and nothing is written by two.

use std::ffi::OsStr;
use std::os::unix::ffi::OsStrExt;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use waypost_wire::FileOutcome;

use super::*;
use crate::settings::PackageKind;
use crate::state::{Event, State};
use waypost_wire::LibraryQuery;

/// An upload as the first versions wrote it down.
const OLD_UPLOAD: &str = "INSERT INTO uploads (id, title, state, since_ms, created_at_ms, package, image_count, \
    total_bytes, fresh_key, wants_finish, dry_run, first_captured_at_ms, last_captured_at_ms, follow) \
    VALUES (?1, 'walk', '{\"state\":\"draft\"}', 1, 1, 'zip', 2, 200, 0, 1, 0, 1000, 2000, '{}')";

fn new_record() -> NewRecord {
    NewRecord {
        title: "walk".into(),
        package: PackageKind::Zip,
        zip_path: None,
        image_count: 2,
        estimated_bytes: 200,
        user_id: Some("7".into()),
        organization_id: None,
        fresh_key: false,
        wants_finish: true,
        dry_run: false,
        first_captured_at_ms: 1_000,
        last_captured_at_ms: 2_000,
        created_at_ms: 5_000,
        notes: waypost_wire::SequenceNotes::default(),
    }
}

fn file(ordinal: u32, name: &[u8]) -> FileRow {
    FileRow {
        ordinal,
        path: OsStr::from_bytes(name).into(),
        outcome: FileOutcome::Pending,
        code: None,
        message: None,
        image_id: None,
        source: Some("{}".into()),
        size_bytes: 100,
        captured_at_ms: 1_000,
        fingerprint: None,
    }
}

fn apply(journal: &Journal, upload_id: i64, event: &Event, facts: Vec<Fact>) -> UploadRecord {
    let step = Step {
        upload_id,
        event,
        at_ms: 6_000,
        problem: None,
        facts,
    };
    match journal.apply(&step).unwrap() {
        Applied::Done { record, .. } => *record,
        Applied::DoesNotApply { state } => panic!("{event:?} does not apply in {state:?}"),
    }
}

/// Takes a new upload to where finish is under way.
fn finishing(journal: &Journal, upload_id: i64) -> UploadRecord {
    apply(journal, upload_id, &Event::Start, vec![]);
    apply(journal, upload_id, &Event::TurnCame { handle_kept: false }, vec![]);
    apply(journal, upload_id, &Event::Prepared, vec![Fact::Length(250)]);
    let handle = Fact::Handle("3:abc\n4:def".into());
    apply(journal, upload_id, &Event::Sent { finish: true }, vec![handle])
}

#[test]
fn what_was_written_is_there_after_opening_again() {
    let folder = tempfile::tempdir().unwrap();
    let journal = Journal::open(folder.path(), None).unwrap();
    let files = [file(0, b"/a/\xff.jpg"), file(1, "/a/ü\n.jpg".as_bytes())];
    let added = journal.add(&new_record(), &files).unwrap();
    let finishing = finishing(&journal, added.upload_id);
    drop(journal);

    let journal = Journal::open(folder.path(), None).unwrap();
    assert_eq!(journal.uploads().unwrap(), std::slice::from_ref(&finishing));
    assert_eq!(finishing.state, State::Finishing);
    assert_eq!(finishing.file_handle.as_deref(), Some("3:abc\n4:def"));
    assert_eq!((finishing.total_bytes, finishing.sent_bytes), (250, 250));
    assert_eq!(finishing.finish_sent_at_ms, Some(6_000));
    assert_eq!(journal.files(added.upload_id).unwrap(), files);
}

#[test]
fn the_intent_to_finish_stands_in_the_journal_before_the_fact() {
    let folder = tempfile::tempdir().unwrap();
    let journal = Journal::open(folder.path(), None).unwrap();
    let upload_id = journal.add(&new_record(), &[]).unwrap().upload_id;
    finishing(&journal, upload_id);
    let events = |journal: &Journal| -> Vec<String> {
        journal
            .transitions(upload_id)
            .unwrap()
            .into_iter()
            .map(|(_, event, _)| event)
            .collect()
    };
    assert_eq!(events(&journal).last().unwrap(), r#"{"event":"sent","finish":true}"#);
    apply(
        &journal,
        upload_id,
        &Event::FinishTaken,
        vec![Fact::Cluster("42".into())],
    );
    assert_eq!(events(&journal).last().unwrap(), r#"{"event":"finish_taken"}"#);
    assert_eq!(journal.cluster_ids().unwrap(), ["42"]);
}

#[test]
fn a_step_that_does_not_apply_writes_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let journal = Journal::open(folder.path(), None).unwrap();
    let added = journal.add(&new_record(), &[]).unwrap();
    let before = journal.commit_count();
    let step = Step {
        upload_id: added.upload_id,
        event: &Event::FinishTaken,
        at_ms: 9_000,
        problem: None,
        facts: vec![Fact::Cluster("1".into())],
    };
    assert!(matches!(journal.apply(&step).unwrap(), Applied::DoesNotApply { .. }));
    assert_eq!(journal.commit_count(), before);
    assert_eq!(journal.upload(added.upload_id).unwrap(), added);
}

#[test]
fn content_is_known_again_for_the_same_account_and_organisation_only() {
    let folder = tempfile::tempdir().unwrap();
    let journal = Journal::open(folder.path(), None).unwrap();
    let upload_id = journal.add(&new_record(), &[file(0, b"/a.jpg")]).unwrap().upload_id;
    journal.set_fingerprints(upload_id, &[(0, "f00d".into())]).unwrap();
    finishing(&journal, upload_id);
    assert_eq!(journal.sent_with("7", None, "f00d").unwrap(), None, "not finished yet");
    apply(&journal, upload_id, &Event::FinishTaken, vec![]);
    assert_eq!(journal.sent_with("7", None, "f00d").unwrap(), Some(upload_id));
    assert_eq!(journal.sent_with("7", Some("1"), "f00d").unwrap(), None);
    assert_eq!(journal.sent_with("8", None, "f00d").unwrap(), None);
    assert!(journal.has_sent_size("7", None, 100).unwrap());
    assert!(!journal.has_sent_size("7", None, 101).unwrap());
    assert_eq!(journal.files(upload_id).unwrap()[0].outcome, FileOutcome::Sent);
}

#[test]
fn sending_again_what_was_lost_forgets_every_trace_of_the_old_session() {
    let folder = tempfile::tempdir().unwrap();
    let journal = Journal::open(folder.path(), None).unwrap();
    let upload_id = journal.add(&new_record(), &[]).unwrap().upload_id;
    finishing(&journal, upload_id);
    apply(
        &journal,
        upload_id,
        &Event::FinishTaken,
        vec![Fact::Cluster("42".into())],
    );
    apply(&journal, upload_id, &Event::SeenLost, vec![]);
    let again = apply(&journal, upload_id, &Event::Retry, vec![]);
    assert!(again.fresh_key);
    assert_eq!(
        (again.file_handle, again.cluster_id, again.taken_at_ms),
        (None, None, None)
    );
    assert_eq!(journal.parts(upload_id).unwrap(), []);
}

#[test]
fn two_instances_cannot_write_one_journal_but_one_may_read_beside() {
    let folder = tempfile::tempdir().unwrap();
    assert!(
        Journal::open_read_only(folder.path()).unwrap().is_none(),
        "there is none yet"
    );
    let journal = Journal::open(folder.path(), None).unwrap();
    let error = Journal::open(folder.path(), None).err().unwrap();
    assert_eq!(error.code(), "already_running");
    assert!(error.to_string().contains(&folder.path().display().to_string()));

    let added = journal.add(&new_record(), &[]).unwrap();
    let reader = Journal::open_read_only(folder.path()).unwrap().unwrap();
    assert_eq!(reader.uploads().unwrap(), [added]);
    assert_eq!(reader.remove(1).unwrap_err().code(), "journal", "a reader cannot write");
    drop(journal);
    Journal::open(folder.path(), None).unwrap();
}

#[test]
fn a_journal_of_a_newer_version_is_left_alone() {
    let folder = tempfile::tempdir().unwrap();
    drop(Journal::open(folder.path(), None).unwrap());
    let path = folder.path().join(FILE_NAME);
    let connection = Connection::open(&path).unwrap();
    connection.pragma_update(None, "user_version", 4_711).unwrap();
    drop(connection);
    let before = std::fs::read(&path).unwrap();
    assert_eq!(
        Journal::open(folder.path(), None).err().unwrap().code(),
        "journal_too_new"
    );
    assert_eq!(
        Journal::open_read_only(folder.path()).err().unwrap().code(),
        "journal_too_new"
    );
    assert_eq!(std::fs::read(&path).unwrap(), before);
}

#[test]
fn a_file_that_is_no_database_is_an_error_with_its_name() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join(FILE_NAME), "this is not a database at all").unwrap();
    let error = Journal::open(folder.path(), None).err().unwrap();
    assert_eq!(error.code(), "journal");
    assert!(error.to_string().contains(FILE_NAME), "{error}");
}

#[test]
fn a_data_folder_that_cannot_be_made_is_an_error_with_its_name() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("file");
    std::fs::write(&file, "").unwrap();
    let error = Journal::open(&file.join("below"), None).err().unwrap();
    assert_eq!(error.code(), "file_error");
    assert!(error.to_string().contains("below"), "{error}");
}

#[test]
fn a_full_disk_is_an_error_and_loses_nothing_that_was_written_before() {
    let folder = tempfile::tempdir().unwrap();
    let journal = Journal::open(folder.path(), None).unwrap();
    let added = journal.add(&new_record(), &[]).unwrap();
    let pages: i64 = journal
        .with(|db| db.query_row("PRAGMA page_count", [], |row| row.get(0)))
        .unwrap();
    journal
        .with(|db| db.pragma_update(None, "max_page_count", pages))
        .unwrap();
    let long = "x".repeat(100_000);
    let error = journal.set_setting("long", Some(&long)).unwrap_err();
    assert_eq!(error.code(), "journal");
    assert!(error.to_string().contains("full"), "{error}");
    assert_eq!(journal.upload(added.upload_id).unwrap(), added);
    journal
        .with(|db| db.pragma_update(None, "max_page_count", pages + 100))
        .unwrap();
    journal.set_setting("long", Some(&long)).unwrap();
    assert_eq!(journal.setting("long").unwrap(), Some(long));
}

#[test]
fn a_process_that_dies_before_a_commit_leaves_nothing_of_it_and_after_it_everything() {
    for (survives_before, is_kept) in [(false, false), (true, true)] {
        let folder = tempfile::tempdir().unwrap();
        let dies_at = Arc::new(AtomicU64::new(u64::MAX));
        let probe: CommitProbe = {
            let dies_at = Arc::clone(&dies_at);
            Arc::new(move |point| match point {
                CommitPoint::Before(count) => survives_before || count < dies_at.load(Ordering::SeqCst),
                CommitPoint::After(count) => count < dies_at.load(Ordering::SeqCst),
            })
        };
        let journal = Journal::open(folder.path(), Some(probe)).unwrap();
        journal.set_setting("before", Some("1")).unwrap();
        dies_at.store(2, Ordering::SeqCst);
        assert_eq!(journal.set_setting("last", Some("1")).unwrap_err().code(), "stopped");
        assert_eq!(journal.set_setting("later", Some("1")).unwrap_err().code(), "stopped");
        assert_eq!(journal.settings().unwrap_err().code(), "stopped");
        drop(journal);

        let journal = Journal::open(folder.path(), None).unwrap();
        assert_eq!(journal.setting("before").unwrap().as_deref(), Some("1"));
        assert_eq!(journal.setting("last").unwrap().is_some(), is_kept);
        assert_eq!(journal.setting("later").unwrap(), None);
    }
}

#[test]
fn uploads_wait_in_the_order_of_the_list_also_after_a_pause_and_a_move_changes_it() {
    let folder = tempfile::tempdir().unwrap();
    let journal = Journal::open(folder.path(), None).unwrap();
    let ids: Vec<i64> = (0..3)
        .map(|_| journal.add(&new_record(), &[]).unwrap().upload_id)
        .collect();
    for id in [ids[1], ids[0], ids[2]] {
        apply(&journal, id, &Event::Start, vec![]);
    }
    assert_eq!(journal.queued().unwrap(), ids);
    apply(&journal, ids[1], &Event::Pause, vec![]);
    assert_eq!(journal.queued().unwrap(), [ids[0], ids[2]]);
    apply(&journal, ids[1], &Event::Resume, vec![]);
    assert_eq!(journal.queued().unwrap(), ids);
    let moved = journal.reorder(ids[2], Some(ids[1])).unwrap();
    assert_eq!(moved.len(), 2, "only those between the old and the new place");
    assert_eq!(journal.queued().unwrap(), [ids[0], ids[2], ids[1]]);
}

#[test]
fn a_journal_from_before_the_list_had_an_order_keeps_its_uploads_and_their_order() {
    let folder = tempfile::tempdir().unwrap();
    let ids = [3, 5, 8];
    let old = schema::make_old(&folder.path().join(FILE_NAME), 2);
    for id in ids {
        old.execute(OLD_UPLOAD, [id]).unwrap();
    }
    drop(old);
    let journal = Journal::open(folder.path(), None).unwrap();
    let rows = journal.uploads().unwrap();
    assert_eq!(rows.iter().map(|row| row.upload_id).collect::<Vec<_>>(), ids);
    assert_eq!(rows.iter().map(|row| row.place).collect::<Vec<_>>(), ids);
    // Each has a line in the library, which came later still.
    let page = journal.library_page(&LibraryQuery::default()).unwrap();
    let lines: Vec<_> = page.rows.iter().filter_map(|row| row.upload_id).collect();
    assert_eq!(lines, [8, 5, 3]);
    assert_eq!(page.rows[0].title, "walk");
}
