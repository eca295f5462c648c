//! A line between Waypost and the service that breaks, falls silent or talks nonsense, at every border and in between.

mod upload_support;

use std::time::Duration;

use futures_util::StreamExt as _;
use upload_support::ledger::{Wanted, look};
use upload_support::{World, new_upload, wait_for};
use waypost_core::settings::PackageKind;
use waypost_core::upload::EngineConfig;
use waypost_testkit::line::{Exchange, Line, Place, Trouble};
use waypost_testkit::random::Random;
use waypost_testkit::table::Row;
use waypost_wire::{UploadAction, UploadRow, UploadState};

const PACKAGES: [PackageKind; 2] = [PackageKind::Zip, PackageKind::Images];

/// One thing after the other, so that the exchanges of each run come in the same order.
fn in_order(world: &World) -> EngineConfig {
    EngineConfig {
        image_workers: 1,
        ..world.config()
    }
}

/// The exchanges of an upload of three photos on which nothing goes wrong, and how many connections it took.
async fn good_run(package: PackageKind) -> (Vec<Exchange>, u64) {
    let mut world = World::start_with(|config| config.stage_ms = 0).await;
    let photos = world.photos("walk", 3, 9_000);
    let line = Line::good(&world.address());
    world.go_through(line);
    let engine = world.engine_with(in_order(&world)).await.unwrap();
    let id = world.begin(&engine, new_upload(&photos, package)).await;
    wait_for(&engine, id, UploadState::Published).await;
    engine.shutdown().await.unwrap();
    let line = world.line.as_ref().unwrap();
    assert!(!line.has_struck());
    (line.exchanges(), line.connections())
}

/// The same upload with this on the line, to its end.
async fn run(package: PackageKind, place: Place, trouble: Trouble) -> Row {
    let at = format!("{package:?}, {place:?}");
    let mut world = World::start_with(|config| config.stage_ms = 0).await;
    let photos = world.photos("walk", 3, 9_000);
    let wanted = [Wanted::new(&photos, package)];
    let line = Line::with(&world.address(), place, trouble);
    world.go_through(line);
    let engine = world.engine_with(in_order(&world)).await.unwrap();
    let id = world.begin(&engine, new_upload(&photos, package)).await;
    see_through(&engine, id, &at).await;
    engine.shutdown().await.unwrap();
    // The nonsense of some answers leads to requests that a strict service notes; nothing else does.
    look(&world, &wanted, &at)
}

/// Waits for the end, trying again where a person would press the button.
async fn see_through(engine: &waypost_core::upload::Engine, id: i64, at: &str) {
    loop {
        let stands = |row: &UploadRow| {
            let asks = row.actions.contains(&UploadAction::RetryFinish);
            asks || matches!(row.state, UploadState::Published | UploadState::Failed)
        };
        let ids = [id];
        let waiting = engine.wait_until(&ids, stands);
        let row = match tokio::time::timeout(Duration::from_secs(120), waiting).await {
            Ok(rows) => rows.unwrap().remove(0),
            Err(late) => panic!("{at} does not end ({late}): {:#?}", engine.row(id).await),
        };
        if row.state == UploadState::Failed {
            engine.retry(id).await.unwrap();
        } else {
            return;
        }
    }
}

/// Plays all of them, some at once, into one row.
async fn play(kind: &str, strikes: Vec<(PackageKind, Place, Trouble)>) {
    let mut playing = futures_util::stream::iter(strikes)
        .map(|(package, place, trouble)| async move { tokio::spawn(run(package, place, trouble)).await.unwrap() })
        .buffer_unordered(4);
    let mut row = Row::new(kind);
    while let Some(played) = playing.next().await {
        row.add(&played);
    }
    row.close();
}

