//! What the window asks of the hand-over record.

use std::path::{Path, PathBuf};

use waypost_wire::{HandOverRecord, HandOverReply, HandOverSubject};

use super::waypost::Waypost;
use crate::error::CoreError;
use crate::hand_over::{name_of, record_of, save_record, send_record};

impl Waypost {
    /// What would be handed over.
    pub(super) async fn hand_over_record(&self, subject: HandOverSubject) -> Result<HandOverRecord, CoreError> {
        self.with_journal(move |journal| record_of(journal, &subject)).await
    }

    /// Writes the record into `folder`; returns where.
    ///
    /// # Errors
    /// Those of [`record_of`] and [`save_record`].
    pub async fn save_hand_over(&self, subject: HandOverSubject, folder: &Path) -> Result<PathBuf, CoreError> {
        let name = name_of(&subject);
        let record = self.hand_over_record(subject).await?;
        save_record(&record, folder, &name)
    }

    /// Sends the record, once.
    pub(super) async fn send_hand_over(
        &self,
        subject: HandOverSubject,
        address: &str,
    ) -> Result<HandOverReply, CoreError> {
        let record = self.hand_over_record(subject).await?;
        send_record(&self.client, &record, address).await
    }
}
