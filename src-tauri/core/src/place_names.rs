//! The nearest named place to a position, without asking anybody: what a line of the library is found again by.
//!
//! Natural Earth's populated places 1:10m (public domain), 7,342 of them; `data/place_names.py` says where they are from.
//! A rough answer: towns of some size, by the straight way over the ground.

use std::sync::LazyLock;

const TEXT: &str = include_str!("../data/place_names.txt");

/// A place further away says nothing about a position, kilometres: open sea, and the inside of Antarctica.
const FARTHEST_KM: f64 = 500.0;

/// Mean radius of the Earth (IUGG), kilometres.
const EARTH_RADIUS_KM: f64 = 6_371.008_8;

struct Place {
    name: &'static str,
    country: &'static str,
    lat_deg: f64,
    lon_deg: f64,
}

/// By latitude, as in the file.
static PLACES: LazyLock<Vec<Place>> = LazyLock::new(|| TEXT.lines().filter_map(place).collect());

fn place(line: &'static str) -> Option<Place> {
    let mut parts = line.split('|');
    let (name, country) = (parts.next()?, parts.next()?);
    let mut hundredths = || Some(f64::from(parts.next()?.parse::<i32>().ok()?) / 100.0);
    Some(Place {
        name,
        country,
        lat_deg: hundredths()?,
        lon_deg: hundredths()?,
    })
}

/// The nearest place and how far it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NearestPlace {
    /// Its name and country: "Innsbruck, Austria".
    pub name: String,
    /// Distance, whole kilometres.
    pub distance_km: u32,
}

/// The nearest named place; `None` far out at sea and for what is no position. Latitude and longitude in degrees.
pub fn nearest_place(lat_deg: f64, lon_deg: f64) -> Option<NearestPlace> {
    if !(lat_deg.abs() <= 90.0 && lon_deg.abs() <= 180.0) {
        return None;
    }
    // A place that is further away in latitude alone need not be looked at.
    let reach_deg = (FARTHEST_KM / EARTH_RADIUS_KM).to_degrees();
    let from = PLACES.partition_point(|place| place.lat_deg < lat_deg - reach_deg);
    let near = PLACES
        .iter()
        .skip(from)
        .take_while(|place| place.lat_deg <= lat_deg + reach_deg);
    let (distance_km, place) = near
        .map(|place| (distance_km(place, lat_deg, lon_deg), place))
        .min_by(|(one, _), (other, _)| one.total_cmp(other))
        .filter(|(distance_km, _)| *distance_km <= FARTHEST_KM)?;
    let name = match place.country {
        "" => place.name.to_owned(),
        country => format!("{}, {country}", place.name),
    };
    Some(NearestPlace {
        name,
        distance_km: whole_km(distance_km),
    })
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "between 0 and the farthest distance"
)]
fn whole_km(distance_km: f64) -> u32 {
    distance_km.round() as u32
}

/// The way over the ground (haversine), kilometres.
fn distance_km(place: &Place, lat_deg: f64, lon_deg: f64) -> f64 {
    let (lat, other_lat) = (lat_deg.to_radians(), place.lat_deg.to_radians());
    let half_lat = ((other_lat - lat) / 2.0).sin();
    let half_lon = ((place.lon_deg - lon_deg).to_radians() / 2.0).sin();
    let part = half_lat.powi(2) + lat.cos() * other_lat.cos() * half_lon.powi(2);
    2.0 * EARTH_RADIUS_KM * part.sqrt().min(1.0).asin()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn every_line_of_the_list_is_a_place_on_earth_in_the_order_of_latitude() {
        assert_eq!(PLACES.len(), TEXT.lines().count());
        assert!(PLACES.is_sorted_by(|one, other| one.lat_deg <= other.lat_deg));
        assert!(
            PLACES
                .iter()
                .all(|place| place.lat_deg.abs() <= 90.0 && place.lon_deg.abs() <= 180.0)
        );
    }

    #[test]
    fn a_position_is_known_by_the_town_next_to_it() {
        let found = nearest_place(47.2692, 11.4041).unwrap();
        assert_eq!((found.name.as_str(), found.distance_km), ("Innsbruck, Austria", 1));
        assert_eq!(
            nearest_place(-18.15, 179.95).unwrap().name,
            "Suva, Fiji",
            "beside the date line"
        );
    }

    #[test]
    fn the_open_sea_and_what_is_no_position_have_no_place() {
        for (lat_deg, lon_deg) in [(-48.9, -123.4), (91.0, 0.0), (f64::NAN, 0.0), (0.0, f64::INFINITY)] {
            assert_eq!(nearest_place(lat_deg, lon_deg), None, "{lat_deg} {lon_deg}");
        }
    }

    proptest! {
        #[test]
        fn the_band_of_latitudes_finds_what_looking_at_every_place_finds(lat_deg in -90.0..90.0f64, lon_deg in -180.0..180.0f64) {
            let nearest_km = PLACES
                .iter()
                .map(|place| distance_km(place, lat_deg, lon_deg))
                .min_by(f64::total_cmp)
                .filter(|distance_km| *distance_km <= FARTHEST_KM);
            prop_assert_eq!(nearest_place(lat_deg, lon_deg).map(|place| place.distance_km), nearest_km.map(whole_km));
        }
    }
}
