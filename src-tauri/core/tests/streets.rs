//! Streets behind the track: asked for only when switched on, kept within a bound, and never in the way.

mod app_support;

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use app_support::House;
use async_trait::async_trait;
use url::Url;
use waypost_core::keychain::MemoryKeychain;
use waypost_core::ports::Clock;
use waypost_core::streets::{MAX_CACHE_BYTES, StreetTile, Streets, StreetsSetup};
use waypost_sandbox::{CannedAnswer, Endpoint, Fault, FaultAction, Garbage, RequestRecord, Sandbox, SandboxConfig};
use waypost_testkit::scratch::Scratch;
use waypost_wire::{Call, Page};

const DAY_MS: i64 = 24 * 3_600_000;

struct HandClock(AtomicI64);

impl HandClock {
    fn advance_ms(&self, step_ms: i64) {
        self.0.fetch_add(step_ms, Ordering::SeqCst);
    }
}

#[async_trait]
impl Clock for HandClock {
    fn now_ms(&self) -> i64 {
        self.0.load(Ordering::SeqCst)
    }

    async fn sleep_ms(&self, wait_ms: u64) {
        self.advance_ms(i64::try_from(wait_ms).unwrap());
    }
}

struct World {
    server: Sandbox,
    clock: Arc<HandClock>,
    folder: Scratch,
    streets: Streets,
}

fn streets_at(base: &str, folder: &Path, clock: &Arc<HandClock>, max_cache_bytes: u64) -> Streets {
    Streets::new(StreetsSetup {
        base: Some(Url::parse(base).unwrap()),
        folder: folder.join("streets"),
        max_cache_bytes,
        user_agent: "Waypost/0.0 (test)".into(),
        clock: Arc::clone(clock) as Arc<dyn Clock>,
    })
}

impl World {
    async fn start() -> Self {
        Self::within(MAX_CACHE_BYTES).await
    }

    async fn within(max_cache_bytes: u64) -> Self {
        let server = Sandbox::start(SandboxConfig::default()).await.unwrap();
        let folder = Scratch::new("streets");
        let clock = Arc::new(HandClock(AtomicI64::new(1_781_454_000_000)));
        let streets = streets_at(&server.info().streets, folder.path(), &clock, max_cache_bytes);
        Self {
            server,
            clock,
            folder,
            streets,
        }
    }

    fn asked(&self) -> Vec<RequestRecord> {
        asked(&self.server)
    }
}

fn fault(action: FaultAction) -> Fault {
    Fault::new(Endpoint::Street, action)
}

fn asked(server: &Sandbox) -> Vec<RequestRecord> {
    let requests = server.snapshot().requests;
    requests
        .into_iter()
        .filter(|request| request.path.starts_with("/streets/"))
        .collect()
}

fn header<'a>(request: &'a RequestRecord, name: &str) -> Option<&'a str> {
    let found = request.headers.iter().find(|(other, _)| other == name);
    found.map(|(_, value)| value.as_str())
}

