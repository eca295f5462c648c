//! `process_and_upload`: read photos and videos and send them, and zips that lie beside them.

use waypost_core::app::{Destination, plan_uploads};
use waypost_core::describe::{DescriptionPlace, write_description};
use waypost_core::edit::Edits;

use super::process::{judge, place, refuse_gpx};
use crate::arguments::ProcessAndUploadCommand;
use crate::context::Context;
use crate::exit;
use crate::failure::Ending;
use crate::reading::{check, read_plan, wants_zips};
use crate::report::RunReport;
use crate::sending::Sender;
use crate::stop::Stop;
use crate::zips::zip_uploads;

/// Runs it.
pub async fn run(context: &Context, command: &ProcessAndUploadCommand, stop: &Stop) -> Ending {
    check(context, &command.process)?;
    let place = command
        .desc_path
        .as_ref()
        .map(|path| place(context, Some(path), &command.import_path));
    if let Some(place) = &place {
        refuse_gpx(place)?;
    }
    let sender = Sender::prepare(context, &command.upload).await?;
    let plan = read_plan(context, &command.import_path, &command.process, stop).await?;
    if let Some(place) = &place {
        if *place == DescriptionPlace::StandardStream {
            context.output.give_standard_output_away();
        }
        write_description(&plan, place)?;
    }
    let mut report = RunReport::of_plan(&plan);
    let refused = judge(&mut report, command.process.skip_process_errors);
    if refused != exit::OK {
        report.tell(context);
        context.output.say("nothing was sent");
        return Ok(refused);
    }
    let destination = Destination {
        package: sender.package(),
        ..Destination::default()
    };
    let mut uploads = plan_uploads(&plan, &destination, &Edits::default())?;
    let mut unusable = exit::OK;
    if wants_zips(&command.process) {
        let recurse = !command.process.skip_subfolders;
        let zips = zip_uploads(&command.import_path, recurse, &mut report)?;
        unusable = zips.exit_code;
        uploads.extend(zips.uploads);
    }
    let import_path = match command.import_path.as_slice() {
        [only] => Some(only.as_path()),
        _ => None,
    };
    let code = sender
        .send_and_report(context, uploads, import_path, &mut report, stop)
        .await?;
    report.tell(context);
    Ok(if code == exit::OK { unusable } else { code })
}
