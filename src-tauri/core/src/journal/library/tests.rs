//! The table against a version of it that knows no SQL.

use std::cmp::Ordering;

use proptest::prelude::*;
use rusqlite::params;
use waypost_wire::{
    FileOutcome, ImageLink, LibraryColumn, LibraryOrigin, LibraryQuery, LibraryRow, SequenceNotes, UploadState,
};

use super::super::columns::to_json;
use super::super::{FileRow, Journal, NewRecord};
use super::{FoundImage, ImportOf, ImportSpan, lines};
use crate::journal::FollowFacts;
use crate::settings::PackageKind;
use crate::state::State;

fn open() -> (tempfile::TempDir, Journal) {
    let folder = tempfile::tempdir().unwrap();
    let journal = Journal::open(folder.path(), None).unwrap();
    (folder, journal)
}

fn record(title: &str) -> NewRecord {
    NewRecord {
        title: title.into(),
        package: PackageKind::Zip,
        zip_path: None,
        image_count: 1,
        estimated_bytes: 1,
        user_id: Some("7".into()),
        organization_id: None,
        fresh_key: false,
        wants_finish: true,
        dry_run: false,
        first_captured_at_ms: 1_000,
        last_captured_at_ms: 2_000,
        created_at_ms: 5_000,
        notes: SequenceNotes::default(),
    }
}

fn photo(lat_deg: f64, lon_deg: f64) -> FileRow {
    let source = crate::source_photo::SourcePhoto {
        path: "/card/DCIM/G0010001.JPG".into(),
        size_bytes: 1,
        modified_at_ms: 0,
        description_json: String::new(),
        captured_at_ms: 1_000,
        lat_deg,
        lon_deg,
    };
    FileRow {
        ordinal: 0,
        path: source.path.clone(),
        outcome: FileOutcome::Pending,
        code: None,
        message: None,
        image_id: None,
        source: Some(serde_json::to_string(&source).unwrap()),
        size_bytes: 1,
        captured_at_ms: 1_000,
        fingerprint: None,
    }
}

fn everything() -> LibraryQuery {
    LibraryQuery {
        limit: super::MAX_ROWS,
        ..LibraryQuery::default()
    }
}

fn found(image_id: &str, sequence_key: &str, captured_at_ms: i64) -> FoundImage {
    FoundImage {
        image_id: image_id.into(),
        sequence_key: sequence_key.into(),
        captured_at_ms,
        position_deg: Some((47.27, 11.4)),
        ..FoundImage::default()
    }
}

fn keep(journal: &Journal, images: &[FoundImage]) {
    let of = ImportOf {
        user_id: "7",
        username: "ann",
        now_ms: 9_000,
    };
    let span = ImportSpan {
        ordinal: 0,
        from_ms: None,
        until_ms: None,
    };
    journal
        .keep_found(of, images, span, true, &|id| {
            format!("https://www.mapillary.com/app/?pKey={id}")
        })
        .unwrap();
}

/// Links an upload to a sequence of Mapillary, as following does.
fn link(journal: &Journal, upload_id: i64, sequence_key: &str) {
    let follow = FollowFacts {
        links: vec![ImageLink {
            sequence_key: sequence_key.into(),
            image_id: "1".into(),
            image_count: 1,
            url: String::new(),
        }],
        ..FollowFacts::default()
    };
    journal.set_follow(upload_id, &follow, None).unwrap();
}

#[test]
fn an_upload_has_its_line_as_soon_as_it_is_written_down_with_the_notes_of_then() {
    let (_folder, journal) = open();
    let notes = SequenceNotes {
        name: "Morning ride".into(),
        tags: vec!["commute".into()],
        ..SequenceNotes::default()
    };
    let new = NewRecord {
        notes: notes.clone(),
        ..record("DCIM · 1")
    };
    journal.add(&new, &[photo(47.2692, 11.4041)]).unwrap();
    let page = journal.library_page(&everything()).unwrap();
    let [row] = page.rows.as_slice() else {
        panic!("{page:#?}")
    };
    assert_eq!((row.title.as_str(), &row.notes), ("DCIM · 1", &notes));
    assert_eq!(
        (row.folder.as_str(), row.place.as_str()),
        ("/card/DCIM", "Innsbruck, Austria")
    );
    assert_eq!(row.state, UploadState::Draft);
    assert_eq!((page.line_count, page.total_count, page.tags[0].line_count), (1, 1, 1));
}

