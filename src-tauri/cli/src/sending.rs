//! Sending on the command line: everything is put into the journal, then watched until it is where it should be.

use std::collections::HashMap;
use std::sync::Arc;

use indicatif::{MultiProgress, ProgressBar, ProgressDrawTarget, ProgressStyle};
use waypost_core::error::CoreError;
use waypost_core::settings::PackageKind;
use waypost_core::submit::{Goal, Submitted, begin, has_arrived, is_over, submit};
use waypost_core::upload::{
    Engine, EngineConfig, FolderTransport, HttpTransport, NewUpload, TokenSource as _, Transport,
};
use waypost_wire::{FileReportRow, UploadEvent, UploadProgress, UploadRow, UploadState};

use crate::arguments::UploadArguments;
use crate::context::{Context, UPLOAD_ENDPOINT_VARIABLE};
use crate::exit;
use crate::output::bytes;
use crate::report::RunReport;
use crate::stop::Stop;

/// Where packages of a dry run go without `MAPILLARY_UPLOAD_ENDPOINT`, as in mapillary_tools.
const DRY_RUN_FOLDER: &str = "mapillary_public_uploads";

/// What came of a run.
#[derive(Debug, Default)]
pub struct Sent {
    /// The uploads at the end of the run.
    pub rows: Vec<UploadRow>,
    /// Photos that were sent before and left out.
    pub already_sent: u64,
    /// How long sending took, milliseconds.
    pub took_ms: u64,
}

/// Somebody who may upload, and how.
pub struct Sender {
    engine: Engine,
    user_id: String,
    organization_id: Option<String>,
    package: PackageKind,
    fresh_key: bool,
    finish: bool,
    again: bool,
    goal: Goal,
    /// Holds the journal of a dry run, which is nobody's history.
    _scratch: Option<tempfile::TempDir>,
}

impl Sender {
    /// Checks the sign-in and the organisation before anything is read, then opens the journal.
    pub async fn open(context: &Context, arguments: &UploadArguments) -> Result<Self, CoreError> {
        context.create_data_dir()?;
        let endpoints = context.endpoints(arguments.dry_run)?;
        let folder = arguments.dry_run.then(|| {
            context.variable(UPLOAD_ENDPOINT_VARIABLE).map_or_else(
                || std::env::temp_dir().join(DRY_RUN_FOLDER),
                std::path::PathBuf::from,
            )
        });
        let follow = context.follow(&endpoints);
        let client = context.client(endpoints)?;
        let accounts = context.accounts(client.clone(), arguments.user_name.as_deref())?;
        let active = accounts.token(None).await?;
        context
            .output
            .detail(&format!("signed in as {}", active.username));
        if let Some(id) = &arguments.organization_key {
            let organization = accounts.organization(Some(&active.user_id), id).await?;
            context.output.detail(&format!(
                "for the organisation {}",
                organization.name.as_deref().unwrap_or(id)
            ));
        }
        let scratch = match &folder {
            Some(_) => Some(tempfile::tempdir().map_err(|source| CoreError::Io {
                path: std::env::temp_dir(),
                source,
            })?),
            None => None,
        };
        let tuning = context.tuning()?;
        let config = EngineConfig {
            image_workers: arguments
                .num_upload_workers
                .unwrap_or(tuning.image_workers)
                .max(1),
            chunk_bytes: tuning.chunk_bytes,
            max_attempts: tuning.max_attempts,
            follow,
            ..EngineConfig::new(
                scratch
                    .as_ref()
                    .map_or(context.data_dir.as_path(), tempfile::TempDir::path),
            )
        };
        let transport: Arc<dyn Transport> = match folder {
            Some(folder) => Arc::new(FolderTransport::new(folder)),
            None => Arc::new(HttpTransport::new(client.clone())),
        };
        let engine = Engine::open(
            config,
            transport,
            Arc::new(accounts.clone()),
            Arc::clone(&context.clock),
            Some(client),
        )
        .await?;
        let package = arguments
            .package
            .as_deref()
            .and_then(PackageKind::from_word);
        let goal = match (arguments.nofinish, arguments.wait && !arguments.dry_run) {
            (true, _) => Goal::Sent,
            (false, false) => Goal::Taken,
            (false, true) => Goal::Published,
        };
        Ok(Self {
            engine,
            user_id: active.user_id,
            organization_id: arguments.organization_key.clone(),
            package: package.unwrap_or(context.default_package),
            fresh_key: arguments.noresume,
            finish: !arguments.nofinish,
            again: arguments.reupload,
            goal,
            _scratch: scratch,
        })
    }

