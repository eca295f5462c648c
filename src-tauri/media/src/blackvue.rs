//! BlackVue dash cameras: NMEA 0183 sentences, each behind the camera's own clock, in a box
//! `gps ` inside `free`, and the model's name in `cprt` beside it.
//!
//! The camera's clock is often in local time. The first valid RMC sentence, which has date and
//! time, tells how far it is off; without one, the time of day in GGA or GLL does, if the camera
//! is off by less than half a day. These are the rules of mapillary_tools 0.14.7.

use std::io::{Read, Seek};

use crate::error::MediaError;
use crate::limits::{MAX_BLACKVUE_TEXT_BYTES, MAX_HEADER_BOX_BYTES, MAX_TRACK_POINTS};
use crate::mp4::{BoxAt, MediaSource, children};
use crate::nmea_sentence::{self, DAY_MS, Sentence, SentenceKind};
use crate::text;
use crate::video_facts::TrackPoint;

/// What the camera wrote.
#[derive(Debug)]
pub(crate) struct Recording {
    /// By time, counted from the first one.
    pub(crate) points: Vec<TrackPoint>,
    pub(crate) model: Option<String>,
}

/// Reads the text in the first of the boxes `top` that has one; `None` if none has.
///
/// Errors: `io`.
pub(crate) fn read<R: Read + Seek>(
    source: &mut MediaSource<'_, R>,
    top: &[BoxAt],
) -> Result<Option<Recording>, MediaError> {
    for free in top.iter().filter(|found| &found.kind == b"free") {
        let inside = children(source, free.start, free.end, false)?;
        let get = |kind: &[u8; 4]| inside.iter().find(|child| child.kind == *kind);
        let Some(positions) = get(b"gps ") else {
            continue;
        };
        let Some(text) = positions.content(source, MAX_BLACKVUE_TEXT_BYTES)? else {
            continue;
        };
        let model = match get(b"cprt") {
            Some(found) => found.content(source, MAX_HEADER_BOX_BYTES)?,
            None => None,
        };
        return Ok(Some(Recording {
            points: points(&text),
            model: model.and_then(|model| model_name(&model)),
        }));
    }
    Ok(None)
}

/// The model in `cprt`: a field of JSON, or the second of the fields between semicolons.
fn model_name(content: &[u8]) -> Option<String> {
    let content = text::clean(content)?;
    if let Some((_, behind)) = content.split_once("\"model\"") {
        let value = behind.trim_start().strip_prefix(':')?.trim_start();
        let value = value.strip_prefix('"')?;
        return text::tidy(value.split('"').next()?);
    }
    text::tidy(content.split(';').nth(1)?)
}

/// One valid sentence behind the camera's clock.
struct Reading {
    camera_ms: f64,
    sentence: Sentence,
}

fn points(text: &[u8]) -> Vec<TrackPoint> {
    let readings: Vec<Reading> = text
        .split(|&byte| byte == b'\n' || byte == b'\r')
        .filter_map(line)
        .take(MAX_TRACK_POINTS)
        .collect();
    let off_ms = clock_error_ms(&readings).unwrap_or_default();
    // The kinds say the same; the one with the most in it is used.
    let best = [SentenceKind::Rmc, SentenceKind::Gga, SentenceKind::Gll]
        .into_iter()
        .find(|kind| readings.iter().any(|reading| reading.sentence.kind == *kind));
    let mut points: Vec<TrackPoint> = readings
        .into_iter()
        .filter(|reading| Some(reading.sentence.kind) == best)
        .map(|reading| TrackPoint {
            time_ms: reading.camera_ms,
            epoch_ms: Some(reading.camera_ms + off_ms),
            ..reading.sentence.point
        })
        .collect();
    points.sort_by(|left, right| left.time_ms.total_cmp(&right.time_ms));
    let start_ms = points.first().map_or(0.0, |point| point.time_ms);
    for point in &mut points {
        point.time_ms -= start_ms;
    }
    points
}

/// What has to be added to the camera's clock.
fn clock_error_ms(readings: &[Reading]) -> Option<f64> {
    let dated = readings
        .iter()
        .find_map(|reading| Some(reading.sentence.date_ms? + reading.sentence.of_day_ms? - reading.camera_ms));
    dated.or_else(|| {
        readings.iter().find_map(|reading| {
            let camera_of_day_ms = reading.camera_ms.rem_euclid(DAY_MS);
            let off_ms = reading.sentence.of_day_ms? - camera_of_day_ms;
            Some(if off_ms < -DAY_MS / 2.0 {
                off_ms + DAY_MS
            } else if off_ms > DAY_MS / 2.0 {
                off_ms - DAY_MS
            } else {
                off_ms
            })
        })
    })
}

