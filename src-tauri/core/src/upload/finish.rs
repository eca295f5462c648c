//! `finish_upload`, called once. The intent is in the journal before this file runs; whatever comes back is written down
//! before anything else happens.

use waypost_mapillary::{FileHandle, FileType, MapillaryError, RetryAdvice, backoff_ms, retry_advice};
use waypost_wire::WaitReason;

use super::inner::Taken;
use super::line::{Probe, is_unreached};
use super::retry::reason;
use super::run::{Halt, Run};
use super::session::NoToken;
use crate::error::CoreError;
use crate::journal::{Fact, UploadRecord};
use crate::settings::PackageKind;
use crate::state::{Event, Step};

impl Run {
    /// Finishes, and says what came of it.
    pub(super) async fn send_finish(&mut self) -> Result<Taken, Halt> {
        // The intent is written down, so it is carried out even when everything is being stopped.
        let upload_id = self.upload_id;
        let record = self.inner.journal(move |journal| journal.upload(upload_id)).await;
        let Ok(record) = record else { return Err(Halt) };
        let token = match self.finish_token(&record).await {
            Ok(token) => token,
            Err(taken) => return Ok(*taken),
        };
        let Some(handle) = record.file_handle.clone().map(FileHandle) else {
            let problem = CoreError::NoHandle {
                upload_id: self.upload_id,
            }
            .problem();
            return Ok(refused(problem));
        };
        // Not stopped by anything: an answer that is on its way is worth more than a quick end.
        let request = self.inner.transport.finish(
            &token.token,
            &handle,
            file_type(&record),
            record.organization_id.as_deref(),
        );
        let answer = tokio::select! {
            biased;
            () = self.inner.dead.cancelled() => return Err(Halt),
            answer = request => answer,
        };
        let error = match answer {
            Ok(cluster_id) => return Ok(self.taken(Some(cluster_id.0))),
            Err(error) => error,
        };
        if matches!(error, MapillaryError::Unauthorized { .. }) {
            return Ok(match self.session.after_refusal(&self.inner, &token, 1).await {
                // Refused before anything was done, so it may be sent again with the new token.
                Ok(_) => self.later(0, WaitReason::ServerError, &error.into()),
                Err(none) => self.no_finish_token(none),
            });
        }
        if is_unreached(&error) && !error.may_have_been_carried_out() {
            // Without a line nothing was tried, however often.
            let probe = Probe::Token {
                user_id: record.user_id.clone(),
            };
            return Ok(self.until_line(&error, probe));
        }
        if error.may_have_been_carried_out() {
            let problem = CoreError::FinishUnanswered {
                reason: error.to_string(),
            }
            .problem();
            return Ok(Taken::new(Event::FinishUnanswered).with_problem(problem));
        }
        self.finish_attempts = self.finish_attempts.saturating_add(1);
        let wait_ms = match retry_advice(&error) {
            RetryAdvice::No => return Ok(refused(CoreError::from(error).problem())),
            RetryAdvice::AtOnce => backoff_ms(self.finish_attempts),
            RetryAdvice::After { wait_ms } => wait_ms.saturating_add(backoff_ms(self.finish_attempts)),
        };
        if self.finish_attempts > self.inner.config.max_attempts {
            return Ok(refused(CoreError::from(error).problem()));
        }
        let reason = reason(&error);
        Ok(self.later(wait_ms, reason, &error.into()))
    }

    /// The step for a finish that the service has taken: from now on it is followed.
    pub(super) fn taken(&self, cluster_id: Option<String>) -> Taken {
        let mut taken = Taken::new(Event::FinishTaken).with_fact(self.first_look());
        if let Some(cluster_id) = cluster_id {
            taken = taken.with_fact(Fact::Cluster(cluster_id));
        }
        taken
    }

    /// When a taken upload is looked for the first time.
    pub(super) fn first_look(&self) -> Fact {
        Fact::Follow(self.inner.first_look())
    }

    async fn finish_token(&mut self, record: &UploadRecord) -> Result<super::tokens::ActiveToken, Box<Taken>> {
        let attempt = self.finish_attempts.saturating_add(1);
        match self
            .session
            .token(&self.inner, record.user_id.as_deref(), attempt)
            .await
        {
            Ok(token) => Ok(token),
            Err(none) => {
                let is_offline =
                    matches!(&none, NoToken::Later { error: CoreError::Service(error), .. } if is_unreached(error));
                if !is_offline {
                    self.finish_attempts = attempt;
                }
                Err(Box::new(self.no_finish_token(none)))
            }
        }
    }

    /// Waits for the line with all others, unless they have given up waiting for it.
    fn until_line(&self, error: &MapillaryError, probe: Probe) -> Taken {
        if let Some(problem) = self.line_given_up() {
            return Taken::new(Event::FinishRefused {
                code: problem.code.clone(),
            })
            .with_problem(problem);
        }
        self.inner.line_lost(error, probe);
        let now_ms = self.inner.clock.now_ms();
        let until_ms = self.inner.line.down_until_ms().unwrap_or(now_ms);
        let wait_ms = u64::try_from(until_ms.saturating_sub(now_ms)).unwrap_or(0);
        self.later(wait_ms, WaitReason::Offline, &error.clone().into())
    }

    fn no_finish_token(&self, none: NoToken) -> Taken {
        match none {
            NoToken::Later {
                error: CoreError::Service(error),
                ..
            } if is_unreached(&error) => self.until_line(&error, Probe::Token { user_id: None }),
            NoToken::SignIn(error) => {
                Taken::new(Event::SignInNeeded { next: Step::Finish }).with_problem(error.problem())
            }
            NoToken::Later { wait_ms, reason, error } if self.finish_attempts <= self.inner.config.max_attempts => {
                self.later(wait_ms, reason, &error)
            }
            NoToken::Later { error, .. } | NoToken::Never(error) => refused(error.problem()),
        }
    }

    fn later(&self, wait_ms: u64, reason: WaitReason, error: &CoreError) -> Taken {
        let until_ms = self.inner.clock.now_ms().saturating_add_unsigned(wait_ms);
        Taken::new(Event::Wait { until_ms, reason }).with_problem(error.problem())
    }
}

fn refused(problem: waypost_wire::Problem) -> Taken {
    Taken::new(Event::FinishRefused {
        code: problem.code.clone(),
    })
    .with_problem(problem)
    .with_fact(Fact::HandlesSpoiled)
}

fn file_type(record: &UploadRecord) -> FileType {
    match (record.package, &record.zip_path) {
        (PackageKind::Video, _) => FileType::CammVideo,
        (PackageKind::Images, None) => FileType::BundleManifest,
        _ => FileType::Zip,
    }
}
