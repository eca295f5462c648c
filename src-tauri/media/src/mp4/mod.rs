//! The container of MP4, MOV and `.360` files (ISO/IEC 14496-12): where its boxes lie, what its
//! tracks are, and where each of their samples lies.
//!
//! The `mp4` crate types the headers and tables. It is never shown a file: it stops at cameras'
//! sample entries, and a damaged box can make it loop, divide by zero or ask for gigabytes. Each
//! track is copied into a small `moov` of its own, in which every box fits and every count is
//! true ([`tables`]), so that one damaged track cannot hide another. Samples are found by our
//! own walk over the tables ([`samples`]), and nothing of the media data is read here.

mod boxes;
mod edits;
mod movie;
mod samples;
mod source;
mod tables;

pub(crate) use boxes::{BoxAt, children, first_child};
pub(crate) use movie::{Movie, Track};
pub(crate) use samples::Sample;
pub(crate) use source::MediaSource;
pub(crate) use tables::SampleTables;
