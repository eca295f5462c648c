//! What the computer itself does to an upload: its disk fills up, its clock jumps, its card is pulled, its names are not
//! found.

mod upload_support;

use std::sync::Arc;

use upload_support::ledger::{Wanted, look};
use upload_support::{World, wait_for};
use waypost_core::settings::PackageKind;
use waypost_core::upload::EngineConfig;
use waypost_sandbox::{Endpoint, Fault};
use waypost_testkit::random::Random;
use waypost_testkit::table::Row;
use waypost_wire::{UploadEvent, UploadState, WaitReason};

const KINDS: [PackageKind; 3] = [PackageKind::Zip, PackageKind::Images, PackageKind::Video];
const DAY_MS: u64 = 24 * 3_600_000;

/// Something small to send, packed like this, in the folder `card`.
fn of_kind(world: &World, package: PackageKind, count: usize) -> Wanted {
    if package == PackageKind::Video {
        std::fs::create_dir_all(world.folder.path().join("card")).unwrap();
        return Wanted::video(&world.video("card/GX010042.MP4"));
    }
    Wanted::new(&world.photos("card", count, 9_000), package)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_disk_without_room_for_a_new_upload_refuses_it_whole_and_says_why() {
    let world = World::start().await;
    let wanted = of_kind(&world, PackageKind::Zip, 200);
    let engine = world.engine().await;
    let journal = engine.journal();
    journal.limit_pages(Some(1)).unwrap();
    let error = engine.add(wanted.upload()).await.unwrap_err();
    assert_eq!(error.code(), "journal");
    assert!(error.to_string().contains("full"), "{error}");
    assert!(engine.rows().await.unwrap().is_empty(), "no half of an upload");
    journal.limit_pages(None).unwrap();
    let id = world.begin(&engine, wanted.upload()).await;
    wait_for(&engine, id, UploadState::Published).await;
    engine.shutdown().await.unwrap();
    let mut row = Row::new("disk full (page limit of SQLite)");
    row.add(&look(&world, &[wanted], "no room for a new upload"));
    row.close();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_clock_that_jumps_neither_loses_nor_doubles_nor_stands_still() {
    let mut row = Row::new("clock jumps, forward and back");
    for seed in 0..60 {
        let mut random = Random::new(seed);
        let world = World::start_with(|config| config.stage_ms = 0).await;
        let wanted = of_kind(&world, *random.pick(&KINDS), 3);
        let faults = world.sandbox.faults();
        faults.push(Fault::answer(Endpoint::UploadSend, 503, "").times(2));
        let choice = [
            Fault::lose_answer(Endpoint::FinishUpload),
            Fault::answer(Endpoint::FinishUpload, 500, ""),
            Fault::drop_after(Endpoint::UploadSend, 3_000),
        ];
        faults.push(random.pick(&choice).clone());
        let engine = world.engine().await;
        let id = world.begin(&engine, wanted.upload()).await;
        let mut events = engine.events();
        let mut jumps = random.below(4) + 1;
        let start_ms = waypost_sandbox::Clock::now_ms(&*world.clock);
        loop {
            let upload = engine.row(id).await.unwrap();
            if upload.state == UploadState::Published {
                break;
            }
            assert_ne!(upload.state, UploadState::Failed, "seed {seed}: {upload:#?}");
            if jumps > 0 {
                jumps -= 1;
                // Up to two days to either side of the true time.
                world.clock.set_ms(start_ms - 2 * DAY_MS + random.below(4 * DAY_MS));
            }
            if upload.actions.contains(&waypost_wire::UploadAction::RetryFinish) {
                break;
            }
            let _ = tokio::time::timeout(std::time::Duration::from_millis(200), events.recv()).await;
        }
        engine.shutdown().await.unwrap();
        row.add(&look(&world, &[wanted], &format!("seed {seed}")));
    }
    row.close();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_card_that_is_pulled_while_it_is_sent_and_comes_back_is_gone_on_with() {
    let mut row = Row::new("card pulled in the middle, and back");
    for package in KINDS {
        for sent_bytes in [0, 5_000, 9_000] {
            let world = World::start_with(|config| config.stage_ms = 0).await;
            let wanted = of_kind(&world, package, 3);
            let (card, pocket) = (world.folder.path().join("card"), world.folder.path().join("pocket"));
            // The line is cut, and while that is waited out the card is gone.
            let faults = world.sandbox.faults();
            faults.push(Fault::drop_after(Endpoint::UploadSend, sent_bytes));
            let config = EngineConfig {
                source_wait_ms: u64::MAX,
                image_workers: 1,
                ..world.config()
            };
            let engine = world.engine_with(config).await.unwrap();
            let mut events = engine.events();
            let id = world.begin(&engine, wanted.upload()).await;
            let mut was_pulled = false;
            loop {
                let UploadEvent::Row(upload) = events.recv().await.unwrap() else {
                    continue;
                };
                match upload.waiting.as_ref().map(|waiting| waiting.reason) {
                    Some(WaitReason::SourceMissing) => {
                        std::fs::rename(&pocket, &card).unwrap();
                        break;
                    }
                    Some(_) if !was_pulled => {
                        std::fs::rename(&card, &pocket).unwrap();
                        was_pulled = true;
                    }
                    _ => {}
                }
                if upload.state == UploadState::Published {
                    break;
                }
            }
            if !card.exists() {
                std::fs::rename(&pocket, &card).unwrap();
            }
            wait_for(&engine, id, UploadState::Published).await;
            engine.shutdown().await.unwrap();
            assert!(was_pulled);
            row.add(&look(
                &world,
                &[wanted],
                &format!("{package:?} after {sent_bytes} bytes"),
            ));
        }
    }
    row.close();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_name_that_is_not_found_is_told_and_waited_out() {
    use waypost_core::upload::{Engine, HttpTransport};
    use waypost_mapillary::{Client, ClientOptions, Endpoints};

    let mut row = Row::new("DNS failure");
    for package in [PackageKind::Zip, PackageKind::Images] {
        let world = World::start_with(|config| config.stage_ms = 0).await;
        let wanted = of_kind(&world, package, 2);
        let lost = Client::new(ClientOptions {
            endpoints: Endpoints {
                // Reserved never to exist (RFC 2606).
                upload: url::Url::parse("https://waypost.invalid/upload").unwrap(),
                ..world.client().endpoints().clone()
            },
            use_system_proxy: false,
            ..ClientOptions::default()
        })
        .unwrap();
        let transport = Arc::new(HttpTransport::new(lost));
        let engine = Engine::open(
            world.config(),
            transport,
            world.tokens.clone(),
            world.clock.clone(),
            None,
        );
        let engine = engine.await.unwrap();
        let id = world.begin(&engine, wanted.upload()).await;
        let told = |row: &waypost_wire::UploadRow| row.problem.as_ref().is_some_and(|one| one.code == "dns");
        let upload = engine.wait_until(&[id], told).await.unwrap().remove(0);
        let problem = upload.problem.unwrap();
        assert!(problem.message.contains("waypost.invalid"), "{}", problem.message);
        assert!(!problem.action.is_empty());
        // The name is found again after a restart.
        drop(engine);
        let engine = world.engine_after_death().await;
        wait_for(&engine, id, UploadState::Published).await;
        engine.shutdown().await.unwrap();
        row.add(&look(&world, &[wanted], "after the name was found"));
    }
    row.close();
}