/// Reads `[milliseconds]$sentence*checksum`, with or without another time behind it.
fn line(bytes: &[u8]) -> Option<Reading> {
    let line = std::str::from_utf8(bytes).ok()?.trim();
    let (camera_ms, sentence) = line.strip_prefix('[')?.split_once(']')?;
    let camera_ms: u64 = camera_ms.parse().ok()?;
    let sentence = sentence.trim_start().strip_prefix('$')?;
    Some(Reading {
        camera_ms: camera_ms as f64,
        sentence: nmea_sentence::parse(sentence.split('[').next()?.trim_end())?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rmc_is_used_where_it_is_and_sets_the_clock() {
        let text =
            b"[1623057074211]$GPGGA,202530.00,5109.0262,N,11401.8407,W,5,40,0.5,1097.36,M,-17.00,M,18,TSTR*61\r\n\
            [1484010000000]$GNRMC,001031.00,A,4404.13993,N,12118.86023,W,0.146,,100117,,,A*7B\n\
            [1484010001000]$GNRMC,001032.00,A,4404.14000,N,12118.86023,W,10.0,90.5,100117,,,A\n";
        let points = points(text);
        assert_eq!(points.len(), 2);
        assert!((points[0].lat_deg - 44.068_998_833).abs() < 1e-8);
        assert!((points[0].lon_deg + 121.314_337_167).abs() < 1e-8);
        // 2017-01-10T00:10:31Z
        assert_eq!(points[0].epoch_ms, Some(1_484_007_031_000.0));
        assert_eq!(points[1].time_ms.to_bits(), 1000.0_f64.to_bits());
        assert_eq!(points[1].heading_deg, Some(90.5));
        assert!((points[1].ground_speed_m_per_s.unwrap() - 5.144_444).abs() < 1e-5);
    }

    #[test]
    fn gga_sets_the_time_of_day_over_midnight() {
        // The camera says 23:59:30, the receiver 00:00:10 of the next day.
        let text = b"[1623110370000]$GPGGA,000010.00,5109.0262,N,11401.8407,W,5,40,0.5,1097.36,M,-17.00,M,18,TSTR";
        let points = points(text);
        assert_eq!(points[0].epoch_ms, Some(1_623_110_410_000.0));
        assert_eq!(points[0].altitude_m, Some(1097.36));
    }

    #[test]
    fn gll_is_better_than_nothing() {
        let points = points(b"[1629874404069]$GNGLL,4404.14012,N,12118.85993,W,001037.00,A,A*67");
        assert!((points[0].lat_deg - 44.069_002).abs() < 1e-8);
        assert_eq!(points[0].epoch_ms, Some(1_629_850_237_000.0));
    }

    #[test]
    fn invalid_and_damaged_sentences_give_no_point() {
        for text in [
            &b"[1623057074211]$GPVTG,,T,,M,0.078,N,0.144,K,D*28[1623057075215]"[..],
            b"[1484010000000]$GNRMC,001031.00,V,4404.13993,N,12118.86023,W,0.146,,100117,,,A",
            b"[1484010000000]$GNRMC,001031.00,A,4404.13993,N,12118.86023,W,0.146,,100117,,,A*00",
            b"[1484010000000]$GNRMC,001031.00,A,4404.13993,X,12118.86023,W,0.146,,100117,,,A",
            b"[x]$GNRMC",
            b"[]",
            b"\xff\xfe",
            b"",
        ] {
            assert_eq!(points(text), []);
        }
    }

    #[test]
    fn both_spellings_of_the_model_are_known() {
        assert_eq!(
            model_name(b" {\"model\":\"DR900X Plus\",\"ver\":0.918}\0").unwrap(),
            "DR900X Plus"
        );
        assert_eq!(
            model_name(b" Pittasoft Co., Ltd.;DR900S-1CH;1.008;English;1;").unwrap(),
            "DR900S-1CH"
        );
        assert_eq!(model_name(b"nothing"), None);
    }
}
