//! MD5 of a string that comes piece by piece, alone or in turn with a second one.

use crate::block::{BLOCK_BYTES, Block, START, State};
use crate::processor::{one, two};

/// An MD5 on its way.
#[derive(Clone, Debug)]
pub struct Md5 {
    pub(crate) state: State,
    /// Bytes of all whole blocks, worked in.
    pub(crate) worked_in_bytes: u64,
    tail: Tail,
}

/// Less than a block, behind the last whole one.
#[derive(Clone, Copy, Debug)]
struct Tail {
    bytes: Block,
    length: usize,
}

impl Tail {
    const EMPTY: Self = Self {
        bytes: [0; BLOCK_BYTES],
        length: 0,
    };

    /// Takes from `bytes` until it is a whole block; what it left.
    fn take<'a>(&mut self, bytes: &'a [u8]) -> &'a [u8] {
        let (now, later) = bytes.split_at(bytes.len().min(BLOCK_BYTES - self.length));
        let room = self.bytes.iter_mut().skip(self.length);
        room.zip(now).for_each(|(to, from)| *to = *from);
        self.length += now.len();
        later
    }

    fn bytes(&self) -> &[u8] {
        self.bytes.get(..self.length).unwrap_or_default()
    }
}

impl Default for Md5 {
    fn default() -> Self {
        Self {
            state: START,
            worked_in_bytes: 0,
            tail: Tail::EMPTY,
        }
    }
}

impl Md5 {
    /// The MD5 of nothing yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// More bytes of the string.
    pub fn update(&mut self, bytes: &[u8]) {
        let blocks = self.whole_blocks(bytes);
        self.work_in(blocks);
    }

    /// More bytes of two strings, in little more than the time of one of them.
    pub fn update_two(strings: [&mut Self; 2], bytes: [&[u8]; 2]) {
        let [first, second] = strings;
        let (blocks, others) = (first.whole_blocks(bytes[0]), second.whole_blocks(bytes[1]));
        let count = blocks.len().min(others.len());
        let ((both, rest), (both_others, rest_of_others)) = (blocks.split_at(count), others.split_at(count));
        two([&mut first.state, &mut second.state], [both, both_others]);
        first.has_worked_in(count);
        second.has_worked_in(count);
        first.work_in(rest);
        second.work_in(rest_of_others);
    }

    /// Keeps what is less than a block; the whole blocks are to be worked in next.
    pub(crate) fn whole_blocks<'a>(&mut self, bytes: &'a [u8]) -> &'a [Block] {
        let mut bytes = bytes;
        if self.tail.length > 0 {
            bytes = self.tail.take(bytes);
            if self.tail.length < BLOCK_BYTES {
                return &[];
            }
            self.work_in(&[self.tail.bytes]);
            self.tail = Tail::EMPTY;
        }
        let (blocks, end) = bytes.as_chunks();
        self.tail.take(end);
        blocks
    }

    pub(crate) fn work_in(&mut self, blocks: &[Block]) {
        one(&mut self.state, blocks);
        self.has_worked_in(blocks.len());
    }

    /// Counts blocks that were worked into the state.
    pub(crate) fn has_worked_in(&mut self, block_count: usize) {
        let bytes = (block_count * BLOCK_BYTES) as u64;
        self.worked_in_bytes = self.worked_in_bytes.wrapping_add(bytes);
    }

    /// The MD5 of all bytes, lowercase hex.
    pub fn hex(mut self) -> String {
        // A one, zeros up to eight bytes before the end of a block, and the length in bits (RFC 1321 §3.1, §3.2).
        let tail = self.tail;
        let length_bytes = self.worked_in_bytes.wrapping_add(tail.length as u64);
        let bits = length_bytes.wrapping_mul(8).to_le_bytes();
        let padded = if tail.length < BLOCK_BYTES - bits.len() { 1 } else { 2 };
        let mut end = [0; 2 * BLOCK_BYTES];
        let place = padded * BLOCK_BYTES - bits.len();
        let rest = tail.bytes().iter().chain(&[0x80]);
        end.iter_mut().zip(rest).for_each(|(to, from)| *to = *from);
        end.iter_mut().skip(place).zip(bits).for_each(|(to, from)| *to = from);
        let (blocks, _) = end.as_chunks();
        one(&mut self.state, blocks.get(..padded).unwrap_or_default());
        hex::encode(self.state.map(u32::to_le_bytes).as_flattened())
    }
}

/// The MD5 of `bytes`, lowercase hex.
pub fn md5_hex(bytes: &[u8]) -> String {
    let mut md5 = Md5::new();
    md5.update(bytes);
    md5.hex()
}

#[cfg(test)]
mod tests {
    use md5::Digest;
    use proptest::prelude::*;

    use super::*;

    fn expected(bytes: &[u8]) -> String {
        hex::encode(md5::Md5::digest(bytes))
    }

    #[test]
    fn the_strings_of_the_rfc_have_the_md5s_of_the_rfc() {
        // RFC 1321 §A.5.
        assert_eq!(md5_hex(b""), "d41d8cd98f00b204e9800998ecf8427e");
        assert_eq!(md5_hex(b"abc"), "900150983cd24fb0d6963f7d28e17f72");
        let digits = "1234567890".repeat(8);
        assert_eq!(md5_hex(digits.as_bytes()), "57edf4a22be3c955ac49da2e2107b67a");
    }

    #[test]
    fn every_length_around_the_end_of_a_block_is_padded_right() {
        let bytes: Vec<u8> = (0..=200).collect();
        for length in 0..=bytes.len() {
            assert_eq!(md5_hex(&bytes[..length]), expected(&bytes[..length]), "{length} bytes");
        }
    }

    proptest! {
        #[test]
        fn any_pieces_alone_or_two_and_two_give_the_md5_of_the_whole(
            pieces in prop::collection::vec((prop::collection::vec(any::<u8>(), 0..400), prop::collection::vec(any::<u8>(), 0..400)), 0..12),
        ) {
            let (mut alone, mut first, mut second) = (Md5::new(), Md5::new(), Md5::new());
            for (one, other) in &pieces {
                alone.update(one);
                Md5::update_two([&mut first, &mut second], [one, other]);
            }
            let (ones, others): (Vec<_>, Vec<_>) = pieces.into_iter().unzip();
            prop_assert_eq!(alone.hex(), expected(&ones.concat()));
            prop_assert_eq!(first.hex(), expected(&ones.concat()));
            prop_assert_eq!(second.hex(), expected(&others.concat()));
        }
    }
}
