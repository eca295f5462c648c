//! Many parts at once on a clock that only moves when everybody waits.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};

use async_trait::async_trait;
use futures_util::stream;
use tokio::sync::Notify;
use waypost_wire::ScheduleRow;

use super::*;

/// Time stands still until [`VirtualClock::run`] moves it to the next sleeper.
#[derive(Default)]
struct VirtualClock {
    now_ms: AtomicI64,
    sleepers: Mutex<BTreeMap<(i64, u64), Arc<Notify>>>,
    number: AtomicU64,
}

#[async_trait]
impl Clock for VirtualClock {
    fn now_ms(&self) -> i64 {
        self.now_ms.load(Ordering::SeqCst)
    }

    async fn sleep_ms(&self, wait_ms: u64) {
        let key = (
            self.now_ms().saturating_add_unsigned(wait_ms),
            self.number.fetch_add(1, Ordering::SeqCst),
        );
        let alarm = Arc::new(Notify::new());
        self.sleepers.lock().unwrap().insert(key, Arc::clone(&alarm));
        alarm.notified().await;
    }
}

impl VirtualClock {
    /// Lets time pass up to `end_ms`. One thread runs everything, so after some turns nobody can go on without it.
    async fn run(&self, end_ms: i64) {
        loop {
            for _ in 0..50 {
                tokio::task::yield_now().await;
            }
            let next = self.sleepers.lock().unwrap().pop_first();
            match next {
                Some(((at_ms, _), alarm)) if at_ms <= end_ms => {
                    self.now_ms.fetch_max(at_ms, Ordering::SeqCst);
                    alarm.notify_one();
                }
                Some((key, alarm)) => {
                    self.sleepers.lock().unwrap().insert(key, alarm);
                    self.now_ms.store(end_ms, Ordering::SeqCst);
                    return;
                }
                None => {
                    self.now_ms.store(end_ms, Ordering::SeqCst);
                    return;
                }
            }
        }
    }
}

struct Sender {
    sent_bytes: Arc<AtomicU64>,
    closed: oneshot::Receiver<i64>,
    task: tokio::task::JoinHandle<()>,
}

/// Something that would send for ever, in chunks of two mebibytes as the engine reads them.
fn sender(throttle: &Arc<Throttle>) -> Sender {
    let (told, closed) = oneshot::channel();
    let sent_bytes = Arc::new(AtomicU64::new(0));
    let counted = Arc::clone(&sent_bytes);
    let taken: ChunkTaken = Arc::new(move |count| {
        counted.fetch_add(count, Ordering::SeqCst);
    });
    let chunk = Bytes::from(vec![7; 2 << 20]);
    let chunks: ByteStream = Box::pin(stream::repeat_with(move || Ok(chunk.clone())));
    let mut body = throttle.slowed(chunks, taken, told);
    let task = tokio::spawn(async move {
        while let Some(piece) = body.next().await {
            drop(piece);
            tokio::task::yield_now().await;
        }
    });
    Sender {
        sent_bytes,
        closed,
        task,
    }
}

fn limited(limit_bytes_per_s: u64) -> Bandwidth {
    Bandwidth {
        limit: Limit::of_setting(limit_bytes_per_s),
        ..Bandwidth::default()
    }
}

fn bytes_of(senders: &[Sender]) -> Vec<u64> {
    senders
        .iter()
        .map(|sender| sender.sent_bytes.load(Ordering::SeqCst))
        .collect()
}

