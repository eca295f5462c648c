//! What the tests of all crates share: secrets that can be found again, folders that are kept until they were searched,
//! the table of what faults did, and a line to a server that breaks where a test wants it to.
//!
//! Standard library only: `cargo xtask` searches with it too, and has to start in seconds on a fresh machine.

#![allow(clippy::missing_panics_doc, reason = "test support: a panic is how a test fails")]

pub mod canary;
pub mod line;
mod needles;
pub mod random;
pub mod scratch;
pub mod table;
mod traffic;
