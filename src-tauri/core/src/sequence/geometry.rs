//! Distances and bearings between positions.
//!
//! Formulas and constants as in mapillary_tools 0.14.7 (protocol notes §5), so that a photo at a limit falls on the
//! same side in both: the distance is the straight chord between two points of the WGS 84 ellipsoid at height zero.

use std::borrow::Borrow;

use crate::plan::Photo;

/// Half the longer axis of WGS 84, metres.
const WGS84_A_M: f64 = 6_378_137.0;
/// Half the shorter axis of WGS 84, metres.
const WGS84_B_M: f64 = 6_356_752.314_245;

/// Chord between the positions of two photos, metres.
pub fn distance_m(from: &Photo, to: &Photo) -> f64 {
    chord_m((from.lat_deg, from.lon_deg), (to.lat_deg, to.lon_deg))
}

/// Chord between two positions (latitude, longitude in degrees), metres.
pub fn chord_m(from: (f64, f64), to: (f64, f64)) -> f64 {
    straight_m(&ecef_m(from), &ecef_m(to))
}

/// Straight distance between two points in Earth-centred, Earth-fixed coordinates, metres.
pub(crate) fn straight_m(from: &[f64; 3], to: &[f64; 3]) -> f64 {
    let square = |axis: usize| {
        let difference = from.get(axis).unwrap_or(&0.0) - to.get(axis).unwrap_or(&0.0);
        difference * difference
    };
    (square(0) + square(1) + square(2)).sqrt()
}

/// Earth-centred, Earth-fixed coordinates of a position at height zero, metres.
pub(crate) fn ecef_m((lat_deg, lon_deg): (f64, f64)) -> [f64; 3] {
    const A2: f64 = WGS84_A_M * WGS84_A_M;
    const B2: f64 = WGS84_B_M * WGS84_B_M;
    let (sin_lat, cos_lat) = lat_deg.to_radians().sin_cos();
    let (sin_lon, cos_lon) = lon_deg.to_radians().sin_cos();
    // The order of the operations is that of the other client, so that even the last digit of a distance agrees.
    let scale = 1.0 / (A2 * (cos_lat * cos_lat) + B2 * (sin_lat * sin_lat)).sqrt();
    let equatorial = A2 * scale * cos_lat;
    [equatorial * cos_lon, equatorial * sin_lon, B2 * scale * sin_lat]
}

/// Length of the track through the photos, metres.
pub fn path_length_m<P: Borrow<Photo>>(photos: &[P]) -> f64 {
    let steps = photos.iter().zip(photos.iter().skip(1));
    // Not `sum`: the sum of no steps is -0.0, and a window would show the minus.
    steps.fold(0.0, |way_m, (from, to)| way_m + distance_m(from.borrow(), to.borrow()))
}

/// Direction in which the great circle from one photo to the other starts, degrees 0…360 clockwise from north.
pub fn bearing_deg(from: &Photo, to: &Photo) -> f64 {
    bearing_between_deg((from.lat_deg, from.lon_deg), (to.lat_deg, to.lon_deg))
}

/// The same between two positions (latitude, longitude in degrees).
pub fn bearing_between_deg(from: (f64, f64), to: (f64, f64)) -> f64 {
    use std::f64::consts::PI;
    let (from_lat, to_lat) = (from.0.to_radians(), to.0.to_radians());
    let mut lon_difference = to.1.to_radians() - from.1.to_radians();
    if lon_difference > PI {
        lon_difference -= 2.0 * PI;
    } else if lon_difference < -PI {
        lon_difference += 2.0 * PI;
    }
    let east = lon_difference.sin() * to_lat.cos();
    let north = from_lat.cos() * to_lat.sin() - from_lat.sin() * to_lat.cos() * lon_difference.cos();
    (east.atan2(north).to_degrees() + 360.0) % 360.0
}

/// Smaller angle between two headings, degrees 0…180.
pub fn angle_between_deg(one_deg: f64, other_deg: f64) -> f64 {
    let difference = (other_deg - one_deg).abs();
    if difference > 180.0 {
        360.0 - difference
    } else {
        difference
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sequence::test_photos::photo_at;

    #[test]
    fn a_degree_of_latitude_at_the_equator_is_the_known_chord() {
        // The meridian arc from 0° to 1° is 110,574 m (WGS 84); its chord is shorter by 1.4 m.
        assert!((chord_m((0.0, 0.0), (1.0, 0.0)) - 110_572.9).abs() < 1.0);
    }

    #[test]
    fn a_degree_of_longitude_at_the_equator_is_the_known_chord() {
        assert!((chord_m((0.0, 0.0), (0.0, 1.0)) - 111_318.1).abs() < 1.0);
    }

    #[test]
    fn a_single_photo_has_gone_no_way_and_no_negative_one() {
        let photos = [photo_at(52.0, 13.0)];
        assert!(path_length_m(&photos).is_sign_positive() && path_length_m(&photos) < f64::EPSILON);
    }

    #[test]
    fn the_date_line_is_no_distance() {
        assert!(chord_m((10.0, 179.999_999), (10.0, -179.999_999)) < 1.0);
        let (west, east) = (photo_at(10.0, 179.999), photo_at(10.0, -179.999));
        assert!((bearing_deg(&west, &east) - 90.0).abs() < 0.1);
        assert!((bearing_deg(&east, &west) - 270.0).abs() < 0.1);
    }

    #[test]
    fn bearings_are_compass_directions() {
        let here = photo_at(50.0, 10.0);
        for (lat_deg, lon_deg, expected_deg) in [
            (51.0, 10.0, 0.0),
            (50.0, 10.001, 90.0),
            (49.0, 10.0, 180.0),
            (50.0, 9.999, 270.0),
        ] {
            assert!((bearing_deg(&here, &photo_at(lat_deg, lon_deg)) - expected_deg).abs() < 0.01);
        }
        assert!(bearing_deg(&here, &here).abs() < 1e-9);
    }

    #[test]
    fn headings_on_both_sides_of_north_are_close() {
        assert!((angle_between_deg(359.0, 2.0) - 3.0).abs() < 1e-9);
        assert!((angle_between_deg(10.0, 190.0) - 180.0).abs() < 1e-9);
    }
}
