//! Walks look like walks: right in time, smooth in space, each photo facing where it goes.

use waypost_generator::{PhotoSpec, WalkSpec, walk};

/// Metres and direction from one photo to the next, on a plane: exact enough for a few metres.
fn leg(from: &PhotoSpec, to: &PhotoSpec) -> (f64, f64) {
    let metres_per_degree = 111_195.0;
    let north = (to.lat_deg.unwrap() - from.lat_deg.unwrap()) * metres_per_degree;
    let shrink = from.lat_deg.unwrap().to_radians().cos();
    let east = (to.lon_deg.unwrap() - from.lon_deg.unwrap()) * metres_per_degree * shrink;
    (north.hypot(east), east.atan2(north).to_degrees().rem_euclid(360.0))
}

fn angle_between(one_deg: f64, other_deg: f64) -> f64 {
    let turn = (one_deg - other_deg).rem_euclid(360.0);
    turn.min(360.0 - turn)
}

#[test]
fn photos_follow_each_other_at_the_interval_and_speed_asked_for() {
    let spec = WalkSpec {
        count: 400,
        seed: 5,
        ..WalkSpec::default()
    };
    let photos = walk(&spec);
    assert_eq!(photos.len(), 400);
    let mut way_m = 0.0;
    for pair in photos.windows(2) {
        assert_eq!(pair[1].captured_at_ms.unwrap() - pair[0].captured_at_ms.unwrap(), 2_000);
        let (distance_m, _) = leg(&pair[0], &pair[1]);
        assert!((2.0..3.7).contains(&distance_m), "{distance_m} m");
        way_m += distance_m;
    }
    let speed = way_m / (399.0 * 2.0);
    assert!((speed - 1.4).abs() < 0.05, "{speed} m/s");
    assert_eq!(photos[0].captured_at_ms, Some(spec.start_ms));
    let (off_m, _) = leg(
        &photos[0],
        &PhotoSpec {
            lat_deg: Some(spec.start_lat_deg),
            lon_deg: Some(spec.start_lon_deg),
            ..PhotoSpec::default()
        },
    );
    assert!(off_m < 1.5, "the walk begins where it was told to, not {off_m} m off");
}

#[test]
fn headings_lead_along_the_path_and_turn_smoothly() {
    for seed in 0..20 {
        let photos = walk(&WalkSpec {
            count: 200,
            seed,
            ..WalkSpec::default()
        });
        for pair in photos.windows(2) {
            let heading_deg = pair[0].heading_deg.unwrap();
            assert!((0.0..360.0).contains(&heading_deg));
            let (_, direction_deg) = leg(&pair[0], &pair[1]);
            let off_deg = angle_between(heading_deg, direction_deg);
            assert!(off_deg < 20.0, "seed {seed}: {off_deg} degrees beside the path");
            let turn_deg = angle_between(heading_deg, pair[1].heading_deg.unwrap());
            assert!(turn_deg < 12.0, "seed {seed}: a turn of {turn_deg} degrees");
            let climb_m = pair[1].altitude_m.unwrap() - pair[0].altitude_m.unwrap();
            assert!(climb_m.abs() < 1.0);
        }
    }
}

#[test]
fn seeds_decide_the_walk() {
    let positions = |seed| -> Vec<_> {
        walk(&WalkSpec {
            seed,
            ..WalkSpec::default()
        })
        .into_iter()
        .map(|photo| (photo.lat_deg, photo.lon_deg, photo.heading_deg))
        .collect()
    };
    assert_eq!(positions(3), positions(3));
    assert_ne!(positions(3), positions(4));
}

#[test]
fn names_are_those_of_a_time_lapse_and_never_repeat() {
    let photos = walk(&WalkSpec {
        first_number: 9_998,
        count: 4,
        ..WalkSpec::default()
    });
    let names: Vec<_> = photos.iter().map(|photo| photo.file_name.as_str()).collect();
    assert_eq!(names, ["G0019998.JPG", "G0019999.JPG", "G0020000.JPG", "G0020001.JPG"]);
    assert_eq!(
        photos[1].image_description.as_deref(),
        Some(r"DCIM\100GOPRO\G0019999.JPG")
    );
    assert_eq!(photos[1].frame_number, 9_999);
}

#[test]
fn the_date_line_and_the_poles_are_no_trouble() {
    for (start_lat_deg, start_lon_deg) in [(0.0, 180.0), (0.0, -180.0), (90.0, 0.0), (-89.999_99, 7.0)] {
        for photo in walk(&WalkSpec {
            start_lat_deg,
            start_lon_deg,
            ..WalkSpec::default()
        }) {
            assert!((-90.0..=90.0).contains(&photo.lat_deg.unwrap()));
            assert!((-180.0..180.0).contains(&photo.lon_deg.unwrap()));
        }
    }
}

#[test]
fn senseless_walks_end_in_senseless_numbers_and_in_good_time() {
    for speed_m_per_s in [0.0, -3.0, 1e300, f64::INFINITY, f64::NAN] {
        let spec = WalkSpec {
            speed_m_per_s,
            count: 3,
            interval_ms: i64::MAX,
            ..WalkSpec::default()
        };
        assert_eq!(walk(&spec).len(), 3);
    }
}