    /// How photos are packed.
    pub fn package(&self) -> PackageKind {
        self.package
    }

    /// Sends `uploads` and returns when each is where it should be, or needs the person.
    pub async fn send(
        &self,
        context: &Context,
        uploads: Vec<NewUpload>,
        stop: &Stop,
    ) -> Result<Sent, CoreError> {
        let begun_ms = context.clock.now_ms();
        let mut sent = Sent::default();
        let mut upload_ids = Vec::new();
        for mut upload in uploads {
            upload.user_id = Some(self.user_id.clone());
            upload.organization_id.clone_from(&self.organization_id);
            upload.fresh_key = self.fresh_key;
            upload.finish = self.finish;
            let title = upload.title.clone();
            let submitted = submit(&self.engine, upload, &self.user_id, self.again).await?;
            match &submitted {
                Submitted::Added { already_sent, .. } => sent.already_sent += already_sent,
                Submitted::Continued { upload_id } => {
                    context
                        .output
                        .say(&format!("{title}: goes on with upload {upload_id}"));
                }
                Submitted::AlreadySent {
                    photo_count,
                    upload_ids,
                    ..
                } => {
                    sent.already_sent += photo_count;
                    let numbers: Vec<String> = upload_ids.iter().map(i64::to_string).collect();
                    context.output.say(&format!(
                        "{title}: was sent before (upload {}); --reupload sends it again",
                        numbers.join(", ")
                    ));
                }
            }
            upload_ids.extend(submitted.upload_id());
        }
        if !upload_ids.is_empty() {
            sent.rows = self.watch(context, &upload_ids, stop).await?;
        }
        sent.took_ms = u64::try_from(context.clock.now_ms().saturating_sub(begun_ms)).unwrap_or(0);
        Ok(sent)
    }

    async fn watch(
        &self,
        context: &Context,
        upload_ids: &[i64],
        stop: &Stop,
    ) -> Result<Vec<UploadRow>, CoreError> {
        let events = self.engine.events();
        let board = Board::new(context);
        begin(&self.engine, upload_ids).await?;
        let goal = self.goal;
        let shown = async {
            let mut events = events;
            loop {
                match events.recv().await {
                    Ok(event) => board.show(&event, upload_ids),
                    Err(tokio::sync::broadcast::error::RecvError::Lagged(_)) => {}
                    Err(tokio::sync::broadcast::error::RecvError::Closed) => {
                        std::future::pending::<()>().await
                    }
                }
            }
        };
        tokio::select! {
            () = shown => Err(CoreError::Stopped),
            rows = self.engine.wait_until(upload_ids, move |row| is_over(row, goal)) => {
                board.clear();
                rows
            }
            () = stop.wanted() => {
                board.clear();
                Err(CoreError::Stopped)
            }
        }
    }

    /// What became of each file of these uploads.
    pub async fn file_reports(
        &self,
        rows: &[UploadRow],
    ) -> Result<Vec<(i64, Vec<FileReportRow>)>, CoreError> {
        let mut reports = Vec::new();
        for row in rows {
            reports.push((row.upload_id, self.engine.file_report(row.upload_id).await?));
        }
        Ok(reports)
    }

    /// Sends, adds what came of it to the report, and returns the exit code.
    pub async fn send_and_report(
        &self,
        context: &Context,
        uploads: Vec<NewUpload>,
        report: &mut RunReport,
        stop: &Stop,
    ) -> Result<u8, CoreError> {
        let sent = match self.send(context, uploads, stop).await {
            Ok(sent) => sent,
            Err(error) => {
                report.problem = Some(error.problem());
                context.output.problem(&error.problem());
                return Ok(exit::of(&error));
            }
        };
        let files = self.file_reports(&sent.rows).await?;
        let failed = self.first_failure(&sent.rows).map(|row| {
            row.problem
                .clone()
                .unwrap_or_else(|| CoreError::Stopped.problem())
        });
        report.add_sent(sent, files);
        report.problem.clone_from(&failed);
        Ok(failed.map_or(exit::OK, |problem| {
            exit::of_code(&problem.code).max(exit::OTHER)
        }))
    }

