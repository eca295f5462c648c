//! Paths as JSON text, without losing a byte.
//!
//! File names need not be Unicode. Python (and so mapillary_tools) writes a byte 0x80…0xFF that is no UTF-8 as the
//! lone surrogate U+DC80…U+DCFF ("surrogateescape", PEP 383), which JSON can hold as `\udcXX`. The same is done here,
//! so that either tool finds the file that the other described.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};

/// The base name for sentences and rows: what is no Unicode, moves the cursor or turns the writing direction is
/// replaced, so that no file name can disguise itself or break a line.
pub fn printable_name(path: &Path) -> String {
    let name = path.file_name().unwrap_or(path.as_os_str());
    printable(&name.to_string_lossy())
}

/// The whole path in the same way.
pub fn printable_path(path: &Path) -> String {
    printable(&path.to_string_lossy())
}

fn printable(text: &str) -> String {
    text.chars()
        .map(|character| if is_printable(character) { character } else { '\u{FFFD}' })
        .collect()
}

fn is_printable(character: char) -> bool {
    // Marks, embeddings, overrides and isolates of the bidirectional algorithm (Unicode UAX #9).
    const BIDI_CONTROLS: [std::ops::RangeInclusive<char>; 4] = [
        '\u{061C}'..='\u{061C}',
        '\u{200E}'..='\u{200F}',
        '\u{202A}'..='\u{202E}',
        '\u{2066}'..='\u{2069}',
    ];
    !character.is_control()
        && !matches!(character, '\u{2028}' | '\u{2029}')
        && !BIDI_CONTROLS.iter().any(|range| range.contains(&character))
}

/// The path as a JSON string literal in ASCII, quotes included.
pub(crate) fn path_to_json(path: &Path) -> String {
    let mut literal = String::with_capacity(path.as_os_str().len() + 2);
    literal.push('"');
    push_path(&mut literal, path);
    literal.push('"');
    literal
}

#[cfg(unix)]
fn push_path(literal: &mut String, path: &Path) {
    use std::os::unix::ffi::OsStrExt;
    for chunk in path.as_os_str().as_bytes().utf8_chunks() {
        push_text(literal, chunk.valid());
        for byte in chunk.invalid() {
            push_unit(literal, 0xDC00 | u16::from(*byte));
        }
    }
}

#[cfg(windows)]
fn push_path(literal: &mut String, path: &Path) {
    use std::os::windows::ffi::OsStrExt;
    for unit in char::decode_utf16(path.as_os_str().encode_wide()) {
        match unit {
            Ok(character) => push_text(literal, character.encode_utf8(&mut [0; 4])),
            Err(lone) => push_unit(literal, lone.unpaired_surrogate()),
        }
    }
}

/// Appends `text` as the inside of a JSON string, everything but printable ASCII escaped.
fn push_text(literal: &mut String, text: &str) {
    for character in text.chars() {
        match character {
            '"' => literal.push_str("\\\""),
            '\\' => literal.push_str("\\\\"),
            ' '..='~' => literal.push(character),
            other => {
                for unit in other.encode_utf16(&mut [0; 2]) {
                    push_unit(literal, *unit);
                }
            }
        }
    }
}

fn push_unit(literal: &mut String, unit: u16) {
    // Writing to a String cannot fail.
    let _ = write!(literal, "\\u{unit:04x}");
}

/// The path behind text in which lone surrogates stand as three bytes each, as serde_json hands out a string that is
/// asked for as bytes.
pub(crate) fn path_from_wtf8(text: &[u8]) -> PathBuf {
    os_text::path(text)
}

/// Text of the same kind, made Unicode: what is none becomes U+FFFD.
pub(crate) fn string_from_wtf8(text: &[u8]) -> String {
    String::from_utf8_lossy(text).into_owned()
}

#[cfg(unix)]
mod os_text {
    use std::ffi::OsString;
    use std::os::unix::ffi::OsStringExt;
    use std::path::PathBuf;

