//! GPX and NMEA files as devices write them, and what each broken one is answered.

use waypost_media::{GpsFix, MediaError, TrackFile, TrackFileFormat, read_track_file};

/// 2025-03-14T07:00:00Z.
const SEVEN_MS: f64 = 1_741_935_600_000.0;

fn gpx(points: &str) -> String {
    format!(
        r#"<?xml version="1.0" encoding="UTF-8"?>
        <gpx version="1.1" creator="test" xmlns="http://www.topografix.com/GPX/1/1"><trk><name>a &amp; b</name>
        <trkseg>{points}</trkseg></trk></gpx>"#
    )
}

fn point(inside: &str) -> String {
    format!(r#"<trkpt lat="52.5" lon="13.25">{inside}</trkpt>"#)
}

fn read(text: &str) -> TrackFile {
    read_track_file(text.as_bytes()).unwrap()
}

fn code(bytes: &[u8]) -> &'static str {
    read_track_file(bytes).unwrap_err().code()
}

fn times_s(track: &TrackFile) -> Vec<f64> {
    track
        .points
        .iter()
        .map(|point| ((point.unix_ms - SEVEN_MS) * 1000.0).round() / 1e6)
        .collect()
}

/// A sentence with its checksum.
fn sentence(body: &str) -> String {
    let sum = body.bytes().fold(0, |sum, byte| sum ^ byte);
    format!("${body}*{sum:02X}\r\n")
}

#[test]
fn times_are_utc_whatever_offset_or_fraction_they_are_written_with() {
    let points: String = [
        "2025-03-14T07:00:00Z",
        "2025-03-14T08:00:01+01:00",
        "2025-03-14T07:00:02.25Z",
        "2025-03-14T01:30:03-05:30",
        "  2025-03-14T07:00:04\n",
        "2025-03-14 07:00:05Z",
        "2025-03-14T07:00:06.123456Z",
    ]
    .iter()
    .map(|time| point(&format!("<time>{time}</time>")))
    .collect();
    assert_eq!(
        times_s(&read(&gpx(&points))),
        [0.0, 1.0, 2.25, 3.0, 4.0, 5.0, 6.123_456]
    );
}

#[test]
fn gpx_1_0_and_extensions_give_speed_course_and_quality() {
    let old = r#"<gpx version="1.0" xmlns="http://www.topografix.com/GPX/1/0"><trk><trkseg>
        <trkpt lat="-33.9" lon="151.2"><ele>12.5</ele><time>2025-03-14T07:00:00Z</time><course>271.5</course>
        <speed>8.25</speed><fix>2d</fix><hdop>1.5</hdop></trkpt></trkseg></trk></gpx>"#;
    let track = read(old);
    let point = track.points[0];
    assert_eq!(track.format, TrackFileFormat::Gpx);
    assert_eq!((point.lat_deg, point.lon_deg), (-33.9, 151.2));
    assert_eq!(point.altitude_m, Some(12.5));
    assert_eq!(
        (point.heading_deg, point.ground_speed_m_per_s),
        (Some(271.5), Some(8.25))
    );
    assert_eq!((point.fix, point.precision_dop), (Some(GpsFix::Fix2d), Some(1.5)));

    let garmin = r#"<gpx xmlns:x="http://www.garmin.com/xmlschemas/TrackPointExtension/v2"><trk><trkseg>
        <trkpt lat="1" lon="2"><time>2025-03-14T07:00:00Z</time><extensions><x:TrackPointExtension>
        <x:speed>3.5</x:speed><x:course>360</x:course><x:time>1999-01-01T00:00:00Z</x:time>
        </x:TrackPointExtension></extensions></trkpt></trkseg></trk></gpx>"#;
    let track = read(garmin);
    assert_eq!(times_s(&track), [0.0]);
    assert_eq!(track.points[0].ground_speed_m_per_s, Some(3.5));
    assert_eq!(track.points[0].heading_deg, Some(0.0));
    assert_eq!(track.points[0].altitude_m, None);
}

