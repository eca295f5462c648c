//! Which file a picture of the window comes from, or which image of Mapillary.

use std::path::{Path, PathBuf};

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
    /// The first photo behind a line of the library; where there is none, the first image that Mapillary shows of it.
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
            PictureOf::LibraryLine(line_id) => return self.line_picture(line_id).await,
            PictureOf::Upload(upload_id) => self.first_photo(upload_id).await.ok().flatten(),
        };
        self.pictures.of_file(path?).await
    }

    async fn line_picture(&self, line_id: i64) -> Option<Vec<u8>> {
        let row = self
            .with_journal(move |journal| journal.library_row(line_id))
            .await
            .ok()?;
        if let Some(upload_id) = row.upload_id
            && let Some(path) = self.first_photo(upload_id).await.ok().flatten()
            && let Some(bytes) = self.pictures.of_file(path).await
        {
            return Some(bytes);
        }
        let first = row.links.first()?;
        self.remote_pictures.picture(&first.image_id).await
    }
}
