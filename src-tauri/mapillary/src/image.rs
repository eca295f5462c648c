//! A published image, as the Graph API describes it. Every field but the id can be missing.

use serde_json::Value;

use crate::detection::Detection;
use crate::json as read;

/// A place in degrees WGS 84.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Position {
    /// Longitude, −180…180.
    pub lon_deg: f64,
    /// Latitude, −90…90.
    pub lat_deg: f64,
}

/// Who an image belongs to.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Creator {
    /// The account's number, as text.
    pub id: Option<String>,
    /// The account's name.
    pub username: Option<String>,
}

/// Something the service keeps in a file of its own.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LinkedFile {
    /// Its number, as text.
    pub id: String,
    /// Where it is; the link expires.
    pub url: Option<String>,
}

/// A published image. Which fields are filled depends on what was asked for and on what the
/// service knows. Links are signed and expire: keep the id, not the link.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Image {
    /// The image's number, as text; it can have more digits than a float can hold.
    pub id: String,
    /// The key of the sequence it belongs to.
    pub sequence: Option<String>,
    /// When it was captured, in milliseconds since 1970 UTC.
    pub captured_at_ms: Option<i64>,
    /// Where it was captured, as uploaded.
    pub geometry: Option<Position>,
    /// Where the service's reconstruction puts it.
    pub computed_geometry: Option<Position>,
    /// Altitude as uploaded, in metres.
    pub altitude_m: Option<f64>,
    /// Altitude of the reconstruction, in metres; often far off.
    pub computed_altitude_m: Option<f64>,
    /// Heading as uploaded, in degrees clockwise from north.
    pub compass_angle_deg: Option<f64>,
    /// Heading of the reconstruction, in degrees clockwise from north.
    pub computed_compass_angle_deg: Option<f64>,
    /// Rotation of the reconstruction, an axis-angle vector.
    pub computed_rotation: Option<Vec<f64>>,
    /// Focal length and distortion: focal, k1, k2.
    pub camera_parameters: Option<Vec<f64>>,
    /// `perspective`, `fisheye`, `equirectangular` or `spherical`.
    pub camera_type: Option<String>,
    /// Whether it is a panorama.
    pub is_pano: Option<bool>,
    /// The camera's maker.
    pub make: Option<String>,
    /// The camera's model.
    pub model: Option<String>,
    /// EXIF orientation, 1…8.
    pub exif_orientation: Option<i64>,
    /// Width as uploaded, in pixels.
    pub width_px: Option<u64>,
    /// Height as uploaded, in pixels.
    pub height_px: Option<u64>,
    /// Who it belongs to.
    pub creator: Option<Creator>,
    /// The organization it was uploaded for.
    pub organization_id: Option<String>,
    /// Link to a picture 256 pixels wide.
    pub thumb_256_url: Option<String>,
    /// Link to a picture 1,024 pixels wide.
    pub thumb_1024_url: Option<String>,
    /// Link to a picture 2,048 pixels wide.
    pub thumb_2048_url: Option<String>,
    /// Link to the picture in full size, blurred.
    pub thumb_original_url: Option<String>,
    /// Scale of the reconstruction.
    pub atomic_scale: Option<f64>,
    /// The part of the reconstruction it is connected to.
    pub merge_cc: Option<String>,
    /// The three-dimensional mesh.
    pub mesh: Option<LinkedFile>,
    /// The reconstruction. It has nothing to do with an upload's cluster id.
    pub sfm_cluster: Option<LinkedFile>,
    /// Experimental measure of quality.
    pub quality_score: Option<f64>,
    /// What was recognised in it, as far as `detections.value` and its like were asked for.
    pub detections: Vec<Detection>,
}

