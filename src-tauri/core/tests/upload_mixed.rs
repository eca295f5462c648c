//! Seeded mixtures of everything that can go wrong, kills included. `WAYPOST_SCENARIOS` sets how many are played.

mod upload_support;

use futures_util::StreamExt as _;
use upload_support::World;
use upload_support::ledger::{Wanted, look};
use waypost_core::settings::PackageKind;
use waypost_core::upload::{Engine, Which};
use waypost_sandbox::{Endpoint, Fault, Garbage};
use waypost_testkit::line::{Line, Place, Trouble};
use waypost_testkit::random::Random;
use waypost_testkit::table::Row;
use waypost_wire::{UploadAction, UploadRow, UploadState};

/// How many are played when nobody says otherwise.
const SCENARIOS: u64 = 1_000;
/// How many are played at once.
const AT_ONCE: usize = 4;

fn fault(random: &mut Random) -> Fault {
    let nth = u32::try_from(random.below(6) + 1).unwrap();
    let garbage = *random.pick(&Garbage::ALL);
    let status = *random.pick(&[500, 502, 503, 504]);
    let transfer = if random.below(2) == 0 {
        Endpoint::UploadOffset
    } else {
        Endpoint::UploadSend
    };
    let mismatch = r#"{"debug_info":{"retriable":true,"type":"OffsetInvalidError"}}"#;
    let fault = match random.below(13) {
        0..=2 => Fault::drop_after(Endpoint::UploadSend, random.below(30_000)),
        3 => Fault::lose_answer(transfer),
        4 => Fault::answer(transfer, status, "out of order"),
        5 => Fault::answer_after_commit(Endpoint::UploadSend, status, ""),
        6 => Fault::forget_session(transfer),
        7 => Fault::throttle(transfer, Some(random.below(20_000)), None),
        8 => Fault::answer(Endpoint::UploadSend, 412, mismatch),
        9 => Fault::garbage(transfer, garbage),
        10 => Fault::lose_answer(Endpoint::FinishUpload),
        11 => Fault::answer_after_commit(Endpoint::FinishUpload, status, ""),
        _ => Fault::answer(Endpoint::Me, status, ""),
    };
    if fault.endpoint == Endpoint::FinishUpload {
        fault
    } else {
        fault.nth(nth)
    }
}

/// Waits until the upload is published, trying again where a person would; `false` when it was killed.
async fn play(engine: &Engine, id: i64, kill_after_events: Option<u64>) -> bool {
    let mut events = engine.events();
    let mut left = kill_after_events;
    loop {
        let row = engine.row(id).await.unwrap();
        match row.state {
            UploadState::Published => return true,
            UploadState::Failed => engine.retry(id).await.unwrap(),
            UploadState::Draft => engine.start(Which::All).await.unwrap(),
            UploadState::NeedsSignIn => engine.resume(id).await.unwrap(),
            _ => {}
        }
        let asks = |row: &UploadRow| row.actions.contains(&UploadAction::RetryFinish);
        assert!(!asks(&row), "the person was asked though it could be told: {row:#?}");
        // An event may have been missed; then the row is looked at again.
        let _ = events.recv().await;
        if let Some(count) = &mut left {
            if *count == 0 {
                return false;
            }
            *count -= 1;
        }
    }
}

/// A line that is cut, or talks nonsense, somewhere in one of the first exchanges.
fn line(world: &World, random: &mut Random) -> Line {
    let exchange = random.below(8) + 1;
    let place = match random.below(4) {
        0 => Place::Connection(random.below(4) + 1),
        1 => Place::Request(exchange, random.below(12_000)),
        2 => Place::Answer(exchange, random.below(300)),
        _ => Place::Sent(random.below(40_000)),
    };
    Line::with(&world.address(), place, Trouble::Cut)
}

async fn scenario(seed: u64) -> Row {
    let mut random = Random::new(seed);
    let mut world = World::start_with(|config| config.stage_ms = 0).await;
    let count = usize::try_from(random.below(4) + 1).unwrap();
    let package = *random.pick(&[PackageKind::Zip, PackageKind::Images, PackageKind::Video]);
    let wanted = match package {
        PackageKind::Video => Wanted::video(&world.video("GX010042.MP4")),
        _ => Wanted::new(&world.photos("walk", count, 12_000), package),
    };
    for _ in 0..=random.below(5) {
        world.sandbox.faults().push(fault(&mut random));
    }
    if random.below(3) == 0 {
        let line = line(&world, &mut random);
        world.go_through(line);
    }
    let mut kills = random.below(3);
    let mut killed = 0;
    let mut engine = world.engine().await;
    let id = engine.add(wanted.upload()).await.unwrap();
    loop {
        let kill_after = (kills > 0).then(|| random.below(25));
        if play(&engine, id, kill_after).await {
            break;
        }
        kills -= 1;
        killed += 1;
        drop(engine);
        engine = world.engine_after_death().await;
    }
    engine.shutdown().await.unwrap();
    let mut row = look(&world, &[wanted], &format!("seed {seed}"));
    row.kills = killed;
    row
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whatever_goes_wrong_together_nothing_is_lost_and_nothing_doubled() {
    let scenarios = std::env::var("WAYPOST_SCENARIOS")
        .ok()
        .map_or(SCENARIOS, |count| count.parse().unwrap());
    let mut playing = futures_util::stream::iter(0..scenarios)
        .map(|seed| async move {
            // Only against a scenario that would never end.
            let played = tokio::time::timeout(std::time::Duration::from_secs(120), tokio::spawn(scenario(seed)));
            let row = played.await.unwrap_or_else(|_| panic!("seed {seed} does not end"));
            row.unwrap_or_else(|error| panic!("seed {seed}: {error}"))
        })
        .buffer_unordered(AT_ONCE);
    let mut row = Row::new("mixed, by seed");
    while let Some(played) = playing.next().await {
        row.add(&played);
    }
    row.close();
}
