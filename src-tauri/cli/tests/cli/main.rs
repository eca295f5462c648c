//! The real program `waypost` against a practice Mapillary in the test's own process.

#![cfg(unix)]

mod accounts;
mod describing;
mod doctor;
mod dry_run;
mod errors;
mod going_on;
mod json;
mod keychain;
mod library;
mod memory;
mod options;
mod page;
mod peer;
mod sending;
mod status;
mod support;
mod take_out;
