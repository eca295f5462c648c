//! What the library answers beyond its table: whether files may be deleted.
//!
//! The table itself is kept in the journal ([`crate::journal`]), in the same commits as the uploads.

pub mod evidence;
pub mod safe;
