//! The end of a run: a summary for the person and a report of every file that is kept.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use serde::Serialize;
use waypost_core::error::CoreError;
use waypost_core::native_words::ENGLISH;
use waypost_core::notice::quit_question;
use waypost_core::path_text::printable_name;
use waypost_core::plan::{Plan, Refusal, Summary};
use waypost_core::plan_view::plan_view;
use waypost_core::submit::{Goal, has_arrived};
use waypost_wire::{FileOutcome, FileReportLine, FileReportRow, FindingRow, PlanView, Problem, UploadRow, VideoRow};

use crate::context::Context;
use crate::output::{bytes, counted};
use crate::sent::Sent;
use crate::video_lines::video_lines;
use crate::words::{contents, words};

/// Everything that is said at the end, for programs.
#[derive(Debug, Default, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct RunReport {
    /// When the run ended, milliseconds since 1970 UTC.
    pub ended_at_ms: i64,
    /// What was read; missing when nothing was.
    pub read: Option<Summary>,
    /// The uploads.
    pub uploads: Vec<UploadRow>,
    /// Photos and videos that were sent before and left out.
    pub already_sent: u64,
    /// Bytes that this run sent.
    pub sent_bytes: u64,
    /// Average speed of the run, bytes per second; missing when nothing was sent.
    pub speed_bytes_per_s: Option<f64>,
    /// The description that was written.
    pub description: Option<PathBuf>,
    /// Where a dry run left what it would have sent.
    pub dry_run_folder: Option<PathBuf>,
    /// Every file and what became of it.
    pub files: Vec<FileLine>,
    /// The videos that can be sent, their ways left out.
    pub videos: Vec<VideoRow>,
    /// Uploads that go on next time.
    pub unfinished: usize,
    /// The first thing that went wrong.
    pub problem: Option<Problem>,
    /// What was found, by reason, for the person.
    #[serde(skip)]
    pub findings: Vec<FindingRow>,
}

/// One file.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct FileLine {
    /// The upload it belongs to.
    pub upload_id: Option<i64>,
    /// The rest.
    #[serde(flatten)]
    pub row: FileReportRow,
}

impl FileLine {
    fn of(path: &Path, outcome: FileOutcome, reason: Option<(&str, &str)>) -> Self {
        Self {
            upload_id: None,
            row: FileReportRow {
                path: path.display().to_string(),
                outcome,
                code: reason.map(|(code, _)| code.to_owned()),
                message: reason.map(|(_, message)| message.to_owned()),
                image_id: None,
            },
        }
    }

    fn refused(refusal: &Refusal) -> Self {
        Self::of(
            &refusal.path,
            FileOutcome::Refused,
            Some((refusal.code.code(), &refusal.message)),
        )
    }
}

impl RunReport {
    /// The report of what was read.
    pub fn of_plan(plan: &Plan) -> Self {
        let mut warnings: BTreeMap<&Path, (&str, String)> = BTreeMap::new();
        for warning in &plan.warnings {
            warnings
                .entry(&warning.path)
                .and_modify(|(_, said)| *said = format!("{said} {}", warning.message))
                .or_insert_with(|| (warning.code.code(), warning.message.clone()));
        }
        let ready = plan
            .sequences
            .iter()
            .flat_map(|sequence| sequence.photos.iter().map(|photo| &photo.path))
            .chain(plan.videos.iter().map(|video| &video.path))
            .map(|path| {
                let warning = warnings.get(path.as_path());
                let said = warning.map(|(code, message)| (*code, message.as_str()));
                FileLine::of(path, FileOutcome::Pending, said)
            });
        let PlanView {
            findings, mut videos, ..
        } = plan_view(plan);
        for video in &mut videos {
            video.track = Vec::new();
        }
        Self {
            read: Some(plan.summary()),
            files: ready.chain(plan.refusals.iter().map(FileLine::refused)).collect(),
            findings,
            videos,
            ..Self::default()
        }
    }

    /// Adds files that a description names and that cannot be sent.
    pub fn add_refusals(&mut self, refusals: Vec<Refusal>) {
        self.files.extend(refusals.iter().map(FileLine::refused));
        let plan = Plan {
            refusals,
            ..Plan::default()
        };
        self.findings.extend(plan_view(&plan).findings);
    }

    /// Adds a file that cannot be sent, with the reason.
    pub fn add_unusable(&mut self, path: &Path, problem: &Problem) {
        self.files.push(FileLine::of(
            path,
            FileOutcome::Refused,
            Some((&problem.code, &problem.message)),
        ));
        self.findings.push(FindingRow {
            code: problem.code.clone(),
            title: "Files that cannot be sent".into(),
            action: problem.action.clone(),
            refused: true,
            fixes: Vec::new(),
            files: vec![FileReportLine {
                file_name: printable_name(path),
                message: problem.message.clone(),
                photo_id: None,
                lat_deg: None,
                lon_deg: None,
            }],
        });
    }

    /// Files that are refused for a reason that a run does not pass over.
    pub fn refused_count(&self) -> u64 {
        let is_serious = |file: &&FileLine| {
            let code = file.row.code.as_deref().unwrap_or_default();
            file.row.outcome == FileOutcome::Refused && crate::exit::of_code(code) != crate::exit::OK
        };
        self.files.iter().filter(is_serious).count() as u64
    }