    pub(super) fn path(text: &[u8]) -> PathBuf {
        let mut bytes = Vec::with_capacity(text.len());
        let mut rest = text;
        while let Some((first, after)) = rest.split_first() {
            // U+DC80…U+DCFF in three bytes: ED B2 80…BF and ED B3 80…BF.
            if let [0xED, second @ (0xB2 | 0xB3), third @ 0x80..=0xBF, ..] = rest {
                let high = if *second == 0xB2 { 0x80 } else { 0xC0 };
                bytes.push(high | (third & 0x3F));
                rest = rest.get(3..).unwrap_or_default();
            } else {
                bytes.push(*first);
                rest = after;
            }
        }
        PathBuf::from(OsString::from_vec(bytes))
    }
}

#[cfg(windows)]
mod os_text {
    use std::ffi::OsString;
    use std::os::windows::ffi::OsStringExt;
    use std::path::PathBuf;

    pub(super) fn path(text: &[u8]) -> PathBuf {
        let mut units = Vec::with_capacity(text.len());
        let mut rest = text;
        while !rest.is_empty() {
            if let [0xED, second @ 0xA0..=0xBF, third, ..] = rest {
                units.push(0xD000 | (u16::from(second & 0x3F) << 6) | u16::from(third & 0x3F));
                rest = rest.get(3..).unwrap_or_default();
                continue;
            }
            let length = match rest.first() {
                Some(0xF0..) => 4,
                Some(0xE0..) => 3,
                Some(0xC0..) => 2,
                _ => 1,
            }
            .min(rest.len());
            let (character, after) = rest.split_at(length);
            units.extend(String::from_utf8_lossy(character).encode_utf16());
            rest = after;
        }
        PathBuf::from(OsString::from_wide(&units))
    }
}

/// For `#[serde(with)]`: a path as text where it is Unicode, else as `{"units": [..]}` in the system's own units, for
/// any data format.
pub(crate) mod serde_path {
    use std::ffi::OsString;
    use std::path::{Path, PathBuf};

    use serde::{Deserialize, Deserializer, Serialize, Serializer};

    #[derive(Serialize, Deserialize)]
    #[serde(untagged)]
    enum PathText<'a> {
        Unicode(std::borrow::Cow<'a, str>),
        Units { units: Vec<u16> },
    }

    pub(crate) fn serialize<S: Serializer>(path: &Path, serializer: S) -> Result<S::Ok, S::Error> {
        match path.to_str() {
            Some(text) => PathText::Unicode(text.into()),
            None => PathText::Units { units: units_of(path) },
        }
        .serialize(serializer)
    }

    pub(crate) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<PathBuf, D::Error> {
        match PathText::deserialize(deserializer)? {
            PathText::Unicode(text) => Ok(PathBuf::from(text.into_owned())),
            PathText::Units { units } => path_of(units)
                .map(PathBuf::from)
                .ok_or_else(|| serde::de::Error::custom("a path unit is out of range")),
        }
    }

    #[cfg(unix)]
    fn units_of(path: &Path) -> Vec<u16> {
        use std::os::unix::ffi::OsStrExt;
        path.as_os_str()
            .as_bytes()
            .iter()
            .map(|byte| u16::from(*byte))
            .collect()
    }

    #[cfg(unix)]
    fn path_of(units: Vec<u16>) -> Option<OsString> {
        use std::os::unix::ffi::OsStringExt;
        let bytes: Option<Vec<u8>> = units.into_iter().map(|unit| u8::try_from(unit).ok()).collect();
        bytes.map(OsString::from_vec)
    }

    #[cfg(windows)]
    fn units_of(path: &Path) -> Vec<u16> {
        use std::os::windows::ffi::OsStrExt;
        path.as_os_str().encode_wide().collect()
    }

    #[cfg(windows)]
    #[expect(clippy::unnecessary_wraps, reason = "on Unix a unit can be out of range")]
    fn path_of(units: Vec<u16>) -> Option<OsString> {
        use std::os::windows::ffi::OsStringExt;
        Some(OsString::from_wide(&units))
    }
}
