//! Bytes to facts: JPEG, EXIF, XMP and video containers, without files, sockets or clocks.
