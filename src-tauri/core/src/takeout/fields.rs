//! The fields of an image, by the names Mapillary and the API toolset give them, and how each is written.

use serde_json::{Map, Value, json};
use waypost_mapillary::Image;

use crate::error::CoreError;

macro_rules! fields {
    ($($variant:ident $name:literal $from:literal $meaning:literal),* $(,)?) => {
        /// A field of an image that can be taken out.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub enum Field {
            $(#[doc = $meaning] $variant,)*
        }

        impl Field {
            /// All there are.
            pub const ALL: &'static [Self] = &[$(Self::$variant),*];

            /// Its name: the column of the CSV, the key of the JSON.
            pub fn name(self) -> &'static str {
                match self { $(Self::$variant => $name),* }
            }

            /// The field of the service it comes from.
            pub fn asked(self) -> &'static str {
                match self { $(Self::$variant => $from),* }
            }

            /// What it means, with its unit.
            pub fn meaning(self) -> &'static str {
                match self { $(Self::$variant => $meaning),* }
            }
        }
    };
}

fields! {
    SeqId "seq_id" "sequence" "Key of the sequence.",
    ImgId "img_id" "id" "Id of the image.",
    CapturedAt "captured_at" "captured_at" "Capture time, milliseconds since 1970 UTC.",
    Lon "lon" "geometry" "Longitude as uploaded, degrees.",
    Lat "lat" "geometry" "Latitude as uploaded, degrees.",
    ComputedLon "computed_lon" "computed_geometry" "Longitude of Mapillary's reconstruction, degrees.",
    ComputedLat "computed_lat" "computed_geometry" "Latitude of Mapillary's reconstruction, degrees.",
    Altitude "altitude" "altitude" "Altitude as uploaded, metres.",
    ComputedAltitude "computed_altitude" "computed_altitude" "Altitude of the reconstruction, metres: relative, not to be trusted.",
    CompassAngle "compass_angle" "compass_angle" "Heading as uploaded, degrees clockwise from north.",
    ComputedCompassAngle "computed_compass_angle" "computed_compass_angle" "Heading of the reconstruction, degrees.",
    ComputedRotation "computed_rotation" "computed_rotation" "Rotation of the reconstruction, axis and angle.",
    CameraType "camera_type" "camera_type" "Projection of the camera.",
    CameraParameters "camera_parameters" "camera_parameters" "Focal length, k1 and k2.",
    IsPano "is_pano" "is_pano" "Whether it is a panorama.",
    Make "make" "make" "Maker of the camera.",
    Model "model" "model" "Model of the camera.",
    ExifOrientation "exif_orientation" "exif_orientation" "EXIF orientation, 1 to 8.",
    Width "width" "width" "Width as uploaded, pixels.",
    Height "height" "height" "Height as uploaded, pixels.",
    CreatorId "creator_id" "creator" "Number of the account it belongs to.",
    CreatorUsername "creator_username" "creator" "Name of the account it belongs to.",
    OrganizationId "organization_id" "organization" "Number of the organisation it was uploaded for.",
    Thumb256Url "thumb_256_url" "thumb_256_url" "Link to a picture 256 pixels wide. It expires.",
    Thumb1024Url "thumb_1024_url" "thumb_1024_url" "Link to a picture 1,024 pixels wide. It expires.",
    Thumb2048Url "thumb_2048_url" "thumb_2048_url" "Link to a picture 2,048 pixels wide. It expires.",
    ThumbOriginalUrl "thumb_original_url" "thumb_original_url" "Link to the blurred picture in full size. It expires.",
    AtomicScale "atomic_scale" "atomic_scale" "Scale of the reconstruction.",
    MergeCc "merge_cc" "merge_cc" "Part of the reconstruction it is connected to.",
    SfmClusterId "sfm_cluster_id" "sfm_cluster" "Number of the reconstruction.",
    QualityScore "quality_score" "quality_score" "Experimental measure of quality.",
}

/// The columns of the API toolset's `img_meta_dataset.csv` (API notes §5, S4), in its order.
pub const TOOLSET_FIELDS: &[Field] = &[
    Field::SeqId,
    Field::ImgId,
    Field::CapturedAt,
    Field::CompassAngle,
    Field::Thumb256Url,
    Field::Width,
    Field::ThumbOriginalUrl,
    Field::Height,
];

