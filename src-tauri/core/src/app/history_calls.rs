//! Taking over what mapillary_tools sent from this computer: offered where it left records, done at the person's wish.

use waypost_wire::HistoryTaken;

use super::waypost::Waypost;
use crate::error::CoreError;
use crate::library::import::ImportAccount;
use crate::library::peer_records::take_over;
use crate::peer_history::{HISTORY_VARIABLE, PeerHistory};
use crate::upload::{TokenSource as _, Which};

impl Waypost {
    /// The history of mapillary_tools, where it holds anything. A practice service has no business there unless it is named.
    pub(super) fn peer_history(&self) -> Option<PeerHistory> {
        if self.practice && !self.environment.is_set(HISTORY_VARIABLE) {
            return None;
        }
        PeerHistory::of_mapillary_tools(&self.environment).filter(|history| !history.is_empty())
    }

    /// Takes over what the present account sent, and asks at once what became of it.
    ///
    /// # Errors
    /// [`CoreError::NotSignedIn`]; [`CoreError::Io`] when the history cannot be read; [`CoreError::Journal`].
    pub(super) async fn take_over_history(&self) -> Result<HistoryTaken, CoreError> {
        let active = self.accounts.token(None).await?;
        let account = ImportAccount {
            user_id: active.user_id,
            username: active.username,
        };
        let Some(history) = self.peer_history() else {
            return Ok(HistoryTaken::default());
        };
        let now_ms = self.clock.now_ms();
        let taken = self
            .with_journal(move |journal| take_over(journal, &history, &account, now_ms))
            .await?;
        let engine = self.engine().await?;
        engine.ask_now(Which::These(taken.upload_ids)).await?;
        Ok(taken.counts)
    }
}
