//! Telemetry as GoPro cameras write it: GPMF, key, type, size and count in front of each value.
//!
//! The format is described in GoPro's gpmf-parser documentation (`docs/README.md`); the order and
//! content of the GPS streams follow what HERO9 to HERO13 files hold.

use jiff::Timestamp;
use jiff::tz::TimeZone;

use super::{GpsStream, VideoPoint, VideoSpec};
use crate::GeneratorError;
use crate::random::Random;

const GPS5_SCALE: [i32; 5] = [10_000_000, 10_000_000, 1000, 1000, 100];
const GPS9_SCALE: [i32; 9] = [10_000_000, 10_000_000, 1000, 1000, 100, 1, 1000, 100, 1];
/// 2000-01-01T00:00:00Z in milliseconds since 1970: where GPS9 counts its days from.
const YEAR_2000_MS: i64 = 946_684_800_000;
/// 2100-01-01T00:00:00Z: `GPSU` writes the year with two digits.
const YEAR_2100_MS: i64 = 4_102_444_800_000;
const DAY_MS: i64 = 86_400_000;

/// One entry: `kind` is GPMF's type letter, `size` the bytes of one structure of it.
fn entry(key: [u8; 4], kind: u8, size: u8, data: &[u8]) -> Vec<u8> {
    let count = data.len() / usize::from(size.max(1));
    let mut bytes = Vec::with_capacity(8 + data.len().next_multiple_of(4));
    bytes.extend_from_slice(&key);
    bytes.extend_from_slice(&[kind, size]);
    bytes.extend_from_slice(&u16::try_from(count).unwrap_or(u16::MAX).to_be_bytes());
    bytes.extend_from_slice(data);
    bytes.resize(bytes.len().next_multiple_of(4), 0);
    bytes
}

fn nested(key: [u8; 4], entries: &[Vec<u8>]) -> Vec<u8> {
    entry(key, 0, 1, &entries.concat())
}

fn text(key: [u8; 4], value: &str) -> Vec<u8> {
    entry(key, b'c', 1, value.as_bytes())
}

fn longs(key: [u8; 4], values: &[i32]) -> Vec<u8> {
    let bytes: Vec<u8> = values.iter().flat_map(|value| value.to_be_bytes()).collect();
    entry(key, b'l', 4, &bytes)
}

/// The payload of one second: `points` are the fixes of that second, `from_ms` when it begins in
/// the video, `points_before` how many fixes went before.
pub(super) fn payload(
    spec: &VideoSpec,
    points: &[VideoPoint],
    from_ms: u64,
    points_before: u32,
) -> Result<Vec<u8>, GeneratorError> {
    let mut entries = vec![
        entry(*b"DVID", b'L', 4, &1_u32.to_be_bytes()),
        text(*b"DVNM", &spec.device_name),
        accelerometer_stream(spec, from_ms),
    ];
    if !points.is_empty() {
        let total = points_before.saturating_add(u32::try_from(points.len()).unwrap_or(u32::MAX));
        let counters = [
            entry(*b"STMP", b'J', 8, &(from_ms * 1000).to_be_bytes()),
            entry(*b"TSMP", b'L', 4, &total.to_be_bytes()),
        ];
        if matches!(spec.gps, GpsStream::Gps5 | GpsStream::Both) {
            entries.push(gps5_stream(spec, points, &counters)?);
        }
        if matches!(spec.gps, GpsStream::Gps9 | GpsStream::Both) {
            entries.push(gps9_stream(points, &counters)?);
        }
    }
    Ok(nested(*b"DEVC", &entries))
}

/// The settings of the whole file, which cameras keep beside the tracks.
pub(super) fn global_settings(spec: &VideoSpec) -> Vec<u8> {
    let entries = [
        entry(*b"DVID", b'L', 4, &1_u32.to_be_bytes()),
        text(*b"DVNM", "Global Settings"),
        text(*b"CASN", &spec.serial),
        text(*b"MINF", &spec.model),
    ];
    nested(*b"DEVC", &entries)
}

/// A stream that has nothing to do with the position, for readers to pass over.
fn accelerometer_stream(spec: &VideoSpec, from_ms: u64) -> Vec<u8> {
    let mut random = Random::for_item(spec.seed, 20, from_ms.cast_signed());
    #[allow(clippy::cast_possible_truncation)] // a few hundred
    let samples: Vec<u8> = (0..20)
        .flat_map(|_| [9.8, 0.0, 0.0].map(|gravity| (gravity + random.between(-0.4, 0.4)) * 417.0))
        .flat_map(|value| (value as i16).to_be_bytes())
        .collect();
    nested(
        *b"STRM",
        &[
            text(*b"STNM", "Accelerometer"),
            text(*b"ORIN", "ZXY"),
            entry(*b"SIUN", b'c', 4, b"m/s\xB2"),
            entry(*b"SCAL", b's', 2, &417_i16.to_be_bytes()),
            entry(*b"ACCL", b's', 6, &samples),
        ],
    )
}

