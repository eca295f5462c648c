//! When a photo was taken.

use waypost_media::{Flaw, TimeReading, TimeSource};

use crate::builder::{
    DATE_TIME, DATE_TIME_DIGITIZED, DATE_TIME_ORIGINAL, OFFSET_ORIGINAL, SUBSEC_ORIGINAL, Tiff, Value, ascii, gps_time,
    jpeg, xmp, xmp_segment,
};
use crate::facts;

/// 2018-06-08T20:24:11Z.
const MOMENT_MS: i64 = 1_528_489_451_000;

fn photo(first: Vec<(u16, Value)>, exif: Vec<(u16, Value)>, gps: Vec<(u16, Value)>) -> Vec<u8> {
    Tiff {
        first,
        exif,
        gps,
        ..Tiff::default()
    }
    .photo()
}

fn time(bytes: &[u8]) -> Option<TimeReading> {
    facts(bytes).time
}

#[allow(clippy::unnecessary_wraps, reason = "compared with what a photo may lack")]
fn utc(unix_ms: i64, source: TimeSource) -> Option<TimeReading> {
    Some(TimeReading::Utc { unix_ms, source })
}

#[allow(clippy::unnecessary_wraps, reason = "compared with what a photo may lack")]
fn naive(local_ms: i64, source: TimeSource) -> Option<TimeReading> {
    Some(TimeReading::Naive { local_ms, source })
}

#[test]
fn gps_time_comes_first_and_is_utc() {
    let bytes = photo(
        vec![(DATE_TIME, ascii("2018:06:09 01:00:00"))],
        vec![(DATE_TIME_ORIGINAL, ascii("2018:06:08 22:24:12"))],
        gps_time("2018:06:08", 20, 24, (11_250, 1_000)),
    );
    let facts = facts(&bytes);
    assert_eq!(facts.time, utc(MOMENT_MS + 250, TimeSource::GpsTime));
    assert_eq!(facts.camera_clock_ms, Some(MOMENT_MS + 7_201_000));
}

#[test]
fn a_gps_receiver_without_fix_does_not_set_the_time() {
    for date in ["1970:01:01", "1980:01:06", "0000:00:00", "2018:99:99"] {
        let bytes = photo(
            vec![],
            vec![(DATE_TIME_ORIGINAL, ascii("2018:06:08 20:24:11"))],
            gps_time(date, 20, 24, (11, 1)),
        );
        let facts = facts(&bytes);
        assert_eq!(facts.time, naive(MOMENT_MS, TimeSource::DateTimeOriginal), "{date}");
        assert_eq!(facts.flaws, [Flaw::GpsTimeInvalid], "{date}");
    }
}

#[test]
fn impossible_gps_hours_are_not_added_up() {
    for time_of_day in [(104, 52, (17, 1)), (20, 61, (0, 1)), (20, 1, (5, 0))] {
        let (hour, minute, second) = time_of_day;
        let bytes = photo(vec![], vec![], gps_time("2018:06:08", hour, minute, second));
        assert_eq!(time(&bytes), None, "{time_of_day:?}");
    }
}

#[test]
fn gps_time_written_as_text_is_read() {
    let gps = vec![
        (7, Value::Ascii(b"20,00000,24,00000,11,00000".to_vec())),
        (29, ascii("2018:06:08")),
    ];
    assert_eq!(time(&photo(vec![], vec![], gps)), utc(MOMENT_MS, TimeSource::GpsTime));
}

#[test]
fn a_gps_date_with_a_time_behind_it_is_read() {
    let gps = gps_time("2018:06:08 20:24:11", 20, 24, (11, 1));
    assert_eq!(time(&photo(vec![], vec![], gps)), utc(MOMENT_MS, TimeSource::GpsTime));
}

#[test]
fn a_camera_time_without_offset_stays_without_zone() {
    let bytes = photo(vec![], vec![(DATE_TIME_ORIGINAL, ascii("2018:06:08 20:24:11"))], vec![]);
    assert_eq!(time(&bytes), naive(MOMENT_MS, TimeSource::DateTimeOriginal));
}

#[test]
fn a_camera_time_with_offset_is_a_moment() {
    let bytes = photo(
        vec![],
        vec![
            (DATE_TIME_ORIGINAL, ascii("2018:06:09 01:54:11")),
            (SUBSEC_ORIGINAL, ascii("123456")),
            (OFFSET_ORIGINAL, ascii("+05:30")),
        ],
        vec![],
    );
    assert_eq!(time(&bytes), utc(MOMENT_MS + 123, TimeSource::DateTimeOriginal));
}

#[test]
fn blank_offsets_and_subseconds_say_nothing() {
    let bytes = photo(
        vec![],
        vec![
            (DATE_TIME_ORIGINAL, ascii("2018:06:08 20:24:11")),
            (SUBSEC_ORIGINAL, Value::Ascii(vec![0; 4])),
            (OFFSET_ORIGINAL, ascii("   :  ")),
        ],
        vec![],
    );
    assert_eq!(time(&bytes), naive(MOMENT_MS, TimeSource::DateTimeOriginal));
}

