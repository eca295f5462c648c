//! The command line of Waypost: everything the window does, for scripts and tests.
//!
//! A face of `waypost-core`: options become settings, events become bars, results become words or JSON.

mod arguments;
mod board;
mod commands;
mod context;
mod exit;
mod failure;
mod output;
mod prompt;
mod reading;
mod report;
mod sending;
mod sent;
mod stop;
mod uploader;
mod video_lines;
mod words;
mod zips;

use std::path::PathBuf;
use std::process::ExitCode;

use clap::error::ErrorKind;
use clap::{CommandFactory as _, Parser as _};

use crate::arguments::{Arguments, Command};
use crate::context::Context;
use crate::failure::{Complaint, Ending, Failure};
use crate::output::{BesideBars, Output};
use crate::stop::Stop;

fn main() -> ExitCode {
    let arguments = match Arguments::try_parse() {
        Ok(arguments) => arguments,
        Err(error) => return ExitCode::from(misunderstood(&error)),
    };
    let output = Output::new(arguments.json, arguments.verbose);
    let Some(command) = &arguments.command else {
        // As mapillary_tools: nothing asked for is no mistake.
        let _ = Arguments::command().print_help();
        return ExitCode::from(exit::OK);
    };
    start_log(arguments.verbose);
    let runtime = match tokio::runtime::Builder::new_multi_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => {
            output.say(&format!(
                "waypost: the computer has no room for another program: {error}"
            ));
            return ExitCode::from(exit::OTHER);
        }
    };
    let code = match runtime.block_on(run(output, command)) {
        Ok(code) => code,
        Err(Failure(problem)) => {
            output.problem(&problem);
            exit::of_code(&problem.code)
        }
    };
    // A read of standard input or a keychain that asks the person may hang; nothing of ours is lost with it.
    runtime.shutdown_background();
    ExitCode::from(code)
}

async fn run(output: Output, command: &Command) -> Ending {
    let called_as = std::env::args_os().next().map(PathBuf::from).unwrap_or_default();
    let context = Context::new(output, &called_as)?;
    let stop = Stop::listen(output);
    match command {
        Command::Process(command) => commands::process::run(&context, command, &stop).await,
        Command::Upload(command) => commands::upload::run(&context, command, &stop).await,
        Command::ProcessAndUpload(command) => commands::process_and_upload::run(&context, command, &stop).await,
        Command::Zip(command) => commands::zip::run(&context, command, &stop),
        Command::Authenticate(arguments) => commands::authenticate::run(&context, arguments, &stop).await,
        Command::Status(command) => commands::status::run(&context, command, &stop).await,
        Command::Library(command) => commands::library::run(&context, command, &stop).await,
        Command::Doctor(command) => commands::doctor::run(&context, command).await,
        Command::Settle(command) => commands::settle::run(&context, command, &stop).await,
        Command::TakeOut(command) => commands::take_out::run(&context, command, &stop).await,
        Command::Export(command) => commands::take_out::export(&context, command, &stop).await,
        Command::HandOver(command) => commands::hand_over::run(&context, command).await,
        Command::Sandbox(command) => commands::sandbox::run(&context, command, &stop).await,
        Command::Practice(command) => commands::practice::run(&context, command, &stop).await,
        Command::SampleVideo(_) => Err(refused("sample_video")),
        Command::VideoProcess(_) => Err(refused("video_process")),
        Command::VideoProcessAndUpload(_) => Err(refused("video_process_and_upload")),
    }
}

/// A command of mapillary_tools that cuts videos into photos.
fn refused(name: &str) -> Failure {
    Failure::refused(
        name,
        "Waypost does not cut videos into photos",
        "Use mapillary_tools for this; what it describes can be sent with `waypost upload`.",
    )
}

/// Help and version are answers; everything else that clap says is a mistake of the command line.
fn misunderstood(error: &clap::Error) -> u8 {
    let is_answer = matches!(error.kind(), ErrorKind::DisplayHelp | ErrorKind::DisplayVersion);
    let wants_json = std::env::args_os().any(|argument| argument == "--json");
    if wants_json && !is_answer {
        let text = error.render().to_string();
        let message = text.lines().next().unwrap_or_default();
        let message = message.strip_prefix("error: ").unwrap_or(message);
        let problem = Complaint::BadOption.problem(message.into(), "See `waypost --help`.");
        Output::new(true, false).result_if_json(&serde_json::json!({ "error": problem }));
    }
    // Whoever reads may have gone.
    let _ = error.print();
    if is_answer { exit::OK } else { exit::BAD_PARAMETER }
}

/// Logs to standard error. `WAYPOST_LOG` takes a filter; libraries that could name a secret stay at info whatever is
/// asked.
fn start_log(verbose: bool) {
    const QUIET: &str = "keyring=info,keyring_core=info,zbus=info,zvariant=info,secret_service=info,\
        zbus_secret_service_keyring_store=info,hyper=info,hyper_util=info,h2=info,reqwest=info,rustls=info";
    let wanted = std::env::var("WAYPOST_LOG").unwrap_or_else(|_| if verbose { "info" } else { "warn" }.into());
    let filter = tracing_subscriber::EnvFilter::builder().parse_lossy(format!("{wanted},{QUIET}"));
    tracing_subscriber::fmt()
        .with_env_filter(filter)
        .without_time()
        .with_target(false)
        .with_writer(|| BesideBars)
        .init();
}
