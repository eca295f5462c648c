//! Two strings in one vector register, by the operations of AVX-512.
//!
//! A step takes as long as four operations that wait for each other: the function of three words, an addition, turning,
//! an addition. By the operations of all processors the function alone takes up to three. (1.48 GB/s for two strings
//! instead of 1.18, one 0.74 instead of 0.66; docs/benchmarks.md.)

use std::arch::x86_64::__m128i;
use std::array::from_fn;

use pulp::x86::V4;
use pulp::{NullaryFnOnce, cast};

use crate::block::{Block, State, TURNS, sines, word};

/// Works in as many blocks of two strings as both have.
pub(crate) fn two(simd: V4, states: [&mut State; 2], blocks: [&[Block]; 2]) {
    simd.vectorize(Pair { simd, states, blocks });
}

struct Pair<'a> {
    simd: V4,
    states: [&'a mut State; 2],
    blocks: [&'a [Block]; 2],
}

/// What `vpternlogd` makes of three words, as the table of its eight cases: the functions of RFC 1321 §3.4.
const FUNCTIONS: [i32; 4] = [
    0b1100_1010, // b ? c : d
    0b1110_0100, // d ? b : c
    0b1001_0110, // b ^ c ^ d
    0b0011_1001, // c ^ (b | !d)
];

impl NullaryFnOnce for Pair<'_> {
    type Output = ();

    #[inline(always)]
    #[allow(
        clippy::inline_always,
        clippy::many_single_char_names,
        reason = "compiled for the kind of processor that `pulp` found; the letters are those of RFC 1321"
    )]
    fn call(self) {
        let Self {
            simd,
            states: [first, second],
            blocks: [blocks, others],
        } = self;
        let (add, of_three) = (simd.sse2, simd.avx512f);
        let sines = sines();
        let [mut a, mut b, mut c, mut d]: [__m128i; 4] = from_fn(|place| cast([first[place], second[place], 0, 0]));
        for (block, other) in blocks.iter().zip(others) {
            let message = interleaved(simd, block, other);
            let before = [a, b, c, d];
            macro_rules! step {
                ($step:expr, $a:ident $b:ident $c:ident $d:ident) => {
                    let constant = add._mm_set1_epi32(sines[$step].cast_signed());
                    let early = add._mm_add_epi32(
                        $a,
                        add._mm_add_epi32(constant, message[const { word($step) }]),
                    );
                    let mixed = of_three._mm_ternarylogic_epi32::<{ FUNCTIONS[$step / 16] }>($b, $c, $d);
                    let sum = add._mm_add_epi32(early, mixed);
                    let turned = of_three._mm_rol_epi32::<{ TURNS[$step / 16][$step % 4].cast_signed() }>(sum);
                    $a = add._mm_add_epi32($b, turned);
                };
            }
            macro_rules! four_steps {
                ($($first:literal)+) => {$(
                    step!($first, a b c d);
                    step!($first + 1, d a b c);
                    step!($first + 2, c d a b);
                    step!($first + 3, b c d a);
                )+};
            }
            four_steps!(0 4 8 12 16 20 24 28 32 36 40 44 48 52 56 60);
            a = add._mm_add_epi32(a, before[0]);
            b = add._mm_add_epi32(b, before[1]);
            c = add._mm_add_epi32(c, before[2]);
            d = add._mm_add_epi32(d, before[3]);
        }
        for (place, words) in [a, b, c, d].into_iter().enumerate() {
            let [word, other, ..]: [u32; 4] = cast(words);
            (first[place], second[place]) = (word, other);
        }
    }
}

/// The sixteen words of two blocks, word beside word; the upper halves mean nothing.
#[inline(always)]
#[allow(clippy::inline_always, reason = "part of the block above")]
fn interleaved(simd: V4, block: &Block, other: &Block) -> [__m128i; 16] {
    let sse2 = simd.sse2;
    let quarter = |block: &Block, number: usize| -> __m128i {
        let (quarters, _) = block.as_chunks::<16>();
        cast(quarters.get(number).copied().unwrap_or_default())
    };
    let mut words = [cast([0_u32; 4]); 16];
    for (number, four) in words.as_chunks_mut::<4>().0.iter_mut().enumerate() {
        let (one, two) = (quarter(block, number), quarter(other, number));
        let (low, high) = (sse2._mm_unpacklo_epi32(one, two), sse2._mm_unpackhi_epi32(one, two));
        *four = [
            low,
            sse2._mm_unpackhi_epi64(low, low),
            high,
            sse2._mm_unpackhi_epi64(high, high),
        ];
    }
    words
}
