//! GPMF, the telemetry of GoPro cameras: key, type, size and count in front of each value.
//!
//! The format is described in GoPro's public gpmf-parser documentation. A payload belongs to a
//! sample of the `gpmd` track, usually one a second, and holds devices (`DEVC`) with streams
//! (`STRM`). What can be read of a damaged payload is read; the next one starts anew.

mod camera;
mod epochs;
mod klv;
mod payload;
mod stream;
mod time;
mod track;

pub(crate) use camera::{CameraNames, RECORDER_BLOCK_BYTES, read_settings};
pub(crate) use track::read_track;
