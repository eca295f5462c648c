//! A disk that fills up while something is sent: it is said, waited out, and costs nothing.

mod upload_support;

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use upload_support::ledger::{Wanted, look};
use upload_support::{World, wait_for};
use waypost_core::journal::CommitPoint;
use waypost_core::settings::PackageKind;
use waypost_core::upload::{EngineConfig, Which};
use waypost_testkit::table::Row;
use waypost_wire::{UploadEvent, UploadState};

const KINDS: [PackageKind; 3] = [PackageKind::Zip, PackageKind::Images, PackageKind::Video];

/// Something small to send, packed like this, in the folder `card`.
fn of_kind(world: &World, package: PackageKind, count: usize) -> Wanted {
    if package == PackageKind::Video {
        std::fs::create_dir_all(world.folder.path().join("card")).unwrap();
        return Wanted::video(&world.video("card/GX010042.MP4"));
    }
    Wanted::new(&world.photos("card", count, 9_000), package)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_disk_that_fills_up_while_it_sends_is_waited_out_and_said() {
    let mut row = Row::new("disk full (page limit of SQLite)");
    let mut said = 0;
    for package in KINDS {
        for commit in (2..26).step_by(3) {
            let world = World::start_with(|config| config.stage_ms = 0).await;
            let wanted = of_kind(&world, package, 30);
            let is_full = Arc::new(AtomicBool::new(false));
            let probe = {
                let is_full = Arc::clone(&is_full);
                Arc::new(move |point| {
                    if point == CommitPoint::After(commit) {
                        is_full.store(true, Ordering::SeqCst);
                    }
                    true
                })
            };
            let config = EngineConfig {
                commit_probe: Some(probe),
                ..world.config()
            };
            let engine = world.engine_with(config).await.unwrap();
            let journal = engine.journal();
            let mut events = engine.events();
            let id = engine.add(wanted.upload()).await.unwrap();
            engine.start(Which::All).await.unwrap();
            // From that commit on the disk is full, until the list says so or everything fitted all the same.
            let mut was_said = false;
            let filling = async {
                while !is_full.load(Ordering::SeqCst) {
                    tokio::task::yield_now().await;
                }
                let journal = Arc::clone(&journal);
                tokio::task::spawn_blocking(move || journal.limit_pages(Some(1)).unwrap())
                    .await
                    .unwrap();
                loop {
                    // An event may have come before; then the row is looked at.
                    let event = tokio::time::timeout(std::time::Duration::from_millis(100), events.recv()).await;
                    if let Ok(Ok(UploadEvent::Row(row))) = event
                        && row.problem.is_some_and(|problem| problem.code == "journal")
                    {
                        was_said = true;
                        return;
                    }
                    let state = engine.row(id).await.unwrap().state;
                    if matches!(state, UploadState::Processing | UploadState::Published) {
                        return;
                    }
                }
            };
            // A limit that nothing met ends with the upload.
            let ids = [id];
            tokio::select! {
                () = filling => {}
                _ = engine.wait_until(&ids, |row| row.state == UploadState::Published) => {}
            }
            said += u64::from(was_said);
            journal.limit_pages(None).unwrap();
            wait_for(&engine, id, UploadState::Published).await;
            engine.shutdown().await.unwrap();
            let at = format!("{package:?}, full after commit {commit}, said: {was_said}");
            row.add(&look(&world, &[wanted], &at));
        }
    }
    println!("the full disk was met, and said in the list, {said} times");
    assert!(said > 0);
    row.close();
}
