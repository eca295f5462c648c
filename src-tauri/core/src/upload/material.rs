//! What an upload is made of: from the request to the journal's rows, and from the rows to parts that can be sent.

use std::io::{self, Read};
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};

use serde::Serialize;
use waypost_wire::FileOutcome;

use super::new_upload::{NewUpload, UploadSource};
use crate::error::CoreError;
use crate::follow::matching::LocalPhoto;
use crate::journal::{FileRow, NewRecord, PartRow, UploadRecord};
use crate::package::{Part, SourcePhoto, SourceVideo, core_error_of};
use crate::settings::PackageKind;

/// What a run sends.
pub(super) enum Material {
    /// One part: a zip or a video.
    Single(SendPart),
    /// Images one by one, then a manifest.
    Images(Vec<(u32, SourcePhoto)>),
}

/// A part with its name at the server.
#[derive(Clone)]
pub(super) struct SendPart {
    pub(super) part: Arc<dyn Part>,
    /// Its row of the journal; the offset in it is what the moving numbers count already.
    pub(super) row: PartRow,
    /// Whether the row is in the journal before the first byte is sent.
    pub(super) is_kept: bool,
}

impl SendPart {
    /// Opens it at an offset. What goes wrong with the source, now or while reading, is left in `failure`.
    pub(super) fn open(&self, offset: u64, failure: Arc<Mutex<Option<CoreError>>>) -> io::Result<Box<dyn Read + Send>> {
        match self.part.reader(offset) {
            Ok(reader) => Ok(Box::new(WatchedReader {
                reader,
                failure,
                name: self.part.name(),
            })),
            Err(error) => Err(keep(&failure, error)),
        }
    }

    /// The failure behind a read error that left nothing better.
    pub(super) fn read_error(&self, error: &io::Error) -> CoreError {
        CoreError::Io {
            path: self.part.name().into(),
            source: io::Error::new(error.kind(), error.to_string()),
        }
    }
}

/// Keeps the true error of a read, because only its text travels through the request.
struct WatchedReader {
    reader: Box<dyn Read + Send>,
    failure: Arc<Mutex<Option<CoreError>>>,
    name: String,
}

impl Read for WatchedReader {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.reader.read(buffer).map_err(|error| {
            if error.kind() == io::ErrorKind::Interrupted {
                return error;
            }
            let name = &self.name;
            let error = core_error_of(error).unwrap_or_else(|source| CoreError::Io {
                path: name.into(),
                source,
            });
            keep(&self.failure, error)
        })
    }
}

fn keep(failure: &Mutex<Option<CoreError>>, error: CoreError) -> io::Error {
    let said = io::Error::other(error.to_string());
    *failure.lock().unwrap_or_else(PoisonError::into_inner) = Some(error);
    said
}

/// An upload as the journal takes it, with a row for every file.
pub(super) fn new_record(new: NewUpload, now_ms: i64, dry_run: bool) -> Result<(NewRecord, Vec<FileRow>), CoreError> {
    let mut record = NewRecord {
        title: new.title,
        package: new.package,
        zip_path: None,
        image_count: 0,
        estimated_bytes: 0,
        user_id: new.user_id,
        organization_id: new.organization_id,
        fresh_key: new.fresh_key,
        wants_finish: new.finish,
        dry_run,
        first_captured_at_ms: 0,
        last_captured_at_ms: 0,
        created_at_ms: now_ms,
        notes: new.notes,
    };
    let mut files = Vec::new();
    match new.source {
        UploadSource::Photos(photos) => {
            if photos.is_empty() {
                return Err(CoreError::NothingToSend { title: record.title });
            }
            record.image_count = photos.len() as u64;
            record.estimated_bytes = photos.iter().map(|photo| photo.size_bytes).sum();
            let times = || photos.iter().map(|photo| photo.captured_at_ms);
            record.first_captured_at_ms = times().min().unwrap_or_default();
            record.last_captured_at_ms = times().max().unwrap_or_default();
            for photo in &photos {
                let place = files.len();
                files.push(sent_row(
                    place,
                    photo,
                    &photo.path,
                    photo.size_bytes,
                    photo.captured_at_ms,
                )?);
            }
        }
        UploadSource::ZipFile(zip) => {
            record.package = PackageKind::Zip;
            record.zip_path = Some(zip.path);
            record.image_count = zip.image_count;
            record.estimated_bytes = zip.size_bytes;
            record.first_captured_at_ms = zip.first_captured_at_ms;
            record.last_captured_at_ms = zip.last_captured_at_ms;
        }
        UploadSource::Video(video) => {
            record.package = PackageKind::Video;
            record.estimated_bytes = video.size_bytes;
            record.first_captured_at_ms = video.first_captured_at_ms().unwrap_or_default();
            record.last_captured_at_ms = video.last_captured_at_ms().unwrap_or_default();
            files.push(sent_row(
                0,
                &*video,
                &video.path,
                video.size_bytes,
                record.first_captured_at_ms,
            )?);
        }
    }
    for left_out in new.left_out {
        files.push(FileRow {
            ordinal: ordinal(files.len()),
            path: left_out.path,
            outcome: left_out.outcome,
            code: left_out.code,
            message: left_out.message,
            image_id: None,
            source: None,
            size_bytes: 0,
            captured_at_ms: 0,
            fingerprint: None,
        });
    }
    Ok((record, files))
}

/// The row of a file that is sent; `source` is what makes the same bytes again.
fn sent_row(
    place: usize,
    source: &impl Serialize,
    path: &Path,
    size_bytes: u64,
    captured_at_ms: i64,
) -> Result<FileRow, CoreError> {
    let json = serde_json::to_string(source).map_err(|error| CoreError::Io {
        path: path.to_path_buf(),
        source: error.into(),
    })?;
    Ok(FileRow {
        ordinal: ordinal(place),
        path: path.to_path_buf(),
        outcome: FileOutcome::Pending,
        code: None,
        message: None,
        image_id: None,
        source: Some(json),
        size_bytes,
        captured_at_ms,
        fingerprint: None,
    })
}

/// A place as a number of the journal.
pub(super) fn ordinal(place: usize) -> u32 {
    u32::try_from(place).unwrap_or(u32::MAX)
}

/// The video of an upload, with the place of its row.
pub(crate) fn video_of(record: &UploadRecord, files: &[FileRow]) -> Option<(u32, SourceVideo)> {
    files
        .iter()
        .filter(|_| record.package == PackageKind::Video)
        .find_map(|file| {
            let video = serde_json::from_str(file.source.as_deref()?).ok()?;
            Some((file.ordinal, video))
        })
}

/// The photos of an upload, with the places of their rows.
pub(super) fn photos_of(files: &[FileRow]) -> Vec<(u32, SourcePhoto)> {
    files
        .iter()
        .filter_map(|file| {
            // Written by `sent_row`; a row of a version that knew other fields is no photo any more.
            serde_json::from_str(file.source.as_deref()?)
                .ok()
                .map(|photo| (file.ordinal, photo))
        })
        .collect()
}

/// Where and when the photos of an upload were taken, with the places of their rows.
pub(crate) fn located_photos(files: &[FileRow]) -> Vec<(u32, LocalPhoto)> {
    photos_of(files)
        .into_iter()
        .map(|(ordinal, photo)| {
            (
                ordinal,
                LocalPhoto {
                    captured_at_ms: photo.captured_at_ms,
                    lat_deg: photo.lat_deg,
                    lon_deg: photo.lon_deg,
                },
            )
        })
        .collect()
}
