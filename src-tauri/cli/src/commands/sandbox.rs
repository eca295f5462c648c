//! `sandbox`: a practice Mapillary that stays until it is stopped.

use std::path::PathBuf;

use waypost_core::error::CoreError;
use waypost_sandbox::{SandboxConfig, SandboxError, serve_until};

use crate::arguments::SandboxCommand;
use crate::context::Context;
use crate::exit;
use crate::stop::Stop;

/// Runs it.
pub async fn run(
    context: &Context,
    command: &SandboxCommand,
    stop: &Stop,
) -> Result<u8, CoreError> {
    let stage_ms = stage_ms(command.stage_seconds)?;
    let config = SandboxConfig {
        port: command.port,
        data_dir: command.data.clone().unwrap_or_default(),
        stage_ms,
        auto_allow: command.allow_sign_in,
        ..SandboxConfig::default()
    };
    let output = context.output;
    let ready = move |info: &waypost_sandbox::SandboxInfo| {
        // One line, JSON in any case: it is for programs.
        let line = serde_json::to_string(info).unwrap_or_default();
        output.result(info, &line);
        output.say("practice Mapillary is ready; nothing leaves this computer (Ctrl-C stops it)");
    };
    serve_until(config, ready, stop.wanted())
        .await
        .map_err(|error| unusable(&error, command.data.as_ref()))?;
    Ok(exit::OK)
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "bounded before"
)]
fn stage_ms(seconds: f64) -> Result<u64, CoreError> {
    if (0.0..=86_400.0).contains(&seconds) {
        return Ok((seconds * 1000.0) as u64);
    }
    Err(CoreError::InvalidSetting {
        name: "--stage-seconds".into(),
        reason: "it must be from 0 to 86400".into(),
    })
}

/// The practice server's failure as one of ours.
pub fn unusable(error: &SandboxError, folder: Option<&PathBuf>) -> CoreError {
    CoreError::Io {
        path: folder.cloned().unwrap_or_else(std::env::temp_dir),
        source: std::io::Error::other(error.to_string()),
    }
}