impl Field {
    /// The field of that name.
    ///
    /// # Errors
    /// [`CoreError::InvalidSetting`] with the names there are.
    pub fn named(name: &str) -> Result<Self, CoreError> {
        Self::ALL
            .iter()
            .find(|field| field.name() == name.trim())
            .copied()
            .ok_or_else(|| CoreError::InvalidSetting {
                name: "fields".into(),
                reason: format!(
                    "there is no field {name}; there are {}",
                    Self::ALL
                        .iter()
                        .map(|field| field.name())
                        .collect::<Vec<_>>()
                        .join(", ")
                ),
            })
    }

    /// Its value; `null` where the service does not know it.
    pub fn value(self, image: &Image) -> Value {
        match self {
            Self::SeqId => json!(image.sequence),
            Self::ImgId => json!(image.id),
            Self::CapturedAt => json!(image.captured_at_ms),
            Self::Lon => json!(image.geometry.map(|at| at.lon_deg)),
            Self::Lat => json!(image.geometry.map(|at| at.lat_deg)),
            Self::ComputedLon => json!(image.computed_geometry.map(|at| at.lon_deg)),
            Self::ComputedLat => json!(image.computed_geometry.map(|at| at.lat_deg)),
            Self::Altitude => json!(image.altitude_m),
            Self::ComputedAltitude => json!(image.computed_altitude_m),
            Self::CompassAngle => json!(image.compass_angle_deg),
            Self::ComputedCompassAngle => json!(image.computed_compass_angle_deg),
            Self::ComputedRotation => json!(image.computed_rotation),
            Self::CameraType => json!(image.camera_type),
            Self::CameraParameters => json!(image.camera_parameters),
            Self::IsPano => json!(image.is_pano),
            Self::Make => json!(image.make),
            Self::Model => json!(image.model),
            Self::ExifOrientation => json!(image.exif_orientation),
            Self::Width => json!(image.width_px),
            Self::Height => json!(image.height_px),
            Self::CreatorId => json!(image.creator.as_ref().and_then(|creator| creator.id.as_ref())),
            Self::CreatorUsername => json!(creator_name(image)),
            Self::OrganizationId => json!(image.organization_id),
            Self::Thumb256Url => json!(image.thumb_256_url),
            Self::Thumb1024Url => json!(image.thumb_1024_url),
            Self::Thumb2048Url => json!(image.thumb_2048_url),
            Self::ThumbOriginalUrl => json!(image.thumb_original_url),
            Self::AtomicScale => json!(image.atomic_scale),
            Self::MergeCc => json!(image.merge_cc),
            Self::SfmClusterId => json!(image.sfm_cluster.as_ref().map(|cluster| &cluster.id)),
            Self::QualityScore => json!(image.quality_score),
        }
    }

    /// Its value as a cell of CSV; empty where the service does not know it.
    pub fn cell(self, image: &Image) -> String {
        match self.value(image) {
            Value::Null => String::new(),
            Value::String(text) => text,
            other => other.to_string(),
        }
    }
}

/// The name of the account an image belongs to.
pub(super) fn creator_name(image: &Image) -> Option<&str> {
    image.creator.as_ref().and_then(|creator| creator.username.as_deref())
}

/// What to ask of the service for `fields`, each once.
pub fn asked_for(fields: impl IntoIterator<Item = Field>) -> Vec<String> {
    let mut asked: Vec<String> = Vec::new();
    for name in fields.into_iter().map(Field::asked) {
        if !asked.iter().any(|known| known == name) {
            asked.push(name.to_owned());
        }
    }
    asked
}

/// Everything that is known of an image, without its links: those expire.
pub fn all_values(image: &Image) -> Map<String, Value> {
    Field::ALL
        .iter()
        .filter(|field| !field.asked().starts_with("thumb_"))
        .map(|field| (field.name().to_owned(), field.value(image)))
        .filter(|(_, value)| !value.is_null())
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_field_has_a_name_of_its_own_and_is_found_by_it() {
        for field in Field::ALL {
            assert_eq!(Field::named(field.name()).unwrap(), *field);
            assert!(field.meaning().ends_with('.'));
        }
        assert!(
            Field::named("thumb_4096_url")
                .unwrap_err()
                .to_string()
                .contains("thumb_2048_url")
        );
    }

    #[test]
    fn a_field_the_service_does_not_know_is_an_empty_cell() {
        let image = Image {
            id: "12345678901234567".into(),
            captured_at_ms: Some(1_600_000_000_123),
            ..Image::default()
        };
        let cells: Vec<String> = TOOLSET_FIELDS.iter().map(|field| field.cell(&image)).collect();
        assert_eq!(cells, ["", "12345678901234567", "1600000000123", "", "", "", "", ""]);
        assert_eq!(asked_for(TOOLSET_FIELDS.iter().copied()).len(), 8);
        assert_eq!(all_values(&image).len(), 2);
    }
}
