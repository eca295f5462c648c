//! One file per command. Each returns its exit code, or the error that decides it.

pub mod authenticate;
pub mod practice;
pub mod process;
pub mod process_and_upload;
pub mod sandbox;
pub mod status;
pub mod upload;
pub mod zip;