    /// The first upload that is not where it should be.
    pub fn first_failure<'a>(&self, rows: &'a [UploadRow]) -> Option<&'a UploadRow> {
        rows.iter().find(|row| !has_arrived(row, self.goal))
    }

    /// Ends in order; says how many uploads go on next time.
    pub async fn close(self, context: &Context) -> Result<(), CoreError> {
        let left = self.engine.shutdown().await?;
        if let Some(sentence) = waypost_core::notice::quit_question(left) {
            context.output.say(&sentence);
        }
        Ok(())
    }
}

/// The bars on a terminal, or a line for each change of state elsewhere.
pub struct Board {
    bars: MultiProgress,
    by_upload: std::sync::Mutex<HashMap<i64, (ProgressBar, Option<UploadState>)>>,
    has_audience: bool,
    context_output: crate::output::Output,
}

impl Board {
    /// An empty board.
    pub fn new(context: &Context) -> Self {
        let has_audience = context.output.has_audience();
        let target = if has_audience {
            ProgressDrawTarget::stderr()
        } else {
            ProgressDrawTarget::hidden()
        };
        Self {
            bars: MultiProgress::with_draw_target(target),
            by_upload: std::sync::Mutex::default(),
            has_audience,
            context_output: context.output,
        }
    }

    /// Shows an event of one of these uploads.
    pub fn show(&self, event: &UploadEvent, upload_ids: &[i64]) {
        match event {
            UploadEvent::Row(row) if upload_ids.contains(&row.upload_id) => self.row(row),
            UploadEvent::Progress(progress) if upload_ids.contains(&progress.upload_id) => {
                self.progress(progress)
            }
            _ => {}
        }
    }

    fn row(&self, row: &UploadRow) {
        let mut all = self
            .by_upload
            .lock()
            .unwrap_or_else(std::sync::PoisonError::into_inner);
        let (bar, state) = all
            .entry(row.upload_id)
            .or_insert_with(|| (self.bars.add(new_bar()), None));
        bar.set_length(row.total_bytes);
        bar.set_position(row.sent_bytes);
        bar.set_message(format!("{} {}", row.title, words(row)));
        let is_new = state.replace(row.state) != Some(row.state);
        if is_new && !self.has_audience {
            self.context_output
                .say(&format!("{}: {}", row.title, words(row)));
        }
    }

    fn progress(&self, progress: &UploadProgress) {
        let all = self
            .by_upload
            .lock()
            .unwrap_or_else(std::sync::PoisonError::into_inner);
        if let Some((bar, _)) = all.get(&progress.upload_id) {
            bar.set_length(progress.total_bytes);
            bar.set_position(progress.sent_bytes);
        }
    }

    /// Wipes the bars.
    pub fn clear(&self) {
        // Bars that cannot be wiped stay; nothing depends on them.
        let _ = self.bars.clear();
    }
}

fn new_bar() -> ProgressBar {
    let bar = ProgressBar::new(0);
    if let Ok(style) =
        ProgressStyle::with_template("{msg} {wide_bar} {decimal_bytes} of {decimal_total_bytes}")
    {
        bar.set_style(style);
    }
    bar
}

/// Where an upload is, in words.
pub fn words(row: &UploadRow) -> String {
    let problem = || {
        row.problem
            .as_ref()
            .map_or_else(String::new, |problem| format!(": {}", problem.message))
    };
    match row.state {
        UploadState::Draft => "not asked for".into(),
        UploadState::Queued => "waits for its turn".into(),
        UploadState::Preparing => "is measured".into(),
        UploadState::Sending => format!("is sent ({})", bytes(row.total_bytes)),
        UploadState::Finishing => "is handed over".into(),
        UploadState::Processing => match row.visible_count {
            Some(visible) if visible > 0 => format!(
                "is processed by Mapillary, {visible} of {} visible",
                row.image_count
            ),
            _ => "is processed by Mapillary".into(),
        },
        UploadState::Published => "is published".into(),
        UploadState::Paused => "is halted".into(),
        UploadState::Waiting => format!(
            "waits{}",
            row.waiting
                .as_ref()
                .map_or_else(String::new, |waiting| format!(": {}", waiting.message))
        ),
        UploadState::NeedsSignIn => format!("needs a sign-in{}", problem()),
        UploadState::FinishUnknown => format!("may or may not have been taken{}", problem()),
        UploadState::SourceChanged => format!("has changed{}", problem()),
        UploadState::Failed => format!("failed{}", problem()),
        UploadState::Cancelled => "was given up".into(),
        UploadState::Lost => format!("is no longer listed{}", problem()),
    }
}
