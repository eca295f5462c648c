//! The track of a recording: the positions of all payloads, each with its place in the video.

use std::io::{Read, Seek};

use super::camera::{self, CameraNames};
use super::epochs::{self, Moment};
use super::payload::{Device, devices};
use super::stream::{Receiver, StreamPoints};
use crate::error::MediaError;
use crate::limits::{
    MAX_GPMF_DEVICES, MAX_PAYLOAD_DURATION_MS, MAX_TELEMETRY_PAYLOAD_BYTES, MAX_TELEMETRY_PAYLOADS, MAX_TRACK_POINTS,
};
use crate::mp4::{MediaSource, Track};
use crate::video_facts::{RemovalReason, TrackPoint};

/// What the telemetry of a recording says.
#[derive(Debug)]
pub(crate) struct GpmfTrack {
    /// All positions by the video's time, the noise not yet removed.
    pub(crate) points: Vec<TrackPoint>,
    /// Positions at moments that the video does not show, and those of a drone.
    pub(crate) removed: Vec<(TrackPoint, RemovalReason)>,
    /// The camera's model.
    pub(crate) model: Option<String>,
}

/// A payload's positions, in the media's time.
struct Payload {
    start_ms: f64,
    duration_ms: f64,
    positions: StreamPoints,
}

/// The first device with positions, through the recording.
struct Recorded {
    id: Option<u64>,
    payloads: Vec<Payload>,
    points: usize,
}

/// Reads the telemetry in `track`; `None` if no payload holds a device, as in `gpmd` tracks of
/// other programs.
///
/// Errors: those of the sample tables, `io`. Payloads that cannot be read are passed over.
pub(crate) fn read_track<R: Read + Seek>(
    source: &mut MediaSource<'_, R>,
    track: &Track,
    settings: &CameraNames,
) -> Result<Option<GpmfTrack>, MediaError> {
    let tables = track.tables(source)?;
    let mut names: Vec<String> = Vec::new();
    let mut recorded: Option<Recorded> = None;
    let mut drone: Option<Recorded> = None;
    let mut any_device = false;
    for sample in tables.samples().take(MAX_TELEMETRY_PAYLOADS) {
        if sample.size > MAX_TELEMETRY_PAYLOAD_BYTES {
            continue;
        }
        let Some(bytes) = source.read_vec(sample.offset, u64::from(sample.size), sample.end())? else {
            continue;
        };
        for device in devices(&bytes) {
            any_device = true;
            remember(&mut names, device.name.as_ref());
            let start_ms = track.to_ms(sample.start);
            let duration_ms = track.to_ms(u64::from(sample.duration));
            let known = match device.positions.receiver {
                Receiver::Gps9 | Receiver::Gps5 => &mut recorded,
                Receiver::Drone | Receiver::DroneRaw => &mut drone,
            };
            collect(known, device, start_ms, duration_ms);
        }
    }
    if !any_device {
        return Ok(None);
    }
    // Only one device's positions are used: two receivers would give a zig-zag.
    let payloads = recorded.map(|device| device.payloads).unwrap_or_default();
    let model = camera::model(&names, settings, !payloads.is_empty());
    let (points, mut removed) = place(track, payloads);
    if points.is_empty() && removed.is_empty() {
        // Where the camera was is known then, but it was in the air.
        let payloads = drone.map(|device| device.payloads).unwrap_or_default();
        let (shown, cut_out) = place(track, payloads);
        removed = shown.into_iter().map(|point| (point, RemovalReason::Drone)).collect();
        removed.extend(cut_out);
    }
    Ok(Some(GpmfTrack { points, removed, model }))
}

fn remember(names: &mut Vec<String>, name: Option<&String>) {
    if let Some(name) = name
        && names.len() < MAX_GPMF_DEVICES
        && !names.contains(name)
    {
        names.push(name.clone());
    }
}

fn collect(recorded: &mut Option<Recorded>, device: Device, start_ms: f64, duration_ms: f64) {
    let added = device.positions.points.len();
    if added == 0 {
        return;
    }
    let known = recorded.get_or_insert_with(|| Recorded {
        id: device.id,
        payloads: Vec::new(),
        points: 0,
    });
    known.points = known.points.saturating_add(added);
    if known.id == device.id && known.points <= MAX_TRACK_POINTS {
        known.payloads.push(Payload {
            start_ms,
            duration_ms,
            positions: device.positions,
        });
    }
}

/// Spreads each payload's points over its duration and gives each its moment.
fn place(track: &Track, mut payloads: Vec<Payload>) -> (Vec<TrackPoint>, Vec<(TrackPoint, RemovalReason)>) {
    payloads.sort_by(|left, right| left.start_ms.total_cmp(&right.start_ms));
    let durations: Vec<f64> = payloads
        .iter()
        .enumerate()
        .map(|(index, payload)| {
            let next = payloads.get(index.saturating_add(1));
            duration_ms(payload, next)
        })
        .collect();
    let mut moments = Vec::new();
    for (payload, duration_ms) in payloads.iter().zip(durations) {
        let count = payload.positions.points.len() as f64;
        for (index, point) in payload.positions.points.iter().enumerate() {
            moments.push(Moment {
                video_ms: payload.start_ms + index as f64 * duration_ms / count,
                epoch_ms: point.epoch_ms,
            });
        }
    }
    epochs::fill(&mut moments);
    let points = payloads.into_iter().flat_map(|payload| payload.positions.points);
    let mut placed = Vec::new();
    let mut removed = Vec::new();
    for (point, moment) in points.zip(moments) {
        let shown_ms = track.edits.presented_ms(moment.video_ms);
        let placed_point = TrackPoint {
            time_ms: shown_ms.unwrap_or(moment.video_ms),
            lat_deg: point.lat_deg,
            lon_deg: point.lon_deg,
            altitude_m: Some(point.altitude_m).filter(|altitude| altitude.is_finite()),
            heading_deg: None,
            epoch_ms: moment.epoch_ms.filter(|epoch| epoch.is_finite()),
            fix: point.fix,
            precision_dop: point.precision_dop,
            ground_speed_m_per_s: Some(point.ground_speed_m_per_s).filter(|speed| speed.is_finite()),
        };
        if shown_ms.is_none() {
            removed.push((placed_point, RemovalReason::CutOut));
        } else {
            placed.push(placed_point);
        }
    }
    // Edits may show the media in another order.
    placed.sort_by(|left, right| left.time_ms.total_cmp(&right.time_ms));
    (placed, removed)
}

/// How long a payload lasts: as the sample table says, else up to the next payload, as the
/// camera's own stamps (`STMP`) or the table's starts say.
fn duration_ms(payload: &Payload, next: Option<&Payload>) -> f64 {
    if payload.duration_ms > 0.0 {
        return payload.duration_ms;
    }
    let stamped = next.and_then(|next| {
        let us = next.positions.stamp_us? - payload.positions.stamp_us?;
        Some(us / 1000.0)
    });
    let started = next.map(|next| next.start_ms - payload.start_ms);
    [started, stamped]
        .into_iter()
        .flatten()
        .find(|&ms| ms > 0.0 && ms < MAX_PAYLOAD_DURATION_MS)
        .unwrap_or_default()
}
