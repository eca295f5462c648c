//! The engine: everything a window or a command line can ask of the queue.

use std::path::Path;
use std::sync::Arc;

use tokio::sync::broadcast;
use waypost_mapillary::Client;
use waypost_wire::{FileReportRow, UploadEvent, UploadRow};

use super::config::EngineConfig;
use super::fingerprint::fingerprint;
use super::inner::{Inner, Outcome, Taken};
use super::material::new_record;
use super::new_upload::NewUpload;
use super::row::row_of;
use super::state::{Effect, Event};
use super::tokens::TokenSource;
use super::transport::Transport;
use crate::error::CoreError;
use crate::follow::sweep;
use crate::journal::{Fact, FileRow, Journal, UploadRecord};
use crate::package::SourcePhoto;
use crate::ports::Clock;

/// Sends uploads and follows them. Dropping it ends the work at once, as a kill would; [`Engine::shutdown`] waits for a
/// finish whose answer is on its way.
pub struct Engine {
    inner: Arc<Inner>,
}

/// Which uploads are meant.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Which {
    /// All of the list.
    All,
    /// These.
    These(Vec<i64>),
}

impl Engine {
    /// Opens the journal and goes on with what was interrupted, unless the configuration only follows. `client` looks at the service; without one nothing is
    /// followed (a dry run).
    ///
    /// # Errors
    /// [`CoreError::AlreadyRunning`] when another engine has the data folder, [`CoreError::JournalTooNew`],
    /// [`CoreError::Journal`] and [`CoreError::Io`].
    pub async fn open(
        config: EngineConfig,
        transport: Arc<dyn Transport>,
        tokens: Arc<dyn TokenSource>,
        clock: Arc<dyn Clock>,
        client: Option<Client>,
    ) -> Result<Self, CoreError> {
        let (data_dir, probe) = (config.data_dir.clone(), config.commit_probe.clone());
        let journal = tokio::task::spawn_blocking(move || Journal::open(&data_dir, probe))
            .await
            .unwrap_or(Err(CoreError::Stopped))?;
        let client = client.filter(|_| !transport.is_dry_run());
        let inner = Arc::new(Inner::new(
            config,
            Arc::new(journal),
            transport,
            tokens,
            clock,
            client,
        ));
        let engine = Self { inner };
        if engine.inner.config.parallel_uploads > 0 {
            engine.take_up().await?;
        }
        if engine.inner.client.is_some() {
            engine
                .inner
                .tasks
                .spawn(sweep::follow(Arc::clone(&engine.inner)));
        }
        Ok(engine)
    }

    /// Finds every upload where the last process left it.
    async fn take_up(&self) -> Result<(), CoreError> {
        for record in self.inner.journal(Journal::uploads).await? {
            let mut taken = Taken::new(Event::Restarted);
            taken.problem = record.problem;
            let outcome = self.inner.take(record.upload_id, taken, None).await?;
            if let Outcome::Done { effects, .. } = outcome {
                self.inner.work_on(record.upload_id, effects);
            }
        }
        self.inner.fill_places().await
    }

    /// Adds an upload, as a draft: nothing is sent before [`Engine::start`].
    ///
    /// # Errors
    /// [`CoreError::Journal`].
    pub async fn add(&self, new: NewUpload) -> Result<i64, CoreError> {
        let (record, files) = new_record(
            new,
            self.inner.clock.now_ms(),
            self.inner.transport.is_dry_run(),
        )?;
        let record = self
            .inner
            .change(move |journal| journal.add(&record, &files))
            .await?;
        Ok(record.upload_id)
    }

    /// Says whether an upload is handed over once all its bytes are there (`--nofinish` says no).
    ///
    /// # Errors
    /// [`CoreError::NoSuchUpload`], [`CoreError::Journal`].
    pub async fn set_finish(&self, upload_id: i64, finish: bool) -> Result<(), CoreError> {
        self.inner
            .change(move |journal| journal.set_wants_finish(upload_id, finish))
            .await
            .map(|_| ())
    }

    /// Sends drafts: all of them or some.
    ///
    /// # Errors
    /// [`CoreError::NoSuchUpload`], [`CoreError::WrongState`] for one that is named and no draft.
    pub async fn start(&self, which: Which) -> Result<(), CoreError> {
        self.ask_each(which, Event::Start, "start").await
    }

    /// Halts an upload. Bytes that are there stay there.
    ///
    /// # Errors
    /// [`CoreError::NoSuchUpload`], [`CoreError::WrongState`].
    pub async fn pause(&self, upload_id: i64) -> Result<(), CoreError> {
        self.ask(upload_id, Event::Pause, "pause").await
    }

