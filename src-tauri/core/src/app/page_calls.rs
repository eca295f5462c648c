//! Opening pages in the person's browser: the address is worked out here, the window only says which page.

use std::sync::Arc;

use url::Url;
use waypost_wire::Page;

use super::pages::{self, is_allowed};
use super::waypost::Waypost;
use crate::error::CoreError;

impl Waypost {
    /// The address behind a page; `None` where there is none (any more).
    ///
    /// # Errors
    /// [`CoreError::NoSuchUpload`].
    pub async fn page_address(&self, page: &Page) -> Result<Option<Url>, CoreError> {
        let address = match page {
            Page::Image { upload_id, image_id } => {
                let row = self.engine().await?.row(*upload_id).await?;
                row.links
                    .iter()
                    .find(|link| link.image_id == *image_id)
                    .map(|link| link.url.clone())
            }
            Page::BlurEditor { line_id, image_id } => {
                let known = self.library_address(*line_id, image_id).await?;
                known.map(|_| format!("{}{image_id}", pages::BLUR_EDITOR))
            }
            Page::LibraryImage { line_id, image_id } => self.library_address(*line_id, image_id).await?,
            Page::UploadBlurEditor { upload_id, image_id } => {
                let engine = self.engine().await?;
                let row = engine.row(*upload_id).await?;
                let is_link = row.links.iter().any(|link| link.image_id == *image_id);
                let report = engine.link_report(*upload_id).await?;
                let is_known = is_link || report.extra.iter().any(|image| image.image_id == *image_id);
                is_known.then(|| format!("{}{image_id}", pages::BLUR_EDITOR))
            }
            Page::User { upload_id } => {
                let engine = self.engine().await?;
                let (viewer, journal, upload_id) = (engine.viewer().to_owned(), engine.journal(), *upload_id);
                let record = tokio::task::spawn_blocking(move || journal.upload(upload_id))
                    .await
                    .unwrap_or(Err(CoreError::Stopped))?;
                record
                    .username
                    .and_then(|username| pages::user_page(&viewer, &username))
            }
            Page::AppRegistration => Some(pages::APP_REGISTRATION.to_owned()),
            Page::Terms => Some(pages::TERMS.to_owned()),
            Page::Licence => Some(pages::LICENCE.to_owned()),
            Page::MapCopyright => Some(pages::MAP_COPYRIGHT.to_owned()),
            Page::SignIn => return Ok(self.desk.address()),
        };
        Ok(address
            .and_then(|text| Url::parse(&text).ok())
            .filter(|url| is_allowed(url, self.own_origin.as_ref())))
    }

    pub(super) async fn open_page(&self, page: &Page) -> Result<(), CoreError> {
        let Some(address) = self.page_address(page).await? else {
            return Err(CoreError::NoPage);
        };
        let opener = Arc::clone(&self.opener);
        // The sign-in page's address carries one-time values; it is shown where it can be copied, not in an error.
        let shown = match page {
            Page::SignIn => "the sign-in page".to_owned(),
            _ => address.to_string(),
        };
        tokio::task::spawn_blocking(move || opener.open(&address))
            .await
            .unwrap_or_else(|_| Err("stopped".into()))
            .map_err(|reason| CoreError::BrowserDidNotOpen { page: shown, reason })
    }
}
