//! MD5 of several byte strings side by side, on one processor.
//!
//! Each step of MD5 waits for the step before it, so that one string leaves most of a processor idle, and no string can
//! be cut into pieces. Several strings at once fill the processor: two take about as long as one, four half as long
//! again. The steps are those of RFC 1321; what is left of a string in the end goes through `md-5`.

use std::io::{self, Read};

use md5::block_api::compress;

/// Strings that are worked on at once: the words of as many fit a vector register of every processor we run on.
pub(crate) const LANES: usize = 4;

/// Bytes of a block (RFC 1321 §3.4).
const BLOCK_BYTES: usize = 64;
type Block = [u8; BLOCK_BYTES];
/// Blocks of each reader that are read before they are worked in: a quarter of a mebibyte.
const BLOCKS_AT_ONCE: usize = 4096;

/// The state before the first block (RFC 1321 §3.3).
const START: [u32; 4] = [0x6745_2301, 0xefcd_ab89, 0x98ba_dcfe, 0x1032_5476];

/// `floor(2^32 · |sin(i + 1)|)` for step i (RFC 1321 §3.4).
#[rustfmt::skip]
const SINES: [u32; 64] = [
    0xd76a_a478, 0xe8c7_b756, 0x2420_70db, 0xc1bd_ceee, 0xf57c_0faf, 0x4787_c62a, 0xa830_4613, 0xfd46_9501,
    0x6980_98d8, 0x8b44_f7af, 0xffff_5bb1, 0x895c_d7be, 0x6b90_1122, 0xfd98_7193, 0xa679_438e, 0x49b4_0821,
    0xf61e_2562, 0xc040_b340, 0x265e_5a51, 0xe9b6_c7aa, 0xd62f_105d, 0x0244_1453, 0xd8a1_e681, 0xe7d3_fbc8,
    0x21e1_cde6, 0xc337_07d6, 0xf4d5_0d87, 0x455a_14ed, 0xa9e3_e905, 0xfcef_a3f8, 0x676f_02d9, 0x8d2a_4c8a,
    0xfffa_3942, 0x8771_f681, 0x6d9d_6122, 0xfde5_380c, 0xa4be_ea44, 0x4bde_cfa9, 0xf6bb_4b60, 0xbebf_bc70,
    0x289b_7ec6, 0xeaa1_27fa, 0xd4ef_3085, 0x0488_1d05, 0xd9d4_d039, 0xe6db_99e5, 0x1fa2_7cf8, 0xc4ac_5665,
    0xf429_2244, 0x432a_ff97, 0xab94_23a7, 0xfc93_a039, 0x655b_59c3, 0x8f0c_cc92, 0xffef_f47d, 0x8584_5dd1,
    0x6fa8_7e4f, 0xfe2c_e6e0, 0xa301_4314, 0x4e08_11a1, 0xf753_7e82, 0xbd3a_f235, 0x2ad7_d2bb, 0xeb86_d391,
];

/// How far step i turns, by its round and its place in four steps (RFC 1321 §3.4).
const TURNS: [[u32; 4]; 4] = [[7, 12, 17, 22], [5, 9, 14, 20], [4, 11, 16, 23], [6, 10, 15, 21]];

/// A word of each of `L` strings.
type Words<const L: usize> = [u32; L];

/// A string on its way through.
#[derive(Clone, Copy)]
struct Lane {
    state: [u32; 4],
    /// Bytes worked in so far.
    length: u64,
}

impl Lane {
    fn new() -> Self {
        Self {
            state: START,
            length: 0,
        }
    }

