//! Lines of uploads, worked out from the uploads.

use rusqlite::{Connection, OptionalExtension, Transaction, params};
use waypost_wire::{ImageLink, SequenceNotes, UploadState};

use super::super::columns::{from_json, signed, to_json, word_of};
use super::super::record::UploadRecord;
use super::super::{WriteError, files};
use crate::path_text::printable_path;
use crate::place_names::nearest_place;
use crate::settings::PackageKind;
use crate::source_photo::SourcePhoto;
use crate::source_video::SourceVideo;

/// Brings the lines up to date of all uploads that have changed since the last time.
pub(in super::super) fn refresh_stale(transaction: &Transaction<'_>) -> Result<(), WriteError> {
    let stale: Vec<i64> = transaction
        .prepare_cached("SELECT upload_id FROM library_stale ORDER BY upload_id")?
        .query_map([], |row| row.get(0))?
        .collect::<rusqlite::Result<_>>()?;
    for upload_id in &stale {
        refresh(transaction, *upload_id)?;
    }
    if !stale.is_empty() {
        transaction.execute("DELETE FROM library_stale", [])?;
    }
    Ok(())
}

fn refresh(transaction: &Transaction<'_>, upload_id: i64) -> Result<(), WriteError> {
    let Some(upload) = UploadRecord::load(transaction, upload_id)? else {
        return Ok(());
    };
    // What was taken out of the list before anything came of it was never sent.
    let removed: bool = transaction.query_row("SELECT removed FROM uploads WHERE id = ?1", [upload_id], |row| {
        row.get(0)
    })?;
    if upload.dry_run || (removed && upload.taken_at_ms.is_none()) {
        return Ok(forget(transaction, upload_id)?);
    }
    let line_id = line_of(transaction, &upload)?;
    let state = upload.state.word();
    let is_unknown = upload.first_captured_at_ms == 0 && upload.last_captured_at_ms == 0;
    let captured = |at_ms: i64| (!is_unknown).then_some(at_ms);
    transaction
        .prepare_cached(
            "UPDATE library SET title = ?2, first_captured_at_ms = ?3, last_captured_at_ms = ?4, uploaded_at_ms = ?5, \
             image_count = ?6, visible_count = ?7, package = ?8, state = ?9, state_rank = ?10, is_pending = ?11, \
             since_ms = ?12, overdue = ?13, asked_at_ms = ?14, user_id = ?15, username = ?16, organization_id = ?17, \
             cluster_id = ?18, links = ?19 WHERE id = ?1",
        )?
        .execute(params![
            line_id,
            upload.title,
            captured(upload.first_captured_at_ms),
            captured(upload.last_captured_at_ms),
            upload.taken_at_ms,
            signed(upload.image_count),
            upload.follow.visible_count.map(signed),
            upload.package.word(),
            word_of(&state)?,
            rank(state),
            is_pending(state),
            upload.since_ms,
            upload.follow.overdue && state == UploadState::Processing,
            upload.follow.asked_at_ms,
            upload.user_id.as_deref().unwrap_or_default(),
            upload.username.as_deref().unwrap_or_default(),
            upload.organization_id.as_deref().unwrap_or_default(),
            upload.cluster_id.as_deref().unwrap_or_default(),
            to_json(&upload.follow.links)?,
        ])?;
    keep_keys(transaction, line_id, &upload)?;
    Ok(index(transaction, line_id)?)
}

/// The line of an upload; a new one where there is none yet.
fn line_of(transaction: &Transaction<'_>, upload: &UploadRecord) -> Result<i64, WriteError> {
    let known = transaction
        .prepare_cached("SELECT id FROM library WHERE upload_id = ?1")?
        .query_row([upload.upload_id], |row| row.get(0))
        .optional()?;
    if let Some(line_id) = known {
        return Ok(line_id);
    }
    let first = files::load_first_sent(transaction, upload.upload_id)?;
    let folder = first
        .as_ref()
        .map(|file| &file.path)
        .or(upload.zip_path.as_ref())
        .and_then(|path| path.parent())
        .map_or_else(String::new, printable_path);
    let position = first
        .and_then(|file| file.source)
        .and_then(|source| position_of(&source, upload.package));
    let place = position.and_then(|(lat_deg, lon_deg)| nearest_place(lat_deg, lon_deg));
    transaction.execute(
        "INSERT INTO library (upload_id, folder, place, place_km, lat_deg, lon_deg, notes) \
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
        params![
            upload.upload_id,
            folder,
            place.as_ref().map_or("", |place| place.name.as_str()),
            place.as_ref().map(|place| place.distance_km),
            position.map(|(lat_deg, _)| lat_deg),
            position.map(|(_, lon_deg)| lon_deg),
            to_json(&SequenceNotes::default())?,
        ],
    )?;
    Ok(transaction.last_insert_rowid())
}

