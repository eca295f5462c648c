//! Sending on the command line: everything is put into the journal, then watched until it is where it should be.

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use waypost_core::error::CoreError;
use waypost_core::peer_sent::PeerSent;
use waypost_core::practice::follow_of;
use waypost_core::settings::PackageKind;
use waypost_core::submit::{Goal, Submitted, begin, has_arrived, is_over, submit};
use waypost_core::upload::{
    Bandwidth, Engine, EngineConfig, FolderTransport, HttpTransport, Limit, NewUpload, TokenSource, Transport,
};
use waypost_mapillary::Client;
use waypost_wire::{FileReportRow, UploadEvent, UploadRow, UploadState};

use crate::arguments::UploadArguments;
use crate::board::Board;
use crate::context::Context;
use crate::exit;
use crate::failure::{Failure, for_terminal};
use crate::output::counted;
use crate::report::RunReport;
use crate::sent::Sent;
use crate::stop::Stop;
use crate::uploader::uploader;

/// Somebody who may upload, and how. The sign-in is checked; nothing is opened or sent yet.
pub struct Sender {
    tokens: Arc<dyn TokenSource>,
    client: Client,
    config: EngineConfig,
    dry_run_folder: Option<PathBuf>,
    history: Option<PeerSent>,
    user_id: String,
    organization_id: Option<String>,
    package: PackageKind,
    package_is_asked_for: bool,
    fresh_key: bool,
    finish: bool,
    again: bool,
    goal: Goal,
    /// Holds the journal of a dry run, which is nobody's history.
    _scratch: Option<tempfile::TempDir>,
}

