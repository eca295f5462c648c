//! What a video's index says in words: maker, model, moment and place.
//!
//! Cameras that write CAMM and older ones put single boxes into `udta`; iPhones and others use QuickTime's list of keys
//! and values (`meta`, QuickTime File Format, "Metadata"). The first answer to each question wins, `udta` first.

use std::io::{Read, Seek};

use crate::error::MediaError;
use crate::limits::MAX_HEADER_BOX_BYTES;
use crate::mp4::{BoxAt, MediaSource, Movie, children, first_child};
use crate::stamp::{self, Reading};
use crate::text;
use crate::video_facts::VideoPlace;

/// Where the names in `keys` come from: QuickTime's only namespace for dotted names.
const DOTTED_NAMES: &[u8] = b"mdta";

/// What a video's index says in words.
#[derive(Debug, Default, PartialEq)]
pub(crate) struct MovieNames {
    pub(crate) make: Option<String>,
    pub(crate) model: Option<String>,
    /// Milliseconds since 1970 UTC, only where the text carries its offset.
    pub(crate) created_unix_ms: Option<i64>,
    pub(crate) place: Option<VideoPlace>,
}

impl MovieNames {
    /// Reads all that is there. Errors: `io`, `video_damaged`.
    pub(crate) fn read<R: Read + Seek>(source: &mut MediaSource<'_, R>, movie: &Movie) -> Result<Self, MediaError> {
        let mut names = Self::default();
        if let Some(user_data) = &movie.user_data {
            names.read_user_data(source, user_data)?;
        }
        if let Some(metadata) = &movie.metadata {
            names.read_metadata(source, metadata)?;
        }
        Ok(names)
    }

    fn read_user_data<R: Read + Seek>(
        &mut self,
        source: &mut MediaSource<'_, R>,
        user_data: &BoxAt,
    ) -> Result<(), MediaError> {
        for found in children(source, user_data.start, user_data.end, true)? {
            match &found.kind {
                // Where ffmpeg puts the list of keys and values.
                b"meta" => self.read_metadata(source, &found)?,
                b"loci" if self.place.is_none() => {
                    let content = found.content(source, MAX_HEADER_BOX_BYTES)?;
                    self.place = content.as_deref().and_then(place_of_3gpp);
                }
                _ => {}
            }
            let (what, in_quicktime_text) = match &found.kind {
                b"\xa9mak" => (What::Make, true),
                b"\xa9mod" => (What::Model, true),
                b"\xa9day" => (What::Created, true),
                b"\xa9xyz" => (What::Place, true),
                b"@mak" | b"manu" => (What::Make, false),
                b"@mod" | b"modl" => (What::Model, false),
                _ => continue,
            };
            let Some(content) = found.content(source, MAX_HEADER_BOX_BYTES)? else {
                continue;
            };
            let value = if in_quicktime_text {
                quicktime_text(&content)
            } else {
                Some(content.as_slice())
            };
            self.keep(what, value);
        }
        Ok(())
    }

    /// Keys and values stand in two lists; each value names its key by number, from 1.
    fn read_metadata<R: Read + Seek>(
        &mut self,
        source: &mut MediaSource<'_, R>,
        metadata: &BoxAt,
    ) -> Result<(), MediaError> {
        // ISO's `meta` has four bytes of version and flags in front of its boxes, QuickTime's has none.
        let mut head = [0; 8];
        if !source.read_at(metadata.start, &mut head, metadata.end)? {
            return Ok(());
        }
        let versioned = head.starts_with(&[0; 4]);
        let start = metadata.start.saturating_add(if versioned { 4 } else { 0 });
        let inside = children(source, start, metadata.end, true)?;
        let get = |kind: &[u8; 4]| inside.iter().find(|child| child.kind == *kind);
        let (Some(keys), Some(values)) = (get(b"keys"), get(b"ilst")) else {
            return Ok(());
        };
        let Some(keys) = keys.content(source, MAX_HEADER_BOX_BYTES)? else {
            return Ok(());
        };
        let wanted: Vec<Option<What>> = dotted_names(&keys).map(What::of_key).collect();
        for value in children(source, values.start, values.end, true)? {
            let number = u32::from_be_bytes(value.kind);
            let index = number.checked_sub(1).and_then(|index| usize::try_from(index).ok());
            let Some(what) = index.and_then(|index| *wanted.get(index)?) else {
                continue;
            };
            if let Some(data) = first_child(source, &value, *b"data")? {
                let content = data.content(source, MAX_HEADER_BOX_BYTES)?;
                // Type and language, four bytes each, then the value.
                self.keep(what, content.as_deref().and_then(|content| content.get(8..)));
            }
        }
        Ok(())
    }

