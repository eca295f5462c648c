//! Whose images these are: Mapillary publishes them under CC BY-SA 4.0, which asks for the creator's name, the licence
//! and word of changes wherever a copy goes.

use std::fmt::Write as _;

use waypost_mapillary::Image;
use waypost_media::PictureFacts;

use super::fields::creator_name;

/// Name of the file beside other people's images.
pub(super) const ATTRIBUTION_FILE: &str = "ATTRIBUTION.txt";
/// The licence under which Mapillary publishes images (terms of use).
pub(super) const LICENCE: &str = "CC BY-SA 4.0";
/// Its text.
const LICENCE_ADDRESS: &str = "https://creativecommons.org/licenses/by-sa/4.0/";
/// Where an image can be seen.
const VIEWER: &str = "https://www.mapillary.com/app/?focus=photo&pKey=";

/// What is kept beside the images of `creator`. With `exif` the headers were given the facts as well.
pub(super) fn attribution(creator: &str, exif: bool) -> String {
    let written = if exif {
        "position, time, heading, camera and this attribution"
    } else {
        "this attribution"
    };
    format!(
        "Images in this folder: {creator}, published on Mapillary (https://www.mapillary.com/app/user/{creator}).\n\
         Licence: {LICENCE}, {LICENCE_ADDRESS}\n\
         Changes: Mapillary blurred faces and licence plates and may have scaled the image; Waypost wrote {written} \
         into the file's header.\n"
    )
}

/// What is kept beside data about images of several creators.
pub(super) fn data_attribution<'a>(creators: impl IntoIterator<Item = (&'a String, &'a u64)>) -> String {
    let mut text = format!(
        "The data in this folder are about images that were published on Mapillary (https://www.mapillary.com) under \
         {LICENCE}, {LICENCE_ADDRESS}\n\nCreators and their images:\n"
    );
    for (creator, count) in creators {
        // Writing into a string cannot fail.
        let _written = writeln!(text, "  {creator}: {count}");
    }
    text
}

/// What is written into a picture. The position, altitude and heading are those that were uploaded: the computed ones
/// change with every reconstruction, and the computed altitude is not to be trusted.
pub(super) fn picture_facts(image: &Image, own_name: &str) -> PictureFacts {
    let creator = creator_name(image);
    PictureFacts {
        lat_deg: image.geometry.map(|at| at.lat_deg),
        lon_deg: image.geometry.map(|at| at.lon_deg),
        altitude_m: image.altitude_m,
        heading_deg: image.compass_angle_deg,
        captured_at_utc: image.captured_at_ms.and_then(utc),
        make: image.make.clone(),
        model: image.model.clone(),
        artist: creator.map(str::to_owned),
        copyright: creator
            .filter(|name| *name != own_name)
            .map(|name| format!("{name} via Mapillary, {LICENCE}")),
        description: Some(format!("{VIEWER}{}", image.id)),
        is_sphere: image.is_pano == Some(true)
            && matches!(
                image.camera_type.as_deref(),
                None | Some("spherical" | "equirectangular")
            ),
    }
}

/// What must be said in a picture even where its facts are not wanted: whose it is.
pub(super) fn only_creator(facts: PictureFacts) -> PictureFacts {
    if facts.copyright.is_none() {
        return PictureFacts::default();
    }
    PictureFacts {
        artist: facts.artist,
        copyright: facts.copyright,
        description: facts.description,
        ..PictureFacts::default()
    }
}

/// A time in the parts EXIF has; nothing outside the years it can write.
fn utc(at_ms: i64) -> Option<[u16; 7]> {
    let at = jiff::Timestamp::from_millisecond(at_ms).ok()?;
    let at = at.to_zoned(jiff::tz::TimeZone::UTC);
    let part = |number: i8| u16::try_from(number).ok();
    Some([
        u16::try_from(at.year()).ok()?,
        part(at.month())?,
        part(at.day())?,
        part(at.hour())?,
        part(at.minute())?,
        part(at.second())?,
        u16::try_from(at.millisecond()).ok()?,
    ])
}

#[cfg(test)]
mod tests {
    use waypost_mapillary::Creator;

    use super::*;

    #[test]
    fn other_peoples_images_name_creator_and_licence_and_own_ones_claim_nothing() {
        let image = Image {
            id: "7".into(),
            captured_at_ms: Some(1_660_668_166_007),
            creator: Some(Creator {
                id: None,
                username: Some("anna".into()),
            }),
            ..Image::default()
        };
        let theirs = picture_facts(&image, "ben");
        assert_eq!(theirs.copyright.as_deref(), Some("anna via Mapillary, CC BY-SA 4.0"));
        assert_eq!(theirs.captured_at_utc, Some([2022, 8, 16, 16, 42, 46, 7]));
        assert_eq!(only_creator(theirs).artist.as_deref(), Some("anna"));
        let own = picture_facts(&image, "anna");
        assert_eq!((own.copyright.as_deref(), own.artist.as_deref()), (None, Some("anna")));
        assert_eq!(only_creator(own), PictureFacts::default());
        let (with, without) = (attribution("anna", true), attribution("anna", false));
        for text in [&with, &without] {
            assert!(text.contains("CC BY-SA 4.0") && text.contains("user/anna"), "{text}");
        }
        assert!(
            with.contains("wrote position") && !without.contains("position"),
            "{without}"
        );
    }
}
