//! Entries of GPMF and the numbers in them.

/// One entry: a key, and values of one type or further entries.
#[derive(Clone, Copy, Debug)]
pub(super) struct Entry<'b> {
    /// Four characters.
    pub(super) key: [u8; 4],
    /// The type's letter; 0 for an entry that holds entries.
    pub(super) kind: u8,
    /// Bytes of one structure.
    pub(super) structure_bytes: usize,
    /// The structures, one behind the other.
    pub(super) data: &'b [u8],
}

/// The entries in `bytes`, up to the first one that is not all there.
pub(super) fn entries(bytes: &[u8]) -> Entries<'_> {
    Entries { rest: bytes }
}

/// See [`entries`].
pub(super) struct Entries<'b> {
    rest: &'b [u8],
}

impl<'b> Iterator for Entries<'b> {
    type Item = Entry<'b>;

    fn next(&mut self) -> Option<Entry<'b>> {
        let (header, rest) = self.rest.split_first_chunk::<8>()?;
        let [k0, k1, k2, k3, kind, structure_bytes, c0, c1] = *header;
        if k0 == 0 {
            // Padding behind the last entry.
            return None;
        }
        let structure_bytes = usize::from(structure_bytes);
        let count = usize::from(u16::from_be_bytes([c0, c1]));
        let length = structure_bytes.checked_mul(count)?;
        let data = rest.get(..length)?;
        let padded = length.checked_next_multiple_of(4)?;
        self.rest = rest.get(padded..).unwrap_or_default();
        Some(Entry {
            key: [k0, k1, k2, k3],
            kind,
            structure_bytes,
            data,
        })
    }
}

impl Entry<'_> {
    /// All numbers of an entry of a plain type, row by row; empty for other types.
    pub(super) fn numbers(&self) -> Vec<f64> {
        let Some(size) = size_of(self.kind) else {
            return Vec::new();
        };
        self.data
            .chunks_exact(size)
            .filter_map(|bytes| number(self.kind, bytes))
            .collect()
    }

    /// The first number.
    pub(super) fn first_number(&self) -> Option<f64> {
        number(self.kind, self.data)
    }

    /// The numbers of each structure, whose fields are of the types in `letters`; empty if these
    /// do not fill a structure.
    pub(super) fn rows<'e>(&'e self, letters: &'e [u8]) -> impl Iterator<Item = Vec<f64>> + 'e {
        let sizes = letters.iter().map(|&letter| size_of(letter));
        let sum: Option<usize> = sizes.sum();
        let structure_bytes = match sum {
            Some(sum) if sum == self.structure_bytes && sum > 0 => sum,
            _ => usize::MAX,
        };
        self.data.chunks_exact(structure_bytes).map(|structure| {
            let mut rest = structure;
            letters
                .iter()
                .filter_map(|&letter| {
                    let (field, behind) = rest.split_at_checked(size_of(letter)?)?;
                    rest = behind;
                    number(letter, field)
                })
                .collect()
        })
    }
}

/// Bytes of one number of a type.
fn size_of(kind: u8) -> Option<usize> {
    match kind {
        b'b' | b'B' => Some(1),
        b's' | b'S' => Some(2),
        b'l' | b'L' | b'f' | b'q' => Some(4),
        b'j' | b'J' | b'd' | b'Q' => Some(8),
        _ => None,
    }
}

/// The number of a type at the start of `bytes`, big-endian.
fn number(kind: u8, bytes: &[u8]) -> Option<f64> {
    let two = || bytes.first_chunk::<2>().copied();
    let four = || bytes.first_chunk::<4>().copied();
    let eight = || bytes.first_chunk::<8>().copied();
    Some(match kind {
        b'b' => f64::from(i8::from_be_bytes(*bytes.first_chunk()?)),
        b'B' => f64::from(*bytes.first()?),
        b's' => f64::from(i16::from_be_bytes(two()?)),
        b'S' => f64::from(u16::from_be_bytes(two()?)),
        b'l' => f64::from(i32::from_be_bytes(four()?)),
        b'L' => f64::from(u32::from_be_bytes(four()?)),
        b'f' => f64::from(f32::from_be_bytes(four()?)),
        // Fixed point, 16 and 32 bits behind the point.
        b'q' => f64::from(i32::from_be_bytes(four()?)) / 65_536.0,
        b'Q' => i64::from_be_bytes(eight()?) as f64 / 4_294_967_296.0,
        b'j' => i64::from_be_bytes(eight()?) as f64,
        b'J' => u64::from_be_bytes(eight()?) as f64,
        b'd' => f64::from_be_bytes(eight()?),
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn entries_are_padded_to_four_bytes() {
        let bytes = b"DVNMc\x01\x00\x05HERO9\0\0\0GPSPS\x02\x00\x01\x01\x54\0\0";
        let found: Vec<_> = entries(bytes).collect();
        assert_eq!(found.len(), 2);
        assert_eq!(found[0].data, b"HERO9");
        assert_eq!(found[1].first_number(), Some(340.0));
    }

    #[test]
    fn an_entry_that_is_not_all_there_ends_the_list() {
        assert_eq!(entries(b"GPS5l\x14\x00\x02only some bytes").count(), 0);
        assert_eq!(entries(b"GPS5l\x14").count(), 0);
    }

    #[test]
    fn every_type_of_number_is_read() {
        let read = |kind, bytes: &[u8]| number(kind, bytes);
        assert_eq!(read(b'b', &[0xff]), Some(-1.0));
        assert_eq!(read(b'B', &[0xff]), Some(255.0));
        assert_eq!(read(b's', &[0xff, 0xfe]), Some(-2.0));
        assert_eq!(read(b'S', &[1, 0]), Some(256.0));
        assert_eq!(read(b'l', &[0xff, 0xff, 0xff, 0xfd]), Some(-3.0));
        assert_eq!(read(b'L', &[0, 0, 1, 0]), Some(256.0));
        assert_eq!(read(b'f', &1.5_f32.to_be_bytes()), Some(1.5));
        assert_eq!(read(b'd', &1.25_f64.to_be_bytes()), Some(1.25));
        assert_eq!(read(b'q', &[0, 1, 0x80, 0]), Some(1.5));
        assert_eq!(read(b'Q', &[0, 0, 0, 2, 0x80, 0, 0, 0]), Some(2.5));
        assert_eq!(read(b'j', &(-7_i64).to_be_bytes()), Some(-7.0));
        assert_eq!(read(b'J', &7_u64.to_be_bytes()), Some(7.0));
        assert_eq!(read(b'U', b"260614"), None);
        assert_eq!(read(b'l', &[1, 2]), None);
    }

    #[test]
    fn structures_are_read_only_if_their_fields_fill_them() {
        let entry = Entry {
            key: *b"GPS9",
            kind: b'?',
            structure_bytes: 6,
            data: &[0, 0, 0, 1, 0, 2, 0, 0, 0, 3, 0, 4],
        };
        let rows: Vec<_> = entry.rows(b"lS").collect();
        assert_eq!(rows, [[1.0, 2.0], [3.0, 4.0]]);
        assert_eq!(entry.rows(b"ll").count(), 0);
        assert_eq!(entry.rows(b"").count(), 0);
    }
}
