//! What the library does beyond its table: reading what the account published by other means and what mapillary_tools
//! wrote down, whether files may be deleted, that in words, and the shelf of pictures.
//!
//! The table itself is kept in the journal ([`crate::journal`]), in the same commits as the uploads.

pub mod evidence;
pub mod import;
pub mod peer_records;
pub mod picture_shelf;
pub mod safe;
pub mod words;
