//! `process`: read photos and write their description.

use waypost_core::describe::{DESCRIPTION_FILE_NAME, DescriptionPlace, write_description};
use waypost_core::error::CoreError;
use waypost_core::plan::Plan;
use waypost_core::refusal_code::RefusalCode;

use crate::arguments::ProcessCommand;
use crate::context::Context;
use crate::exit;
use crate::reading::read_plan;
use crate::report::{RunReport, say_refusals};
use crate::stop::Stop;

/// Runs it.
pub async fn run(
    context: &Context,
    command: &ProcessCommand,
    stop: &Stop,
) -> Result<u8, CoreError> {
    let plan = read_plan(context, &command.import_path, &command.process, stop).await?;
    let place = place(context, command.desc_path.as_deref(), &command.import_path);
    write_description(&plan, &place)?;
    let report = RunReport::of_plan(context, &plan);
    if let DescriptionPlace::File(path) = &place {
        context
            .output
            .detail(&format!("description: {}", path.display()));
        // On the standard stream the description is the answer.
        context.output.result_if_json(&report);
    }
    say(context, &plan, &report);
    report.keep(context);
    Ok(exit_code(&plan, command.process.skip_process_errors))
}

/// Where the description goes or comes from.
pub fn place(
    context: &Context,
    desc_path: Option<&std::path::Path>,
    given: &[std::path::PathBuf],
) -> DescriptionPlace {
    let name = context.variable("MAPILLARY_TOOLS_IMAGE_DESCRIPTION_FILENAME");
    DescriptionPlace::choose(
        desc_path,
        given,
        name.as_deref().unwrap_or(DESCRIPTION_FILE_NAME),
    )
}

/// Summary and first refusals, for people.
pub fn say(context: &Context, plan: &Plan, report: &RunReport) {
    for line in report.lines() {
        context.output.say(&line);
    }
    say_refusals(context, &plan.refusals);
}

/// As mapillary_tools: duplicates are fine, anything else needs `--skip_process_errors`.
pub fn exit_code(plan: &Plan, skip_errors: bool) -> u8 {
    let serious = plan
        .refusals
        .iter()
        .any(|refusal| refusal.code != RefusalCode::Duplicate);
    if serious && !skip_errors {
        exit::PROCESS_ERRORS
    } else {
        exit::OK
    }
}