    fn keep(&mut self, what: What, value: Option<&[u8]>) {
        let Some(value) = value.and_then(text::clean) else {
            return;
        };
        match what {
            What::Make => self.make = self.make.take().or(Some(value)),
            What::Model => self.model = self.model.take().or(Some(value)),
            What::Created => self.created_unix_ms = self.created_unix_ms.or_else(|| moment_ms(&value)),
            What::Place => self.place = self.place.or_else(|| place(&value)),
        }
    }
}

/// A question that a text answers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum What {
    Make,
    Model,
    Created,
    Place,
}

impl What {
    /// The question behind the key of a QuickTime or Android recording.
    fn of_key(key: &[u8]) -> Option<Self> {
        Some(match key {
            b"com.apple.quicktime.make" | b"com.android.manufacturer" => Self::Make,
            b"com.apple.quicktime.model" | b"com.android.model" => Self::Model,
            b"com.apple.quicktime.creationdate" => Self::Created,
            b"com.apple.quicktime.location.ISO6709" => Self::Place,
            _ => return None,
        })
    }
}

/// The names in the content of `keys`: version, count, then size, namespace and name of each. A name of another
/// namespace is empty, so that the numbers stay right.
fn dotted_names(keys: &[u8]) -> impl Iterator<Item = &[u8]> {
    let mut rest = keys.get(8..).unwrap_or_default();
    std::iter::from_fn(move || {
        let (size, _) = rest.split_first_chunk::<4>()?;
        let size = usize::try_from(u32::from_be_bytes(*size)).ok()?;
        let (entry, behind) = rest.split_at_checked(size)?;
        let (namespace, name) = entry.get(4..)?.split_at_checked(4)?;
        rest = behind;
        Some(if namespace == DOTTED_NAMES { name } else { &[] })
    })
}

/// QuickTime's user data text: length, language, text.
fn quicktime_text(content: &[u8]) -> Option<&[u8]> {
    let length = usize::from(u16::from_be_bytes(*content.first_chunk()?));
    let rest = content.get(4..)?;
    Some(rest.get(..length).unwrap_or(rest))
}

/// The moment of a text that carries its offset; a wall clock alone names none.
fn moment_ms(text: &str) -> Option<i64> {
    match stamp::read(text) {
        Reading::Valid(stamp) => stamp.unix_ms(),
        Reading::Zeroed | Reading::Unreadable => None,
    }
}

/// Reads ISO 6709 as annex H writes it in one string: latitude, longitude and perhaps altitude, each with its sign, such
/// as `+38.0466+012.9944+023.5/`.
fn place(text: &str) -> Option<VideoPlace> {
    let text = text.split('/').next()?;
    let starts: Vec<usize> = text.match_indices(['+', '-']).map(|(at, _)| at).collect();
    let part = |index: usize| {
        let start = *starts.get(index)?;
        let end = starts.get(index.checked_add(1)?).copied().unwrap_or(text.len());
        text.get(start..end)
    };
    if starts.first() != Some(&0) {
        return None;
    }
    Some(VideoPlace {
        lat_deg: iso_degrees(part(0)?, 2, 90.0)?,
        lon_deg: iso_degrees(part(1)?, 3, 180.0)?,
        // The name of a reference system may stand behind it.
        altitude_m: part(2)
            .and_then(|part| part.split("CRS").next())
            .and_then(|part| part.parse().ok())
            .filter(|metres: &f64| metres.is_finite()),
    })
}