    /// Lets a halted upload go on; one that waits goes on at once.
    ///
    /// # Errors
    /// [`CoreError::NoSuchUpload`], [`CoreError::WrongState`].
    pub async fn resume(&self, upload_id: i64) -> Result<(), CoreError> {
        self.ask(upload_id, Event::Resume, "resume").await
    }

    /// Gives an upload up. Not possible once finish may have been sent.
    ///
    /// # Errors
    /// [`CoreError::NoSuchUpload`], [`CoreError::WrongState`].
    pub async fn cancel(&self, upload_id: i64) -> Result<(), CoreError> {
        self.ask(upload_id, Event::Cancel, "cancel").await
    }

    /// Tries again: a failed upload from the server's offset, one that Mapillary failed or lost as a new upload, one
    /// whose finish is unknown by looking once more.
    ///
    /// # Errors
    /// [`CoreError::NoSuchUpload`], [`CoreError::WrongState`].
    pub async fn retry(&self, upload_id: i64) -> Result<(), CoreError> {
        self.ask(upload_id, Event::Retry, "retry").await
    }

    /// The person says that Mapillary has not taken an upload whose finish is unknown: finish again.
    ///
    /// # Errors
    /// [`CoreError::NoSuchUpload`], [`CoreError::WrongState`].
    pub async fn retry_finish(&self, upload_id: i64) -> Result<(), CoreError> {
        self.ask(upload_id, Event::RetryFinish, "finish again")
            .await
    }

    /// The person says that Mapillary has taken an upload whose finish is unknown.
    ///
    /// # Errors
    /// [`CoreError::NoSuchUpload`], [`CoreError::WrongState`].
    pub async fn mark_taken(&self, upload_id: i64) -> Result<(), CoreError> {
        self.ask(upload_id, Event::MarkTaken, "be marked as taken")
            .await
    }

    /// Halts everything that can be halted.
    ///
    /// # Errors
    /// [`CoreError::Journal`].
    pub async fn pause_all(&self) -> Result<(), CoreError> {
        self.ask_each(Which::All, Event::Pause, "pause").await
    }

    /// Lets everything halted go on.
    ///
    /// # Errors
    /// [`CoreError::Journal`].
    pub async fn resume_all(&self) -> Result<(), CoreError> {
        self.ask_each(Which::All, Event::Resume, "resume").await
    }

    /// Takes an upload out of the list. What it sent stays known.
    ///
    /// # Errors
    /// [`CoreError::NoSuchUpload`], [`CoreError::WrongState`] while something of it still goes on.
    pub async fn remove(&self, upload_id: i64) -> Result<(), CoreError> {
        let record = self
            .inner
            .journal(move |journal| journal.upload(upload_id))
            .await?;
        if !record.state.is_removable() {
            return Err(wrong_state(&record, "be removed"));
        }
        self.inner
            .journal(move |journal| journal.remove(upload_id))
            .await?;
        self.inner.forget_live(upload_id);
        self.inner.send(UploadEvent::Removed(upload_id));
        Ok(())
    }

    /// Somebody has signed in: what waits for that user goes on.
    ///
    /// # Errors
    /// [`CoreError::Journal`].
    pub async fn signed_in(&self, user_id: &str) -> Result<(), CoreError> {
        let records = self.inner.journal(Journal::uploads).await?;
        for record in records {
            let is_meant = record
                .user_id
                .as_deref()
                .is_none_or(|owner| owner == user_id);
            let waits = match record.state {
                super::state::State::NeedsSignIn { .. } => true,
                // Only one whose looking was cut short; the others have somebody working on them or ask the person.
                super::state::State::FinishUnknown { asks_person: false } => {
                    !self.inner.running().contains_key(&record.upload_id)
                }
                _ => false,
            };
            if is_meant && waits {
                self.inner.act(record.upload_id, Event::SignedIn).await?;
            }
        }
        self.ask_now(Which::All).await
    }

    /// Asks the service now what became of uploads, whatever the pause says.
    ///
    /// # Errors
    /// [`CoreError::Journal`].
    pub async fn ask_now(&self, which: Which) -> Result<(), CoreError> {
        let now_ms = self.inner.clock.now_ms();
        for record in self.chosen(&which).await? {
            if record.state.may_be_taken() && record.taken_at_ms.is_some() {
                let mut follow = record.follow.clone();
                follow.next_ask_at_ms = Some(now_ms);
                let (id, problem) = (record.upload_id, record.problem.clone());
                self.inner
                    .change(move |journal| journal.set_follow(id, &follow, problem.as_ref()))
                    .await?;
            }
        }
        self.inner.follow_poke.notify_one();
        Ok(())
    }

