//! The little of the protocol buffers' wire format that vector tiles are written in. Simpler to
//! read than to depend on, and bounded: it never looks past the bytes it was given.

/// Why bytes are not what they should be, as the end of "the tile cannot be read: …".
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub(crate) struct Broken(pub(crate) &'static str);

/// The value of one field.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Wire<'bytes> {
    Varint(u64),
    EightBytes(u64),
    Bytes(&'bytes [u8]),
    FourBytes(u32),
}

/// The fields of a message, one after the other.
#[derive(Clone, Debug)]
pub(crate) struct Fields<'bytes> {
    rest: &'bytes [u8],
}

const ENDS_EARLY: Broken = Broken("it ends in the middle");

impl<'bytes> Fields<'bytes> {
    pub(crate) fn new(bytes: &'bytes [u8]) -> Self {
        Self { rest: bytes }
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.rest.is_empty()
    }

    /// The number and the value of the next field; nothing at the end.
    pub(crate) fn next_field(&mut self) -> Result<Option<(u64, Wire<'bytes>)>, Broken> {
        if self.rest.is_empty() {
            return Ok(None);
        }
        let key = self.varint()?;
        let wire = match key & 7 {
            0 => Wire::Varint(self.varint()?),
            1 => Wire::EightBytes(u64::from_le_bytes(self.array()?)),
            2 => {
                let length = usize::try_from(self.varint()?).map_err(|_| ENDS_EARLY)?;
                Wire::Bytes(self.take(length)?)
            }
            5 => Wire::FourBytes(u32::from_le_bytes(self.array()?)),
            _ => return Err(Broken("a field of it is of an unknown kind")),
        };
        Ok(Some((key >> 3, wire)))
    }

    /// A number of up to ten bytes, seven bits in each, the lowest first.
    pub(crate) fn varint(&mut self) -> Result<u64, Broken> {
        let mut number = 0_u64;
        for shift in (0..64).step_by(7) {
            let [byte] = self.array::<1>()?;
            let bits = u64::from(byte & 0x7F);
            // The tenth byte has room for one bit only.
            if shift == 63 && bits > 1 {
                break;
            }
            number |= bits << shift;
            if byte & 0x80 == 0 {
                return Ok(number);
            }
        }
        Err(Broken("a number of it is too long"))
    }

    fn take(&mut self, length: usize) -> Result<&'bytes [u8], Broken> {
        let (taken, rest) = self.rest.split_at_checked(length).ok_or(ENDS_EARLY)?;
        self.rest = rest;
        Ok(taken)
    }

    fn array<const LENGTH: usize>(&mut self) -> Result<[u8; LENGTH], Broken> {
        let (taken, rest) = self.rest.split_first_chunk::<LENGTH>().ok_or(ENDS_EARLY)?;
        self.rest = rest;
        Ok(*taken)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_of_every_length_are_read_and_longer_ones_refused() {
        for (bytes, expected) in [
            (&[0x00_u8][..], 0),
            (&[0x7F], 127),
            (&[0x80, 0x01], 128),
            (&[0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0x01], u64::MAX),
        ] {
            assert_eq!(Fields::new(bytes).varint(), Ok(expected));
        }
        assert!(Fields::new(&[0xFF; 10]).varint().is_err());
        assert!(Fields::new(&[0x80; 11]).varint().is_err());
        assert_eq!(Fields::new(&[0x80]).varint(), Err(ENDS_EARLY));
    }

    #[test]
    fn a_length_beyond_the_end_is_an_error() {
        assert_eq!(Fields::new(&[0x0A, 0x05, 1, 2]).next_field(), Err(ENDS_EARLY));
        assert!(Fields::new(&[0x0B]).next_field().is_err(), "a group");
    }
}
