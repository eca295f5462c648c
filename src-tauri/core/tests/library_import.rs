//! Reading what an account has published, when it is interrupted: stopped, gone on with, throttled, broken.

mod upload_support;

use std::sync::Arc;

use tokio_util::sync::CancellationToken;
use upload_support::World;
use waypost_core::error::CoreError;
use waypost_core::journal::{ImportTotals, Journal};
use waypost_core::library::import::{Import, ImportAccount};
use waypost_core::takeout::Asker;
use waypost_core::upload::TokenSource;
use waypost_sandbox::{Endpoint, Fault, Seed};
use waypost_wire::LibraryQuery;

/// Two sequences of this many images: three pages of the search.
const IMAGES: usize = 1_200;

async fn world() -> World {
    let world = World::start().await;
    world.sandbox.seed(&Seed::new("ann", 2, IMAGES));
    world
}

async fn import(world: &World, journal: &Arc<Journal>, stop: &CancellationToken) -> Import {
    let active = world.tokens.token(None).await.unwrap();
    Import {
        asker: Asker::new(world.client(), world.tokens.clone(), world.clock.clone(), stop.clone()),
        journal: Arc::clone(journal),
        viewer: "https://viewer.example/".into(),
        account: ImportAccount {
            user_id: active.user_id,
            username: active.username,
        },
    }
}

fn journal(world: &World) -> Arc<Journal> {
    std::fs::create_dir_all(world.data_dir()).unwrap();
    Arc::new(Journal::open(&world.data_dir(), None).unwrap())
}

fn lines(journal: &Journal) -> Vec<(String, u64)> {
    let page = journal.library_page(&LibraryQuery::default()).unwrap();
    page.rows.into_iter().map(|row| (row.title, row.image_count)).collect()
}

fn searches(world: &World) -> Vec<Option<String>> {
    let snapshot = world.snapshot();
    let end = |query: &[(String, String)]| {
        let found = query.iter().find(|(key, _)| key == "end_captured_at");
        found.map(|(_, value)| value.clone())
    };
    snapshot
        .requests_to("GET", "/graph/images")
        .map(|request| end(&request.query))
        .collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn an_import_that_is_stopped_goes_on_where_it_was_and_counts_nothing_twice() {
    let world = world().await;
    let journal = journal(&world);
    let stop = CancellationToken::new();
    let begun = import(&world, &journal, &stop).await;
    let stop_at_first_page = |totals: ImportTotals| {
        if totals.image_count > 0 {
            stop.cancel();
        }
    };
    let stopped = begun.run(true, &stop_at_first_page).await.unwrap_err();
    assert!(matches!(stopped, CoreError::Stopped), "{stopped:?}");
    let user_id = &begun.account.user_id;
    let half = journal.import_totals(user_id).unwrap().unwrap();
    assert!(half.image_count > 0 && half.image_count < 2 * IMAGES as u64, "{half:?}");
    assert_eq!(half.done_at_ms, None);
    assert!(!lines(&journal).is_empty(), "what was read is there already");
    let open = journal.open_spans(user_id).unwrap();

    let asked_before = searches(&world).len();
    world.clock.advance_ms(60_000);
    let again = import(&world, &journal, &CancellationToken::new()).await;
    let totals = again.run(true, &|_| {}).await.unwrap();
    assert_eq!(totals.began_at_ms, half.began_at_ms, "it is the same import");
    assert_eq!((totals.image_count, totals.new_count), (2 * IMAGES as u64, 2));
    assert!(totals.done_at_ms.is_some());
    let counts: Vec<u64> = lines(&journal).into_iter().map(|(_, count)| count).collect();
    assert_eq!(counts, [IMAGES as u64; 2]);
    // The page that was read is not asked for again: the present year ends where it was left.
    assert!(
        open.iter()
            .any(|span| span.until_ms.is_some() && span.from_ms.is_some())
    );
    let ends = searches(&world).split_off(asked_before);
    assert!(ends.iter().any(Option::is_some), "{ends:?}");
    assert!(journal.open_spans(user_id).unwrap().is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_limit_is_waited_out_and_the_import_comes_to_its_end() {
    let world = world().await;
    let journal = journal(&world);
    let limit = r#"{"error":{"message":"Application request limit reached","type":"OAuthException","code":4}}"#;
    let fault = Fault::answer(Endpoint::Images, 403, limit).nth(2);
    world.sandbox.faults().push(fault);
    let began_at_ms = waypost_sandbox::Clock::now_ms(&*world.clock);
    let import = import(&world, &journal, &CancellationToken::new()).await;
    let totals = import.run(true, &|_| {}).await.unwrap();
    assert_eq!((totals.image_count, totals.new_count), (2 * IMAGES as u64, 2));
    let waited_ms = waypost_sandbox::Clock::now_ms(&*world.clock) - began_at_ms;
    assert!(waited_ms >= waypost_mapillary::GRAPH_THROTTLE_WAIT_MS, "{waited_ms}");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_import_that_the_service_breaks_off_says_so_and_keeps_what_it_read() {
    let world = world().await;
    let journal = journal(&world);
    let refusal = r#"{"error":{"message":"no","type":"MLYApiException","code":100}}"#;
    world
        .sandbox
        .faults()
        .push(Fault::answer(Endpoint::Images, 400, refusal).nth(4).always());
    let first = import(&world, &journal, &CancellationToken::new()).await;
    let error = first.run(true, &|_| {}).await.unwrap_err();
    assert_eq!(error.code(), "server_status");
    world.sandbox.faults().clear();
    let totals = first.run(true, &|_| {}).await.unwrap();
    assert_eq!((totals.image_count, totals.new_count), (2 * IMAGES as u64, 2));
}
