//! Pictures of what was published by other means: fetched once, together, by Rust, and there without a line afterwards.

mod app_support;

use std::sync::Arc;

use app_support::House;
use futures_util::future::join_all;
use waypost_core::app::PictureOf;
use waypost_core::keychain::MemoryKeychain;
use waypost_sandbox::{DEFAULT_USERNAME, Endpoint, Fault, Seed};
use waypost_wire::{Call, EventBody, LibraryImportState, LibraryQuery, Reply};

/// A house that has read `sequences` published sequences from the account; the numbers of their lines.
async fn imported(sequences: usize) -> (House, Vec<i64>) {
    let mut house = House::open("allow", Arc::new(MemoryKeychain::new())).await;
    house.server.seed(&Seed::new(DEFAULT_USERNAME, sequences, 2));
    house.sign_in().await;
    house.call(Call::ImportLibrary { all: true }).await;
    let state = house
        .next(|body| match body {
            EventBody::LibraryImport(LibraryImportState::Running { .. }) => None,
            EventBody::LibraryImport(state) => Some(state),
            _ => None,
        })
        .await;
    assert!(matches!(state, LibraryImportState::Done { .. }), "{state:?}");
    let query = LibraryQuery::default();
    let Reply::Library(page) = house.call(Call::Library { query }).await else {
        panic!("a page")
    };
    assert_eq!(page.rows.len(), sequences);
    (house, page.rows.iter().map(|row| row.line_id).collect())
}

async fn pictures(house: &House, lines: &[i64]) -> Vec<Option<Vec<u8>>> {
    let wanted = lines
        .iter()
        .map(|line_id| house.waypost.picture(PictureOf::LibraryLine(*line_id)));
    join_all(wanted).await
}

fn asked(house: &House, path: &str) -> usize {
    let snapshot = house.server.snapshot();
    let requests = snapshot.requests.iter();
    requests
        .filter(|request| request.path.starts_with(path) && request.path != "/graph/me")
        .count()
}

#[tokio::test(flavor = "multi_thread")]
async fn pictures_of_imported_lines_come_together_once_and_stay_without_a_line() {
    let (house, lines) = imported(12).await;
    let graph_before = asked(&house, "/graph");
    let first = pictures(&house, &lines).await;
    for bytes in &first {
        let picture = image::load_from_memory(bytes.as_ref().unwrap()).unwrap();
        assert!(picture.width() <= 320);
    }
    assert_eq!(asked(&house, "/cdn/"), 12);
    let questions = asked(&house, "/graph") - graph_before;
    assert!(questions <= 3, "asked for together: {questions}");

    house
        .server
        .faults()
        .push(Fault::answer(Endpoint::Any, 503, "").always());
    assert_eq!(pictures(&house, &lines).await, first, "they are kept here");
    assert_eq!(asked(&house, "/cdn/"), 12);
}

#[tokio::test(flavor = "multi_thread")]
async fn without_a_line_there_is_no_picture_and_nobody_is_asked_again_at_once() {
    let (house, lines) = imported(6).await;
    house
        .server
        .faults()
        .push(Fault::answer(Endpoint::Any, 503, "").always());
    assert!(pictures(&house, &lines).await.iter().all(Option::is_none));
    let after = house.server.snapshot().requests.len();
    assert!(pictures(&house, &lines).await.iter().all(Option::is_none));
    assert_eq!(house.server.snapshot().requests.len(), after);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_no_picture_never_reaches_the_window() {
    let (house, lines) = imported(1).await;
    let page = "<script>alert(1)</script>";
    house
        .server
        .faults()
        .push(Fault::answer(Endpoint::Picture, 200, page).always());
    assert_eq!(pictures(&house, &lines).await, [None]);
    assert_eq!(house.waypost.picture(PictureOf::LibraryLine(99)).await, None);
}
