//! What the noise filter keeps, what it removes, and why.

use super::*;

/// A walk north, one point a second and `speed_m_per_s` apart.
fn walk(count: u32, speed_m_per_s: f64) -> Vec<TrackPoint> {
    (0..count)
        .map(|index| TrackPoint {
            // Receivers' speeds are never all the same.
            ground_speed_m_per_s: Some(speed_m_per_s + 0.1 * f64::from(index % 4)),
            ..TrackPoint::new(
                f64::from(index) * 1000.0,
                50.0 + f64::from(index) * speed_m_per_s / 111_200.0,
                8.0,
            )
        })
        .collect()
}

fn reasons(track: &CleanTrack) -> Vec<RemovalReason> {
    track.removed.iter().map(|(_, reason)| *reason).collect()
}

#[test]
fn a_good_track_stays_as_it_is() {
    let points = walk(60, 1.5);
    let track = remove_noise(points.clone(), &NoiseLimits::default());
    assert_eq!(track.kept, points);
    assert_eq!(track.removed, []);
}

#[test]
fn points_without_fix_and_imprecise_points_go_with_their_reason() {
    let mut points = walk(6, 1.5);
    points[0].fix = Some(GpsFix::NoFix);
    points[1].precision_dop = Some(10.01);
    points[2].lat_deg = 91.0;
    points[3].fix = Some(GpsFix::Fix2d);
    points[3].precision_dop = Some(10.0);
    let track = remove_noise(points.clone(), &NoiseLimits::default());
    assert_eq!(track.kept, points[3..]);
    assert_eq!(
        reasons(&track),
        [
            RemovalReason::NoFix,
            RemovalReason::Imprecise,
            RemovalReason::Impossible
        ]
    );
}

#[test]
fn points_that_are_no_numbers_go() {
    let mut points = walk(3, 1.5);
    points[0].lon_deg = f64::NAN;
    points[1].time_ms = f64::INFINITY;
    assert_eq!(remove_noise(points, &NoiseLimits::default()).kept.len(), 1);
}

#[test]
fn a_leap_and_back_is_removed_and_the_rest_stays_together() {
    let mut points = walk(60, 1.5);
    for point in &mut points[20..25] {
        point.lon_deg += 0.5;
    }
    let track = remove_noise(points.clone(), &NoiseLimits::default());
    assert_eq!(track.kept.len(), 55);
    assert_eq!(reasons(&track), [RemovalReason::Outlier; 5], "only the leap goes");
    assert!(track.kept.contains(&points[59]));
}

#[test]
fn a_gap_at_the_usual_speed_is_no_leap() {
    let mut points = walk(60, 1.5);
    points.drain(20..50);
    let track = remove_noise(points.clone(), &NoiseLimits::default());
    assert_eq!(track.kept, points);
}

#[test]
fn without_recorded_speeds_nothing_is_called_an_outlier() {
    let mut points = walk(60, 1.5);
    for point in &mut points {
        point.ground_speed_m_per_s = None;
    }
    points[30].lon_deg += 0.5;
    assert_eq!(remove_noise(points.clone(), &NoiseLimits::default()).kept, points);
}

#[test]
fn the_fence_follows_the_definition() {
    assert_eq!(upper_whisker(vec![]), None);
    assert_eq!(upper_whisker(vec![1.0]), None);
    assert_eq!(upper_whisker(vec![1.0, 2.0]), Some(3.5));
    assert_eq!(upper_whisker(vec![4.0, 0.0, 1.0, 3.0, 2.0]), Some(8.0));
    assert_eq!(upper_whisker(vec![0.0, 1.0, 2.0, 3.0]), Some(5.5));
}

#[test]
fn a_degree_of_latitude_is_some_111_kilometres() {
    let near = |lat: f64, expected_m: f64| {
        let from = Spot::new(&TrackPoint::new(0.0, lat, 8.0));
        let to = Spot::new(&TrackPoint::new(0.0, lat + 1.0, 8.0));
        (from.distance_m(&to) - expected_m).abs() < 20.0
    };
    assert!(near(0.0, 110_574.0));
    assert!(near(49.5, 111_229.0));
}

#[test]
fn a_track_of_nothing_but_leaps_ends() {
    let points: Vec<TrackPoint> = (0..20_000_u32)
        .map(|index| TrackPoint {
            ground_speed_m_per_s: Some(0.0),
            ..TrackPoint::new(
                f64::from(index),
                f64::from(index % 170) - 85.0,
                f64::from(index % 350) - 175.0,
            )
        })
        .collect();
    let track = remove_noise(points, &NoiseLimits::default());
    assert_eq!(track.kept.len() + track.removed.len(), 20_000);
}

#[test]
fn every_reason_has_a_name_of_its_own() {
    let codes: Vec<&str> = [
        RemovalReason::Impossible,
        RemovalReason::CutOut,
        RemovalReason::NoFix,
        RemovalReason::Imprecise,
        RemovalReason::Outlier,
    ]
    .iter()
    .map(|reason| reason.code())
    .collect();
    assert_eq!(
        codes,
        [
            "point_impossible",
            "point_cut_out",
            "point_without_fix",
            "point_imprecise",
            "point_outlier"
        ]
    );
}

#[test]
fn other_limits_keep_what_they_name() {
    let mut points = walk(12, 1.5);
    points[0].fix = Some(GpsFix::NoFix);
    points[1].fix = Some(GpsFix::Fix2d);
    points[2].fix = Some(GpsFix::Fix3d);
    points[3].precision_dop = Some(12.0);
    let limits = NoiseLimits {
        keep_no_fix: true,
        keep_fix_2d: false,
        keep_fix_3d: false,
        max_precision_dop: 12.0,
        ..NoiseLimits::default()
    };
    let track = remove_noise(points.clone(), &limits);
    assert_eq!(
        track.removed,
        [(points[1], RemovalReason::NoFix), (points[2], RemovalReason::NoFix)]
    );
}

#[test]
fn the_error_of_the_receiver_says_how_far_a_step_may_be() {
    let mut points = walk(40, 1.5);
    // Forty metres off the way, for one second.
    points[20].lon_deg += 40.0 / 71_600.0;
    let removed = |receiver_error_m| {
        let limits = NoiseLimits {
            receiver_error_m,
            ..NoiseLimits::default()
        };
        reasons(&remove_noise(points.clone(), &limits))
    };
    assert_eq!(removed(15.0), [RemovalReason::Outlier]);
    assert_eq!(removed(25.0), []);
}