impl Sender {
    /// Checks the sign-in and the organisation before anything is read.
    pub async fn prepare(context: &Context, arguments: &UploadArguments) -> Result<Self, Failure> {
        context.create_data_dir()?;
        let endpoints = context.endpoints(arguments.dry_run)?;
        let dry_run_folder = if arguments.dry_run {
            Some(context.dry_run_folder()?)
        } else {
            None
        };
        let is_practice = endpoints.is_practice();
        let follow = follow_of(&endpoints);
        let client = context.client(endpoints)?;
        let tuning = context.tuning()?;
        let scratch = match &dry_run_folder {
            Some(_) => Some(tempfile::tempdir().map_err(|source| CoreError::Io {
                path: std::env::temp_dir(),
                source,
            })?),
            None => None,
        };
        let defaults = EngineConfig::new(
            scratch
                .as_ref()
                .map_or(context.data_dir.as_path(), tempfile::TempDir::path),
        );
        let history = PeerSent::of(&context.environment, is_practice, dry_run_folder.is_some());
        let config = EngineConfig {
            originals: history.as_ref().and_then(PeerSent::originals),
            parallel_uploads: arguments.parallel_uploads.unwrap_or(defaults.parallel_uploads),
            bandwidth: Bandwidth {
                limit: Limit::of_setting(arguments.limit_rate.unwrap_or(0)),
                ..Bandwidth::default()
            },
            // A script has nobody who would connect the computer again: it ends some day, as it does for any other error.
            max_offline_probes: Some(tuning.max_attempts),
            image_workers: arguments.num_upload_workers.unwrap_or(tuning.image_workers),
            chunk_bytes: tuning.chunk_bytes,
            max_attempts: tuning.max_attempts,
            follow,
            ..defaults
        };
        let uploader = uploader(context, &client, arguments).await?;
        let package = arguments.package.as_deref().and_then(PackageKind::of_photos);
        let goal = match (arguments.nofinish, arguments.wait && !arguments.dry_run) {
            (true, _) => Goal::Sent,
            (false, false) => Goal::Taken,
            (false, true) => Goal::Published,
        };
        Ok(Self {
            tokens: uploader.tokens,
            client,
            config,
            history,
            dry_run_folder,
            user_id: uploader.user_id,
            organization_id: arguments.organization_key.clone(),
            package: package.unwrap_or(context.default_package),
            package_is_asked_for: package.is_some(),
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

    /// Sends, adds what came of it to the report, and returns the exit code. What an earlier run left goes on too.
    pub async fn send_and_report(
        &self,
        context: &Context,
        uploads: Vec<NewUpload>,
        import_path: Option<&Path>,
        report: &mut RunReport,
        stop: &Stop,
    ) -> Result<u8, Failure> {
        report.dry_run_folder.clone_from(&self.dry_run_folder);
        let engine = self.engine(context).await?;
        let result = self.send(context, &engine, uploads, import_path, report, stop).await;
        // In order, whatever happened.
        report.unfinished = engine.shutdown().await?;
        result
    }

    async fn engine(&self, context: &Context) -> Result<Engine, CoreError> {
        let transport: Arc<dyn Transport> = match &self.dry_run_folder {
            Some(folder) => Arc::new(FolderTransport::new(folder)),
            None => Arc::new(HttpTransport::new(self.client.clone())),
        };
        Engine::open(
            self.config.clone(),
            transport,
            Arc::clone(&self.tokens),
            Arc::clone(&context.clock),
            Some(self.client.clone()),
        )
        .await
    }

    async fn send(
        &self,
        context: &Context,
        engine: &Engine,
        uploads: Vec<NewUpload>,
        import_path: Option<&Path>,
        report: &mut RunReport,
        stop: &Stop,
    ) -> Result<u8, Failure> {
        let before: HashMap<i64, u64> = engine
            .rows()
            .await?
            .iter()
            .map(|row| (row.upload_id, row.sent_bytes))
            .collect();
        let begun_ms = context.clock.now_ms();
        let mut sent = Sent::default();
        let mut own = Vec::new();
        for upload in uploads {
            own.extend(self.submit(context, engine, upload, &mut sent).await?);
        }
        let watched = self.watch(context, engine, &own, stop).await?;
        sent.rows = watched.rows;
        sent.was_stopped = watched.was_stopped;
        // Waiting for the service to process it is no sending.
        let sent_until_ms = watched.sent_until_ms.unwrap_or_else(|| context.clock.now_ms());
        sent.took_ms = u64::try_from(sent_until_ms.saturating_sub(begun_ms)).unwrap_or(0);
        sent.bytes = sent
            .rows
            .iter()
            .map(|row| {
                let before = before.get(&row.upload_id).copied().unwrap_or(0);
                row.sent_bytes.saturating_sub(before)
            })
            .sum();
        let mut files = Vec::new();
        for row in &sent.rows {
            files.push((row.upload_id, engine.file_report(row.upload_id).await?));
            self.remember(context, engine, row, import_path);
        }
        Ok(self.judge(&own, sent, files, report))
    }

    /// Puts an upload into the queue, unless it was sent before. Returns its number.
    async fn submit(
        &self,
        context: &Context,
        engine: &Engine,
        mut upload: NewUpload,
        sent: &mut Sent,
    ) -> Result<Option<i64>, Failure> {
        upload.user_id = Some(self.user_id.clone());
        upload.organization_id.clone_from(&self.organization_id);
        upload.fresh_key = self.fresh_key;
        upload.finish = self.finish;
        let title = upload.title.clone();
        if !self.again
            && let Some(history) = &self.history
        {
            let before = tokio::task::block_in_place(|| history.sent_before(&upload, &self.user_id))?;
            if let Some(before) = before {
                sent.left_out += upload.source.capture_count();
                context.output.say(&format!(
                    "{title}: mapillary_tools' history says that it was sent ({}); --reupload sends it again",
                    before.record.display()
                ));
                return Ok(None);
            }
        }
        let submitted = submit(engine, upload, &self.user_id, self.again).await?;
        match &submitted {
            Submitted::Added { already_sent, .. } => sent.left_out += already_sent,
            Submitted::Continued { upload_id } => {
                let row = engine.row(*upload_id).await?;
                let is_other = self.package_is_asked_for && row.package != self.package.word();
                let packed = if is_other {
                    format!(", as {} as it was begun", row.package)
                } else {
                    String::new()
                };
                context
                    .output
                    .say(&format!("{title}: goes on as upload {upload_id}{packed}"));
            }
            Submitted::AlreadySent {
                photo_count,
                upload_ids,
                ..
            } => {
                sent.left_out += photo_count;
                let numbers: Vec<String> = upload_ids.iter().map(i64::to_string).collect();
                context.output.say(&format!(
                    "{title}: was sent before (upload {}); --reupload sends it again",
                    numbers.join(", ")
                ));
            }
        }
        Ok(submitted.upload_id())
    }

    /// Watches `own`, and whatever an earlier run left, until each is where it should be or needs the person.
    async fn watch(&self, context: &Context, engine: &Engine, own: &[i64], stop: &Stop) -> Result<Watched, Failure> {
        let mut events = engine.events();
        let earlier: Vec<i64> = engine
            .rows()
            .await?
            .iter()
            .filter(|row| goes_on(row.state) && !own.contains(&row.upload_id))
            .map(|row| row.upload_id)
            .collect();
        if !earlier.is_empty() {
            context.output.say(&format!(
                "{} of an earlier run goes on too",
                counted(earlier.len() as u64, "upload", "uploads")
            ));
        }
        let watched = [own, &earlier].concat();
        let board = Board::new(context);
        begin(engine, own).await?;
        let goal = self.goal;
        let is_at_end = {
            let earlier = earlier.clone();
            move |row: &UploadRow| {
                // Somebody else's wait is not waited for.
                let may_wait = earlier.contains(&row.upload_id) && matches!(row.state, UploadState::Waiting);
                may_wait
                    || is_over(
                        row,
                        if earlier.contains(&row.upload_id) {
                            Goal::Taken
                        } else {
                            goal
                        },
                    )
            }
        };
        let mut sent_until_ms = HashMap::new();
        let shown = async {
            loop {
                match events.recv().await {
                    Ok(event) => {
                        if let UploadEvent::Row(row) = &event
                            && has_arrived(row, Goal::Sent)
                        {
                            let now_ms = context.clock.now_ms();
                            sent_until_ms.entry(row.upload_id).or_insert(now_ms);
                        }
                        board.show(&event, &watched);
                    }
                    Err(tokio::sync::broadcast::error::RecvError::Lagged(_)) => {}
                    Err(tokio::sync::broadcast::error::RecvError::Closed) => {
                        std::future::pending::<()>().await;
                    }
                }
            }
        };
        let ended = tokio::select! {
            () = shown => return Err(CoreError::Stopped.into()),
            rows = engine.wait_until(&watched, is_at_end) => Some(rows?),
            () = stop.wanted() => None,
        };
        let was_stopped = ended.is_none();
        let rows = match ended {
            Some(rows) => rows,
            None => rows_of(engine, &watched).await?,
        };
        Ok(Watched {
            rows,
            was_stopped,
            sent_until_ms: sent_until_ms.into_values().max(),
        })
    }

    /// Tells mapillary_tools' history, where a script keeps one. An upload does not fail because of it.
    fn remember(&self, context: &Context, engine: &Engine, row: &UploadRow, import_path: Option<&Path>) {
        let Some(history) = self.history.as_ref().filter(|_| has_arrived(row, Goal::Taken)) else {
            return;
        };
        let journal = engine.journal();
        let kept = tokio::task::block_in_place(|| history.remember(&journal, row, import_path));
        if let Err(error) = kept {
            context.output.say(&format!(
                "{}: mapillary_tools' history could not be written: {error}",
                row.title
            ));
        }
    }

    /// The exit code: that of the first own upload which is not where it should be.
    fn judge(&self, own: &[i64], sent: Sent, files: Vec<(i64, Vec<FileReportRow>)>, report: &mut RunReport) -> u8 {
        let was_stopped = sent.was_stopped;
        let failed = sent
            .rows
            .iter()
            .find(|row| own.contains(&row.upload_id) && !has_arrived(row, self.goal))
            .map(|row| {
                row.problem
                    .clone()
                    .filter(|_| !was_stopped)
                    .unwrap_or_else(|| CoreError::Stopped.problem())
            });
        report.add_sent(sent, files);
        match failed.map(for_terminal) {
            None if was_stopped => exit::INTERRUPTED,
            None => exit::OK,
            Some(problem) => {
                let code = exit::of_code(&problem.code).max(exit::OTHER);
                report.problem = Some(problem);
                code
            }
        }
    }
}

/// How watching ended.
struct Watched {
    rows: Vec<UploadRow>,
    was_stopped: bool,
    /// When the last upload had all its bytes there, milliseconds since 1970 UTC; `None` where nobody saw it happen.
    sent_until_ms: Option<i64>,
}

async fn rows_of(engine: &Engine, upload_ids: &[i64]) -> Result<Vec<UploadRow>, CoreError> {
    let mut rows = Vec::new();
    for upload_id in upload_ids {
        rows.push(engine.row(*upload_id).await?);
    }
    Ok(rows)
}

/// Whether an upload that an earlier run left is sent on by this one.
fn goes_on(state: UploadState) -> bool {
    matches!(
        state,
        UploadState::Queued | UploadState::Preparing | UploadState::Sending | UploadState::Finishing
    )
}