    /// Begins with all of `head`; the rest of `string` that is to be worked in block by block, and the end that is none.
    fn beginning_with<'a>(head: &[u8], string: &'a [u8]) -> (Self, &'a [Block], Tail) {
        let mut lane = Self::new();
        let (blocks, start) = head.as_chunks();
        lane.work_in(blocks);
        let mut tail = Tail::default();
        let mut string = string;
        if !start.is_empty() {
            tail.push(start);
            let (now, later) = string.split_at(string.len().min(BLOCK_BYTES - start.len()));
            tail.push(now);
            string = later;
            if tail.length == BLOCK_BYTES {
                lane.work_in(&[tail.bytes]);
                tail = Tail::default();
            }
        }
        let (blocks, end) = string.as_chunks();
        tail.push(end);
        (lane, blocks, tail)
    }

    fn work_in(&mut self, blocks: &[Block]) {
        compress(&mut self.state, blocks);
        self.length = self.length.wrapping_add((blocks.len() * BLOCK_BYTES) as u64);
    }

    /// The MD5 in lowercase hex, once all but `tail`, less than a block, is worked in.
    fn finish(mut self, tail: &[u8]) -> String {
        // A one, zeros up to eight bytes before the end of a block, and the length in bits (RFC 1321 §3.1, §3.2).
        let bits = self
            .length
            .wrapping_add(tail.len() as u64)
            .wrapping_mul(8)
            .to_le_bytes();
        let padded = if tail.len() < BLOCK_BYTES - bits.len() { 1 } else { 2 };
        let mut end = [0; 2 * BLOCK_BYTES];
        let place = padded * BLOCK_BYTES - bits.len();
        let rest = tail.iter().chain(&[0x80]);
        end.iter_mut().zip(rest).for_each(|(to, from)| *to = *from);
        end.iter_mut().skip(place).zip(bits).for_each(|(to, from)| *to = from);
        let (blocks, _) = end.as_chunks();
        compress(&mut self.state, blocks.get(..padded).unwrap_or_default());
        hex::encode(self.state.map(u32::to_le_bytes).as_flattened())
    }
}

/// Less than a block, behind the last whole one.
#[derive(Clone, Copy)]
struct Tail {
    bytes: Block,
    length: usize,
}

impl Default for Tail {
    fn default() -> Self {
        Self {
            bytes: [0; BLOCK_BYTES],
            length: 0,
        }
    }
}

impl Tail {
    fn push(&mut self, bytes: &[u8]) {
        let room = self.bytes.iter_mut().skip(self.length);
        room.zip(bytes).for_each(|(to, from)| *to = *from);
        self.length = (self.length + bytes.len()).min(BLOCK_BYTES);
    }

    fn bytes(&self) -> &[u8] {
        self.bytes.get(..self.length).unwrap_or_default()
    }
}

/// The MD5 of each of `strings`, lowercase hex.
pub(crate) fn md5_hexes(strings: &[&[u8]]) -> Vec<String> {
    let strings: Vec<[&[u8]; 2]> = strings.iter().map(|string| [&[][..], string]).collect();
    md5_hexes_of_two(&strings)
}

/// The MD5 of each string that two parts make, lowercase hex. The first part should be short: it is worked in alone.
pub(crate) fn md5_hexes_of_two(strings: &[[&[u8]; 2]]) -> Vec<String> {
    let mut hexes = vec![String::new(); strings.len()];
    let mut waiting = strings.iter().enumerate().map(|(number, [head, string])| {
        let (lane, blocks, tail) = Lane::beginning_with(head, string);
        (number, lane, blocks, tail)
    });
    let mut going: Vec<_> = waiting.by_ref().take(LANES).collect();
    while !going.is_empty() {
        let count = going.iter().map(|(_, _, blocks, _)| blocks.len()).min().unwrap_or(0);
        let mut work: Vec<_> = going
            .iter_mut()
            .map(|(_, lane, blocks, _)| {
                let (now, later) = blocks.split_at(count);
                *blocks = later;
                (lane, now)
            })
            .collect();
        work_in(&mut work);
        for (number, lane, _, tail) in going.extract_if(.., |(_, _, blocks, _)| blocks.is_empty()) {
            if let Some(hex) = hexes.get_mut(number) {
                *hex = lane.finish(tail.bytes());
            }
        }
        going.extend(waiting.by_ref().take(LANES - going.len()));
    }
    hexes
}

