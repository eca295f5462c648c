//! The engine: everything a window or a command line can ask of the queue.

use std::sync::Arc;

use waypost_mapillary::Client;
use waypost_wire::UploadEvent;

use super::ask::{lasting_problem, wrong_state};
use super::config::EngineConfig;
use super::inner::{Inner, Outcome, Taken};
use super::limits::Limits;
use super::material::new_record;
use super::new_upload::NewUpload;
use super::sweep;
use super::tokens::TokenSource;
use super::transport::Transport;
use crate::error::CoreError;
use crate::journal::{FollowFacts, Journal, UploadRecord};
use crate::ports::Clock;
use crate::state::Event;

/// Sends uploads and follows them. Dropping it ends the work at once, as a kill would; [`Engine::shutdown`] waits for a
/// finish whose answer is on its way.
pub struct Engine {
    pub(super) inner: Arc<Inner>,
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
    /// Opens the journal and goes on with what was interrupted, unless the configuration only follows. `client` looks at
    /// the service; without one nothing is followed (a dry run).
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
        let inner = Arc::new(Inner::new(config, Arc::new(journal), transport, tokens, clock, client));
        let engine = Self { inner };
        if engine.inner.config.parallel_uploads > 0 {
            engine.take_up().await?;
        }
        engine.inner.tasks.spawn(watch_clock(Arc::clone(&engine.inner)));
        if engine.inner.client.is_some() {
            engine.inner.tasks.spawn(sweep::follow(Arc::clone(&engine.inner)));
        }
        Ok(engine)
    }

    /// Finds every upload where the last process left it.
    async fn take_up(&self) -> Result<(), CoreError> {
        for record in self.inner.journal(Journal::uploads).await? {
            let mut taken = Taken::new(Event::Restarted);
            taken.problem = lasting_problem(&record, &Event::Restarted);
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
        let (record, files) = new_record(new, self.inner.clock.now_ms(), self.inner.transport.is_dry_run())?;
        let record = self.inner.change(move |journal| journal.add(&record, &files)).await?;
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
        self.ask(upload_id, Event::RetryFinish, "finish again").await
    }

    /// The person says that Mapillary has taken an upload whose finish is unknown.
    ///
    /// # Errors
    /// [`CoreError::NoSuchUpload`], [`CoreError::WrongState`].
    pub async fn mark_taken(&self, upload_id: i64) -> Result<(), CoreError> {
        self.ask(upload_id, Event::MarkTaken, "be marked as taken").await
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

    /// Tries everything again that failed and can be tried again without a question. Returns how many that are. What
    /// Mapillary had taken and then failed at or lost would become a second upload, and a finish without an answer needs
    /// a look: those are left to the person.
    ///
    /// # Errors
    /// [`CoreError::Journal`].
    pub async fn retry_all_failed(&self) -> Result<usize, CoreError> {
        let mut count = 0;
        for record in self.inner.journal(Journal::uploads).await? {
            let may_be_tried = record.state.can_be_retried_unasked();
            if may_be_tried && self.inner.act(record.upload_id, Event::Retry).await?.is_none() {
                count += 1;
            }
        }
        Ok(count)
    }

    /// Moves an upload before another one, or to the end of the list. Uploads start in the order of the list; one that
    /// is under way goes on.
    ///
    /// # Errors
    /// [`CoreError::NoSuchUpload`] for one that is not in the list, [`CoreError::Journal`].
    pub async fn reorder(&self, upload_id: i64, before: Option<i64>) -> Result<(), CoreError> {
        self.inner.reorder(upload_id, before).await
    }

    /// Changes the limits, for what is under way too.
    ///
    /// # Errors
    /// [`CoreError::Journal`].
    pub async fn set_limits(&self, limits: Limits) -> Result<(), CoreError> {
        let limits = Limits {
            // One that only follows goes on to only follow; any other sends something.
            parallel_uploads: match self.inner.config.parallel_uploads {
                0 => 0,
                _ => limits.parallel_uploads.max(1),
            },
            ..limits
        };
        self.inner.set_limits(limits).await
    }

    /// Takes an upload out of the list. What it sent stays known.
    ///
    /// # Errors
    /// [`CoreError::NoSuchUpload`], [`CoreError::WrongState`] while something of it still goes on.
    pub async fn remove(&self, upload_id: i64) -> Result<(), CoreError> {
        let record = self.inner.journal(move |journal| journal.upload(upload_id)).await?;
        if !record.state.is_removable() {
            return Err(wrong_state(&record, "be removed"));
        }
        self.inner.journal(move |journal| journal.remove(upload_id)).await?;
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
            let is_meant = record.user_id.as_deref().is_none_or(|owner| owner == user_id);
            let waits = match record.state {
                crate::state::State::NeedsSignIn { .. } => true,
                // Only one whose looking was cut short; the others have somebody working on them or ask the person.
                crate::state::State::FinishUnknown { asks_person: false } => {
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
                let upload_id = record.upload_id;
                self.inner
                    .change(move |journal| {
                        // Read again: an answer may have been written down since.
                        let record = journal.upload(upload_id)?;
                        let follow = FollowFacts {
                            next_ask_at_ms: Some(now_ms),
                            ..record.follow
                        };
                        journal.set_follow(upload_id, &follow, record.problem.as_ref())
                    })
                    .await?;
            }
        }
        self.inner.follow_poke.notify_one();
        Ok(())
    }

    /// The page that shows images.
    pub fn viewer(&self) -> &str {
        &self.inner.config.follow.viewer
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
        Ok(records.iter().filter(|record| record.state.goes_on_by_itself()).count())
    }

    async fn ask(&self, upload_id: i64, event: Event, act: &'static str) -> Result<(), CoreError> {
        match self.inner.act(upload_id, event).await? {
            None => Ok(()),
            Some(record) => Err(wrong_state(&record, act)),
        }
    }

    async fn ask_each(&self, which: Which, event: Event, act: &'static str) -> Result<(), CoreError> {
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

/// Tells everybody that the computer has slept or that its clock was set.
async fn watch_clock(inner: Arc<Inner>) {
    loop {
        tokio::select! {
            biased;
            () = inner.stop.cancelled() => return,
            () = inner.clock.jumped() => {
                tracing::info!("the computer has slept, or its clock was set");
                inner.jumps.send_modify(|count| *count = count.wrapping_add(1));
                inner.follow_poke.notify_one();
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
