//! One photo beside what exiftool says about it, and the witnesses that several fields share.

use serde_json::Value;
use waypost_media::{Flaw, PhotoFacts, TimeReading};

use crate::peers::{holds, near};
use crate::table::Difference;

pub const GROUP: &str = "photos";
pub const EXIFTOOL_STOPS: Difference = "EXIF of a damaged file, or of one without a picture";
pub const DEGREES_AS_TEXT: Difference = "degrees as text with decimal commas";
pub const EMPTY_MAKE: Difference = "empty make in the first directory, another in the EXIF directory";

/// One photo, with what others say about it.
pub struct Compared<'a> {
    pub file: &'a str,
    pub bytes: &'a [u8],
    pub facts: &'a PhotoFacts,
    /// exiftool's full answer.
    pub exiftool: &'a Value,
}

impl Compared<'_> {
    pub fn has(&self, flaw: Flaw) -> bool {
        self.facts.flaws.contains(&flaw)
    }

    pub fn place(&self) -> (Option<f64>, Option<f64>) {
        let position = self.facts.position;
        (position.map(|place| place.lat_deg), position.map(|place| place.lon_deg))
    }

    pub fn altitude(&self) -> Option<f64> {
        self.facts.position?.altitude_m
    }

    /// The time in milliseconds; a wall clock's reading counts as UTC, as the peers ran in UTC.
    pub fn time_ms(&self) -> Option<i64> {
        self.facts.time.map(|time| match time {
            TimeReading::Utc { unix_ms, .. } => unix_ms,
            TimeReading::Naive { local_ms, .. } => local_ms,
        })
    }

    pub fn number(&self, tag: &str) -> Option<f64> {
        self.exiftool[tag].as_f64()
    }

    /// A tag's text, also where exiftool took it for a number.
    pub fn text(&self, tag: &str) -> Option<String> {
        let value = &self.exiftool[tag];
        let text = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
        (!value.is_null() && !text.trim().is_empty()).then(|| text.trim().to_owned())
    }

    /// The degrees that the HTC One M8 writes as text are in the bytes, and our place is what they say.
    pub fn degrees_as_text(&self) -> Option<Difference> {
        let found = holds(self.bytes, b"52,00000,50,00000,34,01180") || holds(self.bytes, b"52,00000,50,00000,34,0118");
        let same = near(self.place().0, Some(52.0 + 50.0 / 60.0 + 34.0118 / 3600.0), 1e-6);
        (found && same).then_some(DEGREES_AS_TEXT)
    }

    /// exiftool gave up on the file, and what we read is in its bytes.
    pub fn exiftool_stops(&self, ours: Option<&str>) -> Option<Difference> {
        let keys = self.exiftool.as_object()?;
        let gave_up = !keys.keys().any(|key| key.starts_with("EXIF:"))
            && (keys.contains_key("ExifTool:Warning")
                || keys.contains_key("ExifTool:Error")
                || self.has(Flaw::PictureMissing));
        (gave_up && holds(self.bytes, ours?.as_bytes())).then_some(EXIFTOOL_STOPS)
    }

    /// The first directory has an empty make, and what we read is in the bytes.
    pub fn empty_make(&self, field: &str, ours: Option<&str>) -> Option<Difference> {
        let named =
            field.eq_ignore_ascii_case("make") && self.text("EXIF:Make").is_none_or(|make| Some(make.as_str()) == ours);
        (named && holds(self.bytes, format!("{}\0", ours?).as_bytes())).then_some(EMPTY_MAKE)
    }
}