#[test]
fn subseconds_padded_from_the_left_as_gopro_writes_them_are_small() {
    let bytes = photo(
        vec![],
        vec![
            (DATE_TIME_ORIGINAL, ascii("2018:06:08 20:24:11")),
            (SUBSEC_ORIGINAL, ascii(" 92")),
        ],
        vec![],
    );
    assert_eq!(time(&bytes), naive(MOMENT_MS + 92, TimeSource::DateTimeOriginal));
}

#[test]
fn the_subsecond_tag_wins_over_a_fraction_in_the_date() {
    let with_fraction = |subsec: Option<&str>| {
        let mut exif = vec![(DATE_TIME_ORIGINAL, ascii("2018:06:08 20:24:11.166"))];
        exif.extend(subsec.map(|text| (SUBSEC_ORIGINAL, ascii(text))));
        time(&photo(vec![], exif, vec![]))
    };
    let expected = |ms| naive(MOMENT_MS + ms, TimeSource::DateTimeOriginal);
    assert_eq!(with_fraction(Some("0839")), expected(83));
    assert_eq!(with_fraction(None), expected(166));
}

#[test]
fn the_next_tag_is_asked_where_one_is_absent() {
    let digitized = photo(
        vec![(DATE_TIME, ascii("2020:01:01 00:00:00"))],
        vec![(DATE_TIME_DIGITIZED, ascii("2018:06:08 20:24:11"))],
        vec![],
    );
    assert_eq!(time(&digitized), naive(MOMENT_MS, TimeSource::DateTimeDigitized));
    let changed = photo(vec![(DATE_TIME, ascii("2018:06:08 20:24:11"))], vec![], vec![]);
    assert_eq!(time(&changed), naive(MOMENT_MS, TimeSource::DateTime));
    assert_eq!(facts(&changed).camera_clock_ms, None);
}

#[test]
fn a_zeroed_date_is_not_replaced_by_the_date_of_the_last_edit() {
    for zeroed in ["0000:00:00 00:00:00", "    :  :     :  :  ", ""] {
        let bytes = photo(
            vec![(DATE_TIME, ascii("2019:11:29 04:11:10"))],
            vec![(DATE_TIME_ORIGINAL, ascii(zeroed))],
            vec![],
        );
        let facts = facts(&bytes);
        assert_eq!(facts.time, None, "{zeroed:?}");
        assert_eq!(facts.flaws, [Flaw::DateZeroed]);
    }
}

#[test]
fn an_unreadable_date_is_told_and_the_next_one_used() {
    let bytes = photo(
        vec![],
        vec![
            (DATE_TIME_ORIGINAL, ascii("yesterday at noon, or so")),
            (DATE_TIME_DIGITIZED, ascii("2018:06:08 20:24:11")),
        ],
        vec![],
    );
    let facts = facts(&bytes);
    assert_eq!(facts.time, naive(MOMENT_MS, TimeSource::DateTimeDigitized));
    assert_eq!(facts.flaws, [Flaw::DateUnreadable]);
}

#[test]
fn dates_in_the_wrong_directory_are_found() {
    let bytes = photo(vec![(DATE_TIME_ORIGINAL, ascii("2018:06:08 20:24:11"))], vec![], vec![]);
    assert_eq!(time(&bytes), naive(MOMENT_MS, TimeSource::DateTimeOriginal));
}

fn xmp_time(attributes: &str) -> Option<TimeReading> {
    time(&jpeg(&[xmp_segment(xmp(attributes, "").as_bytes())]))
}

#[test]
fn xmp_times_are_read_last() {
    assert_eq!(
        xmp_time(r#"exif:GPSTimeStamp="2018-06-08T20:24:11.5Z""#),
        utc(MOMENT_MS + 500, TimeSource::XmpGpsTime)
    );
    assert_eq!(
        xmp_time(r#"exif:GPSTimeStamp="2018-06-08T13:24:11-07:00""#),
        utc(MOMENT_MS, TimeSource::XmpGpsTime)
    );
    assert_eq!(
        xmp_time(r#"exif:GPSTimeStamp="20:24:11" exif:GPSDateStamp="2018:06:08""#),
        utc(MOMENT_MS, TimeSource::XmpGpsTime)
    );
    assert_eq!(
        xmp_time(r#"exif:DateTimeOriginal="2018-06-08T22:24:11+02:00""#),
        utc(MOMENT_MS, TimeSource::XmpDateTimeOriginal)
    );
    assert_eq!(
        xmp_time(r#"exif:DateTimeOriginal="2018-06-08T20:24:11" exif:SubSecTimeOriginal="25""#),
        naive(MOMENT_MS + 250, TimeSource::XmpDateTimeOriginal)
    );
    assert_eq!(
        xmp_time(r#"exif:DateTimeDigitized="2018-06-08T20:24:11""#),
        naive(MOMENT_MS, TimeSource::XmpDateTimeDigitized)
    );
    assert_eq!(xmp_time(r#"exif:GPSTimeStamp="1970-01-01T00:00:00Z""#), None);

    let tiff = Tiff {
        exif: vec![(DATE_TIME_ORIGINAL, ascii("2018:06:08 20:24:11"))],
        ..Tiff::default()
    };
    let packet = xmp(r#"exif:DateTimeOriginal="1999-01-01T00:00:00Z""#, "");
    let both = jpeg(&[xmp_segment(packet.as_bytes()), tiff.segment()]);
    assert_eq!(time(&both), naive(MOMENT_MS, TimeSource::DateTimeOriginal));
}