    /// All uploads of the list, oldest first.
    ///
    /// # Errors
    /// [`CoreError::Journal`].
    pub async fn rows(&self) -> Result<Vec<UploadRow>, CoreError> {
        let records = self.inner.journal(Journal::uploads).await?;
        Ok(records
            .iter()
            .map(|record| self.inner.row(record))
            .collect())
    }

    /// One upload.
    ///
    /// # Errors
    /// [`CoreError::NoSuchUpload`], [`CoreError::Journal`].
    pub async fn row(&self, upload_id: i64) -> Result<UploadRow, CoreError> {
        let record = self
            .inner
            .journal(move |journal| journal.upload(upload_id))
            .await?;
        Ok(self.inner.row(&record))
    }

    /// What became of each file of an upload.
    ///
    /// # Errors
    /// [`CoreError::NoSuchUpload`], [`CoreError::Journal`].
    pub async fn file_report(&self, upload_id: i64) -> Result<Vec<FileReportRow>, CoreError> {
        self.inner
            .journal(move |journal| file_report(journal, upload_id))
            .await
    }

    /// Changes of the list from now on. Progress comes at most five times a second and upload; who falls behind gets
    /// [`broadcast::error::RecvError::Lagged`] and asks for [`Engine::rows`].
    pub fn events(&self) -> broadcast::Receiver<UploadEvent> {
        self.inner.events.subscribe()
    }

    /// For each photo the upload with which its content went to that account and organisation before, if it did. Only
    /// files whose size was sent before are read.
    ///
    /// # Errors
    /// [`CoreError::Io`] for a file that cannot be read, [`CoreError::Journal`].
    pub async fn already_sent(
        &self,
        photos: &[SourcePhoto],
        user_id: &str,
        organization_id: Option<&str>,
    ) -> Result<Vec<Option<i64>>, CoreError> {
        let photos = photos.to_vec();
        let (user_id, organization_id) = (user_id.to_owned(), organization_id.map(str::to_owned));
        self.inner
            .journal(move |journal| {
                let organization_id = organization_id.as_deref();
                photos
                    .iter()
                    .map(|photo| {
                        if !journal.has_sent_size(&user_id, organization_id, photo.size_bytes)? {
                            return Ok(None);
                        }
                        journal.sent_with(&user_id, organization_id, &fingerprint(&photo.path)?)
                    })
                    .collect()
            })
            .await
    }

    /// Returns once `is_over` holds for each of the uploads, with their rows in the order of `upload_ids`.
    ///
    /// # Errors
    /// [`CoreError::NoSuchUpload`], [`CoreError::Stopped`] when the engine is shut down first.
    pub async fn wait_until(
        &self,
        upload_ids: &[i64],
        is_over: impl Fn(&UploadRow) -> bool + Send,
    ) -> Result<Vec<UploadRow>, CoreError> {
        let mut events = self.events();
        loop {
            let mut rows = Vec::with_capacity(upload_ids.len());
            for upload_id in upload_ids {
                rows.push(self.row(*upload_id).await?);
            }
            if rows.iter().all(&is_over) {
                return Ok(rows);
            }
            loop {
                let event = tokio::select! {
                    event = events.recv() => event,
                    () = self.inner.stop.cancelled() => return Err(CoreError::Stopped),
                };
                match event {
                    Ok(UploadEvent::Row(row)) if upload_ids.contains(&row.upload_id) => break,
                    Ok(_) => {}
                    Err(broadcast::error::RecvError::Lagged(_)) => break,
                    Err(broadcast::error::RecvError::Closed) => return Err(CoreError::Stopped),
                }
            }
        }
    }

    /// The journal, for settings and for reading what the list does not show.
    pub fn journal(&self) -> Arc<Journal> {
        Arc::clone(&self.inner.journal)
    }

    /// Stops sending and waits until every request whose answer matters was answered. Returns how many uploads will go
    /// on next time.
    ///
    /// # Errors
    /// [`CoreError::Journal`].
    pub async fn shutdown(self) -> Result<usize, CoreError> {
        self.inner.stop.cancel();
        self.inner.tasks.close();
        self.inner.tasks.wait().await;
        let records = self.inner.journal(Journal::uploads).await?;
        Ok(records
            .iter()
            .filter(|record| record.state.goes_on_by_itself())
            .count())
    }