    /// Adds what was sent.
    pub fn add_sent(&mut self, sent: Sent, files: Vec<(i64, Vec<FileReportRow>)>) {
        self.sent_bytes = sent.bytes;
        self.already_sent = sent.left_out;
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

    /// Says it to the person, answers a program, and keeps the report.
    pub fn tell(&mut self, context: &Context) {
        self.ended_at_ms = context.clock.now_ms();
        for line in self.lines() {
            context.output.say(&line);
        }
        if let Some(path) = &self.description {
            context.output.say(&format!("description: {}", path.display()));
        }
        match self.keep(context) {
            Ok(path) => context.output.say(&format!("report of every file: {}", path.display())),
            Err(error) => context.output.say(&format!("the report could not be kept: {error}")),
        }
        if let Some(problem) = &self.problem {
            context.output.say_problem(problem);
        }
        // Last, because this is what a tired person needs to know.
        if let Some(sentence) = quit_question(self.unfinished, &ENGLISH) {
            context.output.say(&sentence);
        }
        context.output.result_if_json(self);
    }

    /// The lines for a person.
    pub fn lines(&self) -> Vec<String> {
        let mut lines = Vec::new();
        if let Some(read) = &self.read {
            lines.push(read_line(read));
        }
        lines.extend(video_lines(&self.videos));
        for finding in &self.findings {
            push_finding(&mut lines, finding);
        }
        if self.already_sent > 0 {
            lines.push(format!(
                "sent before and left out: {}",
                counted(self.already_sent, "file", "files")
            ));
        }
        for row in &self.uploads {
            lines.push(self.upload_line(row));
            lines.extend(row.links.iter().map(|link| {
                let images = counted(link.image_count, "image", "images");
                format!("    {} ({images})", link.url)
            }));
        }
        if let Some(folder) = &self.dry_run_folder {
            lines.push(format!(
                "dry run: nothing was sent, the packages are in {}",
                folder.display()
            ));
        } else if let Some(speed) = self.speed_bytes_per_s {
            #[expect(
                clippy::cast_possible_truncation,
                clippy::cast_sign_loss,
                reason = "a speed is positive and small"
            )]
            let speed = speed as u64;
            lines.push(format!("sent {} at {}/s", bytes(self.sent_bytes), bytes(speed)));
        }
        lines
    }

    fn upload_line(&self, row: &UploadRow) -> String {
        let what = format!("upload {} · {} · {}", row.upload_id, row.title, contents(row));
        if self.dry_run_folder.is_some() && has_arrived(row, Goal::Taken) {
            return format!("{what}: packed, {}", bytes(row.total_bytes));
        }
        let cluster = row
            .cluster_id
            .as_ref()
            .map_or_else(String::new, |id| format!(" (cluster {id})"));
        format!("{what}: {}{cluster}", words(row))
    }

    /// Keeps the report in the data folder; a run does not fail because of it.
    fn keep(&self, context: &Context) -> Result<PathBuf, CoreError> {
        context.create_data_dir()?;
        let folder = context.data_dir.join("reports");
        let failed = |source| CoreError::Io {
            path: folder.clone(),
            source,
        };
        std::fs::create_dir_all(&folder).map_err(failed)?;
        let text = serde_json::to_vec_pretty(self).map_err(|error| failed(std::io::Error::other(error)))?;
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

fn read_line(read: &Summary) -> String {
    if read.file_count == 0 {
        return "no photos and no videos were found".into();
    }
    let photo_count = read.ready_count.saturating_sub(read.video_count);
    let photos = format!(
        "{} ready in {}",
        counted(photo_count, "photo", "photos"),
        counted(read.sequence_count, "sequence", "sequences")
    );
    let videos = counted(read.video_count, "video", "videos");
    let ready = match (photo_count, read.video_count) {
        (0, 0) => "nothing ready".to_owned(),
        (_, 0) => photos,
        (0, _) => format!("{videos} ready"),
        _ => format!("{photos} and {videos}"),
    };
    let mut parts = vec![format!(
        "read {}: {ready} ({})",
        counted(read.file_count, "file", "files"),
        bytes(read.size_bytes)
    )];
    for (count, what) in [(read.refused_count, "left out"), (read.warning_count, "to look at")] {
        if count > 0 {
            parts.push(format!("{count} {what}"));
        }
    }
    parts.join(", ")
}

/// A reason with its first files, so that a person does not have to open the report for a handful.
fn push_finding(lines: &mut Vec<String>, finding: &FindingRow) {
    const SHOWN: usize = 3;
    let count = finding.files.len();
    let kind = if finding.refused { "left out" } else { "to look at" };
    lines.push(format!("  {kind}: {} ({count}, {})", finding.title, finding.code));
    for file in finding.files.iter().take(SHOWN) {
        lines.push(format!("    {}", file.message));
    }
    if count > SHOWN {
        lines.push(format!("    … and {} more", count - SHOWN));
    }
    let action = finding_action(&finding.code).unwrap_or(&finding.action);
    if !action.is_empty() {
        lines.push(format!("    → {action}"));
    }
}

/// The way on that an option gives; the core's words speak of settings.
fn finding_action(code: &str) -> Option<&'static str> {
    match code {
        "time_zone_unknown" => {
            Some("Say which zone the camera's clock was set to, for example --time_zone Europe/Berlin.")
        }
        "duplicate" => Some("Nothing needs to be done; --duplicate_distance -1 sends them all the same."),
        "zig_zag" => Some("Leave them out; or --skip_zigzag_check, if the track is right."),
        _ => None,
    }
}
