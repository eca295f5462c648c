//! The camera's name and serial number, out of several spellings.

use std::ops::Range;

use super::klv::entries;
use crate::limits::MAX_GPMF_DEPTH;
use crate::text;

/// What the settings of the whole file (the `GPMF` box in `udta`) say about the camera.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct CameraNames {
    /// `MINF`, the model.
    pub(crate) model: Option<String>,
    /// `CASN`, the serial number.
    pub(crate) serial: Option<String>,
}

/// Reads the settings.
pub(crate) fn read_settings(bytes: &[u8]) -> CameraNames {
    let mut names = CameraNames::default();
    collect(bytes, 0, &mut names);
    names
}

/// Start of the block that GoPro writes into the first sample of its second track of metadata (`fdsc`, "GoPro SOS"), from
/// which a broken recording is repaired. Its places are fixed, as seen in recordings of HERO5 and MAX.
const RECORDER_BLOCK: &[u8] = b"GPRO";
/// Place and length of the camera's serial number in it.
const RECORDER_SERIAL: Range<usize> = 0x57..0x66;
/// Place and length of the model's name in it.
const RECORDER_MODEL: Range<usize> = 0x66..0x76;
/// Bytes of the block that are read.
pub(crate) const RECORDER_BLOCK_BYTES: u32 = 0x76;

impl CameraNames {
    /// Completes the names with those of the recorder's block, for cameras such as HERO5 that name themselves nowhere else.
    pub(crate) fn complete_from_recorder(&mut self, block: &[u8]) {
        if !block.starts_with(RECORDER_BLOCK) {
            return;
        }
        let named = |place: Range<usize>| text::clean(block.get(place)?);
        self.model = self.model.take().or_else(|| named(RECORDER_MODEL));
        self.serial = self
            .serial
            .take()
            .or_else(|| text::alphanumeric(&named(RECORDER_SERIAL)?));
    }
}

fn collect(bytes: &[u8], depth: u32, names: &mut CameraNames) {
    if depth >= MAX_GPMF_DEPTH {
        return;
    }
    for entry in entries(bytes) {
        match (&entry.key, entry.kind) {
            (b"MINF", b'c') if names.model.is_none() => names.model = text::clean(entry.data),
            (b"CASN", b'c') if names.serial.is_none() => {
                names.serial = text::clean(entry.data).and_then(|serial| text::alphanumeric(&serial));
            }
            (_, 0) => collect(entry.data, depth.saturating_add(1), names),
            _ => {}
        }
    }
}

/// The model's name in GoPro's spelling: from the devices' names in the telemetry (`DVNM`) where
/// one of them is a camera's, else from the settings.
///
/// HERO5 calls itself "Camera". Of the cameras that do, only HERO5 Black has a receiver, so with
/// positions the name is known even where the settings are gone.
pub(super) fn model(device_names: &[String], settings: &CameraNames, has_positions: bool) -> Option<String> {
    let lower = |name: &str| name.to_lowercase();
    let telling = |word: &str| {
        let mut names: Vec<_> = device_names.iter().filter(|name| lower(name).contains(word)).collect();
        names.sort();
        names.first().map(|name| spelled(name))
    };
    if let Some(name) = telling("hero") {
        return Some(name);
    }
    if let Some(model) = &settings.model {
        return Some(spelled(model));
    }
    if has_positions && device_names.iter().any(|name| name == "Camera") {
        return Some("HERO5 Black".to_owned());
    }
    let mut names: Vec<_> = device_names.iter().filter(|name| *name != "Camera").collect();
    names.sort();
    telling("gopro").or_else(|| names.first().map(|name| spelled(name)))
}

/// HERO6 and HERO7 write "Hero7 Black" into the telemetry and "HERO7 Black" everywhere else.
fn spelled(name: &str) -> String {
    match name.get(..4) {
        Some(start) if start.eq_ignore_ascii_case("hero") => {
            format!("HERO{}", name.get(4..).unwrap_or_default())
        }
        _ => name.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn named(devices: &[&str], settings: Option<&str>, has_positions: bool) -> Option<String> {
        let devices: Vec<String> = devices.iter().map(ToString::to_string).collect();
        let settings = CameraNames {
            model: settings.map(str::to_owned),
            serial: None,
        };
        model(&devices, &settings, has_positions)
    }

    #[test]
    fn the_telemetrys_own_camera_comes_first() {
        assert_eq!(
            named(&["SENSORB6", "Hero6 Black"], Some("HERO7 Black"), true).unwrap(),
            "HERO6 Black"
        );
        assert_eq!(named(&["GoPro Max"], Some("GoPro Max"), true).unwrap(), "GoPro Max");
    }

    #[test]
    fn a_hero5_is_never_called_camera() {
        assert_eq!(
            named(&["Camera", "GoPro Karma v1.0"], Some("HERO5 Black"), false).unwrap(),
            "HERO5 Black"
        );
        assert_eq!(named(&["Camera"], None, true).unwrap(), "HERO5 Black");
        assert_eq!(named(&["Camera"], None, false), None);
    }

    #[test]
    fn the_recorders_block_names_a_camera_that_names_itself_nowhere_else() {
        let mut block = b"GPRO,\x01\0\0HD5.02.02.00.00".to_vec();
        block.resize(0x57, 7);
        block.extend(b"C3161325750003\0HERO5 Black\0\0\0\0\0");
        let mut names = CameraNames::default();
        names.complete_from_recorder(&block);
        assert_eq!(names.model.as_deref(), Some("HERO5 Black"));
        assert_eq!(names.serial.as_deref(), Some("C3161325750003"));
        for length in 0..block.len() {
            CameraNames::default().complete_from_recorder(&block[..length]);
        }
        let mut known = CameraNames {
            model: Some("HERO6 Black".to_owned()),
            serial: Some("1".to_owned()),
        };
        known.complete_from_recorder(&block);
        assert_eq!(known.model.as_deref(), Some("HERO6 Black"));
        let mut other = CameraNames::default();
        other.complete_from_recorder(&[b'x'; 200]);
        assert_eq!(other, CameraNames::default());
    }

    #[test]
    fn other_names_are_better_than_none() {
        assert_eq!(named(&["Fusion"], None, true).unwrap(), "Fusion");
        assert_eq!(named(&[], None, true), None);
    }
}