/// Every border of a run: connections, request heads, chunks, answers.
fn borders(exchanges: &[Exchange], connections: u64) -> Vec<Place> {
    let mut places: Vec<Place> = (1..=connections).map(Place::Connection).collect();
    for (exchange, number) in exchanges.iter().zip(1..) {
        let head = exchange.request_head_bytes;
        let request = [0, 1, head / 2, head - 1, head]
            .into_iter()
            .chain(exchange.chunk_borders.iter().copied());
        places.extend(request.map(|bytes| Place::Request(number, bytes)));
        let head = exchange.answer_head_bytes;
        let middle = u64::midpoint(head, exchange.answer_bytes);
        places.extend([0, 1, head, middle, exchange.answer_bytes - 1].map(|bytes| Place::Answer(number, bytes)));
    }
    places.dedup();
    places
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_cut_at_any_border_of_any_exchange_loses_and_doubles_nothing() {
    let mut strikes = Vec::new();
    for package in PACKAGES {
        let (exchanges, connections) = good_run(package).await;
        let posts: Vec<&Exchange> = exchanges
            .iter()
            .filter(|one| one.what.starts_with("POST /upload/"))
            .collect();
        // A photo goes out in one piece from memory, a zip in several.
        let least = if package == PackageKind::Images { 2 } else { 3 };
        assert!(posts.iter().any(|post| post.chunk_borders.len() >= least), "{posts:#?}");
        strikes.extend(
            borders(&exchanges, connections)
                .into_iter()
                .map(|place| (package, place, Trouble::Cut)),
        );
    }
    assert!(strikes.len() > 100, "{}", strikes.len());
    play("cut at every border", strikes).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_cut_after_any_number_of_bytes_loses_and_doubles_nothing() {
    let mut random = Random::new(100);
    let mut strikes = Vec::new();
    for package in PACKAGES {
        let (exchanges, _) = good_run(package).await;
        let sent: u64 = exchanges.iter().map(|exchange| exchange.request_bytes).sum();
        strikes.extend((0..50).map(|_| (package, Place::Sent(random.below(sent)), Trouble::Cut)));
    }
    play("cut after random bytes", strikes).await;
}

fn answer(head: &str, body: &[u8]) -> Vec<u8> {
    let length = body.len();
    let mut answer = format!("HTTP/1.1 200 OK\r\nContent-Length: {length}\r\n{head}\r\n").into_bytes();
    answer.extend_from_slice(body);
    answer
}

/// Twelve answers that are none.
fn garbage() -> Vec<(&'static str, Vec<u8>)> {
    let json = "Content-Type: application/json\r\n";
    let text = |body: &str| answer(json, body.as_bytes());
    vec![
        ("empty", text("")),
        (
            "a web page",
            answer(
                "Content-Type: text/html\r\n",
                b"<!doctype html><title>Hotel</title>Please sign in",
            ),
        ),
        ("truncated JSON", text(r#"{"offset": 12, "h": "2:ab"#)),
        (
            "wrong types",
            text(r#"{"offset":{},"h":7,"cluster_id":[],"id":false,"data":"x"}"#),
        ),
        (
            "a negative offset",
            text(r#"{"offset":-1,"h":null,"cluster_id":-1,"id":-1}"#),
        ),
        (
            "an offset as text",
            text(r#"{"offset":"4096","h":"","cluster_id":"","id":""}"#),
        ),
        (
            "huge numbers",
            text(r#"{"offset":1e999,"h":1e999,"cluster_id":1e999,"id":99999999999999999999}"#),
        ),
        (
            "invalid UTF-8",
            answer(
                json,
                b"{\"offset\":0,\"h\":\"\xC3\x28\",\"cluster_id\":\"\xFF\",\"id\":\"\xFE\"}",
            ),
        ),
        (
            "a wrong content length",
            b"HTTP/1.1 200 OK\r\nContent-Length: 5000\r\n\r\n{\"offset\":0}".to_vec(),
        ),
        (
            "garbled chunks",
            b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n{\"offset\":0}\r\n0\r\n\r\n".to_vec(),
        ),
        (
            "a gzip bomb",
            answer(
                "Content-Encoding: gzip\r\nContent-Type: application/json\r\n",
                b"\x1f\x8b\x08\x00\x00\x00\x00\x00\x02\xff\xed\xc1\x01\x0d\x00\x00\x00\xc2\xa0\xf7\x4f\x6d\x0e",
            ),
        ),
        (
            "an error with status 200",
            text(r#"{"error":{"message":"no","type":"OAuthException","code":1}}"#),
        ),
    ]
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nonsense_in_the_place_of_any_answer_loses_and_doubles_nothing() {
    let kinds = garbage();
    assert_eq!(kinds.len(), 12);
    let mut strikes = Vec::new();
    for package in PACKAGES {
        for what in [
            "GET /graph/me",
            "GET /upload/",
            "POST /upload/",
            "POST /graph/finish_upload",
        ] {
            for (_, nonsense) in &kinds {
                // The service has carried the request out: what it said is replaced.
                strikes.push((package, Place::AnswerTo(what, 0), Trouble::Say(nonsense.clone())));
            }
        }
    }
    play("garbage of 12 kinds instead of each answer", strikes).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn each_kind_of_nonsense_is_told_as_what_it_is() {
    for (kind, nonsense) in garbage() {
        let mut world = World::start_with(|config| config.stage_ms = 0).await;
        let photos = world.photos("walk", 2, 0);
        let line = Line::with(
            &world.address(),
            Place::AnswerTo("GET /upload/", 0),
            Trouble::Say(nonsense),
        );
        world.go_through(line);
        let engine = world.engine_with(in_order(&world)).await.unwrap();
        let mut events = engine.events();
        let id = world.begin(&engine, new_upload(&photos, PackageKind::Zip)).await;
        see_through(&engine, id, kind).await;
        let mut problems = Vec::new();
        while let Ok(event) = events.try_recv() {
            if let waypost_wire::UploadEvent::Row(row) = event {
                problems.extend(row.problem.map(|problem| problem.code));
            }
        }
        problems.dedup();
        let expected = match kind {
            "a web page" => "captive_portal",
            "a wrong content length" | "garbled chunks" => "connection",
            "an error with status 200" => "server_status",
            _ => "unusable_answer",
        };
        assert_eq!(problems, [expected], "{kind}");
    }
}

/// Where a line can fall silent: one place in each part of the main exchanges.
fn silences() -> Vec<Place> {
    vec![
        Place::Connection(1),
        Place::Connection(2),
        Place::AnswerTo("GET /graph/me", 0),
        Place::AnswerTo("GET /upload/", 0),
        Place::AnswerTo("GET /upload/", 30),
        Place::Sent(2_000),
        Place::Sent(9_000),
        Place::Sent(21_000),
        Place::AnswerTo("POST /upload/", 0),
        Place::AnswerTo("POST /upload/", 60),
        Place::AnswerTo("POST /graph/finish_upload", 0),
        Place::AnswerTo("POST /graph/finish_upload", 70),
    ]
}

/// On one thread, so that its clock can be set: the line is really silent, only the minutes do not really pass.
#[tokio::test]
async fn a_line_that_stays_open_and_silent_is_given_up_after_its_time_and_nothing_is_lost() {
    let mut row = Row::new("half-open line, 60 s of silence");
    for package in PACKAGES {
        for place in silences() {
            let at = format!("{package:?}, {place:?}");
            let mut world = World::start_with(|config| config.stage_ms = 0).await;
            let photos = world.photos("walk", 3, 9_000);
            let wanted = [Wanted::new(&photos, package)];
            let line = Line::with(&world.address(), place.clone(), Trouble::Silence);
            world.go_through(line);
            let engine = world.engine_with(in_order(&world)).await.unwrap();
            let mut events = engine.events();
            let id = world.begin(&engine, new_upload(&photos, package)).await;
            while !world.line.as_ref().unwrap().has_struck() {
                let row = engine.row(id).await.unwrap();
                assert_ne!(row.state, UploadState::Published, "{at}: never silent");
                tokio::time::sleep(Duration::from_millis(1)).await;
            }
            // What is on its way gets there; then two minutes pass without a byte.
            tokio::time::sleep(Duration::from_millis(20)).await;
            tokio::time::pause();
            for _ in 0..4 {
                tokio::time::advance(Duration::from_secs(31)).await;
            }
            tokio::time::resume();
            see_through(&engine, id, &at).await;
            engine.shutdown().await.unwrap();
            let mut codes = Vec::new();
            while let Ok(event) = events.try_recv() {
                if let waypost_wire::UploadEvent::Row(row) = event {
                    codes.extend(row.problem.map(|problem| problem.code));
                }
            }
            assert!(
                codes.iter().any(|code| code == "timeout")
                    || matches!(place, Place::AnswerTo("POST /graph/finish_upload", _)),
                "{at}: {codes:?}"
            );
            row.add(&look(&world, &wanted, &at));
        }
    }
    row.close();
}
