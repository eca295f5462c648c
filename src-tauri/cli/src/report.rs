//! The end of a run: a summary for the person and a report of every file that is kept.

use std::collections::BTreeMap;
use std::path::PathBuf;

use serde::Serialize;
use waypost_core::error::CoreError;
use waypost_core::path_text::printable_name;
use waypost_core::plan::{Plan, Refusal, Summary};
use waypost_wire::{FileReportRow, Problem, UploadRow};

use crate::context::Context;
use crate::output::{bytes, counted};
use crate::sending::{Sent, words};

/// Everything that is said at the end, for programs.
#[derive(Debug, Default, Serialize)]
pub struct RunReport {
    /// When the run ended, milliseconds since 1970 UTC.
    pub ended_at_ms: i64,
    /// What was read; missing when nothing was.
    pub read: Option<Summary>,
    /// The uploads.
    pub uploads: Vec<UploadRow>,
    /// Photos that were sent before and left out.
    pub already_sent: u64,
    /// Bytes the service holds of these uploads.
    pub sent_bytes: u64,
    /// Average speed of the run, bytes per second; missing when nothing was sent.
    pub speed_bytes_per_s: Option<f64>,
    /// Every file and what became of it.
    pub files: Vec<FileLine>,
    /// The first thing that went wrong.
    pub problem: Option<Problem>,
}

/// One file.
#[derive(Debug, Serialize)]
pub struct FileLine {
    /// The upload it belongs to.
    pub upload_id: Option<i64>,
    /// The rest.
    #[serde(flatten)]
    pub row: FileReportRow,
}

impl RunReport {
    /// The report of what was read.
    pub fn of_plan(context: &Context, plan: &Plan) -> Self {
        Self {
            ended_at_ms: context.clock.now_ms(),
            read: Some(plan.summary()),
            files: plan
                .refusals
                .iter()
                .map(|refusal| FileLine {
                    upload_id: None,
                    row: refused(refusal),
                })
                .collect(),
            ..Self::default()
        }
    }

    /// Adds what was sent.
    pub fn add_sent(&mut self, sent: Sent, files: Vec<(i64, Vec<FileReportRow>)>) {
        self.sent_bytes = sent.rows.iter().map(|row| row.sent_bytes).sum();
        self.already_sent = sent.already_sent;
        if self.sent_bytes > 0 && sent.took_ms > 0 {
            self.speed_bytes_per_s = Some(self.sent_bytes as f64 * 1000.0 / sent.took_ms as f64);
        }
        self.uploads = sent.rows;
        let reported = files.into_iter().flat_map(|(upload_id, rows)| {
            rows.into_iter().map(move |row| FileLine {
                upload_id: Some(upload_id),
                row,
            })
        });
        let mut by_path: BTreeMap<String, FileLine> = std::mem::take(&mut self.files)
            .into_iter()
            .map(|line| (line.row.path.clone(), line))
            .collect();
        by_path.extend(reported.map(|line| (line.row.path.clone(), line)));
        self.files = by_path.into_values().collect();
    }

    /// The lines for a person.
    pub fn lines(&self) -> Vec<String> {
        let mut lines = Vec::new();
        if let Some(read) = &self.read {
            lines.push(format!(
                "read {}: {} ready in {}, {} refused, {}",
                counted(read.file_count, "file", "files"),
                read.ready_count,
                counted(read.sequence_count, "sequence", "sequences"),
                read.refused_count,
                bytes(read.size_bytes)
            ));
            for (code, count) in &read.refused {
                lines.push(format!("  refused: {count} × {code}"));
            }
            if read.warning_count > 0 {
                lines.push(format!(
                    "  to look at: {}",
                    counted(read.warning_count, "file", "files")
                ));
            }
        }
        if self.already_sent > 0 {
            lines.push(format!(
                "left out, sent before: {}",
                counted(self.already_sent, "photo", "photos")
            ));
        }
        for row in &self.uploads {
            let cluster = row
                .cluster_id
                .as_ref()
                .map_or_else(String::new, |id| format!(", cluster {id}"));
            lines.push(format!(
                "upload {} · {} {}{cluster}",
                row.upload_id,
                row.title,
                words(row)
            ));
            lines.extend(row.links.iter().map(|link| format!("  {}", link.url)));
        }
        if let Some(speed) = self.speed_bytes_per_s {
            #[expect(
                clippy::cast_possible_truncation,
                clippy::cast_sign_loss,
                reason = "a speed is positive and small"
            )]
            let speed = speed as u64;
            lines.push(format!(
                "sent {} at {}/s",
                bytes(self.sent_bytes),
                bytes(speed)
            ));
        }
        lines
    }

    /// Keeps the report in the data folder and says where; a run does not fail because of it.
    pub fn keep(&self, context: &Context) {
        match self.write(context) {
            Ok(path) => context
                .output
                .say(&format!("report of every file: {}", path.display())),
            Err(error) => context
                .output
                .say(&format!("the report could not be kept: {error}")),
        }
    }

    fn write(&self, context: &Context) -> Result<PathBuf, CoreError> {
        context.create_data_dir()?;
        let folder = context.data_dir.join("reports");
        let failed = |source| CoreError::Io {
            path: folder.clone(),
            source,
        };
        std::fs::create_dir_all(&folder).map_err(failed)?;
        let text = serde_json::to_vec_pretty(self)
            .map_err(|error| failed(std::io::Error::other(error)))?;
        let moment = jiff::Timestamp::from_millisecond(self.ended_at_ms).unwrap_or_default();
        let path = folder.join(format!(
            "{}-{}.json",
            moment.strftime("%Y%m%dT%H%M%S%3fZ"),
            std::process::id()
        ));
        std::fs::write(&path, text).map_err(failed)?;
        Ok(path)
    }
}

fn refused(refusal: &Refusal) -> FileReportRow {
    FileReportRow {
        path: refusal.path.display().to_string(),
        outcome: waypost_wire::FileOutcome::Refused,
        code: Some(refusal.code.code().into()),
        message: Some(refusal.message.clone()),
        image_id: None,
    }
}

/// The first refusals in words, so that a person does not have to open the report for a handful.
pub fn say_refusals(context: &Context, refusals: &[Refusal]) {
    const SHOWN: usize = 10;
    for refusal in refusals.iter().take(SHOWN) {
        let action = if refusal.action.is_empty() {
            String::new()
        } else {
            format!(" {}", refusal.action)
        };
        context
            .output
            .say(&format!("  {} {action}", refusal.message));
    }
    if refusals.len() > SHOWN {
        let first_hidden = refusals
            .get(SHOWN)
            .map_or_else(String::new, |refusal| printable_name(&refusal.path));
        context.output.say(&format!(
            "  … and {} more, from {first_hidden} on",
            refusals.len() - SHOWN
        ));
    }
}
