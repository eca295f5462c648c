//! `sandbox`: a practice Mapillary that stays until it is stopped.

use waypost_sandbox::{DEFAULT_USERNAME, SandboxConfig, Seed, serve_until};

use crate::arguments::SandboxCommand;
use crate::context::Context;
use crate::exit;
use crate::failure::{Ending, Failure};
use crate::stop::Stop;

/// Runs it.
pub async fn run(context: &Context, command: &SandboxCommand, stop: &Stop) -> Ending {
    let stage_ms = stage_ms(command.stage_seconds)?;
    let config = SandboxConfig {
        port: command.port,
        data_dir: command.data.clone().unwrap_or_default(),
        stage_ms,
        auto_allow: command.allow_sign_in,
        checks_later: command.check_later,
        seeds: seeds(command),
        ..SandboxConfig::default()
    };
    let output = context.output;
    let ready = move |info: &waypost_sandbox::SandboxInfo| {
        // One line, JSON in any case: it is for programs.
        let line = serde_json::to_string(info).unwrap_or_default();
        output.result(info, &line);
        output.say("practice Mapillary is ready; nothing leaves this computer (Ctrl-C stops it)");
    };
    serve_until(config, ready, stop.wanted()).await?;
    Ok(exit::OK)
}

/// What the account begins with.
fn seeds(command: &SandboxCommand) -> Vec<Seed> {
    if command.seed_sequences == 0 {
        return Vec::new();
    }
    let username = command.seed_account.as_deref().unwrap_or(DEFAULT_USERNAME);
    let images = usize::try_from(command.seed_images).unwrap_or(usize::MAX);
    vec![Seed::new(username, usize::from(command.seed_sequences), images)]
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "bounded before")]
fn stage_ms(seconds: f64) -> Result<u64, Failure> {
    if (0.0..=86_400.0).contains(&seconds) {
        return Ok((seconds * 1000.0) as u64);
    }
    Err(Failure::refused(
        "--stage-seconds",
        &format!("{seconds} is not from 0 to 86400"),
        "Correct the value.",
    ))
}
