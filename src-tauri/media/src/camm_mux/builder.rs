//! Boxes and tables, written.

/// A box around `parts`. What is written here is capped far below 4 GiB.
pub(super) fn boxed(kind: [u8; 4], parts: &[&[u8]]) -> Vec<u8> {
    let length = parts.iter().fold(8_usize, |sum, part| sum.saturating_add(part.len()));
    let mut bytes = Vec::with_capacity(length);
    bytes.extend(u32::try_from(length).unwrap_or(u32::MAX).to_be_bytes());
    bytes.extend(kind);
    for part in parts {
        bytes.extend_from_slice(part);
    }
    bytes
}

/// Big-endian words, one behind the other.
pub(super) fn words(values: impl IntoIterator<Item = u32>) -> Vec<u8> {
    values.into_iter().flat_map(u32::to_be_bytes).collect()
}

/// Overwrites the word at `at`, if it is there.
pub(super) fn set_u32(bytes: &mut [u8], at: usize, value: u32) {
    if let Some(word) = bytes.get_mut(at..).and_then(<[u8]>::first_chunk_mut::<4>) {
        *word = value.to_be_bytes();
    }
}

/// A table: version and flags 0, a count, and entries of `N` words.
pub(super) fn table<const N: usize>(kind: [u8; 4], entries: &[[u32; N]]) -> Vec<u8> {
    let head = words([0, count(entries.len())]);
    let body = words(entries.iter().flatten().copied());
    boxed(kind, &[&head, &body])
}

/// `stsz`: one size where all are equal, else a list.
pub(super) fn sizes(sizes: &[u32]) -> Vec<u8> {
    let number = count(sizes.len());
    match sizes {
        [first, ..] if sizes.iter().all(|size| size == first) => boxed(*b"stsz", &[&words([0, *first, number])]),
        _ => boxed(*b"stsz", &[&words([0, 0, number]), &words(sizes.iter().copied())]),
    }
}

/// `co64`.
pub(super) fn chunk_offsets(offsets: &[u64]) -> Vec<u8> {
    let body: Vec<u8> = offsets.iter().flat_map(|offset| offset.to_be_bytes()).collect();
    boxed(*b"co64", &[&words([0, count(offsets.len())]), &body])
}

/// Equal neighbours as one entry with their number.
#[derive(Debug, Default)]
pub(super) struct Runs {
    entries: Vec<[u32; 2]>,
}

impl Runs {
    /// Adds `number` times `value`.
    pub(super) fn add(&mut self, number: u32, value: u32) {
        if number == 0 {
            return;
        }
        match self.entries.last_mut() {
            Some([before, same]) if *same == value => *before = before.saturating_add(number),
            _ => self.entries.push([number, value]),
        }
    }

    pub(super) fn entries(&self) -> &[[u32; 2]] {
        &self.entries
    }
}

fn count(length: usize) -> u32 {
    u32::try_from(length).unwrap_or(u32::MAX)
}
