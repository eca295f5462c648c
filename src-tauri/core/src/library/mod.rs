//! What the library does beyond its table: reading what the account published by other means, whether files may be
//! deleted, and both in words.
//!
//! The table itself is kept in the journal ([`crate::journal`]), in the same commits as the uploads.

pub mod evidence;
pub mod import;
pub mod safe;
pub mod words;
