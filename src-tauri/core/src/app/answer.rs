//! The table of calls: one arm each, and what is done stands elsewhere.

use std::path::PathBuf;
use std::sync::Arc;

use secrecy::SecretString;
use waypost_wire::{Call, Problem, Reply};

use super::prepared::Prepared;
use super::waypost::Waypost;
use crate::error::CoreError;
use crate::upload::Which;

impl Waypost {
    /// Answers a call. `ChooseFolder`, `StartPractice` and `StopPractice` are the shell's and are refused here.
    ///
    /// # Errors
    /// Whatever goes wrong, in the border form.
    pub async fn call(self: &Arc<Self>, call: Call) -> Result<Reply, Problem> {
        self.answer(call).await.map_err(|error| error.problem())
    }

    async fn answer(self: &Arc<Self>, call: Call) -> Result<Reply, CoreError> {
        match call {
            Call::Snapshot => return Ok(Reply::Snapshot(Box::new(self.snapshot().await?))),
            Call::FileReport { upload_id } => {
                return Ok(Reply::Files(self.engine().await?.file_report(upload_id).await?));
            }
            Call::LinkReport { upload_id } => {
                let report = self.engine().await?.link_report(upload_id).await?;
                return Ok(Reply::LinkReport(Box::new(report)));
            }
            Call::Upload { already_sent } => return self.upload(already_sent).await,
            Call::Library { query } => return Ok(Reply::Library(self.library(query).await?)),
            Call::LibraryLine { line_id } => return Ok(Reply::LibraryLine(self.library_line(line_id).await?)),
            Call::SetNotes { line_id, notes } => return Ok(Reply::LibraryRow(self.set_notes(line_id, &notes).await?)),
            Call::ImportLibrary { all } => self.import_library(all).await?,
            Call::StopLibraryImport => self.import.stop(),
            Call::TakeOverHistory => return Ok(Reply::HistoryTaken(self.take_over_history().await?)),
            Call::SafeToDelete { line_id } => return Ok(Reply::SafeToDelete(self.safe_to_delete(line_id).await?)),
            Call::Diagnostics => return Ok(Reply::Diagnostics(self.diagnostics().await?)),
            Call::FindProfiles => return Ok(Reply::Profiles(self.profile_rows().await)),
            Call::ImportProfile { file, profile } => self.import_profile(&file, &profile).await?,
            Call::CheckOrganization { organization_id } => {
                return Ok(Reply::Organization(self.check_organization(&organization_id).await?));
            }
            Call::ForgetOrganization { organization_id } => self.forget_organization(&organization_id).await?,
            Call::ClearDryRun => self.dry_run.clear(&self.bus),
            Call::EstimateTakeOut { choice } => self.estimate_take_out(choice)?,
            Call::ShowHandOver { subject } => {
                return Ok(Reply::HandOver(Box::new(self.hand_over_record(subject).await?)));
            }
            Call::SendHandOver { subject, address } => {
                return Ok(Reply::HandedOver(self.send_hand_over(subject, &address).await?));
            }
            Call::ContinueTakeOut => self.continue_take_out()?,
            Call::StopTakeOut => self.take_out.stop(),
            Call::ClearTakeOut => self.take_out.clear(&self.bus),
            Call::Prepare { paths } => {
                self.prepare(paths.into_iter().map(PathBuf::from).collect()).await?;
            }
            Call::ClearPlan => self.clear_plan(),
            Call::Edit { edit } => self.change_plan(|prepared| prepared.apply(&edit))?,
            Call::Undo => self.change_plan(Prepared::undo)?,
            Call::Redo => self.change_plan(Prepared::redo)?,
            Call::PhotoFacts { photo_id } => return Ok(Reply::PhotoFacts(self.photo_facts(photo_id))),
            Call::PreviewEdit { edit } => return self.preview(&edit).map(Reply::Preview),
            Call::Pause { upload_id } => self.engine().await?.pause(upload_id).await?,
            Call::Resume { upload_id } => self.engine().await?.resume(upload_id).await?,
            Call::Cancel { upload_id } => self.engine().await?.cancel(upload_id).await?,
            Call::Start { upload_id } => {
                self.engine().await?.start(Which::These(vec![upload_id])).await?;
            }
            Call::RetryFinish { upload_id } => self.engine().await?.retry_finish(upload_id).await?,
            Call::MarkTaken { upload_id } => self.engine().await?.mark_taken(upload_id).await?,
            Call::Remove { upload_id } => self.engine().await?.remove(upload_id).await?,
            Call::Retry { upload_id } => self.engine().await?.retry(upload_id).await?,
            Call::RetryAllFailed => {
                self.engine().await?.retry_all_failed().await?;
            }
            Call::Reorder {
                upload_id,
                before_upload_id,
            } => self.engine().await?.reorder(upload_id, before_upload_id).await?,
            Call::PauseAll => self.engine().await?.pause_all().await?,
            Call::ResumeAll => self.engine().await?.resume_all().await?,
            Call::SignIn => self.desk.begin(),
            Call::CancelSignIn => self.desk.cancel().await,
            Call::KeepForThisRun => self.desk.keep_for_this_run().await?,
            Call::SignInWithToken { token } => {
                self.desk
                    .with_token(SecretString::from(token.into_text().trim().to_owned()))
                    .await;
            }
            Call::UseAccount { user_id } => self.desk.use_account(&user_id).await?,
            Call::SignOut { user_id } => self.desk.sign_out(&user_id).await?,
            Call::SetSettings { settings, app_secret } => self.set_settings(&settings, app_secret).await?,
            Call::Open { page } => self.open_page(&page).await?,
            Call::FirstRunDone => {
                let settings = {
                    let mut inner = self.lock();
                    inner.settings.first_run_done = true;
                    inner.settings.clone()
                };
                settings.save(&self.data_dir)?;
            }
            Call::Zoom { change } => self.zoom(change).await?,
            Call::ChooseFolder
            | Call::ChooseTrack
            | Call::DryRun
            | Call::StartTakeOut { .. }
            | Call::SaveHandOver { .. }
            | Call::SaveDiagnostics
            | Call::StartPractice
            | Call::StopPractice => {
                return Err(CoreError::InvalidSetting {
                    name: "call".into(),
                    reason: "only the window's own shell can do that".into(),
                });
            }
        }
        Ok(Reply::Done)
    }
}
