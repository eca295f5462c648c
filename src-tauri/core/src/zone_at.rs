//! The time zone at a position, as the suggestion for capture times that name none.
//!
//! The borders are those of timezone-boundary-builder, made from OpenStreetMap (ODbL 1.0), as `tzf-dist` packs them:
//! simplified to about a hundred metres, at sea the nautical zones. It is a suggestion and never an answer: a camera is
//! often set to the zone of the person's home.

use std::sync::LazyLock;

use jiff::tz::TimeZone;
use tzf_rs::EmbeddedFinder;

/// Loaded when it is asked for the first time: 4 MB that are read in place, in a few milliseconds.
static BORDERS: LazyLock<EmbeddedFinder> = LazyLock::new(EmbeddedFinder::new);

/// The name in the IANA database of the zone at a position (degrees north, degrees east); `None` for a position that
/// does not exist, or a zone that this computer's database does not know.
pub fn zone_at(lat_deg: f64, lon_deg: f64) -> Option<&'static str> {
    if !(-90.0..=90.0).contains(&lat_deg) || !(-180.0..=180.0).contains(&lon_deg) {
        return None;
    }
    // The library takes the longitude first.
    let name = BORDERS.get_tz_name(lon_deg, lat_deg);
    TimeZone::get(name).ok().map(|_| name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn known_places_have_their_zone() {
        for (place, lat_deg, lon_deg, zone) in [
            ("Berlin", 52.52, 13.405, "Europe/Berlin"),
            ("Kathmandu", 27.717, 85.324, "Asia/Kathmandu"),
            ("Adelaide", -34.929, 138.601, "Australia/Adelaide"),
            ("San Francisco", 37.775, -122.419, "America/Los_Angeles"),
            ("Knox, Indiana", 41.296, -86.625, "America/Indiana/Knox"),
            ("Konstanz", 47.677, 9.173, "Europe/Berlin"),
            ("Kreuzlingen", 47.645, 9.178, "Europe/Zurich"),
            ("Kiritimati", 1.872, -157.428, "Pacific/Kiritimati"),
            ("middle of the Atlantic", 30.0, -30.0, "Etc/GMT+2"),
        ] {
            assert_eq!(zone_at(lat_deg, lon_deg), Some(zone), "{place}");
        }
    }

    #[test]
    fn every_place_on_earth_has_a_zone_that_the_database_knows() {
        for lat_deg in (-90..=90).step_by(5) {
            for lon_deg in (-180..=180).step_by(5) {
                let zone = zone_at(f64::from(lat_deg), f64::from(lon_deg));
                assert!(zone.is_some(), "{lat_deg} {lon_deg}");
            }
        }
    }

    #[test]
    fn no_zone_is_found_where_no_place_is() {
        for (lat_deg, lon_deg) in [(90.1, 0.0), (0.0, -180.1), (f64::NAN, 0.0), (0.0, f64::INFINITY)] {
            assert_eq!(zone_at(lat_deg, lon_deg), None);
        }
    }
}