#[test]
fn notes_outlive_everything_that_happens_to_the_upload_and_can_be_changed() {
    let (folder, journal) = open();
    let upload = journal.add(&record("a"), &[]).unwrap();
    let line_id = journal.library_page(&everything()).unwrap().rows[0].line_id;
    let notes = SequenceNotes {
        description: "in the rain".into(),
        tags: vec!["wet".into()],
        ..SequenceNotes::default()
    };
    assert_eq!(journal.set_notes(line_id, &notes).unwrap().notes, notes);
    link(&journal, upload.upload_id, "abc");
    drop(journal);
    let journal = Journal::open(folder.path(), None).unwrap();
    assert_eq!(journal.library_row(line_id).unwrap().notes, notes);
    assert_eq!(journal.notes_of_upload(upload.upload_id).unwrap(), notes);
    let by_tag = LibraryQuery {
        tags: vec!["wet".into()],
        text: "RAIN abc".into(),
        ..everything()
    };
    assert_eq!(journal.library_page(&by_tag).unwrap().line_count, 1);
    let gone = journal.set_notes(line_id + 1, &notes).unwrap_err();
    assert_eq!(gone.code(), "no_such_line");
}

#[test]
fn a_dry_run_and_what_was_removed_before_it_was_sent_have_no_line() {
    let (_folder, journal) = open();
    let dry = NewRecord {
        dry_run: true,
        notes: SequenceNotes {
            name: "x".into(),
            ..SequenceNotes::default()
        },
        ..record("dry")
    };
    journal.add(&dry, &[]).unwrap();
    let removed = journal.add(&record("removed"), &[]).unwrap();
    journal.remove(removed.upload_id).unwrap();
    assert_eq!(journal.library_page(&everything()).unwrap().total_count, 0);
}

#[test]
fn a_sequence_that_waypost_sent_is_not_listed_a_second_time_whichever_was_known_first() {
    let (_folder, journal) = open();
    let upload = journal.add(&record("a"), &[photo(1.0, 1.0)]).unwrap();
    keep(&journal, &[found("1", "ours", 1_000), found("2", "other", 2_000)]);
    assert_eq!(journal.library_page(&everything()).unwrap().line_count, 3);
    link(&journal, upload.upload_id, "ours");
    assert_eq!(journal.library_page(&everything()).unwrap().line_count, 2);
    // By an image, where the service has put it into another sequence since.
    journal.set_images(upload.upload_id, &[(0, "3".into())]).unwrap();
    keep(&journal, &[found("3", "moved", 1_000)]);
    let page = journal.library_page(&everything()).unwrap();
    assert_eq!(page.line_count, 2, "{:#?}", page.rows);
}

#[test]
fn a_page_that_is_read_twice_changes_nothing() {
    let (_folder, journal) = open();
    let images = [found("1", "s", 3_000), found("2", "s", 1_000), found("3", "t", 2_000)];
    keep(&journal, &images);
    let once = journal.library_page(&everything()).unwrap();
    keep(&journal, &images);
    assert_eq!(journal.library_page(&everything()).unwrap(), once);
    let line = once.rows.iter().find(|row| row.title == "s").unwrap();
    assert_eq!(
        (line.image_count, line.first_captured_at_ms, line.last_captured_at_ms),
        (2, Some(1_000), Some(3_000))
    );
    assert_eq!(line.links[0].image_id, "2", "the first by capture time");
    assert_eq!(line.place, "Innsbruck, Austria");
}

const STATES: [(State, UploadState); 4] = [
    (State::Draft, UploadState::Draft),
    (State::Processing, UploadState::Processing),
    (State::Published, UploadState::Published),
    (State::Lost, UploadState::Lost),
];

#[derive(Clone, Debug)]
struct Line {
    title: String,
    notes: SequenceNotes,
    state: usize,
    captured_at_ms: Option<i64>,
    taken_at_ms: Option<i64>,
    image_count: u64,
    username: String,
    organization_id: Option<String>,
    position: usize,
}

const WORDS: [&str; 6] = ["Ride", "ÄÖÜ", "walk 2", "", "100%", "a_b"];
const POSITIONS: [Option<(f64, f64)>; 3] = [Some((47.27, 11.4)), Some((48.2, 16.37)), None];

