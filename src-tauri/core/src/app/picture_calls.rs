//! Which file a picture of the window comes from.

use std::path::{Path, PathBuf};

use super::picture::picture;
use super::preparing::Prepare;
use super::waypost::Waypost;
use crate::error::CoreError;

/// Which picture.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PictureOf {
    /// A photo of the plan, by its number.
    PlanPhoto(u64),
    /// The first photo of an upload.
    Upload(i64),
    /// The first photo behind a line of the library.
    LibraryLine(i64),
}

impl Waypost {
    async fn first_photo(&self, upload_id: i64) -> Result<Option<PathBuf>, CoreError> {
        self.with_journal(move |journal| journal.first_sent_file(upload_id))
            .await
    }

    /// A small JPEG for the window; `None` when there is nothing to show.
    pub async fn picture(&self, of: PictureOf) -> Option<Vec<u8>> {
        let path = match of {
            PictureOf::PlanPhoto(photo_id) => match &self.lock().prepare {
                Prepare::Ready(prepared) => prepared.photo_path(photo_id).map(Path::to_path_buf),
                _ => None,
            },
            PictureOf::LibraryLine(line_id) => {
                let row = self
                    .with_journal(move |journal| journal.library_row(line_id))
                    .await
                    .ok()?;
                self.first_photo(row.upload_id?).await.ok().flatten()
            }
            PictureOf::Upload(upload_id) => self.first_photo(upload_id).await.ok().flatten(),
        }?;
        tokio::task::spawn_blocking(move || picture(&path)).await.ok().flatten()
    }
}
