//! The devices of one payload and their positions.

use super::klv::{Entry, entries};
use super::stream::{self, StreamPoints};
use crate::limits::MAX_GPMF_DEPTH;
use crate::text;

/// One device in a payload.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Device {
    /// Its number (`DVID`), which it keeps through the recording.
    pub(super) id: Option<u64>,
    /// Its name (`DVNM`).
    pub(super) name: Option<String>,
    /// The best of its streams that have positions. HERO11 writes the same points as `GPS5` and, behind it, as `GPS9`.
    pub(super) positions: StreamPoints,
}

/// The devices in a payload, in order.
pub(super) fn devices(payload: &[u8]) -> Vec<Device> {
    let mut found = Vec::new();
    collect(payload, 0, &mut found);
    found
}

/// Walks entries that may hold devices. Depth is capped, and every byte is in one entry of each
/// depth, so that the work is bounded by the payload's length.
fn collect(bytes: &[u8], depth: u32, found: &mut Vec<Device>) {
    if depth >= MAX_GPMF_DEPTH {
        return;
    }
    let below = depth.saturating_add(1);
    for entry in entries(bytes).filter(|entry| entry.kind == 0) {
        if &entry.key == b"DEVC" {
            let mut device = Device::default();
            fill(entry.data, below, &mut device, found);
            found.push(device);
        } else {
            collect(entry.data, below, found);
        }
    }
}

fn fill(bytes: &[u8], depth: u32, device: &mut Device, others: &mut Vec<Device>) {
    if depth >= MAX_GPMF_DEPTH {
        return;
    }
    let below = depth.saturating_add(1);
    for entry in entries(bytes) {
        match (&entry.key, entry.kind) {
            (b"DVID", _) if device.id.is_none() => device.id = identity(&entry),
            (b"DVNM", b'c') if device.name.is_none() => device.name = text::clean(entry.data),
            (b"STRM", 0) => {
                let positions = stream::read(entry.data);
                if positions.points.is_empty() {
                    fill(entry.data, below, device, others);
                } else if device.positions.points.is_empty() || positions.receiver < device.positions.receiver {
                    device.positions = positions;
                }
            }
            // A device behind another, as hubs of remote sensors write it.
            (b"DEVC", 0) => {
                let mut inner = Device::default();
                fill(entry.data, below, &mut inner, others);
                others.push(inner);
            }
            _ => {}
        }
    }
}

/// A number, or four characters, as one number.
fn identity(entry: &Entry<'_>) -> Option<u64> {
    let bytes = entry.data.get(..entry.data.len().min(8))?;
    (!bytes.is_empty()).then(|| bytes.iter().fold(0_u64, |id, &byte| (id << 8) | u64::from(byte)))
}