#[tokio::test]
async fn several_parts_share_one_limit_fairly_and_a_change_holds_at_once() {
    let clock = Arc::new(VirtualClock::default());
    let throttle = Arc::new(Throttle::new(clock.clone(), limited(1_000_000)));
    let senders: Vec<Sender> = (0..4).map(|_| sender(&throttle)).collect();
    let mut before = 0;
    for (second, rate) in [(10, 1_000_000), (20, 50_000), (30, 3_000_000)] {
        throttle.set(limited(rate));
        clock.run(second * 1_000).await;
        let bytes = bytes_of(&senders);
        let sum: u64 = bytes.iter().sum();
        let ratio = (sum - before) as f64 / (rate as f64 * 10.0);
        assert!((0.95..=1.05).contains(&ratio), "{ratio} of {rate} bytes a second");
        let spread = bytes.iter().max().unwrap() - bytes.iter().min().unwrap();
        assert!(spread <= 3 * 150_000, "{bytes:?}");
        before = sum;
    }
    for sender in senders {
        sender.task.abort();
    }
}

#[tokio::test]
async fn a_part_that_comes_later_gets_its_share_and_one_that_ends_leaves_its_own_to_the_others() {
    let clock = Arc::new(VirtualClock::default());
    let throttle = Arc::new(Throttle::new(clock.clone(), limited(400_000)));
    let first = sender(&throttle);
    clock.run(10_000).await;
    let second = sender(&throttle);
    let both = [first, second];
    let before = bytes_of(&both);
    clock.run(20_000).await;
    let after = bytes_of(&both);
    for (before, after) in before.iter().zip(&after) {
        let ratio = (after - before) as f64 / 2_000_000.0;
        assert!((0.95..=1.05).contains(&ratio), "half for each: {ratio}");
    }
    both[0].task.abort();
    clock.run(30_000).await;
    let ratio = (bytes_of(&both)[1] - after[1]) as f64 / 4_000_000.0;
    assert!((0.95..=1.05).contains(&ratio), "all of it: {ratio}");
    both[1].task.abort();
}

#[tokio::test]
async fn closed_hours_stop_what_is_under_way_and_say_until_when() {
    const MINUTE_MS: i64 = 60_000;
    let clock = Arc::new(VirtualClock::default());
    let hours = Bandwidth {
        schedule: vec![ScheduleRow {
            from_minute: 1,
            to_minute: 3,
            limit_bytes_per_s: Some(0),
        }],
        ..limited(100_000)
    };
    let throttle = Arc::new(Throttle::new(clock.clone(), hours));
    assert_eq!(throttle.closed_until_ms(), None);
    let mut early = sender(&throttle);
    clock.run(2 * MINUTE_MS).await;
    let sent = bytes_of(std::slice::from_ref(&early))[0];
    let ratio = sent as f64 / 6_000_000.0;
    assert!((0.95..=1.05).contains(&ratio), "a minute's worth and no more: {ratio}");
    assert_eq!(early.closed.try_recv().unwrap(), 3 * MINUTE_MS);
    assert_eq!(throttle.closed_until_ms(), Some(3 * MINUTE_MS));
    early.task.abort();

    // The person changes the hours: whoever waits for them is told.
    let mut changes = throttle.changes();
    throttle.set(limited(100_000));
    assert!(changes.has_changed().unwrap());
    changes.mark_unchanged();
    assert_eq!(throttle.closed_until_ms(), None);
    let all_day = ScheduleRow {
        from_minute: 0,
        to_minute: 0,
        limit_bytes_per_s: Some(0),
    };
    throttle.set(Bandwidth {
        schedule: vec![all_day],
        ..Bandwidth::default()
    });
    assert_eq!(
        throttle.closed_until_ms(),
        Some(2 * MINUTE_MS + 86_400_000),
        "looked at again the next day"
    );
}

#[tokio::test]
async fn without_a_limit_chunks_go_out_as_they_are_read() {
    let throttle = Arc::new(Throttle::new(Arc::new(VirtualClock::default()), Bandwidth::default()));
    let (told, _closed) = oneshot::channel();
    let chunks: ByteStream = Box::pin(stream::iter([Ok(Bytes::from(vec![7; 2 << 20])), Ok(Bytes::new())]));
    let pieces: Vec<usize> = throttle
        .slowed(chunks, Arc::new(|_| {}), told)
        .map(|piece| piece.unwrap().len())
        .collect()
        .await;
    assert_eq!(pieces, [2 << 20]);
}