fn tile(x: u32) -> StreetTile {
    StreetTile::new(16, x, 21_492).unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn switched_off_nothing_is_asked_and_switched_on_only_what_is_shown() {
    let house = House::open("allow", Arc::new(MemoryKeychain::new())).await;
    let at_server = {
        let mut settings = house.snapshot().await.settings;
        assert!(!settings.streets, "off at first");
        assert_eq!(house.waypost.street_tile(tile(1)).await, None);
        settings.streets = true;
        settings
    };
    let switched = |streets| Call::SetSettings {
        settings: Box::new(waypost_wire::SettingsView {
            streets,
            ..at_server.clone()
        }),
        app_secret: None,
    };
    house.call(switched(true)).await;
    assert!(asked(&house.server).is_empty(), "switching it on asks for nothing");
    assert!(house.waypost.street_tile(tile(35_210)).await.is_some());
    assert!(house.waypost.street_tile(tile(35_210)).await.is_some());
    let paths: Vec<String> = asked(&house.server).into_iter().map(|request| request.path).collect();
    assert_eq!(paths, ["/streets/16/35210/21492.png"], "once, and no neighbour");
    let kept = house.folder.path().join("data/streets/streets.sqlite3");
    assert!(kept.exists());
    house.call(switched(false)).await;
    assert!(!kept.exists(), "what tells where somebody looked is gone with it");
    assert_eq!(house.waypost.street_tile(tile(35_210)).await, None);
    assert_eq!(asked(&house.server).len(), 1);
    let page = house.waypost.page_address(&Page::MapCopyright).await.unwrap().unwrap();
    assert_eq!(page.as_str(), "https://www.openstreetmap.org/copyright");
}

#[tokio::test]
async fn a_request_says_who_asks_and_nothing_about_the_person() {
    let world = World::start().await;
    world.streets.tile(tile(1)).await.unwrap();
    let request = world.asked().remove(0);
    assert_eq!(header(&request, "user-agent"), Some("Waypost/0.0 (test)"));
    for absent in [
        "referer",
        "cookie",
        "authorization",
        "accept-language",
        "cache-control",
        "pragma",
    ] {
        assert_eq!(header(&request, absent), None, "{absent}");
    }
    assert!(request.query.is_empty() && request.authorization_word.is_none());
}

#[tokio::test]
async fn a_kept_tile_is_good_for_a_week_and_then_asked_about_by_its_tag() {
    let world = World::start().await;
    let first = world.streets.tile(tile(1)).await.unwrap();
    world.clock.advance_ms(7 * DAY_MS - 1);
    assert_eq!(world.streets.tile(tile(1)).await.as_ref(), Some(&first));
    assert_eq!(world.asked().len(), 1);
    world.clock.advance_ms(2);
    assert_eq!(world.streets.tile(tile(1)).await.as_ref(), Some(&first));
    let asked = world.asked();
    assert_eq!(asked.len(), 2);
    assert_eq!(header(&asked[1], "if-none-match"), Some("\"16-1-21492\""));
    assert_eq!(asked[1].status, Some(304));
    // Good for another week.
    world.clock.advance_ms(6 * DAY_MS);
    world.streets.tile(tile(1)).await.unwrap();
    assert_eq!(world.asked().len(), 2);
}

#[tokio::test]
async fn kept_tiles_survive_the_end_of_the_network_and_a_restart() {
    let World {
        server,
        clock,
        folder,
        streets,
    } = World::start().await;
    let first = streets.tile(tile(1)).await.unwrap();
    let base = server.info().streets.clone();
    server.stop().await;
    drop(streets);
    let streets = streets_at(&base, folder.path(), &clock, MAX_CACHE_BYTES);
    assert_eq!(streets.tile(tile(1)).await.as_ref(), Some(&first));
    clock.advance_ms(400 * DAY_MS);
    assert_eq!(
        streets.tile(tile(1)).await.as_ref(),
        Some(&first),
        "an old map is better than none"
    );
    assert_eq!(streets.tile(tile(2)).await, None);
}

#[tokio::test]
async fn what_is_kept_stays_within_its_bound() {
    let world = World::within(60_000).await;
    for x in 0..60 {
        assert!(world.streets.tile(tile(x)).await.is_some());
    }
    let before = world.asked().len();
    assert!(world.streets.tile(tile(59)).await.is_some());
    assert_eq!(world.asked().len(), before, "the newest is there");
    assert!(world.streets.tile(tile(0)).await.is_some());
    assert_eq!(world.asked().len(), before + 1, "the oldest had to go");
    let file = std::fs::metadata(world.folder.path().join("streets/streets.sqlite3")).unwrap();
    assert!(file.len() < 200_000, "{}", file.len());
}

#[tokio::test]
async fn what_is_no_picture_is_refused_and_not_asked_for_again_at_once() {
    let world = World::start().await;
    for (x, garbage) in Garbage::ALL.into_iter().enumerate() {
        world.server.faults().push(fault(FaultAction::Garbage { garbage }));
        let at = tile(u32::try_from(x).unwrap());
        assert_eq!(world.streets.tile(at).await, None, "{garbage:?}");
        let asked = world.asked().len();
        assert_eq!(world.streets.tile(at).await, None);
        assert_eq!(world.asked().len(), asked, "{garbage:?}");
    }
    assert!(
        world.streets.tile(tile(100)).await.is_some(),
        "the others are not held up"
    );
}

#[tokio::test]
async fn another_host_never_learns_of_a_tile() {
    let world = World::start().await;
    let elsewhere = Sandbox::start(SandboxConfig::default()).await.unwrap();
    let location = format!("{}/16/1/21492.png", elsewhere.info().streets);
    world.server.faults().push(fault(FaultAction::Redirect { location }));
    assert_eq!(world.streets.tile(tile(1)).await, None);
    assert_eq!(world.asked().len(), 1);
    assert!(asked(&elsewhere).is_empty());
}

#[tokio::test]
async fn a_server_that_refuses_is_left_alone_as_long_as_it_says() {
    let world = World::start().await;
    let canned = |status, retry_after: &str| {
        FaultAction::Answer(CannedAnswer {
            status,
            headers: vec![("retry-after".into(), retry_after.into())],
            body: String::new(),
        })
    };
    world.server.faults().push(fault(canned(429, "300")));
    assert_eq!(world.streets.tile(tile(1)).await, None);
    world.clock.advance_ms(299_000);
    assert_eq!(world.streets.tile(tile(2)).await, None, "no other tile either");
    assert_eq!(world.asked().len(), 1);
    world.clock.advance_ms(1_000);
    assert!(world.streets.tile(tile(2)).await.is_some());
}

#[tokio::test]
async fn a_line_that_fails_is_tried_again_later_and_less_and_less_often() {
    let world = World::start().await;
    let broken = || {
        FaultAction::Answer(CannedAnswer {
            status: 500,
            ..CannedAnswer::default()
        })
    };
    world.server.faults().push(fault(broken()).times(2));
    for (wait_ms, tries) in [(0, 1), (4_999, 1), (1, 2), (5_000, 2), (5_000, 3)] {
        world.clock.advance_ms(wait_ms);
        let _ = world.streets.tile(tile(1)).await;
        assert_eq!(world.asked().len(), tries);
    }
    assert!(world.streets.tile(tile(1)).await.is_some(), "the third was answered");
}

#[tokio::test(flavor = "multi_thread")]
async fn no_more_than_two_tiles_are_asked_for_at_once() {
    let world = Arc::new(World::start().await);
    // Held by the service until its clock moves, which it does not.
    let held = FaultAction::Delay { wait_ms: 3_600_000 };
    world.server.faults().push(fault(held).always());
    let asking: Vec<_> = (0..8)
        .map(|x| {
            let world = Arc::clone(&world);
            tokio::spawn(async move { world.streets.tile(tile(x)).await })
        })
        .collect();
    while world.asked().len() < 2 {
        tokio::task::yield_now().await;
    }
    for _ in 0..1_000 {
        tokio::task::yield_now().await;
        assert!(world.asked().len() <= 2);
    }
    for task in asking {
        task.abort();
    }
}
