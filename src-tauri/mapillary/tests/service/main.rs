//! The client against a real HTTP server on the loopback interface.

mod decisions;
mod detours;
mod feed;
mod line_failures;
mod pictures;
mod public_data;
mod search;
mod secrets;
mod sign_in;
mod support;
mod wire_shapes;
