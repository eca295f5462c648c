//! The blocks of MD5 (RFC 1321 §3.4): of one string, of two strings in turn, of several side by side.
//!
//! Each step waits for the step before it, so the time of one string is the number of operations on the way from the
//! newest word to the next one, and not the number of all operations. `one` keeps that way short: what does not need the
//! newest word is added up before it is there. A processor has units to spare meanwhile, in which `two` works on a second
//! string: both take a tenth longer than one. `side_by_side` does each operation on as many strings at once as fit a
//! vector register. These forms run on every processor; `processor` chooses better ones where there are any.

use std::array::from_fn;
use std::hint::black_box;

/// Bytes of a block.
pub(crate) const BLOCK_BYTES: usize = 64;
/// A block.
pub(crate) type Block = [u8; BLOCK_BYTES];
/// What is carried from block to block.
pub(crate) type State = [u32; 4];

/// The state before the first block (RFC 1321 §3.3).
pub(crate) const START: State = [0x6745_2301, 0xefcd_ab89, 0x98ba_dcfe, 0x1032_5476];

/// `floor(2^32 · |sin(i + 1)|)` for step i.
#[rustfmt::skip]
pub(crate) static SINES: [u32; 64] = [
    0xd76a_a478, 0xe8c7_b756, 0x2420_70db, 0xc1bd_ceee, 0xf57c_0faf, 0x4787_c62a, 0xa830_4613, 0xfd46_9501,
    0x6980_98d8, 0x8b44_f7af, 0xffff_5bb1, 0x895c_d7be, 0x6b90_1122, 0xfd98_7193, 0xa679_438e, 0x49b4_0821,
    0xf61e_2562, 0xc040_b340, 0x265e_5a51, 0xe9b6_c7aa, 0xd62f_105d, 0x0244_1453, 0xd8a1_e681, 0xe7d3_fbc8,
    0x21e1_cde6, 0xc337_07d6, 0xf4d5_0d87, 0x455a_14ed, 0xa9e3_e905, 0xfcef_a3f8, 0x676f_02d9, 0x8d2a_4c8a,
    0xfffa_3942, 0x8771_f681, 0x6d9d_6122, 0xfde5_380c, 0xa4be_ea44, 0x4bde_cfa9, 0xf6bb_4b60, 0xbebf_bc70,
    0x289b_7ec6, 0xeaa1_27fa, 0xd4ef_3085, 0x0488_1d05, 0xd9d4_d039, 0xe6db_99e5, 0x1fa2_7cf8, 0xc4ac_5665,
    0xf429_2244, 0x432a_ff97, 0xab94_23a7, 0xfc93_a039, 0x655b_59c3, 0x8f0c_cc92, 0xffef_f47d, 0x8584_5dd1,
    0x6fa8_7e4f, 0xfe2c_e6e0, 0xa301_4314, 0x4e08_11a1, 0xf753_7e82, 0xbd3a_f235, 0x2ad7_d2bb, 0xeb86_d391,
];

/// How far step i turns, by its round and its place in four steps.
pub(crate) const TURNS: [[u32; 4]; 4] = [[7, 12, 17, 22], [5, 9, 14, 20], [4, 11, 16, 23], [6, 10, 15, 21]];

/// Which word of the block step i adds.
pub(crate) const fn word(step: usize) -> usize {
    match step / 16 {
        0 => step,
        1 => (5 * step + 1) % 16,
        2 => (3 * step + 5) % 16,
        _ => (7 * step) % 16,
    }
}

/// Works the blocks of one string in.
pub(crate) fn one(state: &mut State, blocks: &[Block]) {
    let sines = sines();
    let [mut a, mut b, mut c, mut d] = *state;
    macro_rules! four_steps {
        ($words:ident: $($first:literal)+) => {$(
            a = step::<{ $first }>(a, b, c, d, &$words, sines);
            d = step::<{ $first + 1 }>(d, a, b, c, &$words, sines);
            c = step::<{ $first + 2 }>(c, d, a, b, &$words, sines);
            b = step::<{ $first + 3 }>(b, c, d, a, &$words, sines);
        )+};
    }
    for block in blocks {
        let words = words(block);
        let before = [a, b, c, d];
        four_steps!(words: 0 4 8 12 16 20 24 28 32 36 40 44 48 52 56 60);
        [a, b, c, d] = sum(before, [a, b, c, d]);
    }
    *state = [a, b, c, d];
}

/// Works in as many blocks of two strings as both have. The letters of the second are e to h.
#[allow(clippy::many_single_char_names, reason = "the letters of RFC 1321 go on")]
pub(crate) fn two(states: [&mut State; 2], blocks: [&[Block]; 2]) {
    let sines = sines();
    let [first, second] = states;
    let [mut a, mut b, mut c, mut d] = *first;
    let [mut e, mut f, mut g, mut h] = *second;
    macro_rules! four_steps {
        ($words:ident $others:ident: $($first:literal)+) => {$(
            a = step::<{ $first }>(a, b, c, d, &$words, sines);
            e = step::<{ $first }>(e, f, g, h, &$others, sines);
            d = step::<{ $first + 1 }>(d, a, b, c, &$words, sines);
            h = step::<{ $first + 1 }>(h, e, f, g, &$others, sines);
            c = step::<{ $first + 2 }>(c, d, a, b, &$words, sines);
            g = step::<{ $first + 2 }>(g, h, e, f, &$others, sines);
            b = step::<{ $first + 3 }>(b, c, d, a, &$words, sines);
            f = step::<{ $first + 3 }>(f, g, h, e, &$others, sines);
        )+};
    }
    let [blocks, other_blocks] = blocks;
    for (block, other) in blocks.iter().zip(other_blocks) {
        let (words, others) = (words(block), words(other));
        let before = ([a, b, c, d], [e, f, g, h]);
        four_steps!(words others: 0 4 8 12 16 20 24 28 32 36 40 44 48 52 56 60);
        [a, b, c, d] = sum(before.0, [a, b, c, d]);
        [e, f, g, h] = sum(before.1, [e, f, g, h]);
    }
    (*first, *second) = ([a, b, c, d], [e, f, g, h]);
}

