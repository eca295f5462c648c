//! Uploads under way: a bar each on a terminal, a line for each change of state elsewhere.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use indicatif::{ProgressBar, ProgressStyle};
use waypost_wire::{UploadEvent, UploadProgress, UploadRow, UploadState};

use crate::context::Context;
use crate::output::{Output, bars};
use crate::words::words;

/// The uploads that are watched.
pub struct Board {
    by_upload: Mutex<HashMap<i64, (ProgressBar, Option<UploadState>)>>,
    output: Output,
}

impl Board {
    /// An empty board.
    pub fn new(context: &Context) -> Self {
        Self {
            by_upload: Mutex::default(),
            output: context.output,
        }
    }

    /// Shows an event of one of these uploads.
    pub fn show(&self, event: &UploadEvent, upload_ids: &[i64]) {
        match event {
            UploadEvent::Row(row) if upload_ids.contains(&row.upload_id) => self.row(row),
            UploadEvent::Progress(progress) if upload_ids.contains(&progress.upload_id) => {
                self.progress(progress);
            }
            _ => {}
        }
    }

    fn bars(&self) -> MutexGuard<'_, HashMap<i64, (ProgressBar, Option<UploadState>)>> {
        self.by_upload.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn row(&self, row: &UploadRow) {
        let is_new = {
            let mut all = self.bars();
            let (bar, state) = all
                .entry(row.upload_id)
                .or_insert_with(|| (bars().add(new_bar()), None));
            bar.set_length(row.total_bytes);
            bar.set_position(row.sent_bytes);
            if row.state == UploadState::Sending {
                bar.set_style(sending_style());
                bar.set_message(row.title.clone());
            } else {
                bar.set_style(waiting_style());
                bar.set_message(format!("{}: {}", row.title, words(row)));
            }
            state.replace(row.state) != Some(row.state)
        };
        if is_new && !self.output.has_audience() && is_news(row.state) {
            self.output.say(&format!("{}: {}", row.title, words(row)));
        }
    }

    fn progress(&self, progress: &UploadProgress) {
        if let Some((bar, _)) = self.bars().get(&progress.upload_id) {
            bar.set_length(progress.total_bytes);
            bar.set_position(progress.sent_bytes);
        }
    }
}

impl Drop for Board {
    fn drop(&mut self) {
        for (bar, _) in self.bars().values() {
            bar.finish_and_clear();
            bars().remove(bar);
        }
    }
}

/// Whether somebody who reads lines wants one about it: the short steps between two others tell nothing.
fn is_news(state: UploadState) -> bool {
    !matches!(
        state,
        UploadState::Draft | UploadState::Queued | UploadState::Preparing | UploadState::Finishing
    )
}

fn new_bar() -> ProgressBar {
    ProgressBar::new(0).with_style(waiting_style())
}

fn sending_style() -> ProgressStyle {
    const LINE: &str =
        "{msg:24!} {wide_bar} {decimal_bytes} of {decimal_total_bytes} {decimal_bytes_per_sec} {eta} left";
    ProgressStyle::with_template(LINE).unwrap_or_else(|_| ProgressStyle::default_bar())
}

fn waiting_style() -> ProgressStyle {
    ProgressStyle::with_template("{wide_msg}").unwrap_or_else(|_| ProgressStyle::default_bar())
}
