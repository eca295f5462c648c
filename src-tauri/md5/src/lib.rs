//! MD5 (RFC 1321) of one byte string, of two in turn, of several side by side.
//!
//! Session keys are MD5s, so MD5 bounds everything that is sent. No crate works on several strings at once in safe code;
//! this one is a crate of its own so that the tests' build optimises it without optimising the application.

mod block;
mod lanes;
#[cfg(target_arch = "x86_64")]
mod pair;
mod processor;
mod stream;

pub use lanes::{LANES, md5_hexes, md5_hexes_of, md5_hexes_of_two};
pub use stream::{Md5, md5_hex};
