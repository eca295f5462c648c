//! Every cap on what a file can make this crate read, walk or hold, with unit and reason.

/// Segments looked at before the picture starts. Cameras write 10 to 40; files with extended XMP
/// (depth maps) some hundred. Each costs one small read.
pub const MAX_HEADER_SEGMENTS: u32 = 4_096;

/// Bytes skipped, in all, while looking for the next marker after damage in the header. One
/// segment's length: damage that is longer leaves nothing to hope for.
pub const MAX_RESYNC_BYTES: u64 = 65_536;

/// Bytes of segments that may stand in front of the EXIF segment when a description is written.
/// They are held in memory then. Extended XMP takes a few megabytes at most.
pub const MAX_SPLICE_PREFIX_BYTES: u64 = 8 * 1024 * 1024;

/// Payload of one JPEG segment in bytes: the 16-bit length counts itself (ITU-T T.81, B.1.1.4).
pub const MAX_SEGMENT_PAYLOAD_BYTES: usize = 65_533;

/// XMP packets read from one file. The standard allows one; some editors leave an old one behind.
pub const MAX_XMP_PACKETS: usize = 4;

/// XML nesting followed in an XMP packet. Real packets stay under ten.
pub const MAX_XMP_DEPTH: u32 = 64;

/// Characters kept of one XMP value. Every value read from XMP is a number, a date or a name.
pub const MAX_XMP_VALUE_CHARS: usize = 1_024;

/// EXIF tags, counted over all directories as a reader would visit them. Cameras write under
/// 500, but directories may point to each other, and 64 KB of pointers to pointers would mean
/// billions of visits.
pub const MAX_EXIF_ENTRIES: u32 = 10_000;

/// Directories in the main chain of an EXIF block. Two are usual, the EXIF library stops at 8.
pub const MAX_EXIF_DIRECTORIES: u32 = 8;

/// Characters kept of a maker's, model's or serial number's text.
pub const MAX_TEXT_CHARS: usize = 256;

/// Bytes looked at first for the end of the picture: enough for the usual padding behind it.
pub const END_SEARCH_NEAR_BYTES: u64 = 512;

/// Bytes of one read on the way back through a picture whose end is not where it should be.
pub const END_SEARCH_STEP_BYTES: u64 = 65_536;

/// Bytes read back, in all, to find the end of such a picture: larger than a GoPro's photo (12 MB) with a large appendix,
/// and half a second of a slow card.
pub const MAX_END_SEARCH_BYTES: u64 = 32 * 1024 * 1024;

/// Bytes looked at to tell what a file is that is no JPEG: the first directory of a raw photo is in them, and a file of
/// zeros is told from one that begins with some.
pub const SNIFF_BYTES: usize = 4_096;

/// Buffer for walking the header, in bytes: one page holds the usual small segments.
pub const HEADER_BUFFER_BYTES: usize = 4_096;

/// Boxes looked at in one level of a video file. Cameras write under 20; fragmented recordings
/// have two for each fragment.
pub const MAX_BOXES_PER_LEVEL: usize = 4_096;

/// Tracks of a video. GoPro's `.360` files have about ten.
pub const MAX_TRACKS: usize = 64;

/// Segments of an edit list. A trimmed recording has one or two.
pub const MAX_EDITS: usize = 1_024;

/// Bytes of a header box (`mvhd`, `mdhd`, `elst`, a maker's or model's name). The longest edit
/// list that is read fits.
pub const MAX_HEADER_BOX_BYTES: u64 = 32 * 1024;

/// Bytes of one table of a track (`stsz`, `stts`, …): four million samples, which is more than
/// four hours at 240 frames a second.
pub const MAX_SAMPLE_TABLE_BYTES: u64 = 16 * 1024 * 1024;

/// Samples of one track, for the same reason.
pub const MAX_TRACK_SAMPLES: u32 = 4 * 1024 * 1024;

/// Bytes read ahead among boxes that hold boxes: one read for the headers of a whole track.
pub const BOX_WINDOW_BYTES: u64 = 8 * 1024;