fn gps5_stream(spec: &VideoSpec, points: &[VideoPoint], counters: &[Vec<u8>]) -> Result<Vec<u8>, GeneratorError> {
    let first_ms = points.first().map_or(spec.start_ms, |point| point.at_ms);
    let mut values = Vec::with_capacity(points.len() * 20);
    for point in points {
        for value in shared_values(point)? {
            values.extend_from_slice(&value.to_be_bytes());
        }
    }
    let mut entries = counters.to_vec();
    entries.extend([
        text(*b"STNM", "GPS (Lat., Long., Alt., 2D speed, 3D speed)"),
        entry(*b"GPSF", b'L', 4, &spec.fix.to_be_bytes()),
        entry(*b"GPSU", b'U', 16, gps_time_text(first_ms)?.as_bytes()),
        entry(*b"GPSP", b'S', 2, &spec.dilution_x100.to_be_bytes()),
        entry(*b"UNIT", b'c', 3, b"degdegm\0\0m/sm/s"),
        longs(*b"SCAL", &GPS5_SCALE),
        entry(*b"GPSA", b'F', 4, b"MSLV"),
        entry(*b"GPS5", b'l', 20, &values),
    ]);
    Ok(nested(*b"STRM", &entries))
}

fn gps9_stream(points: &[VideoPoint], counters: &[Vec<u8>]) -> Result<Vec<u8>, GeneratorError> {
    let mut values = Vec::with_capacity(points.len() * 32);
    for point in points {
        check_year(point.at_ms)?;
        let since_2000_ms = point.at_ms - YEAR_2000_MS;
        let out_of_range = |_| GeneratorError::TimeOutOfRange { at_ms: point.at_ms };
        let days = i32::try_from(since_2000_ms / DAY_MS).map_err(out_of_range)?;
        let of_day_ms = i32::try_from(since_2000_ms % DAY_MS).map_err(out_of_range)?;
        for value in shared_values(point)?.into_iter().chain([days, of_day_ms]) {
            values.extend_from_slice(&value.to_be_bytes());
        }
        let fix = u16::try_from(point.fix).unwrap_or(u16::MAX);
        values.extend_from_slice(&point.dilution_x100.to_be_bytes());
        values.extend_from_slice(&fix.to_be_bytes());
    }
    let mut entries = counters.to_vec();
    entries.extend([
        text(*b"STNM", "GPS (Lat., Long., Alt., 2D, 3D, days, secs, DOP, fix)"),
        entry(*b"UNIT", b'c', 3, b"degdegm\0\0m/sm/s\0\0\0s\0\0\0\0\0\0\0\0"),
        text(*b"TYPE", "lllllllSS"),
        longs(*b"SCAL", &GPS9_SCALE),
        entry(*b"GPSA", b'F', 4, b"MSLV"),
        entry(*b"GPS9", b'?', 32, &values),
    ]);
    Ok(nested(*b"STRM", &entries))
}

/// What both kinds of stream begin with: place and speeds, scaled.
fn shared_values(point: &VideoPoint) -> Result<[i32; 5], GeneratorError> {
    let values = [
        ("lat_deg", point.lat_deg),
        ("lon_deg", point.lon_deg),
        ("altitude_m", point.altitude_m),
        ("speed_m_per_s", point.speed_m_per_s),
        ("speed_m_per_s", point.speed_m_per_s),
    ];
    let mut scaled = [0; 5];
    for ((target, scale), (field, value)) in scaled.iter_mut().zip(GPS5_SCALE).zip(values) {
        let wanted = (value * f64::from(scale)).round();
        if !(f64::from(i32::MIN)..=f64::from(i32::MAX)).contains(&wanted) {
            return Err(GeneratorError::ValueOutOfRange { field, value });
        }
        #[allow(clippy::cast_possible_truncation)] // checked above
        {
            *target = wanted as i32;
        }
    }
    Ok(scaled)
}

fn check_year(at_ms: i64) -> Result<(), GeneratorError> {
    if (YEAR_2000_MS..YEAR_2100_MS).contains(&at_ms) {
        Ok(())
    } else {
        Err(GeneratorError::TimeOutOfRange { at_ms })
    }
}

/// `yymmddhhmmss.sss`, UTC.
fn gps_time_text(at_ms: i64) -> Result<String, GeneratorError> {
    check_year(at_ms)?;
    let at = Timestamp::from_millisecond(at_ms)
        .map_err(|_| GeneratorError::TimeOutOfRange { at_ms })?
        .to_zoned(TimeZone::UTC);
    Ok(format!(
        "{:02}{:02}{:02}{:02}{:02}{:02}.{:03}",
        at.year() % 100,
        at.month(),
        at.day(),
        at.hour(),
        at.minute(),
        at.second(),
        at.millisecond()
    ))
}
