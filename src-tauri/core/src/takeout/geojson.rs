//! Images as GeoJSON (RFC 7946): the original position is the geometry, the computed one and the rest are properties.

use serde_json::{Value, json};
use waypost_mapillary::{Image, Position};

use super::data_file::Frame;
use super::fields::all_values;

/// What stands around the features.
pub(super) const FEATURES: Frame = Frame::Array {
    open: "{\"type\": \"FeatureCollection\", \"attribution\": \"Images: their creators, published on Mapillary under CC BY-SA 4.0\", \"features\": [",
    close: "\n]}\n",
};

/// One image. Its geometry is where it was uploaded to, or where Mapillary computed it to be where that is all there is.
pub(super) fn feature(image: &Image) -> Value {
    let mut properties = all_values(image);
    for key in ["lon", "lat", "computed_lon", "computed_lat"] {
        properties.remove(key);
    }
    properties.insert("original_geometry".into(), json!(image.geometry.map(point)));
    properties.insert("computed_geometry".into(), json!(image.computed_geometry.map(point)));
    json!({
        "type": "Feature",
        "id": image.id,
        "geometry": image.geometry.or(image.computed_geometry).map(point),
        "properties": properties,
    })
}

/// Longitude first.
fn point(at: Position) -> Value {
    json!({"type": "Point", "coordinates": [at.lon_deg, at.lat_deg]})
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_positions_are_kept_with_longitude_first() {
        let image = Image {
            id: "12345678901234567".into(),
            geometry: Some(Position {
                lon_deg: 7.5,
                lat_deg: 47.5,
            }),
            computed_geometry: Some(Position {
                lon_deg: 7.6,
                lat_deg: 47.6,
            }),
            computed_altitude_m: Some(2.8),
            ..Image::default()
        };
        let feature = feature(&image);
        assert_eq!(feature["geometry"]["coordinates"], json!([7.5, 47.5]));
        assert_eq!(
            feature["properties"]["computed_geometry"]["coordinates"],
            json!([7.6, 47.6])
        );
        assert_eq!(feature["properties"]["computed_altitude"], json!(2.8));
        assert_eq!(feature["id"], json!("12345678901234567"));
        assert_eq!(super::feature(&Image::default())["geometry"], Value::Null);
    }
}