#[test]
fn every_encoding_cdata_comments_and_prefixes_are_read() {
    let text = gpx(&point(
        "<!-- c --><ele><![CDATA[ 7.5 ]]></ele><time>2025-03-14T07:00:00&#90;</time>",
    ));
    let prefixed = text
        .replace("<gpx ", "<g:gpx xmlns:g='u' ")
        .replace("</gpx>", "</g:gpx>")
        .replace("<trkpt", "<g:trkpt")
        .replace("</trkpt", "</g:trkpt");
    let utf16 = |mark: &[u8], unit: fn(u16) -> [u8; 2]| {
        [mark, &text.encode_utf16().flat_map(unit).collect::<Vec<_>>()].concat()
    };
    let files = [
        text.clone().into_bytes(),
        [b"\xef\xbb\xbf".as_slice(), text.as_bytes()].concat(),
        utf16(b"\xff\xfe", u16::to_le_bytes),
        utf16(b"\xfe\xff", u16::to_be_bytes),
        prefixed.into_bytes(),
        // Latin-1 in a name.
        text.replace("a &amp; b", "\u{1}")
            .into_bytes()
            .iter()
            .map(|&byte| if byte == 1 { 0xe4 } else { byte })
            .collect(),
    ];
    for (number, file) in files.iter().enumerate() {
        let track = read_track_file(file).unwrap_or_else(|error| panic!("{number}: {error}"));
        assert_eq!(times_s(&track), [0.0], "{number}");
        assert_eq!(track.points[0].altitude_m, Some(7.5), "{number}");
        assert!(!track.is_cut_off);
    }
}

#[test]
fn points_are_ordered_by_time_and_those_of_one_moment_stay_in_the_order_of_the_file() {
    let at = |second: u32, ele: u32| point(&format!("<time>2025-03-14T07:00:{second:02}Z</time><ele>{ele}</ele>"));
    let text = gpx(&[at(9, 1), at(3, 2), "</trkseg><trkseg>".into(), at(5, 3), at(3, 4)].concat());
    let track = read(&text);
    assert_eq!(times_s(&track), [3.0, 3.0, 5.0, 9.0]);
    let altitudes: Vec<f64> = track.points.iter().filter_map(|point| point.altitude_m).collect();
    assert_eq!(altitudes, [2.0, 4.0, 3.0, 1.0]);
}

