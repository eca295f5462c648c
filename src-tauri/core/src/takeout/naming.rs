//! Where a picture lies in the folder: names that say whose it is and stay the same when others vanish.

use jiff::Timestamp;
use waypost_mapillary::Image;
use waypost_wire::{PictureSize, TakeOutLayout};

use super::fields::creator_name;

/// Stands for an account whose name the service does not tell.
const UNKNOWN_CREATOR: &str = "unknown";
/// Stands for the day of an image without a capture time.
const UNKNOWN_DAY: &str = "without-date";
/// Longest name of a folder, bytes; file systems take 255.
const MAX_NAME_BYTES: usize = 100;
/// Names that Windows keeps for devices.
const DEVICES: [&str; 4] = ["con", "prn", "aux", "nul"];

/// What stands for a size in file names and folders, as in the API toolset.
pub(super) fn size_name(size: PictureSize) -> &'static str {
    match size {
        PictureSize::Px256 => "256",
        PictureSize::Px1024 => "1024",
        PictureSize::Px2048 => "2048",
        PictureSize::Original => "original",
    }
}

/// The folder of an image's pictures, relative, with `/` between its parts.
pub(super) fn folder_of(image: &Image, sequence_key: &str, layout: TakeOutLayout) -> String {
    let creator = safe(creator_name(image).unwrap_or(UNKNOWN_CREATOR));
    let sequence = safe(sequence_key);
    match layout {
        TakeOutLayout::BySequence => format!("{creator}/{sequence}"),
        TakeOutLayout::ByDay => {
            let day = image
                .captured_at_ms
                .and_then(|at_ms| Timestamp::from_millisecond(at_ms).ok())
                .map_or_else(|| UNKNOWN_DAY.to_owned(), |at| at.strftime("%Y-%m-%d").to_string());
            format!("{creator}/{day}/{sequence}")
        }
    }
}

/// The name of a picture: its place in the sequence, for the eye, and its id, which stays when others vanish.
pub(super) fn picture_name(index: usize, image_id: &str, size: PictureSize) -> String {
    format!("{index:05}_{}_{}.jpg", safe(image_id), size_name(size))
}

/// A foreign text as the name of a file or folder on every system: what could lead elsewhere or is forbidden somewhere
/// becomes `%` with its number.
fn safe(text: &str) -> String {
    use std::fmt::Write as _;

    let mut name = String::new();
    for letter in text.chars() {
        let is_plain =
            letter.is_alphanumeric() || matches!(letter, '-' | '_' | ' ') || (letter == '.' && !name.is_empty());
        if is_plain {
            name.push(letter);
        } else {
            // Writing into a string cannot fail.
            let _written = write!(name, "%{:02X}", u32::from(letter));
        }
        if name.len() > MAX_NAME_BYTES {
            break;
        }
    }
    while name.ends_with(['.', ' ']) {
        name.pop();
        name.push('_');
    }
    let stem = name.split('.').next().unwrap_or_default().to_ascii_lowercase();
    let is_numbered_device = (stem.starts_with("com") || stem.starts_with("lpt"))
        && stem.len() == 4
        && stem.ends_with(|letter: char| letter.is_ascii_digit());
    if name.is_empty() || DEVICES.contains(&stem.as_str()) || is_numbered_device {
        name.insert(0, '_');
    }
    name
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use waypost_mapillary::Creator;

    use super::*;

    fn image(name: &str) -> Image {
        Image {
            id: "42".into(),
            captured_at_ms: Some(1_660_668_166_007),
            creator: Some(Creator {
                id: None,
                username: Some(name.into()),
            }),
            ..Image::default()
        }
    }

    #[test]
    fn pictures_lie_by_user_and_sequence_or_by_day() {
        let key = "AbC-_123";
        assert_eq!(
            folder_of(&image("anna"), key, TakeOutLayout::BySequence),
            "anna/AbC-_123"
        );
        assert_eq!(
            folder_of(&image("anna"), key, TakeOutLayout::ByDay),
            "anna/2022-08-16/AbC-_123"
        );
        assert_eq!(
            folder_of(&Image::default(), key, TakeOutLayout::ByDay),
            "unknown/without-date/AbC-_123"
        );
        assert_eq!(picture_name(7, "42", PictureSize::Original), "00007_42_original.jpg");
        assert_eq!(picture_name(7, "42", PictureSize::Px256), "00007_42_256.jpg");
    }

    #[test]
    fn a_name_cannot_lead_out_of_the_folder_nor_be_a_device() {
        assert_eq!(safe("../etc"), "%2E.%2Fetc");
        assert_eq!(safe("a\\b:c"), "a%5Cb%3Ac");
        assert_eq!(safe("CON"), "_CON");
        assert_eq!(safe("lpt1.x"), "_lpt1.x");
        assert_eq!(safe(""), "_");
        assert_eq!(safe("Zoë "), "Zoë_");
    }

    proptest! {
        #[test]
        fn every_name_is_one_part_of_a_path(text in ".{0,300}") {
            let name = safe(&text);
            prop_assert!(!name.is_empty() && name.len() < 255);
            prop_assert!(!name.contains(['/', '\\', '\0', ':']) && !name.starts_with('.') && !name.ends_with(['.', ' ']));
        }
    }
}