/// Latitude and longitude, degrees, of a photo or where a video begins.
fn position_of(source: &str, package: PackageKind) -> Option<(f64, f64)> {
    if package == PackageKind::Video {
        let video: SourceVideo = serde_json::from_str(source).ok()?;
        return video.track.first().map(|point| (point.lat_deg, point.lon_deg));
    }
    let photo: SourcePhoto = serde_json::from_str(source).ok()?;
    Some((photo.lat_deg, photo.lon_deg))
}

/// Which sequences of Mapillary this line stands for, so that none is listed twice.
fn keep_keys(transaction: &Transaction<'_>, line_id: i64, upload: &UploadRecord) -> rusqlite::Result<()> {
    // What an import recognised by an image stays, as long as it is the same upload at the service.
    transaction
        .prepare_cached("DELETE FROM library_keys WHERE line_id = ?1 AND (by_image = 0 OR ?2)")?
        .execute(params![line_id, upload.taken_at_ms.is_none()])?;
    let mut insert = transaction
        .prepare_cached("INSERT OR IGNORE INTO library_keys (sequence_key, line_id, by_image) VALUES (?1, ?2, 0)")?;
    for link in &upload.follow.links {
        insert.execute(params![link.sequence_key, line_id])?;
    }
    Ok(())
}

fn forget(transaction: &Transaction<'_>, upload_id: i64) -> rusqlite::Result<()> {
    for table in ["library_keys", "library_tags"] {
        transaction.execute(
            &format!("DELETE FROM {table} WHERE line_id = (SELECT id FROM library WHERE upload_id = ?1)"),
            [upload_id],
        )?;
    }
    transaction.execute("DELETE FROM library WHERE upload_id = ?1", [upload_id])?;
    Ok(())
}

/// Works out anew what a line is sorted and searched by.
pub(super) fn index(connection: &Connection, line_id: i64) -> rusqlite::Result<()> {
    let (title, words, notes, links): (String, Vec<String>, String, String) = connection
        .prepare_cached(
            "SELECT title, folder, place, username, cluster_id, camera, sequence_key, notes, links FROM library \
             WHERE id = ?1",
        )?
        .query_row([line_id], |row| {
            let words = (1..=6).map(|column| row.get::<_, Option<String>>(column).map(Option::unwrap_or_default));
            Ok((
                row.get(0)?,
                words.collect::<rusqlite::Result<_>>()?,
                row.get(7)?,
                row.get(8)?,
            ))
        })?;
    let notes: SequenceNotes = from_json(&notes)?;
    let links: Vec<ImageLink> = from_json(&links)?;
    let mut words: Vec<&str> = words.iter().map(String::as_str).collect();
    words.extend([&title, &notes.name, &notes.description, &notes.transport].map(String::as_str));
    words.extend(notes.tags.iter().map(String::as_str));
    words.extend(links.iter().map(|link| link.sequence_key.as_str()));
    words.retain(|word| !word.is_empty());
    let shown_name = if notes.name.is_empty() { &title } else { &notes.name };
    connection
        .prepare_cached("UPDATE library SET name_key = ?2, search_text = ?3 WHERE id = ?1")?
        .execute(params![line_id, folded(shown_name), folded(&words.join("\n"))])?;
    connection
        .prepare_cached("DELETE FROM library_tags WHERE line_id = ?1")?
        .execute([line_id])?;
    let mut insert = connection.prepare_cached("INSERT OR IGNORE INTO library_tags (tag, line_id) VALUES (?1, ?2)")?;
    for tag in &notes.tags {
        insert.execute(params![tag, line_id])?;
    }
    Ok(())
}

/// A text as it is compared: upper and lower case are the same.
pub(super) fn folded(text: &str) -> String {
    text.to_lowercase()
}

/// Where a state stands in the life of an upload.
pub(super) fn rank(state: UploadState) -> u8 {
    match state {
        UploadState::Draft => 0,
        UploadState::Queued => 1,
        UploadState::Preparing => 2,
        UploadState::Sending => 3,
        UploadState::Paused => 4,
        UploadState::Waiting => 5,
        UploadState::NeedsSignIn => 6,
        UploadState::SourceChanged => 7,
        UploadState::Finishing => 8,
        UploadState::FinishUnknown => 9,
        UploadState::Processing => 10,
        UploadState::Published => 11,
        UploadState::Failed => 12,
        UploadState::Lost => 13,
        UploadState::Cancelled => 14,
    }
}

/// Whether something is still to come, from Waypost, Mapillary or the person.
pub(super) fn is_pending(state: UploadState) -> bool {
    !matches!(state, UploadState::Published | UploadState::Cancelled)
}
