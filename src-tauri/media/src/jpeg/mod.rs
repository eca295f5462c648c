//! The JPEG container (ITU-T T.81 annex B): header segments and the end of the picture.

mod end;
mod header;
mod sniff;
mod source;

pub(crate) use end::ends_properly;
pub(crate) use header::{ExifSegment, read_header};

/// First byte of every marker.
const MARKER_PREFIX: u8 = 0xff;
/// Start of image.
const SOI: u8 = 0xd8;
/// End of image.
const EOI: u8 = 0xd9;
/// Start of scan: the compressed picture follows.
const SOS: u8 = 0xda;
/// Application segment 1: EXIF and XMP.
pub(crate) const APP1: u8 = 0xe1;