fn any_line() -> impl Strategy<Value = Line> {
    let word = || proptest::sample::select(WORDS.to_vec());
    let tags = proptest::collection::vec(proptest::sample::select(vec!["wet", "dry", "Night"]), 0..3);
    let times = (
        proptest::option::of(1..50_i64),
        proptest::option::of(1..50_i64),
        0..5_u64,
    );
    let place = (0..STATES.len(), 0..POSITIONS.len());
    let who = (
        proptest::sample::select(vec!["", "ann", "Bob"]),
        proptest::option::of(proptest::sample::select(vec!["1", "2"])),
    );
    (word(), word(), word(), tags, times, place, who).prop_map(|(title, name, description, tags, times, place, who)| {
        let mut tags: Vec<String> = tags.into_iter().map(str::to_owned).collect();
        tags.sort();
        tags.dedup();
        Line {
            title: title.into(),
            notes: SequenceNotes {
                name: name.into(),
                description: description.into(),
                transport: String::new(),
                tags,
            },
            state: place.0,
            captured_at_ms: times.0,
            taken_at_ms: times.1,
            image_count: times.2,
            username: who.0.into(),
            organization_id: who.1.map(str::to_owned),
            position: place.1,
        }
    })
}

fn write(journal: &Journal, line: &Line) {
    let new = NewRecord {
        image_count: line.image_count,
        user_id: (!line.username.is_empty()).then(|| line.username.to_lowercase()),
        organization_id: line.organization_id.clone(),
        first_captured_at_ms: line.captured_at_ms.unwrap_or(0),
        last_captured_at_ms: line.captured_at_ms.map_or(0, |at_ms| at_ms + 5),
        notes: line.notes.clone(),
        ..record(&line.title)
    };
    let files: Vec<FileRow> = POSITIONS[line.position]
        .map(|(lat_deg, lon_deg)| photo(lat_deg, lon_deg))
        .into_iter()
        .collect();
    let upload = journal.add(&new, &files).unwrap();
    journal
        .write(|transaction| {
            transaction.execute(
                "UPDATE uploads SET state = ?2, taken_at_ms = ?3, username = ?4 WHERE id = ?1",
                params![
                    upload.upload_id,
                    to_json(&STATES[line.state].0)?,
                    line.taken_at_ms,
                    line.username
                ],
            )?;
            Ok(())
        })
        .unwrap();
}

fn any_query() -> impl Strategy<Value = LibraryQuery> {
    let columns = vec![
        LibraryColumn::Name,
        LibraryColumn::Place,
        LibraryColumn::Captured,
        LibraryColumn::Uploaded,
        LibraryColumn::Images,
        LibraryColumn::State,
        LibraryColumn::Since,
        LibraryColumn::Account,
    ];
    let text = proptest::sample::select(vec!["", "ride", "äöü", "%", "_", "INNS", "wet walk", "2 WET", "ann"]);
    let states = proptest::collection::vec(
        proptest::sample::select(STATES.iter().map(|(_, word)| *word).collect::<Vec<_>>()),
        0..3,
    );
    let tags = proptest::collection::vec(proptest::sample::select(vec!["wet", "Night"]), 0..3);
    let window = (proptest::option::of(0..60_i64), proptest::option::of(0..60_i64));
    let who = (
        proptest::option::of(proptest::sample::select(vec!["ann", "bob"])),
        proptest::option::of(proptest::sample::select(vec!["", "1"])),
        proptest::option::of(proptest::sample::select(vec![
            LibraryOrigin::Waypost,
            LibraryOrigin::Account,
        ])),
    );
    let order = (proptest::sample::select(columns), any::<bool>(), any::<bool>());
    let part = (0..4_u64, 0..20_u32);
    (text, states, tags, window, who, order, part).prop_map(|(text, states, tags, window, who, order, part)| {
        LibraryQuery {
            text: text.into(),
            states,
            origin: who.2,
            user_id: who.0.map(str::to_owned),
            organization_id: who.1.map(str::to_owned),
            captured_from_ms: window.0,
            captured_until_ms: window.1,
            tags: tags.into_iter().map(str::to_owned).collect(),
            sort: order.0,
            descending: order.1,
            pending_first: order.2,
            offset: part.0,
            limit: part.1,
        }
    })
}

