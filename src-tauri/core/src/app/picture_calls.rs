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
}

impl Waypost {
    async fn first_photo(&self, upload_id: i64) -> Result<Option<PathBuf>, CoreError> {
        let journal = self.engine().await?.journal();
        let files = tokio::task::spawn_blocking(move || journal.files(upload_id))
            .await
            .unwrap_or(Err(CoreError::Stopped))?;
        Ok(files
            .into_iter()
            .find(crate::journal::FileRow::is_sent)
            .map(|file| file.path))
    }

    /// A small JPEG for the window; `None` when there is nothing to show.
    pub async fn picture(&self, of: PictureOf) -> Option<Vec<u8>> {
        let path = match of {
            PictureOf::PlanPhoto(photo_id) => match &self.lock().prepare {
                Prepare::Ready(prepared) => prepared.photo_path(photo_id).map(Path::to_path_buf),
                _ => None,
            },
            PictureOf::Upload(upload_id) => self.first_photo(upload_id).await.ok().flatten(),
        }?;
        tokio::task::spawn_blocking(move || picture(&path)).await.ok().flatten()
    }
}
