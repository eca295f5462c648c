//! `process`: read photos and write their description.

use std::path::{Path, PathBuf};

use waypost_core::describe::{DESCRIPTION_FILE_NAME, DescriptionPlace, write_description};

use crate::arguments::ProcessCommand;
use crate::context::Context;
use crate::exit;
use crate::failure::{Complaint, Ending, Failure};
use crate::output::counted;
use crate::reading::read_plan;
use crate::report::RunReport;
use crate::stop::Stop;

/// Runs it.
pub async fn run(context: &Context, command: &ProcessCommand, stop: &Stop) -> Ending {
    let place = place(context, command.desc_path.as_deref(), &command.import_path);
    refuse_gpx(&place)?;
    let plan = read_plan(context, &command.import_path, &command.process, stop).await?;
    if place == DescriptionPlace::StandardStream {
        if command.desc_path.is_none() {
            context
                .output
                .say("the description goes to standard output: one folder was not what was given");
        }
        context.output.give_standard_output_away();
    }
    write_description(&plan, &place)?;
    let mut report = RunReport::of_plan(&plan);
    let code = judge(&mut report, command.process.skip_process_errors);
    if let DescriptionPlace::File(path) = &place {
        report.description = Some(path.clone());
    }
    report.tell(context);
    Ok(code)
}

/// Where the description goes or comes from.
pub fn place(context: &Context, desc_path: Option<&Path>, given: &[PathBuf]) -> DescriptionPlace {
    let name = context.variable("MAPILLARY_TOOLS_IMAGE_DESCRIPTION_FILENAME");
    DescriptionPlace::choose(desc_path, given, name.as_deref().unwrap_or(DESCRIPTION_FILE_NAME))
}

/// mapillary_tools would write a track.
pub fn refuse_gpx(place: &DescriptionPlace) -> Result<(), Failure> {
    match place {
        DescriptionPlace::File(path)
            if path
                .extension()
                .is_some_and(|suffix| suffix.eq_ignore_ascii_case("gpx")) =>
        {
            Err(Failure::refused(
                "--desc_path",
                "this version writes descriptions as JSON, not as GPX",
                "Give the file another suffix, for example .json.",
            ))
        }
        _ => Ok(()),
    }
}

/// As mapillary_tools: duplicates are fine, anything else needs `--skip_process_errors`.
pub fn judge(report: &mut RunReport, skip_errors: bool) -> u8 {
    let count = report.refused_count();
    if count == 0 || skip_errors {
        return exit::OK;
    }
    report.problem = Some(Complaint::FilesRefused.problem(
        format!("{} cannot be used", counted(count, "file", "files")),
        "--skip_process_errors goes on without what cannot be used.",
    ));
    exit::PROCESS_ERRORS
}
