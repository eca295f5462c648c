//! The recorded answers of mapillary_tools and exiftool.

use std::collections::BTreeMap;
use std::path::Path;

use serde_json::Value;

/// All answers.
pub struct Peers {
    /// What `expected.json` says about each file.
    pub expected: Vec<Value>,
    /// exiftool's full answers about photos, by path.
    exiftool: BTreeMap<String, Value>,
    /// mapillary_tools' full answers with the native reader about videos, by file name.
    pub described_videos: BTreeMap<String, Value>,
    /// mapillary_tools' answers about the time-lapse, by path.
    pub described_time_lapse: Vec<Value>,
}

/// A list of answers.
fn list(path: &Path) -> Vec<Value> {
    let bytes = std::fs::read(path).unwrap_or_default();
    serde_json::from_slice(&bytes).unwrap_or_default()
}

impl Peers {
    pub fn read(folder: &Path) -> Self {
        let reference = folder.join("reference");
        let mut exiftool = BTreeMap::new();
        for entry in std::fs::read_dir(&reference).unwrap() {
            let path = entry.unwrap().path();
            if path.to_string_lossy().ends_with(".exiftool.json") {
                let answers = list(&path).into_iter();
                exiftool.extend(answers.filter_map(|answer| Some((answer["SourceFile"].as_str()?.to_owned(), answer))));
            }
        }
        let described_videos = ["videos-gopro", "videos-malformed", "videos-other"]
            .iter()
            .flat_map(|group| list(&reference.join(format!("{group}.mt-native.json"))))
            .filter_map(|entry| {
                let name = entry["filename"].as_str()?.rsplit('/').next()?.to_owned();
                Some((name, entry))
            });
        Self {
            expected: list(&folder.join("expected.json")),
            exiftool,
            described_videos: described_videos.collect(),
            described_time_lapse: list(&reference.join("timelapse-tiny.mt-loose.json")),
        }
    }

    /// exiftool's full answer about a photo; null where it has none.
    pub fn exiftool(&self, file: &str) -> &Value {
        static NOTHING: Value = Value::Null;
        self.exiftool.get(file).unwrap_or(&NOTHING)
    }
}

/// Both missing, or no further apart than `tolerance`.
pub fn near(left: Option<f64>, right: Option<f64>, tolerance: f64) -> bool {
    match (left, right) {
        (Some(left), Some(right)) => (left - right).abs() <= tolerance,
        (None, None) => true,
        _ => false,
    }
}

/// Whether `part` stands in `bytes`.
pub fn holds(bytes: &[u8], part: &[u8]) -> bool {
    bytes.windows(part.len()).any(|found| found == part)
}

/// Milliseconds since 1970 of `YYYY?MM?DD?hh?mm?ss` with or without decimals, read without the library under test:
/// days as in H. Hinnant, "chrono-compatible low-level date algorithms". `None` for zeroed and impossible dates.
pub fn moment_ms(text: &str) -> Option<i64> {
    let digits: Vec<i64> = text
        .split(|c: char| !c.is_ascii_digit())
        .filter(|part| !part.is_empty())
        .take(6)
        .map(|part| part.parse().ok())
        .collect::<Option<_>>()?;
    let [year, month, day, hour, minute, second] = digits[..] else {
        return None;
    };
    if year == 0 || !(1..=12).contains(&month) || !(1..=31).contains(&day) || hour > 24 || minute > 59 {
        return None;
    }
    let years = if month <= 2 { year - 1 } else { year };
    let era = years.div_euclid(400);
    let of_era = years.rem_euclid(400);
    let of_year = (153 * (if month > 2 { month - 3 } else { month + 9 }) + 2) / 5 + day - 1;
    let days = era * 146_097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719_468;
    let seconds = days * 86_400 + hour * 3_600 + minute * 60 + second;
    Some(seconds * 1_000 + fraction_ms(text.split_once('.').map_or("", |(_, rest)| rest)))
}

/// Decimals of a second as milliseconds; blanks are zeros, as GoPro pads them.
pub fn fraction_ms(decimals: &str) -> i64 {
    let digits = decimals.chars().map(|c| if c == ' ' { '0' } else { c });
    let digits: String = digits
        .take_while(char::is_ascii_digit)
        .chain("000".chars())
        .take(3)
        .collect();
    digits.parse().unwrap()
}

/// A capture time of a description, `YYYY_MM_DD_hh_mm_ss_mmm`.
pub fn description_ms(text: &str) -> Option<i64> {
    Some(moment_ms(text.get(..19)?)? + fraction_ms(text.get(20..)?))
}
