//! `zip`: pack described photos into one zip per sequence, byte for byte what `upload` would send.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use serde::Serialize;
use waypost_core::describe::{DescriptionPlace, read_description};
use waypost_core::error::CoreError;
use waypost_core::observe::MeasureObserver;
use waypost_core::package::write_zip_file;

use super::process::{judge, place};
use crate::arguments::ZipCommand;
use crate::context::Context;
use crate::failure::{Ending, Failure};
use crate::output::counted;
use crate::report::RunReport;
use crate::stop::Stop;

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Made {
    path: std::path::PathBuf,
    image_count: usize,
}

/// Runs it.
pub fn run(context: &Context, command: &ZipCommand, stop: &Stop) -> Ending {
    if !command.import_path.is_dir() {
        return Err(Failure::with_action(
            &CoreError::PathNotFound {
                path: command.import_path.clone(),
            },
            "Name the folder of the described photos.".into(),
        ));
    }
    let place = place(
        context,
        command.desc_path.as_deref(),
        std::slice::from_ref(&command.import_path),
    );
    if let DescriptionPlace::File(path) = &place
        && !path.exists()
    {
        return Err(Failure::with_action(
            &CoreError::PathNotFound { path: path.clone() },
            "Describe the photos first with `waypost process`.".into(),
        ));
    }
    let described = read_description(&place)?;
    let observer = StopOnly(stop.flag());
    let mut made = Vec::new();
    for sequence in &described.sequences {
        let path = write_zip_file(&sequence.photos, &command.zip_dir, &observer)?;
        context.output.say(&format!(
            "{}: {}",
            path.display(),
            counted(sequence.photos.len() as u64, "photo", "photos")
        ));
        made.push(Made {
            path,
            image_count: sequence.photos.len(),
        });
    }
    let videos = described.videos.len() as u64;
    if videos > 0 {
        context.output.say(&format!(
            "{} left out: a zip holds photos",
            counted(videos, "video is", "videos are")
        ));
    }
    if made.is_empty() {
        context.output.say("the description names no photo that can be packed");
    }
    let mut report = RunReport::default();
    report.add_refusals(described.refusals);
    let code = judge(&mut report, false);
    for line in report.lines() {
        context.output.say(&line);
    }
    if let Some(problem) = &report.problem {
        context.output.say(&format!("waypost: {}", problem.message));
    }
    context.output.result_if_json(&made);
    Ok(code)
}

/// Shows nothing and ends with Ctrl-C.
struct StopOnly(Arc<AtomicBool>);

impl MeasureObserver for StopOnly {
    fn bytes(&self, _count: u64) {}

    fn cancelled(&self) -> bool {
        self.0.load(Ordering::Relaxed)
    }
}