/// The constants, as something that the compiler cannot know: it adds what it knows last, and the way from the newest
/// word to the next one becomes longer by that. (From 0.49 to 0.65 GB/s.)
pub(crate) fn sines() -> &'static [u32; 64] {
    black_box(&SINES)
}

fn words(block: &Block) -> [u32; 16] {
    let (words, _) = block.as_chunks();
    from_fn(|place| words.get(place).map_or(0, |bytes| u32::from_le_bytes(*bytes)))
}

#[allow(clippy::many_single_char_names, reason = "the letters of RFC 1321 go on")]
fn sum(before: State, after: State) -> State {
    let [a, b, c, d] = before;
    let [e, f, g, h] = after;
    [
        a.wrapping_add(e),
        b.wrapping_add(f),
        c.wrapping_add(g),
        d.wrapping_add(h),
    ]
}

/// Step `I` of one string; `b` is the newest word and enters as late as it can.
#[inline(always)]
#[allow(
    clippy::inline_always,
    clippy::many_single_char_names,
    reason = "the words have to stay in registers over the whole block; the letters are those of RFC 1321"
)]
fn step<const I: usize>(a: u32, b: u32, c: u32, d: u32, words: &[u32; 16], sines: &[u32; 64]) -> u32 {
    let early = a.wrapping_add(sines[I].wrapping_add(words[word(I)]));
    let sum = match I / 16 {
        0 => early.wrapping_add(d ^ (b & (c ^ d))),
        // The two halves have no bit in common: their sum is what the RFC joins by "or".
        1 => early.wrapping_add(c & !d).wrapping_add(b & d),
        2 => early.wrapping_add(b ^ (c ^ d)),
        _ => early.wrapping_add(c ^ (b | !d)),
    };
    b.wrapping_add(sum.rotate_left(TURNS[I / 16][I % 4]))
}

/// A word of each of `L` strings.
pub(crate) type Words<const L: usize> = [u32; L];

/// The first `count` blocks of each of `L` strings, or as many as the shortest has. `constants` are [`SINES`], or those of
/// [`sines`]: which is quicker depends on the processor.
#[inline(always)]
#[allow(
    clippy::inline_always,
    clippy::needless_range_loop,
    reason = "compiled for the caller's kind of processor, with the words in its registers over the whole block; the \
              index belongs to every string"
)]
pub(crate) fn side_by_side<const L: usize>(
    states: &mut [Words<L>; 4],
    blocks: &[&[Block]; L],
    count: usize,
    constants: &[u32; 64],
) {
    let count = blocks.iter().map(|blocks| blocks.len()).fold(count, usize::min);
    for index in 0..count {
        let message = message_of(&from_fn(|lane| &blocks[lane][index]));
        let [mut a, mut b, mut c, mut d] = *states;
        macro_rules! four_steps {
            ($($first:literal)+) => {$(
                step_of_each::<L, $first>(&mut a, &b, &c, &d, &message, constants);
                step_of_each::<L, { $first + 1 }>(&mut d, &a, &b, &c, &message, constants);
                step_of_each::<L, { $first + 2 }>(&mut c, &d, &a, &b, &message, constants);
                step_of_each::<L, { $first + 3 }>(&mut b, &c, &d, &a, &message, constants);
            )+};
        }
        four_steps!(0 4 8 12 16 20 24 28 32 36 40 44 48 52 56 60);
        for (before, after) in states.iter_mut().zip([a, b, c, d]) {
            for (before, after) in before.iter_mut().zip(after) {
                *before = before.wrapping_add(after);
            }
        }
    }
}

/// The sixteen words of each block, word by word.
#[inline(always)]
#[allow(clippy::inline_always, reason = "part of the block above")]
fn message_of<const L: usize>(blocks: &[&Block; L]) -> [Words<L>; 16] {
    let mut message = [[0; L]; 16];
    for (lane, block) in blocks.iter().enumerate() {
        let (words, _) = block.as_chunks();
        for (to, bytes) in message.iter_mut().zip(words) {
            to[lane] = u32::from_le_bytes(*bytes);
        }
    }
    message
}

/// Step `I` of every string.
#[inline(always)]
#[allow(
    clippy::inline_always,
    clippy::many_single_char_names,
    clippy::needless_range_loop,
    reason = "part of the block above; the letters are those of RFC 1321"
)]
fn step_of_each<const L: usize, const I: usize>(
    a: &mut Words<L>,
    b: &Words<L>,
    c: &Words<L>,
    d: &Words<L>,
    message: &[Words<L>; 16],
    constants: &[u32; 64],
) {
    let round = I / 16;
    for lane in 0..L {
        let (b, c, d) = (b[lane], c[lane], d[lane]);
        let mixed = match round {
            0 => d ^ (b & (c ^ d)),
            1 => c ^ (d & (b ^ c)),
            2 => b ^ c ^ d,
            _ => c ^ (b | !d),
        };
        let early = a[lane].wrapping_add(constants[I].wrapping_add(message[word(I)][lane]));
        let sum = early.wrapping_add(mixed);
        a[lane] = b.wrapping_add(sum.rotate_left(TURNS[round][I % 4]));
    }
}