/// The MD5 of what each of up to [`LANES`] readers gives, lowercase hex; the number of the reader that failed.
pub(crate) fn md5_hexes_of(readers: &mut [impl Read]) -> Result<Vec<String>, (usize, io::Error)> {
    let mut lanes = vec![Lane::new(); readers.len()];
    let mut hexes = vec![String::new(); readers.len()];
    let mut pieces = vec![vec![0; BLOCKS_AT_ONCE * BLOCK_BYTES]; readers.len()];
    let mut going: Vec<usize> = (0..readers.len()).collect();
    while !going.is_empty() {
        let mut filled = vec![0; readers.len()];
        for &number in &going {
            if let (Some(reader), Some(piece), Some(filled)) =
                (readers.get_mut(number), pieces.get_mut(number), filled.get_mut(number))
            {
                *filled = fill(reader, piece).map_err(|error| (number, error))?;
            }
        }
        let mut work: Vec<_> = lanes
            .iter_mut()
            .zip(&pieces)
            .zip(&filled)
            .map(|((lane, piece), &filled)| (lane, piece.get(..filled).unwrap_or_default().as_chunks().0))
            .filter(|(_, blocks)| !blocks.is_empty())
            .collect();
        work_in(&mut work);
        going.retain(|&number| {
            let (Some(lane), Some(piece), Some(&filled)) = (lanes.get(number), pieces.get(number), filled.get(number))
            else {
                return false;
            };
            let is_last = filled < piece.len();
            if is_last && let Some(hex) = hexes.get_mut(number) {
                *hex = lane.finish(piece.get(..filled).unwrap_or_default().as_chunks::<BLOCK_BYTES>().1);
            }
            !is_last
        });
    }
    Ok(hexes)
}

/// Reads until `piece` is full or the reader is at its end.
fn fill(reader: &mut impl Read, piece: &mut [u8]) -> io::Result<usize> {
    let mut filled = 0;
    while let Some(rest) = piece.get_mut(filled..).filter(|rest| !rest.is_empty()) {
        match reader.read(rest) {
            Ok(0) => break,
            Ok(count) => filled += count,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    Ok(filled)
}

/// Works the blocks of every lane in: side by side as many as the shortest has, the rest one lane after the other.
fn work_in(work: &mut [(&mut Lane, &[Block])]) {
    let count = work.iter().map(|(_, blocks)| blocks.len()).min().unwrap_or(0);
    match work.len() {
        0 | 1 => {}
        2 => side_by_side::<2>(work, count),
        _ => side_by_side::<LANES>(work, count),
    }
    for (lane, blocks) in work {
        lane.work_in(blocks);
    }
}

/// Works in the first `count` blocks of up to `L` lanes; for a lane too few the first one is worked on twice.
fn side_by_side<const L: usize>(work: &mut [(&mut Lane, &[Block])], count: usize) {
    let mut blocks: [&[Block]; L] = [&[]; L];
    let mut states: [Words<L>; 4] = [[0; L]; 4];
    for (place, blocks) in blocks.iter_mut().enumerate() {
        if let Some((lane, all)) = work.get(place).or(work.first()) {
            *blocks = all;
            for (words, word) in states.iter_mut().zip(lane.state) {
                words[place] = word;
            }
        }
    }
    for index in 0..count {
        let blocks = blocks.map(|blocks| blocks.get(index).unwrap_or(&[0; BLOCK_BYTES]));
        work_in_block(&mut states, &blocks);
    }
    for (place, (lane, blocks)) in work.iter_mut().enumerate().take(L) {
        lane.state = states.map(|words| words[place]);
        lane.length = lane.length.wrapping_add((count * BLOCK_BYTES) as u64);
        *blocks = blocks.get(count..).unwrap_or_default();
    }
}

/// One block of each string (RFC 1321 §3.4).
#[inline(always)]
#[allow(
    clippy::inline_always,
    reason = "the words have to stay in registers over the whole block"
)]
fn work_in_block<const L: usize>(states: &mut [Words<L>; 4], blocks: &[&Block; L]) {
    let mut message = [[0; L]; 16];
    for (lane, block) in blocks.iter().enumerate() {
        let (words, _) = block.as_chunks();
        for (to, bytes) in message.iter_mut().zip(words) {
            to[lane] = u32::from_le_bytes(*bytes);
        }
    }
    let [mut a, mut b, mut c, mut d] = *states;
    macro_rules! four_steps {
        ($($first:literal)+) => {$(
            step::<L, $first>(&mut a, &b, &c, &d, &message);
            step::<L, { $first + 1 }>(&mut d, &a, &b, &c, &message);
            step::<L, { $first + 2 }>(&mut c, &d, &a, &b, &message);
            step::<L, { $first + 3 }>(&mut b, &c, &d, &a, &message);
        )+};
    }
    four_steps!(0 4 8 12 16 20 24 28 32 36 40 44 48 52 56 60);
    for (before, after) in states.iter_mut().zip([a, b, c, d]) {
        for (before, after) in before.iter_mut().zip(after) {
            *before = before.wrapping_add(after);
        }
    }
}

