//! Several texts searched for in one pass over many bytes (Horspool's shifts for the shortest of them).

/// What is searched for.
#[derive(Debug)]
pub(crate) struct Needles {
    texts: Vec<Vec<u8>>,
    shortest: usize,
    /// How far the window may move when this byte stands at its end.
    shifts: [usize; 256],
}

impl Needles {
    /// Prepares the search; empty texts are left out.
    pub(crate) fn new(texts: impl IntoIterator<Item = Vec<u8>>) -> Self {
        let texts: Vec<Vec<u8>> = texts.into_iter().filter(|text| !text.is_empty()).collect();
        let shortest = texts.iter().map(Vec::len).min().unwrap_or(1);
        let mut shifts = [shortest; 256];
        for text in &texts {
            for (place, byte) in text.iter().take(shortest - 1).enumerate() {
                let shift = &mut shifts[usize::from(*byte)];
                *shift = (*shift).min(shortest - 1 - place);
            }
        }
        Self {
            texts,
            shortest,
            shifts,
        }
    }

    /// Whether one of them stands in `bytes`.
    pub(crate) fn are_in(&self, bytes: &[u8]) -> bool {
        let mut start = 0;
        while let Some(rest) = bytes.get(start..).filter(|rest| rest.len() >= self.shortest) {
            if self.texts.iter().any(|text| rest.starts_with(text)) {
                return true;
            }
            start += self.shifts[usize::from(rest[self.shortest - 1])];
        }
        false
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::random::Random;

    #[test]
    fn finds_what_a_plain_search_finds() {
        let mut random = Random::new(7);
        for _ in 0..2_000 {
            let mut letters = |length: u64| -> Vec<u8> {
                (0..length)
                    .map(|_| b"abc"[usize::try_from(random.below(3)).unwrap()])
                    .collect()
            };
            let haystack = letters(40);
            let texts = [letters(5), letters(6), letters(9)];
            let expected = texts
                .iter()
                .any(|text| haystack.windows(text.len()).any(|window| window == text));
            assert_eq!(
                Needles::new(texts.clone()).are_in(&haystack),
                expected,
                "{haystack:?} {texts:?}"
            );
        }
    }

    #[test]
    fn a_text_at_the_very_end_is_found_and_no_text_is_in_nothing() {
        let needles = Needles::new([b"end".to_vec(), Vec::new()]);
        assert!(needles.are_in(b"the end"));
        assert!(!needles.are_in(b"the en"));
        assert!(!needles.are_in(b""));
        assert!(!Needles::new([]).are_in(b"anything"));
    }
}
