//! `process_and_upload`: read photos and send them.

use waypost_core::app::{Destination, Prepared};
use waypost_core::describe::write_description;
use waypost_core::error::CoreError;

use super::process::{exit_code, place, say};
use crate::arguments::ProcessAndUploadCommand;
use crate::context::Context;
use crate::exit;
use crate::reading::read_plan;
use crate::report::RunReport;
use crate::sending::Sender;
use crate::stop::Stop;

/// Runs it.
pub async fn run(
    context: &Context,
    command: &ProcessAndUploadCommand,
    stop: &Stop,
) -> Result<u8, CoreError> {
    let sender = Sender::open(context, &command.upload).await?;
    let plan = read_plan(context, &command.import_path, &command.process, stop).await?;
    if let Some(path) = &command.desc_path {
        write_description(&plan, &place(context, Some(path), &command.import_path))?;
    }
    let mut report = RunReport::of_plan(context, &plan);
    let refused = exit_code(&plan, command.process.skip_process_errors);
    if refused != exit::OK {
        say(context, &plan, &report);
        context
            .output
            .say("nothing was sent: --skip_process_errors sends the good ones");
        context.output.result_if_json(&report);
        report.keep(context);
        sender.close(context).await?;
        return Ok(refused);
    }
    let destination = Destination {
        package: sender.package(),
        ..Destination::default()
    };
    let prepared = Prepared::new(plan.clone());
    let code = sender
        .send_and_report(context, prepared.uploads(&destination)?, &mut report, stop)
        .await?;
    say(context, &plan, &report);
    context.output.result_if_json(&report);
    report.keep(context);
    sender.close(context).await?;
    Ok(code)
}