/// Whether a line fits, without SQL.
fn fits(row: &LibraryRow, query: &LibraryQuery) -> bool {
    let mut words = vec![
        &row.title,
        &row.folder,
        &row.place,
        &row.notes.name,
        &row.notes.description,
    ];
    words.extend(row.username.iter().chain(&row.notes.tags));
    words.extend(row.links.iter().map(|link| &link.sequence_key));
    let has = |word: &str| {
        words
            .iter()
            .any(|text| text.to_lowercase().contains(&word.to_lowercase()))
    };
    query.text.split_whitespace().all(has)
        && (query.states.is_empty() || query.states.contains(&row.state))
        && query.origin.is_none_or(|origin| origin == row.origin)
        && query
            .user_id
            .as_ref()
            .is_none_or(|user_id| row.user_id.as_ref() == Some(user_id))
        && query
            .organization_id
            .as_ref()
            .is_none_or(|id| row.organization_id.clone().unwrap_or_default() == *id)
        && query
            .captured_from_ms
            .is_none_or(|from_ms| row.last_captured_at_ms.is_some_and(|at_ms| at_ms >= from_ms))
        && query
            .captured_until_ms
            .is_none_or(|until_ms| row.first_captured_at_ms.is_some_and(|at_ms| at_ms < until_ms))
        && query.tags.iter().all(|tag| row.notes.tags.contains(tag))
}

/// What is not known comes last, either way round.
fn known_first<T: Ord>(one: Option<T>, other: Option<T>, descending: bool) -> Ordering {
    match (one, other) {
        (Some(one), Some(other)) if descending => other.cmp(&one),
        (Some(one), Some(other)) => one.cmp(&other),
        (one, other) => other.is_some().cmp(&one.is_some()),
    }
}

fn compare(one: &LibraryRow, other: &LibraryRow, query: &LibraryQuery) -> Ordering {
    let shown = |row: &LibraryRow| {
        let name = Some(&row.notes.name).filter(|name| !name.is_empty());
        name.unwrap_or(&row.title).to_lowercase()
    };
    let place = |row: &LibraryRow| Some(row.place.clone()).filter(|place| !place.is_empty());
    let by_column = match query.sort {
        LibraryColumn::Name => known_first(Some(shown(one)), Some(shown(other)), query.descending),
        LibraryColumn::Place => known_first(place(one), place(other), query.descending),
        LibraryColumn::Captured => known_first(one.first_captured_at_ms, other.first_captured_at_ms, query.descending),
        LibraryColumn::Uploaded => known_first(one.uploaded_at_ms, other.uploaded_at_ms, query.descending),
        LibraryColumn::Images => known_first(Some(one.image_count), Some(other.image_count), query.descending),
        LibraryColumn::State => known_first(
            Some(lines::rank(one.state)),
            Some(lines::rank(other.state)),
            query.descending,
        ),
        LibraryColumn::Since => known_first(Some(one.since_ms), Some(other.since_ms), query.descending),
        LibraryColumn::Account => known_first(one.username.clone(), other.username.clone(), query.descending),
    };
    let pending = |row: &LibraryRow| query.pending_first && lines::is_pending(row.state);
    pending(other).cmp(&pending(one)).then(by_column).then(known_first(
        Some(one.line_id),
        Some(other.line_id),
        query.descending,
    ))
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, ..ProptestConfig::default() })]

    #[test]
    fn the_table_answers_as_a_list_in_memory_does(
        lines in proptest::collection::vec(any_line(), 0..14),
        queries in proptest::collection::vec(any_query(), 12),
    ) {
        let (_folder, journal) = open();
        for line in &lines {
            write(&journal, line);
        }
        keep(&journal, &[found("1", "Ride-key", 10), found("2", "other", 30), found("3", "other", 20)]);
        let all = journal.library_page(&everything()).unwrap().rows;
        prop_assert_eq!(all.len(), lines.len() + 2);
        for query in queries {
            let page = journal.library_page(&query).unwrap();
            let mut expected: Vec<LibraryRow> = all.iter().filter(|row| fits(row, &query)).cloned().collect();
            expected.sort_by(|one, other| compare(one, other, &query));
            prop_assert_eq!(page.line_count, expected.len() as u64, "{:?}", query);
            prop_assert_eq!(page.image_count, expected.iter().map(|row| row.image_count).sum::<u64>());
            let part = expected.into_iter().skip(usize::try_from(query.offset).unwrap()).take(usize::try_from(query.limit).unwrap());
            let part: Vec<i64> = part.map(|row| row.line_id).collect();
            let ids: Vec<i64> = page.rows.iter().map(|row| row.line_id).collect();
            prop_assert_eq!(ids, part, "{:?}", query);
            let any_state = LibraryQuery { states: Vec::new(), ..query.clone() };
            for count in &page.states {
                let fitting = all.iter().filter(|row| row.state == count.state && fits(row, &any_state));
                prop_assert_eq!(count.line_count, fitting.count() as u64, "{:?}", query);
            }
        }
    }
}
