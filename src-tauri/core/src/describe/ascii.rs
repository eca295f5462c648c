//! JSON in ASCII, as Python's `json` writes it: everything but printable ASCII as `\uXXXX`.
//!
//! The text goes into an EXIF tag of type ASCII, where anything else would be read in some unknown encoding.

use std::io::{self, Write};

use serde::Serialize;
use serde_json::ser::{Formatter, Serializer};

struct AsciiFormatter;

impl Formatter for AsciiFormatter {
    fn write_string_fragment<W: ?Sized + Write>(&mut self, writer: &mut W, fragment: &str) -> io::Result<()> {
        let mut rest = fragment;
        while let Some(at) = rest.find(|character: char| !matches!(character, ' '..='~')) {
            let (plain, special) = rest.split_at(at);
            writer.write_all(plain.as_bytes())?;
            let mut characters = special.chars();
            if let Some(character) = characters.next() {
                for unit in character.encode_utf16(&mut [0; 2]) {
                    write!(writer, "\\u{unit:04x}")?;
                }
            }
            rest = characters.as_str();
        }
        writer.write_all(rest.as_bytes())
    }
}

/// Writes `value` as compact JSON in ASCII.
pub(crate) fn write_ascii_json<T: Serialize + ?Sized>(writer: &mut dyn Write, value: &T) -> io::Result<()> {
    value
        .serialize(&mut Serializer::with_formatter(writer, AsciiFormatter))
        .map_err(io::Error::from)
}

/// `value` as compact JSON in ASCII.
pub(crate) fn ascii_json<T: Serialize + ?Sized>(value: &T) -> io::Result<String> {
    let mut bytes = Vec::new();
    write_ascii_json(&mut bytes, value)?;
    String::from_utf8(bytes).map_err(io::Error::other)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn everything_but_printable_ascii_is_escaped() {
        assert_eq!(
            ascii_json("a\"\\é😀\u{7f}\n\u{1}").unwrap(),
            r#""a\"\\\u00e9\ud83d\ude00\u007f\n\u0001""#
        );
    }

    #[test]
    fn it_reads_back_as_the_same_text() {
        let text = "Straße \u{202e} 東京 😀 ~";
        let json = ascii_json(text).unwrap();
        assert!(json.is_ascii());
        assert_eq!(serde_json::from_str::<String>(&json).unwrap(), text);
    }
}
