//! The real program is killed with SIGKILL at two hundred instants that a seed chooses, by bytes and by requests, and
//! started again: everything is there once, the journal is sound, the originals are as they were.

#![cfg(target_os = "linux")]

use std::sync::atomic::{AtomicU64, Ordering};

use waypost_e2e::quick_upload::{QuickUpload, merged};
use waypost_testkit::line::{Line, Place, Trouble};
use waypost_testkit::random::Random;
use waypost_testkit::table::Row;

/// Kills that are to be survived.
const KILLS: u64 = 200;
/// Uploads under way at once.
const AT_ONCE: usize = 4;

/// An instant of a run that sends so many bytes in so many exchanges.
fn instant(random: &mut Random, sent_bytes: u64, exchanges: u64) -> Place {
    match random.below(4) {
        0 | 1 => Place::Sent(random.below(sent_bytes)),
        2 => Place::Request(random.below(exchanges) + 1, random.below(400)),
        _ => Place::Answer(random.below(exchanges) + 1, random.below(100)),
    }
}

/// Kills the program once, or lets it come through before that instant, and starts it again until it is done.
fn scenario(seed: u64, package: &str, sent_bytes: u64, exchanges: u64) -> Row {
    let mut random = Random::new(seed);
    let upload = QuickUpload::new();
    let place = instant(&mut random, sent_bytes, exchanges);
    let line = Line::with(&upload.address(), place.clone(), Trouble::Silence);
    let mut program = upload.start(package, "1", Some(&line));
    let is_killed = line.wait_for_strike(|| !program.is_running());
    if is_killed {
        assert!(program.is_running(), "seed {seed}: it waits at {place:?}");
        program.kill();
    }
    line.cut();
    upload.finish(package, "2");
    let mut row = upload.look(&format!("seed {seed}, {package}, {place:?}"));
    row.kills = u64::from(is_killed);
    row
}

#[test]
fn killed_at_two_hundred_random_instants_it_goes_on_and_nothing_is_lost_or_doubled() {
    let runs = ["zip", "images"].map(|package| {
        let upload = QuickUpload::new();
        let line = Line::good(&upload.address());
        let status = upload.start(package, "good", Some(&line)).wait();
        assert!(status.success(), "{package}: {}", upload.said("good"));
        (package, line.sent_bytes(), line.exchanges().len() as u64)
    });
    let (next_seed, kills) = (AtomicU64::new(0), AtomicU64::new(0));
    let worker = || {
        let mut rows = Vec::new();
        while kills.load(Ordering::SeqCst) < KILLS {
            let seed = next_seed.fetch_add(1, Ordering::SeqCst);
            let (package, sent_bytes, exchanges) = runs[usize::from(seed % 2 == 1)];
            let row = scenario(seed, package, sent_bytes, exchanges);
            kills.fetch_add(row.kills, Ordering::SeqCst);
            rows.push(row);
        }
        rows
    };
    let rows = std::thread::scope(|scope| {
        let workers: Vec<_> = (0..AT_ONCE).map(|_| scope.spawn(worker)).collect();
        let rows = workers
            .into_iter()
            .map(|worker| worker.join().expect("a scenario failed"));
        rows.collect::<Vec<_>>().concat()
    });
    let row = merged("real program, SIGKILL at random instants", &rows);
    assert!(row.kills >= KILLS, "{row}");
    row.close();
}