#[test]
fn what_cannot_be_used_is_left_out_and_counted() {
    let time = "<time>2025-03-14T07:00:00Z</time>";
    let points = [
        point(time),
        point(""),
        point("<time>yesterday</time>"),
        format!(r#"<trkpt lat="91" lon="13">{time}</trkpt>"#),
        format!(r#"<trkpt lat="NaN" lon="13">{time}</trkpt>"#),
        format!(r#"<trkpt lat="52">{time}</trkpt>"#),
        format!(r#"<trkpt lat="0" lon="0.0">{time}</trkpt>"#),
        point(&format!("{time}<fix>none</fix>")),
        format!(r#"<wpt lat="1" lon="1">{time}</wpt>"#),
    ];
    let track = read(&gpx(&points.concat()));
    assert_eq!((track.points.len(), track.left_out_count), (1, 7));
}

#[test]
fn a_file_that_ends_early_gives_what_stands_before() {
    let whole = gpx(&[
        point("<time>2025-03-14T07:00:00Z</time>"),
        point("<time>2025-03-14T07:00:01Z</time>"),
    ]
    .concat());
    let end = whole.find("07:00:01").unwrap();
    let track = read(&whole[..end]);
    assert_eq!(times_s(&track), [0.0]);
    assert!(track.is_cut_off);
}

#[test]
fn each_unusable_gpx_file_has_an_answer_of_its_own() {
    assert_eq!(code(b""), "empty_file");
    assert_eq!(code(b"\xff\xd8\xff\xe1 photo"), "not_a_track_file");
    assert_eq!(code(b"<kml><Placemark/></kml>"), "not_a_track_file");
    assert_eq!(code(b"lat,lon\n1,2\n"), "not_a_track_file");
    assert_eq!(code(gpx("").as_bytes()), "track_file_empty");
    assert_eq!(
        code(&gpx(&point("<time>x</time>")).as_bytes()[..200]),
        "track_file_damaged"
    );
    assert_eq!(code(gpx(&point("")).as_bytes()), "track_without_times");
    let route = br#"<gpx><rte><rtept lat="1" lon="2"/><rtept lat="1" lon="3"/></rte></gpx>"#;
    assert_eq!(read_track_file(route), Err(MediaError::TrackIsRoute));
    assert_eq!(code(route), "track_is_route");
    let deep = format!("<gpx>{}", "<a>".repeat(100));
    assert_eq!(code(deep.as_bytes()), "track_file_damaged");
    let huge = vec![b' '; usize::try_from(waypost_media::limits::MAX_TRACK_FILE_BYTES).unwrap() + 1];
    assert_eq!(code(&huge), "track_file_too_large");
}

#[test]
fn an_nmea_log_of_several_systems_makes_one_point_for_each_moment() {
    let text = [
        sentence("GNGGA,070000.00,5230.0000,N,01315.0000,E,1,09,0.9,35.5,M,44.9,M,,"),
        sentence("GNRMC,070000.00,A,5230.0001,N,01315.0001,E,10.0,90.5,140325,,,A"),
        sentence("GPGSV,3,1,11,03,03,111,00"),
        sentence("GNGLL,5230.0002,N,01315.0002,E,070000.00,A,A"),
        format!(
            "1741935601.0 {}",
            sentence("GPGGA,070001.00,5230.0100,N,01315.0000,E,1,09,0.9,36.5,M,44.9,M,,")
        ),
        sentence("GPGGA,070002.00,5230.0200,N,01315.0000,E,0,00,,,M,,M,,"),
        "$GPGGA,070003.00,5230.0300,N,01315.0000,E,1,09,0.9,36.5,M,44.9,M,,*00\n".into(),
    ]
    .concat();
    let track = read(&text);
    assert_eq!(track.format, TrackFileFormat::Nmea);
    assert_eq!(times_s(&track), [0.0, 1.0]);
    assert_eq!(track.left_out_count, 2, "no fix, wrong checksum");
    let first = track.points[0];
    assert!((first.lat_deg - 52.5).abs() < 1e-12 && (first.lon_deg - 13.25).abs() < 1e-12);
    assert_eq!(first.altitude_m, Some(35.5));
    assert_eq!(first.heading_deg, Some(90.5));
    assert_eq!(first.precision_dop, Some(0.9));
    assert!((first.ground_speed_m_per_s.unwrap() - 5.144_444).abs() < 1e-5);
}

#[test]
fn days_are_counted_over_midnight_and_back_before_the_first_date() {
    let gga = |time: &str| {
        sentence(&format!(
            "GPGGA,{time},5230.0000,N,01315.0000,E,1,09,0.9,35.5,M,44.9,M,,"
        ))
    };
    let rmc = |time: &str, date: &str| sentence(&format!("GPRMC,{time},A,5230.0000,N,01315.0000,E,0,,{date},,,A"));
    // The first date comes after midnight; the GGA after the next midnight stands before its RMC.
    let text = [
        gga("235958"),
        gga("000001"),
        rmc("000002", "140325"),
        gga("120000"),
        gga("235959"),
        gga("000000"),
        rmc("000001", "150325"),
        // A pause of three days.
        rmc("120000", "180325"),
    ]
    .concat();
    let midnight_s = -7.0 * 3600.0;
    let day_s = 86_400.0;
    let expected = [
        -2.0,
        1.0,
        2.0,
        43_200.0,
        day_s - 1.0,
        day_s,
        day_s + 1.0,
        4.0 * day_s + 43_200.0,
    ]
    .map(|s| midnight_s + s);
    assert_eq!(times_s(&read(&text)), expected);
}

#[test]
fn an_nmea_log_without_date_or_fix_is_told_so() {
    assert_eq!(
        code(sentence("GPGGA,070000,5230.0000,N,01315.0000,E,1,09,0.9,35.5,M,44.9,M,,").as_bytes()),
        "track_without_date"
    );
    assert_eq!(
        code(sentence("GPRMC,070000,V,,,,,,,140325,,,N").as_bytes()),
        "track_file_empty"
    );
}