    async fn ask(&self, upload_id: i64, event: Event, act: &'static str) -> Result<(), CoreError> {
        match self.inner.act(upload_id, event).await? {
            None => Ok(()),
            Some(record) => Err(wrong_state(&record, act)),
        }
    }

    async fn ask_each(
        &self,
        which: Which,
        event: Event,
        act: &'static str,
    ) -> Result<(), CoreError> {
        let is_named = matches!(which, Which::These(_));
        for record in self.chosen(&which).await? {
            if let Some(record) = self.inner.act(record.upload_id, event.clone()).await?
                && is_named
            {
                return Err(wrong_state(&record, act));
            }
        }
        Ok(())
    }

    async fn chosen(&self, which: &Which) -> Result<Vec<UploadRecord>, CoreError> {
        match which {
            Which::All => self.inner.journal(Journal::uploads).await,
            Which::These(ids) => {
                let ids = ids.clone();
                self.inner
                    .journal(move |journal| ids.iter().map(|id| journal.upload(*id)).collect())
                    .await
            }
        }
    }
}

impl Drop for Engine {
    fn drop(&mut self) {
        self.inner.dead.cancel();
        self.inner.stop.cancel();
    }
}

impl Inner {
    /// A step of the person; `Some` is the upload as it is when the step does not apply. It is carried through even
    /// when the caller does not wait for it.
    async fn act(
        self: &Arc<Self>,
        upload_id: i64,
        event: Event,
    ) -> Result<Option<UploadRecord>, CoreError> {
        let inner = Arc::clone(self);
        let act = async move {
            let before = inner
                .journal(move |journal| journal.upload(upload_id))
                .await?;
            let mut taken = Taken::new(event.clone());
            // A wait that is ended or a question that stays open keeps its words.
            taken.problem = before
                .problem
                .clone()
                .filter(|_| !matches!(event, Event::Start));
            if event == Event::MarkTaken {
                taken.problem = None;
                taken.facts.push(Fact::Follow(inner.first_look()));
            }
            match inner.take(upload_id, taken, None).await? {
                Outcome::Done { effects, .. } => {
                    let takes_turn = effects.contains(&Effect::TakeTurn);
                    inner.work_on(upload_id, effects);
                    if takes_turn {
                        inner.fill_places().await?;
                    }
                    Ok(None)
                }
                Outcome::DoesNotApply(_) | Outcome::Stale => Ok(Some(before)),
            }
        };
        self.tasks
            .spawn(act)
            .await
            .unwrap_or(Err(CoreError::Stopped))
    }
}

fn wrong_state(record: &UploadRecord, act: &'static str) -> CoreError {
    let state = serde_json::to_value(record.state.word())
        .ok()
        .and_then(|word| word.as_str().map(str::to_owned))
        .unwrap_or_default();
    CoreError::WrongState {
        upload_id: record.upload_id,
        act,
        state,
    }
}

fn file_report(journal: &Journal, upload_id: i64) -> Result<Vec<FileReportRow>, CoreError> {
    journal.upload(upload_id)?;
    Ok(journal
        .files(upload_id)?
        .into_iter()
        .map(report_row)
        .collect())
}

fn report_row(file: FileRow) -> FileReportRow {
    FileReportRow {
        path: file.path.display().to_string(),
        outcome: file.outcome,
        code: file.code,
        message: file.message,
        image_id: file.image_id,
    }
}

/// What became of each file of an upload, read beside a running Waypost; empty when there is no journal yet.
///
/// # Errors
/// As [`Engine::file_report`].
pub fn file_report_of(data_dir: &Path, upload_id: i64) -> Result<Vec<FileReportRow>, CoreError> {
    match Journal::open_read_only(data_dir)? {
        None => Ok(Vec::new()),
        Some(journal) => file_report(&journal, upload_id),
    }
}

/// The list as it stands, read beside a running Waypost (`waypost status`); empty when there is none yet.
///
/// # Errors
/// [`CoreError::JournalTooNew`] and [`CoreError::Journal`].
pub fn rows_of(data_dir: &Path) -> Result<Vec<UploadRow>, CoreError> {
    match Journal::open_read_only(data_dir)? {
        None => Ok(Vec::new()),
        Some(journal) => Ok(journal
            .uploads()?
            .iter()
            .map(|record| row_of(record, None))
            .collect()),
    }
}
