//! The hand-over record: what Waypost knows of an upload and Mapillary does not keep, for another program. As a file, or
//! to an address that the person gave. It holds no token, and none goes along.

use std::path::{Path, PathBuf};

use url::Url;
use waypost_mapillary::{BoundingBox, Client};
use waypost_wire::{HandOverRecord, HandOverReply, HandOverSubject, LibraryQuery};

use crate::error::CoreError;
use crate::journal::Journal;
use crate::new_file::write_new;
use crate::upload::material::located_photos;

/// What the record calls itself.
const FORMAT: &str = "waypost-hand-over";
const VERSION: u32 = 1;

/// The record of what the person points at.
///
/// # Errors
/// [`CoreError::NoSuchUpload`]; [`CoreError::InvalidSetting`] for a sequence that is not in the library;
/// [`CoreError::Journal`].
pub fn record_of(journal: &Journal, subject: &HandOverSubject) -> Result<HandOverRecord, CoreError> {
    match subject {
        HandOverSubject::Upload { upload_id } => record_of_upload(journal, *upload_id),
        HandOverSubject::Sequence { sequence_key } => record_of_sequence(journal, sequence_key),
    }
}

/// The record of a published sequence, as the library knows it. The box of one that Waypost did not send is known once
/// it was read from the account.
fn record_of_sequence(journal: &Journal, sequence_key: &str) -> Result<HandOverRecord, CoreError> {
    let query = LibraryQuery {
        text: sequence_key.to_owned(),
        ..LibraryQuery::default()
    };
    let found = journal.library_page(&query)?.rows.into_iter().find_map(|row| {
        let link = row.links.iter().find(|link| link.sequence_key == sequence_key)?.clone();
        Some((row, link))
    });
    let Some((row, link)) = found else {
        return Err(CoreError::InvalidSetting {
            name: "sequence".into(),
            reason: format!("{sequence_key} is not in the library"),
        });
    };
    let keys = vec![link.sequence_key];
    if let Some(upload_id) = row.upload_id {
        return Ok(HandOverRecord {
            sequence_keys: keys,
            image_count: link.image_count,
            ..record_of_upload(journal, upload_id)?
        });
    }
    Ok(HandOverRecord {
        format: FORMAT.into(),
        version: VERSION,
        notes: row.notes,
        username: row.username,
        sequence_keys: keys,
        cluster_id: None,
        image_count: link.image_count,
        bounding_box: journal.library_box(row.line_id)?,
        first_captured_at_ms: row.first_captured_at_ms,
        last_captured_at_ms: row.last_captured_at_ms,
    })
}

/// A name for the file of a subject.
pub fn name_of(subject: &HandOverSubject) -> String {
    match subject {
        HandOverSubject::Upload { upload_id } => format!("upload-{upload_id}"),
        HandOverSubject::Sequence { sequence_key } => {
            let plain = |letter: &char| letter.is_ascii_alphanumeric() || matches!(letter, '-' | '_');
            format!(
                "sequence-{}",
                sequence_key.chars().filter(plain).take(64).collect::<String>()
            )
        }
    }
}

fn record_of_upload(journal: &Journal, upload_id: i64) -> Result<HandOverRecord, CoreError> {
    let upload = journal.upload(upload_id)?;
    let files = journal.files(upload_id)?;
    let points = located_photos(&files)
        .into_iter()
        .map(|(_, photo)| (photo.lon_deg, photo.lat_deg));
    let around = BoundingBox::around(points, 0.0)?.map(|around| {
        let (west, south, east, north) = around.sides_deg();
        [west, south, east, north]
    });
    let is_known = upload.first_captured_at_ms != 0;
    Ok(HandOverRecord {
        format: FORMAT.into(),
        version: VERSION,
        notes: journal.notes_of_upload(upload_id)?,
        username: upload.username,
        sequence_keys: upload.follow.links.into_iter().map(|link| link.sequence_key).collect(),
        cluster_id: upload.cluster_id,
        image_count: upload.image_count,
        bounding_box: around,
        first_captured_at_ms: is_known.then_some(upload.first_captured_at_ms),
        last_captured_at_ms: is_known.then_some(upload.last_captured_at_ms),
    })
}

/// Writes a record into a folder, under a name of its own. Returns where.
///
/// # Errors
/// [`CoreError::FileInTheWay`] when a file has that name already; [`CoreError::Io`].
pub fn save_record(record: &HandOverRecord, folder: &Path, name: &str) -> Result<PathBuf, CoreError> {
    let path = folder.join(format!("{name}.hand-over.json"));
    let text = serde_json::to_vec_pretty(record).map_err(|source| CoreError::Io {
        path: path.clone(),
        source: source.into(),
    })?;
    write_new(&path, &text)?;
    Ok(path)
}

/// Sends a record to an address, once. Trying again is the person's to say.
///
/// # Errors
/// [`CoreError::InvalidSetting`] for what is no address; [`CoreError::Service`] with `invalid_url` for one over an open
/// line, `webhook_refused`, or what the line says.
pub async fn send_record(client: &Client, record: &HandOverRecord, address: &str) -> Result<HandOverReply, CoreError> {
    let unreadable = |reason: String| CoreError::InvalidSetting {
        name: "webhook".into(),
        reason,
    };
    let url = Url::parse(address.trim()).map_err(|_| unreadable("it is not an address".into()))?;
    let value = serde_json::to_value(record).map_err(|error| unreadable(error.to_string()))?;
    let reply = client.post_record(&url, &value).await?;
    Ok(HandOverReply {
        host: url.host_str().unwrap_or_default().to_owned(),
        status: reply.status,
        beginning: reply.beginning,
    })
}
