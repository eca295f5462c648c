//! Seeded mixtures of everything that can go wrong, kills included. `WAYPOST_SCENARIOS` sets how many are played.

mod upload_support;

use upload_support::World;
use upload_support::video::Goods;
use waypost_core::settings::PackageKind;
use waypost_core::upload::{Engine, Which};
use waypost_sandbox::{Endpoint, Fault, Garbage};
use waypost_wire::{UploadAction, UploadRow, UploadState};

/// A small generator of numbers that are the same for the same seed (SplitMix64).
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        mixed ^ (mixed >> 31)
    }

    fn below(&mut self, limit: u64) -> u64 {
        self.next() % limit
    }
}

fn fault(random: &mut Random) -> Fault {
    let nth = u32::try_from(random.below(6) + 1).unwrap();
    let garbage = Garbage::ALL[usize::try_from(random.below(12)).unwrap()];
    let status = [500, 502, 503, 504][usize::try_from(random.below(4)).unwrap()];
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

async fn scenario(seed: u64) {
    let mut random = Random(seed);
    let world = World::start().await;
    let count = usize::try_from(random.below(4) + 1).unwrap();
    let package = match random.below(3) {
        0 => PackageKind::Zip,
        1 => PackageKind::Images,
        _ => PackageKind::Video,
    };
    let goods = Goods::of(&world, package, count, 12_000);
    for _ in 0..=random.below(5) {
        world.sandbox.faults().push(fault(&mut random));
    }
    let mut kills = random.below(3);
    let mut engine = world.engine().await;
    let id = engine.add(goods.new_upload()).await.unwrap();
    loop {
        let kill_after = (kills > 0).then(|| random.below(25));
        if play(&engine, id, kill_after).await {
            break;
        }
        kills -= 1;
        drop(engine);
        engine = world.engine_after_death().await;
    }
    goods.assert_arrived_once(&world, &format!("seed {seed}"));
}

#[tokio::test(flavor = "multi_thread")]
async fn whatever_goes_wrong_together_nothing_is_lost_and_nothing_doubled() {
    let scenarios = std::env::var("WAYPOST_SCENARIOS")
        .ok()
        .map_or(40, |count| count.parse().unwrap());
    for seed in 0..scenarios {
        // Only against a scenario that would never end.
        let played = tokio::time::timeout(std::time::Duration::from_secs(120), scenario(seed));
        assert!(played.await.is_ok(), "seed {seed} does not end");
    }
    println!("{scenarios} scenarios, lost 0, doubled 0");
}