/// Reads the content of `loci` (3GPP TS 26.244, 8.4): version, language, a name that ends with NUL, a role, then
/// longitude, latitude and altitude with 16 bits behind the point.
fn place_of_3gpp(content: &[u8]) -> Option<VideoPlace> {
    let (_, behind_name) = split_at_nul(content.get(6..)?)?;
    let (numbers, _) = behind_name.get(1..)?.split_first_chunk::<12>()?;
    let [lon_deg, lat_deg, altitude_m] = [0, 4, 8].map(|at| {
        let word = numbers.get(at..).and_then(|rest| rest.first_chunk::<4>());
        word.map(|word| f64::from(i32::from_be_bytes(*word)) / 65_536.0)
    });
    Some(VideoPlace {
        lat_deg: lat_deg.filter(|degrees| degrees.abs() <= 90.0)?,
        lon_deg: lon_deg.filter(|degrees| degrees.abs() <= 180.0)?,
        altitude_m,
    })
}

fn split_at_nul(bytes: &[u8]) -> Option<(&[u8], &[u8])> {
    let at = bytes.iter().position(|&byte| byte == 0)?;
    Some((bytes.get(..at)?, bytes.get(at.checked_add(1)?..)?))
}

/// A sign, degrees of so many digits, two digits each of minutes and seconds or neither, and decimals of the last.
fn iso_degrees(text: &str, degree_digits: usize, limit_deg: f64) -> Option<f64> {
    let (sign, size) = text.split_at_checked(1)?;
    let (whole, _) = size.split_once('.').unwrap_or((size, ""));
    if !size.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.') {
        return None;
    }
    let minutes_at = degree_digits;
    let number = |text: &str| text.parse::<f64>().ok();
    let degrees = match whole.len().checked_sub(degree_digits)? {
        0 => number(size)?,
        2 => number(size.get(..minutes_at)?)? + number(size.get(minutes_at..)?)? / 60.0,
        4 => {
            let seconds_at = minutes_at.checked_add(2)?;
            number(size.get(..minutes_at)?)?
                + number(size.get(minutes_at..seconds_at)?)? / 60.0
                + number(size.get(seconds_at..)?)? / 3600.0
        }
        _ => return None,
    };
    let signed = if sign == "-" { -degrees } else { degrees };
    (degrees <= limit_deg).then_some(signed + 0.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> Option<(f64, f64, Option<f64>)> {
        place(text).map(|place| (place.lat_deg, place.lon_deg, place.altitude_m))
    }

    #[test]
    fn places_are_read_in_every_form_of_the_standard() {
        assert_eq!(at("+38.0466+012.9944+023.5/"), Some((38.0466, 12.9944, Some(23.5))));
        assert_eq!(at("-33.5-070.25/"), Some((-33.5, -70.25, None)));
        assert_eq!(at("+2730.0-08115.0/"), Some((27.5, -81.25, None)));
        assert_eq!(at("+273000-0811500+10/"), Some((27.5, -81.25, Some(10.0))));
        assert_eq!(at("+27.5-081.25+5.0CRSWGS_84/"), Some((27.5, -81.25, Some(5.0))));
        assert_eq!(at("-00.0-000.0/"), Some((0.0, 0.0, None)));
    }

    #[test]
    fn what_is_no_place_is_none() {
        for text in [
            "",
            "/",
            "38.0+12.0/",
            "+91.0+012.0/",
            "+38.0/",
            "+nan+012.0/",
            "+3+4/",
            "+38.0.1+012.0/",
        ] {
            assert_eq!(at(text), None, "{text}");
        }
    }

    #[test]
    fn a_moment_needs_its_offset() {
        assert_eq!(moment_ms("2019-02-12T15:27:12+08:00"), Some(1_549_956_432_000));
        assert_eq!(moment_ms("2019-02-12T15:27:12"), None);
    }

    #[test]
    fn names_of_other_namespaces_keep_their_number() {
        let entry = |namespace: &[u8], name: &[u8]| {
            let size = u32::try_from(name.len() + 8).unwrap();
            [&size.to_be_bytes()[..], namespace, name].concat()
        };
        let keys = [&[0; 8][..], &entry(b"udta", b"x"), &entry(b"mdta", b"a.b"), b"\0\0"].concat();
        assert_eq!(dotted_names(&keys).collect::<Vec<_>>(), [&b""[..], b"a.b"]);
    }
}
