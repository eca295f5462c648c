//! MD5 of several byte strings side by side, on one processor.
//!
//! Each step of MD5 waits for the step before it, so that one string leaves most of a processor idle, and no string can
//! be cut into pieces. Several strings at once fill the processor.

use std::io::{self, Read};

use crate::block::{BLOCK_BYTES, Block, Words};
use crate::processor::{self, several, two};
use crate::stream::Md5;

/// Strings that are worked on at once; with fewer the processor has less to do, with more it takes them in turn.
pub const LANES: usize = processor::LANES;

/// Blocks of each reader that are read before they are worked in: a quarter of a mebibyte.
const BLOCKS_AT_ONCE: usize = 4096;

/// The MD5 of each of `strings`, lowercase hex.
pub fn md5_hexes(strings: &[&[u8]]) -> Vec<String> {
    let strings: Vec<[&[u8]; 2]> = strings.iter().map(|string| [&[][..], string]).collect();
    md5_hexes_of_two(&strings)
}

/// The MD5 of each string that two parts make, lowercase hex. The first part should be short: it is worked in alone.
pub fn md5_hexes_of_two(strings: &[[&[u8]; 2]]) -> Vec<String> {
    let mut hexes = vec![String::new(); strings.len()];
    let mut waiting = strings.iter().enumerate().map(|(number, [head, string])| {
        let mut md5 = Md5::new();
        md5.update(head);
        let blocks = md5.whole_blocks(string);
        (number, md5, blocks)
    });
    let mut going: Vec<_> = waiting.by_ref().take(LANES).collect();
    while !going.is_empty() {
        let count = going.iter().map(|(_, _, blocks)| blocks.len()).min().unwrap_or(0);
        let mut work: Vec<_> = going
            .iter_mut()
            .map(|(_, md5, blocks)| {
                let (now, later) = blocks.split_at(count);
                *blocks = later;
                (md5, now)
            })
            .collect();
        work_in(&mut work);
        for (number, md5, _) in going.extract_if(.., |(_, _, blocks)| blocks.is_empty()) {
            if let Some(hex) = hexes.get_mut(number) {
                *hex = md5.hex();
            }
        }
        going.extend(waiting.by_ref().take(LANES - going.len()));
    }
    hexes
}

/// The MD5 of what each of up to [`LANES`] readers gives, lowercase hex; the number of the reader that failed.
pub fn md5_hexes_of(readers: &mut [impl Read]) -> Result<Vec<String>, (usize, io::Error)> {
    let mut md5s = vec![Md5::new(); readers.len()];
    let mut pieces = vec![vec![0; BLOCKS_AT_ONCE * BLOCK_BYTES]; readers.len()];
    let mut going = vec![true; readers.len()];
    while going.contains(&true) {
        let mut work = Vec::with_capacity(readers.len());
        let lanes = readers.iter_mut().zip(&mut md5s).zip(&mut pieces).zip(&mut going);
        for (number, (((reader, md5), piece), going)) in lanes.enumerate().filter(|(_, (_, going))| **going) {
            let filled = fill(reader, piece).map_err(|error| (number, error))?;
            *going = filled == piece.len();
            let blocks = md5.whole_blocks(piece.get(..filled).unwrap_or_default());
            work.push((md5, blocks));
        }
        work_in(&mut work);
    }
    Ok(md5s.into_iter().map(Md5::hex).collect())
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
fn work_in(work: &mut [(&mut Md5, &[Block])]) {
    let count = work.iter().map(|(_, blocks)| blocks.len()).min().unwrap_or(0);
    if count > 0 {
        match work {
            [] | [_] => {}
            [(first, blocks), (second, others)] => {
                two(
                    [&mut first.state, &mut second.state],
                    [blocks.split_at(count).0, others.split_at(count).0],
                );
                leave_out(work, count);
            }
            _ => {
                work_in_several(work, count);
                leave_out(work, count);
            }
        }
    }
    for (md5, blocks) in work {
        md5.work_in(blocks);
    }
}

/// Goes on behind the first `count` blocks, which were worked in.
fn leave_out(work: &mut [(&mut Md5, &[Block])], count: usize) {
    for (md5, blocks) in work {
        md5.has_worked_in(count);
        *blocks = blocks.get(count..).unwrap_or_default();
    }
}

/// Works in the first `count` blocks of up to [`LANES`] lanes; for a lane too few the first one is worked on twice.
fn work_in_several(work: &mut [(&mut Md5, &[Block])], count: usize) {
    let mut blocks: [&[Block]; LANES] = [&[]; LANES];
    let mut states: [Words<LANES>; 4] = [[0; LANES]; 4];
    for (place, blocks) in blocks.iter_mut().enumerate() {
        if let Some((md5, all)) = work.get(place).or(work.first()) {
            *blocks = all;
            for (words, word) in states.iter_mut().zip(md5.state) {
                words[place] = word;
            }
        }
    }
    several(&mut states, &blocks, count, work.len());
    for (place, (md5, _)) in work.iter_mut().enumerate().take(LANES) {
        md5.state = states.map(|words| words[place]);
    }
}

#[cfg(test)]
mod tests {
    use md5::Digest;
    use proptest::prelude::*;

    use super::*;

    fn one_by_one(strings: &[&[u8]]) -> Vec<String> {
        strings
            .iter()
            .map(|bytes| hex::encode(md5::Md5::digest(bytes)))
            .collect()
    }

    proptest! {
        #[test]
        fn strings_of_any_number_and_length_have_the_md5_that_each_has_alone(
            lengths in prop::collection::vec(0_usize..1_000, 0..20),
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
