//! Repeatable randomness: the same seed gives the same pictures, walks and bytes on every
//! machine, which no general-purpose generator promises across its versions.
//!
//! The sequence is SplitMix64 (Steele, Lea, Flood: "Fast Splittable Pseudorandom Number
//! Generators", 2014). It is good enough for scenery and noise and for nothing that must be secret.

/// A stream of repeatable random numbers.
#[derive(Debug, Clone)]
pub(crate) struct Random(u64);

impl Random {
    /// Starts the stream that belongs to `seed`.
    pub(crate) fn new(seed: u64) -> Self {
        Self(seed)
    }

    /// Starts the stream of one numbered thing under a seed, so that the third house on the left
    /// looks the same from every photo that shows it.
    pub(crate) fn for_item(seed: u64, kind: u64, index: i64) -> Self {
        let mut mixed = Self(seed ^ kind.wrapping_mul(0xD6E8_FEB8_6659_FD93));
        let start = mixed.next_u64() ^ index.cast_unsigned().wrapping_mul(0x9E37_79B9_7F4A_7C15);
        Self(start)
    }

    /// The next 64 bits.
    pub(crate) fn next_u64(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        mixed ^ (mixed >> 31)
    }

    /// A number in `0.0..1.0`.
    pub(crate) fn unit(&mut self) -> f64 {
        // 53 bits are all that an f64 can hold.
        (self.next_u64() >> 11) as f64 / (1_u64 << 53) as f64
    }

    /// A number in `low..high`.
    pub(crate) fn between(&mut self, low: f64, high: f64) -> f64 {
        low + (high - low) * self.unit()
    }

    /// One of `choices`, of which there must be some: an empty list does not compile.
    pub(crate) fn pick<T: Copy, const N: usize>(&mut self, choices: [T; N]) -> T {
        const { assert!(N > 0, "a choice needs something to choose from") };
        #[allow(clippy::cast_possible_truncation)] // below N, which is a usize
        let index = (self.next_u64() % N as u64) as usize;
        choices[index]
    }

    /// True in `share` of all cases, for `share` between 0 and 1.
    pub(crate) fn chance(&mut self, share: f64) -> bool {
        self.unit() < share
    }
}