/// Bytes that may be read from a video, as a multiple of its length. Telemetry is read once, and
/// boxes a few times; tables that name the same bytes over and over come to this end.
pub const VIDEO_READ_FACTOR: u64 = 2;

/// Bytes that may be read from a video beyond [`VIDEO_READ_FACTOR`]: read-ahead in short files.
pub const VIDEO_READ_ALLOWANCE_BYTES: u64 = 16 * 1024 * 1024;

/// Bytes of one telemetry payload. GoPro's hold a second and stay under 100 KB.
pub const MAX_TELEMETRY_PAYLOAD_BYTES: u32 = 4 * 1024 * 1024;

/// Telemetry payloads of one recording: 55 hours at one a second, or a time-lapse of two hours with one for each frame.
pub const MAX_TELEMETRY_PAYLOADS: usize = 200_000;

/// Nesting followed in GPMF. Device, stream and values make three.
pub const MAX_GPMF_DEPTH: u32 = 8;

/// Devices of one recording whose names are kept. Camera and remote sensors make three.
pub const MAX_GPMF_DEVICES: usize = 16;

/// Points of one recording's track: 15 hours at 18 a second.
pub const MAX_TRACK_POINTS: usize = 1_000_000;

/// Comparisons made when the pieces of a track are joined again, see
/// [`RemovalReason::Outlier`](crate::RemovalReason::Outlier). Three thousand pieces each compared
/// with all others; real tracks break into under a hundred.
pub const MAX_PIECE_COMPARISONS: u32 = 10_000_000;

/// Bytes of a CAMM sample that is looked at. The longest kind with a position has 60.
pub const MAX_CAMM_SAMPLE_BYTES: u32 = 1_024;

/// Bytes of neighbouring CAMM samples that are read at once.
pub const CAMM_RUN_BYTES: u64 = 64 * 1024;

/// Bytes of the text with positions that BlackVue cameras keep in one box: a few hundred for each
/// second, and recordings of some minutes.
pub const MAX_BLACKVUE_TEXT_BYTES: u64 = 8 * 1024 * 1024;

/// Places in a video from which the frames of one track are taken. Cameras write up to one for each frame: nine hours at
/// 30 frames a second. Each costs 56 bytes in the plan of an upload.
pub const MAX_UPLOAD_RANGES: usize = 1_000_000;

/// Bytes that are copied from the index of a video into the index of its upload, sample tables
/// not counted.
pub const MAX_COPIED_INDEX_BYTES: u64 = 4 * 1024 * 1024;

/// The latest moment of a track in milliseconds from the start of its video: 32 days.
pub const MAX_VIDEO_TIME_MS: f64 = 32.0 * 86_400_000.0;

/// Bytes of a GPX or NMEA file. A point takes about 120 bytes in GPX and 150 in NMEA: more than four days at one a
/// second. The file is held in memory while it is read.
pub const MAX_TRACK_FILE_BYTES: u64 = 64 * 1024 * 1024;

/// XML nesting followed in a GPX file. Points with extensions make seven.
pub const MAX_GPX_DEPTH: u32 = 64;

/// Characters kept of one value in a GPX file. All that are read are numbers, times and single words.
pub const MAX_GPX_VALUE_CHARS: usize = 64;

/// Bytes at the start of a file in which a GPX or NMEA file shows what it is.
pub const TRACK_FILE_PROBE_BYTES: usize = 64 * 1024;

/// The lowest altitude that is believed, in metres: beneath the deepest sea.
pub const MIN_ALTITUDE_M: f64 = -12_000.0;

/// The highest altitude that is believed, in metres: the edge of space. Programs that take -1 for an unsigned number write
/// 4,294,967,295 m.
pub const MAX_ALTITUDE_M: f64 = 100_000.0;

/// The largest error of a position that is believed, in metres; beyond it stand placeholders such as 0xffffffff.
pub const MAX_ACCURACY_M: f64 = 100_000.0;

/// The longest time that one telemetry payload is taken to last where the tables do not say, in milliseconds. Real ones
/// last a second, in time-lapses a minute.
pub const MAX_PAYLOAD_DURATION_MS: f64 = 120_000.0;
