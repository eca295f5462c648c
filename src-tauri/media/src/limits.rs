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

/// Bytes looked at for the end of the picture where the last few do not show it. Trailers of
/// known kinds are shorter or announce themselves.
pub const END_SEARCH_FAR_BYTES: u64 = 65_536;

/// Buffer for walking the header, in bytes: one page holds the usual small segments.
pub const HEADER_BUFFER_BYTES: usize = 4_096;
