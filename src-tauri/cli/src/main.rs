//! The command line of Waypost: everything the window does, for scripts and tests.
//!
//! A face of `waypost-core`: options become settings, events become bars, results become words or JSON.

mod arguments;
mod commands;
mod context;
mod exit;
mod output;
mod reading;
mod report;
mod sending;
mod stop;

use std::path::PathBuf;
use std::process::ExitCode;

use clap::Parser as _;
use waypost_core::error::CoreError;

use crate::arguments::{Arguments, Command};
use crate::context::Context;
use crate::output::Output;
use crate::stop::Stop;

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let output = Output {
        json: arguments.json,
        verbose: arguments.verbose,
    };
    start_log(arguments.verbose);
    let runtime = match tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
    {
        Ok(runtime) => runtime,
        Err(error) => {
            output.say(&format!(
                "waypost: the computer has no room for another program: {error}"
            ));
            return ExitCode::from(exit::OTHER);
        }
    };
    let code = match runtime.block_on(run(output, &arguments.command)) {
        Ok(code) => code,
        Err(error) => {
            output.problem(&error.problem());
            exit::of(&error)
        }
    };
    ExitCode::from(code)
}

async fn run(output: Output, command: &Command) -> Result<u8, CoreError> {
    let called_as = std::env::args_os()
        .next()
        .map(PathBuf::from)
        .unwrap_or_default();
    let context = Context::new(output, &called_as)?;
    let stop = Stop::listen();
    match command {
        Command::Process(command) => commands::process::run(&context, command, &stop).await,
        Command::Upload(command) => commands::upload::run(&context, command, &stop).await,
        Command::ProcessAndUpload(command) => {
            commands::process_and_upload::run(&context, command, &stop).await
        }
        Command::Zip(command) => commands::zip::run(&context, command, &stop),
        Command::Authenticate(arguments) => {
            commands::authenticate::run(&context, arguments, &stop).await
        }
        Command::Status(command) => commands::status::run(&context, command, &stop).await,
        Command::Sandbox(command) => commands::sandbox::run(&context, command, &stop).await,
        Command::Practice(command) => commands::practice::run(&context, command, &stop).await,
    }
}

/// Logs to standard error. `WAYPOST_LOG` takes a filter; the keychain's library names entries at debug level, so
/// that it stays at info whatever is asked.
fn start_log(verbose: bool) {
    let wanted = std::env::var("WAYPOST_LOG")
        .unwrap_or_else(|_| if verbose { "info" } else { "warn" }.into());
    let filter = tracing_subscriber::EnvFilter::builder()
        .parse_lossy(format!("{wanted},keyring=info,keyring_core=info"));
    tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(std::io::stderr)
        .init();
}
