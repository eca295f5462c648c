//! One file per command. Each returns its exit code, or the failure that decides it.

pub mod authenticate;
pub mod doctor;
pub mod hand_over;
pub mod library;
pub mod practice;
pub mod process;
pub mod process_and_upload;
pub mod sandbox;
pub mod settle;
pub mod status;
pub mod take_out;
pub mod upload;
pub mod zip;

use waypost_core::practice::follow_of;
use waypost_core::upload::{Engine, EngineConfig, HttpTransport};

use crate::context::Context;
use crate::failure::Failure;

/// An engine on the journal of this data folder, with as many places for sending as asked for.
async fn open_engine(context: &Context, parallel_uploads: usize) -> Result<Engine, Failure> {
    let endpoints = context.endpoints(false)?;
    let follow = follow_of(&endpoints);
    let client = context.client(endpoints)?;
    let accounts = context.accounts(client.clone(), None)?;
    let config = EngineConfig {
        follow,
        parallel_uploads,
        ..EngineConfig::new(&context.data_dir)
    };
    let transport = std::sync::Arc::new(HttpTransport::new(client.clone()));
    Ok(Engine::open(
        config,
        transport,
        std::sync::Arc::new(accounts),
        std::sync::Arc::clone(&context.clock),
        Some(client),
    )
    .await?)
}
