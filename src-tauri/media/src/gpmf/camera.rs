//! The camera's name and serial number, out of several spellings.

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
    fn other_names_are_better_than_none() {
        assert_eq!(named(&["Fusion"], None, true).unwrap(), "Fusion");
        assert_eq!(named(&[], None, true), None);
    }
}
