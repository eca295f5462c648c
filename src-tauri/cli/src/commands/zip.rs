//! `zip`: pack described photos into one zip per sequence, byte for byte what `upload` would send.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use waypost_core::describe::read_description;
use waypost_core::error::CoreError;
use waypost_core::observe::MeasureObserver;
use waypost_core::package::write_zip_file;

use super::process::place;
use crate::arguments::ZipCommand;
use crate::context::Context;
use crate::exit;
use crate::output::counted;
use crate::report::say_refusals;
use crate::stop::Stop;

/// Runs it.
pub fn run(context: &Context, command: &ZipCommand, stop: &Stop) -> Result<u8, CoreError> {
    let place = place(
        context,
        command.desc_path.as_deref(),
        std::slice::from_ref(&command.import_path),
    );
    let described = read_description(&place)?;
    let observer = StopOnly(stop.flag());
    let mut paths = Vec::new();
    for sequence in &described.sequences {
        let path = write_zip_file(&sequence.photos, &command.zip_dir, &observer)?;
        context.output.say(&format!(
            "{}: {}",
            path.display(),
            counted(sequence.photos.len() as u64, "photo", "photos")
        ));
        paths.push(path.display().to_string());
    }
    say_refusals(context, &described.refusals);
    context.output.result_if_json(&paths);
    Ok(exit::OK)
}

/// Shows nothing and ends with Ctrl-C.
struct StopOnly(Arc<AtomicBool>);

impl MeasureObserver for StopOnly {
    fn bytes(&self, _count: u64) {}

    fn cancelled(&self) -> bool {
        self.0.load(Ordering::Relaxed)
    }
}
