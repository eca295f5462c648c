//! What was sent beside what the service shows of it, put together from the journal.

use std::path::Path;

use waypost_wire::LinkReport;

use super::engine::Engine;
use super::material::{located_photos, video_of};
use crate::error::CoreError;
use crate::follow::report::{SentFile, link_report};
use crate::journal::{FileRow, Journal};

impl Engine {
    /// What was sent of an upload beside what the service shows of it, as of its last answer.
    ///
    /// # Errors
    /// [`CoreError::NoSuchUpload`], [`CoreError::Journal`].
    pub async fn link_report(&self, upload_id: i64) -> Result<LinkReport, CoreError> {
        self.inner.journal(move |journal| report_from(journal, upload_id)).await
    }
}

/// The same, read beside a running Waypost; `None` when there is no journal yet.
///
/// # Errors
/// As [`Engine::link_report`].
pub fn link_report_of(data_dir: &Path, upload_id: i64) -> Result<Option<LinkReport>, CoreError> {
    Journal::open_read_only(data_dir)?
        .map(|journal| report_from(&journal, upload_id))
        .transpose()
}

fn report_from(journal: &Journal, upload_id: i64) -> Result<LinkReport, CoreError> {
    let record = journal.upload(upload_id)?;
    let files = journal.files(upload_id)?;
    let photos = located_photos(&files);
    let video = video_of(&record, &files);
    let sent: Vec<SentFile> = files
        .iter()
        .filter(|file| file.is_sent())
        .map(|file: &FileRow| SentFile {
            ordinal: file.ordinal,
            path: file.path.display().to_string(),
            photo: photos
                .binary_search_by_key(&file.ordinal, |(ordinal, _)| *ordinal)
                .ok()
                .and_then(|place| photos.get(place))
                .map(|(_, photo)| *photo),
        })
        .collect();
    let track = video.iter().flat_map(|(_, video)| &video.track);
    let points = photos
        .iter()
        .map(|(_, photo)| (photo.lon_deg, photo.lat_deg))
        .chain(track.map(|point| (point.lon_deg, point.lat_deg)));
    let published = journal.published(upload_id)?;
    let shared = journal.sequences_shared_with(upload_id)?;
    Ok(link_report(&record, &sent, points, &published, &shared))
}
