//! What the window asks of the library.

use waypost_wire::{LibraryDetail, LibraryPage, LibraryQuery, LibraryRow, SafeToDelete, SequenceNotes};

use super::waypost::Waypost;
use crate::edit::checked_notes;
use crate::error::CoreError;
use crate::journal::Journal;
use crate::library::evidence::safe_to_delete_line;

impl Waypost {
    /// Works on the journal away from the async threads.
    pub(super) async fn with_journal<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Journal) -> Result<T, CoreError> + Send + 'static,
    ) -> Result<T, CoreError> {
        let journal = self.engine().await?.journal();
        tokio::task::spawn_blocking(move || work(&journal))
            .await
            .unwrap_or(Err(CoreError::Stopped))
    }

    pub(super) async fn library(&self, query: LibraryQuery) -> Result<Box<LibraryPage>, CoreError> {
        let mut page = self.with_journal(move |journal| journal.library_page(&query)).await?;
        page.import = self.import_state().await?;
        page.has_peer_history = self.peer_history().is_some();
        Ok(Box::new(page))
    }

    pub(super) async fn library_line(&self, line_id: i64) -> Result<Box<LibraryDetail>, CoreError> {
        self.with_journal(move |journal| journal.library_detail(line_id))
            .await
            .map(Box::new)
    }

    pub(super) async fn set_notes(&self, line_id: i64, notes: &SequenceNotes) -> Result<Box<LibraryRow>, CoreError> {
        let notes = checked_notes(notes)?;
        self.with_journal(move |journal| journal.set_notes(line_id, &notes))
            .await
            .map(Box::new)
    }

    pub(super) async fn safe_to_delete(&self, line_id: i64) -> Result<SafeToDelete, CoreError> {
        self.with_journal(move |journal| safe_to_delete_line(journal, line_id))
            .await
    }

    /// The address of an image of a line; `None` where the line has no such image.
    pub(super) async fn library_address(&self, line_id: i64, image_id: &str) -> Result<Option<String>, CoreError> {
        let row = self.with_journal(move |journal| journal.library_row(line_id)).await?;
        let link = row.links.into_iter().find(|link| link.image_id == image_id);
        Ok(link.map(|link| link.url))
    }
}
