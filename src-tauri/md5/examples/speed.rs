//! How fast this processor hashes one string, two in turn and several side by side, gigabytes a second in all. The
//! numbers stand in docs/benchmarks.md: `cargo run --release --package waypost-md5 --example speed`.

use std::hint::black_box;
use std::time::Instant;

use waypost_md5::{LANES, Md5, md5_hex, md5_hexes};

/// Bytes of each string: all of them together fit a cache, so that memory is not what is measured.
const STRING_BYTES: usize = 256 * 1024;
/// The best of so many counts: others work on the machine too.
const RUNS: u32 = 40;

fn main() {
    let bytes: Vec<u8> = (0_u8..251).cycle().take(LANES * STRING_BYTES).collect();
    let strings: Vec<&[u8]> = bytes.chunks(STRING_BYTES).collect();
    let [first, second, ..] = strings.as_slice() else {
        return;
    };
    tell("one", 1, || drop(black_box(md5_hex(first))));
    tell("two in turn", 2, || {
        let (mut one, mut two) = (Md5::new(), Md5::new());
        Md5::update_two([&mut one, &mut two], [first, second]);
        black_box((one.hex(), two.hex()));
    });
    for count in 3..=LANES {
        let some = strings.get(..count).unwrap_or_default();
        tell(&format!("{count} side by side"), count, || {
            drop(black_box(md5_hexes(some)));
        });
    }
}

fn tell(what: &str, string_count: usize, work: impl Fn()) {
    let mut best_s = f64::MAX;
    for _ in 0..RUNS {
        let begun = Instant::now();
        work();
        best_s = best_s.min(begun.elapsed().as_secs_f64());
    }
    println!(
        "{what}: {:.2} GB/s",
        (string_count * STRING_BYTES) as f64 / best_s / 1e9
    );
}
