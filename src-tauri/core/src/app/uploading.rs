//! From the plan into the queue: what was sent before is asked about first, and what is put there is begun.

use waypost_wire::{AlreadySentChoice, AlreadySentView, EventBody, Reply};

use super::prepared::Destination;
use super::waypost::Waypost;
use crate::account::Account;
use crate::error::CoreError;
use crate::peer_sent::PeerSent;
use crate::submit::{Submitted, begin, submit};
use crate::upload::{Engine, NewUpload, UploadSource};

impl Waypost {
    /// Puts the plan into the queue and begins.
    pub(super) async fn upload(&self, choice: AlreadySentChoice) -> Result<Reply, CoreError> {
        let account = self.accounts.current().await?.ok_or(CoreError::NotSignedIn)?;
        if account.may_upload == Some(false) {
            return Err(CoreError::UploadNotAllowed);
        }
        let uploads = self.uploads_of_plan(&account)?;
        if let Some(organization_id) = uploads.first().and_then(|upload| upload.organization_id.as_deref()) {
            self.accounts
                .organization(account.user_id.as_deref(), organization_id)
                .await?;
        }
        if choice == AlreadySentChoice::Ask
            && let Some(question) = self.sent_before(&uploads, &account).await?
        {
            return Ok(Reply::AlreadySent(question));
        }
        let upload_ids = self.submit_all(uploads, &account, choice).await?;
        begin(&*self.engine().await?, &upload_ids).await?;
        self.clear_plan();
        Ok(Reply::Queued(upload_ids))
    }

    /// What the plan asks for, for this account and the organisation of the settings.
    pub(super) fn uploads_of_plan(&self, account: &Account) -> Result<Vec<NewUpload>, CoreError> {
        let (organization, package) = {
            let inner = self.lock();
            (inner.settings.organization_id.clone(), inner.settings.package_kind())
        };
        self.plan_uploads(&Destination {
            user_id: account.user_id.clone(),
            organization_id: (!organization.is_empty()).then_some(organization),
            package,
        })
    }

    async fn submit_all(
        &self,
        uploads: Vec<NewUpload>,
        account: &Account,
        choice: AlreadySentChoice,
    ) -> Result<Vec<i64>, CoreError> {
        let user_id = account.user_id.as_deref().unwrap_or_default();
        let again = choice == AlreadySentChoice::SendAgain;
        let mut upload_ids = Vec::new();
        let mut left_out = 0;
        for upload in uploads {
            if !again && self.peer_has_sent(&upload, user_id).await? {
                left_out += upload.source.capture_count();
                continue;
            }
            match submit(&*self.engine().await?, upload, user_id, again).await? {
                Submitted::Added {
                    upload_id,
                    already_sent,
                } => {
                    upload_ids.push(upload_id);
                    left_out += already_sent;
                }
                Submitted::Continued { upload_id } => upload_ids.push(upload_id),
                Submitted::AlreadySent { photo_count, .. } => left_out += photo_count,
            }
        }
        if left_out > 0 {
            let notice = CoreError::AlreadySent { photo_count: left_out };
            self.bus.send(EventBody::Notice(notice.problem()));
        }
        Ok(upload_ids)
    }

    /// What of `uploads` went to the same account and organisation before; `None` for nothing.
    async fn sent_before(
        &self,
        uploads: &[NewUpload],
        account: &Account,
    ) -> Result<Option<AlreadySentView>, CoreError> {
        let user_id = account.user_id.as_deref().unwrap_or_default();
        let (mut sent_count, mut total_count) = (0, 0);
        let mut sent_at_ms = Vec::new();
        for upload in uploads {
            let captures = upload.source.capture_count();
            total_count += captures;
            if self.peer_has_sent(upload, user_id).await? {
                sent_count += captures;
                continue;
            }
            let engine = self.engine().await?;
            for upload_id in earlier_uploads(&engine, upload, user_id).await? {
                sent_count += 1;
                let journal = engine.journal();
                let record = tokio::task::spawn_blocking(move || journal.upload(upload_id))
                    .await
                    .unwrap_or(Err(CoreError::Stopped))?;
                sent_at_ms.extend(record.taken_at_ms);
            }
        }
        Ok((sent_count > 0).then(|| AlreadySentView {
            sent_count,
            total_count,
            username: account.username.clone().unwrap_or_else(|| account.profile.clone()),
            first_sent_at_ms: sent_at_ms.iter().copied().min(),
            last_sent_at_ms: sent_at_ms.iter().copied().max(),
        }))
    }

    /// Whether mapillary_tools wrote down that it sent all of this.
    async fn peer_has_sent(&self, upload: &NewUpload, user_id: &str) -> Result<bool, CoreError> {
        let Some(history) = PeerSent::of(&self.environment, self.practice, false) else {
            return Ok(false);
        };
        let (upload, user_id) = (upload.clone(), user_id.to_owned());
        tokio::task::spawn_blocking(move || history.sent_before(&upload, &user_id))
            .await
            .unwrap_or(Err(CoreError::Stopped))
            .map(|record| record.is_some())
    }
}

/// For each capture that was sent before, the upload with which it was.
async fn earlier_uploads(engine: &Engine, upload: &NewUpload, user_id: &str) -> Result<Vec<i64>, CoreError> {
    match &upload.source {
        UploadSource::Photos(photos) => {
            let before = engine
                .already_sent(photos, user_id, upload.organization_id.as_deref())
                .await?;
            Ok(before.into_iter().flatten().collect())
        }
        UploadSource::Video(video) => {
            let file = vec![(video.path.clone(), video.size_bytes)];
            let before = engine
                .files_already_sent(file, user_id, upload.organization_id.as_deref())
                .await?;
            Ok(before.into_iter().flatten().collect())
        }
        // No plan holds a zip.
        UploadSource::ZipFile(_) => Ok(Vec::new()),
    }
}