impl Image {
    /// Reads one image; nothing when it has no id.
    pub(crate) fn from_value(value: &Value) -> Option<Self> {
        let text = |key: &str| read::text(value.get(key));
        let float = |key: &str| read::float(value.get(key));
        let floats = |key: &str| {
            let numbers = value.get(key)?.as_array()?;
            numbers.iter().map(|number| read::float(Some(number))).collect()
        };
        Some(Self {
            id: text("id")?,
            sequence: text("sequence").or_else(|| read::text(value.pointer("/sequence/id"))),
            captured_at_ms: read::integer(value.get("captured_at")),
            geometry: position(value.get("geometry")),
            computed_geometry: position(value.get("computed_geometry")),
            altitude_m: float("altitude"),
            computed_altitude_m: float("computed_altitude"),
            compass_angle_deg: float("compass_angle"),
            computed_compass_angle_deg: float("computed_compass_angle"),
            computed_rotation: floats("computed_rotation"),
            camera_parameters: floats("camera_parameters"),
            camera_type: text("camera_type"),
            is_pano: read::boolean(value.get("is_pano")),
            make: text("make"),
            model: text("model"),
            exif_orientation: read::integer(value.get("exif_orientation")),
            width_px: read::unsigned(value.get("width")),
            height_px: read::unsigned(value.get("height")),
            creator: value
                .get("creator")
                .filter(|creator| creator.is_object())
                .map(|creator| Creator {
                    id: read::text(creator.get("id")),
                    username: read::text(creator.get("username")),
                }),
            organization_id: read::text(value.pointer("/organization/id")),
            thumb_256_url: text("thumb_256_url"),
            thumb_1024_url: text("thumb_1024_url"),
            thumb_2048_url: text("thumb_2048_url"),
            thumb_original_url: text("thumb_original_url"),
            atomic_scale: float("atomic_scale"),
            merge_cc: text("merge_cc"),
            mesh: linked(value.get("mesh")),
            sfm_cluster: linked(value.get("sfm_cluster")),
            quality_score: float("quality_score"),
            detections: Detection::list(value.get("detections")),
        })
    }
}

/// Reads a GeoJSON point: longitude first. One outside the globe is nothing.
pub(crate) fn position(value: Option<&Value>) -> Option<Position> {
    let coordinates = value?.get("coordinates")?;
    let lon_deg = read::float(coordinates.get(0))?;
    let lat_deg = read::float(coordinates.get(1))?;
    ((-180.0..=180.0).contains(&lon_deg) && (-90.0..=90.0).contains(&lat_deg)).then_some(Position { lon_deg, lat_deg })
}

fn linked(value: Option<&Value>) -> Option<LinkedFile> {
    let value = value?;
    Some(LinkedFile {
        id: read::text(value.get("id"))?,
        url: read::text(value.get("url")),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::arbitrary_json::any_json;
    use proptest::prelude::*;
    use serde_json::json;

    #[test]
    fn an_image_needs_nothing_but_its_id() {
        let image = Image::from_value(&json!({"id": 12_345_678_901_234_567_u64})).unwrap();
        assert_eq!(image.id, "12345678901234567");
        assert_eq!(
            image,
            Image {
                id: "12345678901234567".to_owned(),
                ..Image::default()
            }
        );
        assert_eq!(Image::from_value(&json!({"sequence": "x"})), None);
        assert_eq!(Image::from_value(&json!(null)), None);
    }

    #[test]
    fn all_fields_are_read_with_their_units() {
        let image = Image::from_value(&json!({
            "id": "1", "sequence": "abc", "captured_at": 1_600_000_000_123_i64,
            "geometry": {"type": "Point", "coordinates": [11.5, 48.25]},
            "computed_geometry": {"type": "Point", "coordinates": [200.0, 0.0]},
            "altitude": 520.5, "compass_angle": 359.9, "computed_rotation": [0.1, 0.2, 0.3],
            "is_pano": true, "make": "GoPro", "width": 5760, "height": 2880,
            "creator": {"username": "walker", "id": "7"}, "organization": {"id": 9},
            "sfm_cluster": {"id": "4", "url": "https://cdn.example/4"}, "mesh": null,
        }))
        .unwrap();
        assert_eq!(
            image.geometry,
            Some(Position {
                lon_deg: 11.5,
                lat_deg: 48.25
            })
        );
        assert_eq!(image.computed_geometry, None, "outside the globe");
        assert_eq!(image.captured_at_ms, Some(1_600_000_000_123));
        assert_eq!(image.width_px, Some(5_760));
        assert_eq!(image.creator.unwrap().username.as_deref(), Some("walker"));
        assert_eq!(image.organization_id.as_deref(), Some("9"));
        assert_eq!(image.sfm_cluster.unwrap().id, "4");
        assert_eq!(image.mesh, None);
    }

    proptest! {
        #[test]
        fn no_image_of_any_shape_panics(value in any_json()) {
            if let Some(image) = Image::from_value(&value) {
                prop_assert!(!image.id.is_empty());
            }
        }
    }
}
