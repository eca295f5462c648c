//! Which form of MD5 this processor does fastest. All forms give the same; the choice is made when the program runs.
//!
//! On x86-64, AVX2 has registers for eight strings side by side, and AVX-512 two operations that MD5 is made of: any
//! function of three words, and turning. `pulp` calls them in safe code.

#[cfg(target_arch = "x86_64")]
use crate::block::sines;
use crate::block::{self, Block, SINES, State, Words};

/// Strings that are worked on side by side at most.
pub(crate) const LANES: usize = 8;

/// Works the blocks of one string in.
pub(crate) fn one(state: &mut State, blocks: &[Block]) {
    #[cfg(target_arch = "x86_64")]
    if let Some(simd) = pulp::x86::V4::try_new() {
        // The second string is done for nothing, and still sooner than one string by the operations of all processors.
        let mut same = *state;
        return crate::pair::two(simd, [state, &mut same], [blocks, blocks]);
    }
    block::one(state, blocks);
}

/// Works in as many blocks of two strings as both have.
pub(crate) fn two(states: [&mut State; 2], blocks: [&[Block]; 2]) {
    #[cfg(target_arch = "x86_64")]
    if let Some(simd) = pulp::x86::V4::try_new() {
        return crate::pair::two(simd, states, blocks);
    }
    block::two(states, blocks);
}

/// Works in the first `count` blocks of three to [`LANES`] strings.
pub(crate) fn several(states: &mut [Words<LANES>; 4], blocks: &[&[Block]; LANES], count: usize, string_count: usize) {
    #[cfg(target_arch = "x86_64")]
    {
        let work = Eight { states, blocks, count };
        if let Some(simd) = pulp::x86::V4::try_new() {
            return simd.vectorize(work);
        }
        // With half of the strings the registers of all processors are filled, and quicker.
        if let Some(simd) = pulp::x86::V3::try_new().filter(|_| string_count > HALF) {
            return simd.vectorize(work);
        }
        halves(work.states, work.blocks, count, string_count);
    }
    #[cfg(not(target_arch = "x86_64"))]
    halves(states, blocks, count, string_count);
}

/// Strings whose words fit a vector register of every processor that we run on.
const HALF: usize = LANES / 2;

/// Four strings side by side, and then the others.
fn halves(states: &mut [Words<LANES>; 4], blocks: &[&[Block]; LANES], count: usize, string_count: usize) {
    for first in (0..string_count.min(LANES)).step_by(HALF) {
        let mut half: [Words<HALF>; 4] = states.map(|words| std::array::from_fn(|lane| words[first + lane]));
        block::side_by_side(
            &mut half,
            &std::array::from_fn(|lane| blocks[first + lane]),
            count,
            &SINES,
        );
        for (words, half) in states.iter_mut().zip(half) {
            words
                .iter_mut()
                .skip(first)
                .zip(half)
                .for_each(|(word, new)| *word = new);
        }
    }
}

/// Eight strings side by side, for a processor with registers of that length.
#[cfg(target_arch = "x86_64")]
struct Eight<'a> {
    states: &'a mut [Words<LANES>; 4],
    blocks: &'a [&'a [Block]; LANES],
    count: usize,
}

#[cfg(target_arch = "x86_64")]
impl pulp::NullaryFnOnce for Eight<'_> {
    type Output = ();

    #[inline(always)]
    #[allow(
        clippy::inline_always,
        reason = "compiled for the kind of processor that `pulp` found"
    )]
    fn call(self) {
        block::side_by_side(self.states, self.blocks, self.count, sines());
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::block::{BLOCK_BYTES, START};

    /// Strings of so many blocks, each with other bytes.
    fn strings(block_count: usize) -> [Vec<Block>; LANES] {
        std::array::from_fn(|lane| {
            (0..block_count)
                .map(|index| std::array::from_fn(|place| (place * 31 + index * 7 + lane * 101).to_le_bytes()[0]))
                .collect()
        })
    }

    fn one_by_one(strings: &[Vec<Block>; LANES]) -> [State; LANES] {
        std::array::from_fn(|lane| {
            let mut state = START;
            block::one(&mut state, &strings[lane]);
            state
        })
    }

    fn states_of(words: &[Words<LANES>; 4]) -> [State; LANES] {
        std::array::from_fn(|lane| words.map(|words| words[lane]))
    }

    #[test]
    fn every_form_that_this_processor_can_do_gives_what_one_string_alone_gives() {
        let strings = strings(5);
        let expected = one_by_one(&strings);
        let blocks: [&[Block]; LANES] = std::array::from_fn(|lane| strings[lane].as_slice());
        let start = START.map(|word| [word; LANES]);

        let mut words = start;
        halves(&mut words, &blocks, 5, LANES);
        assert_eq!(states_of(&words), expected);
        for string_count in 3..=LANES {
            let mut words = start;
            several(&mut words, &blocks, 5, string_count);
            assert_eq!(
                states_of(&words)[..string_count],
                expected[..string_count],
                "{string_count} strings"
            );
            let mut words = start;
            halves(&mut words, &blocks, 5, string_count);
            assert_eq!(
                states_of(&words)[..string_count],
                expected[..string_count],
                "{string_count} strings"
            );
        }
        for pair in [block::two, two] {
            let (mut first, mut second) = (START, START);
            pair([&mut first, &mut second], [blocks[0], blocks[1]]);
            assert_eq!([first, second], expected[..2]);
        }
        for alone in [block::one, one] {
            let mut state = START;
            alone(&mut state, blocks[3]);
            assert_eq!(state, expected[3]);
        }
        #[cfg(target_arch = "x86_64")]
        if let Some(simd) = pulp::x86::V3::try_new() {
            let mut states = start;
            simd.vectorize(Eight {
                states: &mut states,
                blocks: &blocks,
                count: 5,
            });
            assert_eq!(states_of(&states), expected);
        }
    }

    #[test]
    fn two_strings_of_different_length_stop_at_the_end_of_the_shorter() {
        let blocks = [[0x5a; BLOCK_BYTES]; 3];
        for pair in [block::two, two] {
            let (mut first, mut second, mut alone) = (START, START, START);
            pair([&mut first, &mut second], [&blocks, &blocks[..2]]);
            block::one(&mut alone, &blocks[..2]);
            assert_eq!((first, second), (alone, alone));
        }
    }
}
