//! Camera motion metadata: the samples of a CAMM track, little-endian, as the public CAMM
//! specification lays them out. Only positions (types 5 and 6) matter here; the others must have
//! their right length.

use super::Refusal;

/// A position of a CAMM track.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Position {
    /// 5 (position alone) or 6 (with the GPS time).
    pub camm_type: u16,
    /// Seconds since 1970-01-01 UTC; type 6 only.
    pub epoch_s: Option<f64>,
    pub latitude: f64,
    pub longitude: f64,
    /// Metres; `None` for the value −1 that stands for "unknown".
    pub altitude_m: Option<f64>,
}

/// Data bytes of each type after the four bytes in front.
const DATA_LENGTHS: [usize; 8] = [12, 8, 12, 12, 12, 24, 56, 12];

/// Reads one sample; `None` for a type without a position.
pub(crate) fn read_sample(sample: &[u8]) -> Result<Option<Position>, Refusal> {
    let [_, _, low, high, data @ ..] = sample else {
        return Err(Refusal::new("a CAMM sample is shorter than four bytes"));
    };
    let camm_type = u16::from_le_bytes([*low, *high]);
    let expected = DATA_LENGTHS
        .get(usize::from(camm_type))
        .ok_or_else(|| Refusal::new(format!("a CAMM sample has the unknown type {camm_type}")))?;
    if data.len() != *expected {
        return Err(Refusal::new(format!(
            "a CAMM sample of type {camm_type} has {} data bytes, not {expected}",
            data.len()
        )));
    }
    let position = match camm_type {
        5 => Position {
            camm_type,
            epoch_s: None,
            latitude: f64_at(data, 0)?,
            longitude: f64_at(data, 8)?,
            altitude_m: Some(f64_at(data, 16)?),
        },
        6 => Position {
            camm_type,
            epoch_s: Some(f64_at(data, 0)?),
            latitude: f64_at(data, 12)?,
            longitude: f64_at(data, 20)?,
            altitude_m: Some(f64::from(f32_at(data, 28)?)),
        },
        _ => return Ok(None),
    };
    check(position).map(Some)
}

fn check(mut position: Position) -> Result<Position, Refusal> {
    if !(-90.0..=90.0).contains(&position.latitude) || !(-180.0..=180.0).contains(&position.longitude) {
        return Err(Refusal::new(format!(
            "a CAMM position lies at latitude {}, longitude {}",
            position.latitude, position.longitude
        )));
    }
    if position.epoch_s.is_some_and(|epoch| !(0.0..1e11).contains(&epoch)) {
        return Err(Refusal::new("a CAMM position has no possible time"));
    }
    position.altitude_m = position
        .altitude_m
        .filter(|altitude| altitude.is_finite() && (altitude + 1.0).abs() > 1e-9);
    Ok(position)
}

fn at<const N: usize>(data: &[u8], offset: usize) -> Result<[u8; N], Refusal> {
    data.get(offset..)
        .and_then(|rest| rest.first_chunk())
        .copied()
        .ok_or_else(|| Refusal::new("a CAMM sample ends too early"))
}

fn f64_at(data: &[u8], offset: usize) -> Result<f64, Refusal> {
    at(data, offset).map(f64::from_le_bytes)
}

fn f32_at(data: &[u8], offset: usize) -> Result<f32, Refusal> {
    at(data, offset).map(f32::from_le_bytes)
}
