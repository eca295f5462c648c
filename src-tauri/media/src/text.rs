//! Text as cameras write it: padded with NULs and blanks, in UTF-8 or what they took for it.

use std::borrow::Cow;

use crate::limits::MAX_TEXT_CHARS;

/// The text up to the first NUL, without blanks around it; `None` when nothing is left.
///
/// Bytes that are not UTF-8 are read as ISO 8859-1, in which every byte means something.
pub(crate) fn clean(bytes: &[u8]) -> Option<String> {
    let bytes = bytes.split(|&byte| byte == 0).next().unwrap_or_default();
    let text = match std::str::from_utf8(bytes) {
        Ok(text) => text.to_owned(),
        Err(_) => bytes.iter().copied().map(char::from).collect(),
    };
    tidy(&text)
}

/// `text` without control characters and blanks around it, cut at the cap; `None` when empty.
pub(crate) fn tidy(text: &str) -> Option<String> {
    let text: String = text
        .trim_matches(|c: char| c.is_whitespace() || c == '\0' || c == '\u{feff}')
        .chars()
        .filter(|c| !c.is_control())
        .take(MAX_TEXT_CHARS)
        .collect();
    let text = text.trim();
    (!text.is_empty()).then(|| text.to_owned())
}

/// Letters and digits of `text` only; `None` when there are none. Serial numbers are compared
/// this way, because the same camera pads and groups them differently in different tags.
pub(crate) fn alphanumeric(text: &str) -> Option<String> {
    let kept: String = text.chars().filter(|c| c.is_alphanumeric()).collect();
    (!kept.is_empty()).then_some(kept)
}

/// XML, or other text of a file, that may be in UTF-8 or UTF-16, with or without a byte order mark; blanks around it are
/// left out. What cannot be decoded becomes U+FFFD: the values that are read are numbers, dates and names.
pub(crate) fn decode_xml(bytes: &[u8]) -> Cow<'_, str> {
    let utf16 = |bytes: &[u8], to_unit: fn([u8; 2]) -> u16| {
        let units = bytes.as_chunks().0.iter().map(|pair| to_unit(*pair));
        let text: String = char::decode_utf16(units)
            .map(|unit| unit.unwrap_or(char::REPLACEMENT_CHARACTER))
            .collect();
        Cow::Owned(trimmed(&text).to_owned())
    };
    match bytes {
        [0xfe, 0xff, rest @ ..] => utf16(rest, u16::from_be_bytes),
        [0xff, 0xfe, rest @ ..] => utf16(rest, u16::from_le_bytes),
        [0, b'<', ..] => utf16(bytes, u16::from_be_bytes),
        [b'<', 0, ..] => utf16(bytes, u16::from_le_bytes),
        _ => match String::from_utf8_lossy(bytes) {
            Cow::Borrowed(text) => Cow::Borrowed(trimmed(text)),
            Cow::Owned(text) => Cow::Owned(trimmed(&text).to_owned()),
        },
    }
}

fn trimmed(text: &str) -> &str {
    text.trim_matches(|c: char| c == '\0' || c == '\u{feff}' || c.is_whitespace())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn padding_is_not_part_of_a_name() {
        assert_eq!(clean(b"GoPro\0\0\0"), Some("GoPro".to_owned()));
        assert_eq!(clean(b"  HERO6 Black  "), Some("HERO6 Black".to_owned()));
        assert_eq!(clean(b"GoPro\0leftover"), Some("GoPro".to_owned()));
        assert_eq!(clean(b"\0\0\0"), None);
        assert_eq!(clean(b"    "), None);
    }

    #[test]
    fn text_that_is_not_utf8_is_read_byte_by_byte() {
        assert_eq!(clean("Gö".as_bytes()), Some("Gö".to_owned()));
        assert_eq!(clean(b"G\xf6"), Some("Gö".to_owned()));
    }

    #[test]
    fn serial_numbers_keep_letters_and_digits_only() {
        assert_eq!(alphanumeric("C3-353 42"), Some("C335342".to_owned()));
        assert_eq!(alphanumeric(" - "), None);
    }
}