/// Step `I` in every lane.
#[inline(always)]
#[allow(
    clippy::inline_always,
    clippy::many_single_char_names,
    clippy::needless_range_loop,
    reason = "part of the block above; the letters are those of RFC 1321"
)]
fn step<const L: usize, const I: usize>(
    a: &mut Words<L>,
    b: &Words<L>,
    c: &Words<L>,
    d: &Words<L>,
    message: &[Words<L>; 16],
) {
    let round = I / 16;
    let word = match round {
        0 => I,
        1 => (5 * I + 1) % 16,
        2 => (3 * I + 5) % 16,
        _ => (7 * I) % 16,
    };
    for lane in 0..L {
        let (b, c, d) = (b[lane], c[lane], d[lane]);
        let mixed = match round {
            0 => d ^ (b & (c ^ d)),
            1 => c ^ (d & (b ^ c)),
            2 => b ^ c ^ d,
            _ => c ^ (b | !d),
        };
        let sum = a[lane]
            .wrapping_add(mixed)
            .wrapping_add(SINES[I])
            .wrapping_add(message[word][lane]);
        a[lane] = b.wrapping_add(sum.rotate_left(TURNS[round][I % 4]));
    }
}

#[cfg(test)]
mod tests {
    use md5::{Digest, Md5};
    use proptest::prelude::*;

    use super::*;

    fn one_by_one(strings: &[&[u8]]) -> Vec<String> {
        strings.iter().map(|bytes| hex::encode(Md5::digest(bytes))).collect()
    }

    proptest! {
        #[test]
        fn strings_of_any_number_and_length_have_the_md5_that_each_has_alone(
            lengths in prop::collection::vec(0_usize..1_000, 0..11),
            seed: u8,
        ) {
            let strings: Vec<Vec<u8>> = lengths
                .iter()
                .enumerate()
                .map(|(number, &length)| (0..length).map(|place| (place * 31 + number * 7).to_le_bytes()[0] ^ seed).collect())
                .collect();
            let strings: Vec<&[u8]> = strings.iter().map(Vec::as_slice).collect();
            prop_assert_eq!(md5_hexes(&strings), one_by_one(&strings));
            let cut = usize::from(seed) % 150;
            let in_two: Vec<[&[u8]; 2]> = strings
                .iter()
                .map(|string| string.split_at(cut.min(string.len())).into())
                .collect();
            prop_assert_eq!(md5_hexes_of_two(&in_two), one_by_one(&strings));
            for mut strings in strings.chunks(LANES).map(<[&[u8]]>::to_vec) {
                let alone = one_by_one(&strings);
                prop_assert_eq!(md5_hexes_of(&mut strings).unwrap(), alone);
            }
        }
    }

    #[test]
    fn every_length_around_the_end_of_a_block_is_padded_right() {
        let bytes = [0x5a; 200];
        for length in 0..=bytes.len() {
            let strings = [&bytes[..length], &bytes[..64], &bytes[..0]];
            assert_eq!(md5_hexes(&strings), one_by_one(&strings), "{length} bytes");
        }
    }

    #[test]
    fn long_strings_and_readers_give_the_same() {
        let bytes: Vec<u8> = (0..3_000_000_u32).map(|place| (place >> 7).to_le_bytes()[0]).collect();
        let strings = [&bytes[..], &bytes[1..], &bytes[2_999_000..]];
        assert_eq!(md5_hexes(&strings), one_by_one(&strings));
        assert_eq!(md5_hexes_of(&mut strings.clone()).unwrap(), one_by_one(&strings));
    }
}
