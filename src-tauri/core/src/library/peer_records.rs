//! Takes over what mapillary_tools wrote down as sent, so that it stands in the library and is followed like everything
//! else: by its cluster id, and its photos by time and place.
//!
//! Only at the wish of the person, only what was finished, and only what does not name another account. The history itself
//! is read and left as it is.

use std::collections::HashSet;
use std::path::Path;

use serde_json::Value;
use waypost_wire::{FileOutcome, HistoryTaken, SequenceNotes};

use super::import::ImportAccount;
use crate::describe::{ImageEntry, photo_of_entry};
use crate::error::CoreError;
use crate::journal::{Fact, FileRow, Journal, NewRecord, Step};
use crate::package::SourcePhoto;
use crate::peer_history::{PeerHistory, Record};
use crate::settings::PackageKind;
use crate::state::Event;

/// What came of it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TakenOver {
    /// In numbers.
    pub counts: HistoryTaken,
    /// The uploads that are new in the library.
    pub upload_ids: Vec<i64>,
}

/// Takes the records of `account` over. Blocking.
///
/// # Errors
/// [`CoreError::Io`] when the history's folder cannot be read; [`CoreError::Journal`]. What was taken over until then
/// stays, and is known the next time.
pub fn take_over(
    journal: &Journal,
    history: &PeerHistory,
    account: &ImportAccount,
    now_ms: i64,
) -> Result<TakenOver, CoreError> {
    let mut known: HashSet<String> = journal.cluster_ids()?.into_iter().collect();
    let mut taken = TakenOver::default();
    history.for_each(&mut |record| {
        let counts = &mut taken.counts;
        counts.record_count += 1;
        let is_own = record
            .params
            .user_key
            .as_deref()
            .is_none_or(|key| key == account.user_id);
        let cluster_id = record.summary.cluster_id.clone().filter(|id| is_cluster(id));
        match cluster_id {
            _ if !is_own => counts.other_account_count += 1,
            None => counts.unfinished_count += 1,
            Some(cluster_id) if known.contains(&cluster_id) => counts.known_count += 1,
            Some(cluster_id) => {
                taken
                    .upload_ids
                    .push(add(journal, &record, &cluster_id, account, now_ms)?);
                known.insert(cluster_id);
                counts.new_count += 1;
            }
        }
        Ok(())
    })?;
    Ok(taken)
}

/// A dry run of the tool writes 0.
fn is_cluster(id: &str) -> bool {
    id.bytes().all(|byte| byte.is_ascii_digit()) && id.bytes().any(|byte| byte != b'0')
}

fn add(
    journal: &Journal,
    record: &Record,
    cluster_id: &str,
    account: &ImportAccount,
    now_ms: i64,
) -> Result<i64, CoreError> {
    let photos: Vec<SourcePhoto> = record.descriptions.iter().flatten().filter_map(photo_of).collect();
    let times = || photos.iter().map(|photo| photo.captured_at_ms);
    let package = package_of(record);
    let taken_at_ms = milliseconds(record.summary.upload_end_time)
        .or(milliseconds(record.params.run_at))
        .unwrap_or(now_ms)
        .min(now_ms);
    let image_count = match package {
        // How many images Mapillary makes of a video is its own choice.
        PackageKind::Video => 0,
        _ => record.summary.sequence_image_count.unwrap_or(photos.len() as u64),
    };
    let rows: Vec<FileRow> = (0..)
        .zip(&photos)
        .filter_map(|(ordinal, photo)| row(ordinal, photo))
        .collect();
    let upload_id = journal
        .add(
            &NewRecord {
                title: title_of(record, &photos),
                package,
                zip_path: None,
                image_count,
                estimated_bytes: record.summary.entity_size.unwrap_or(0),
                user_id: Some(account.user_id.clone()),
                organization_id: organization_of(record),
                fresh_key: false,
                wants_finish: true,
                dry_run: false,
                first_captured_at_ms: times().min().unwrap_or(0),
                last_captured_at_ms: times().max().unwrap_or(0),
                created_at_ms: milliseconds(record.summary.upload_start_time)
                    .unwrap_or(taken_at_ms)
                    .min(taken_at_ms),
                notes: SequenceNotes::default(),
            },
            &rows,
        )?
        .upload_id;
    journal.bind_user(upload_id, &account.user_id, &account.username)?;
    // The way every upload goes, all of it at the moment the tool wrote down.
    let events = [
        (Event::Start, None),
        (Event::TurnCame { handle_kept: false }, None),
        (Event::Prepared, None),
        (Event::Sent { finish: true }, record.summary.entity_size.map(Fact::Held)),
        (Event::FinishTaken, Some(Fact::Cluster(cluster_id.to_owned()))),
    ];
    for (event, fact) in events {
        journal.apply(&Step {
            upload_id,
            event: &event,
            at_ms: taken_at_ms,
            problem: None,
            facts: fact.into_iter().collect(),
        })?;
    }
    Ok(upload_id)
}

fn photo_of(description: &Value) -> Option<SourcePhoto> {
    let entry: ImageEntry = serde_json::from_value(description.clone()).ok()?;
    photo_of_entry(&entry)
}

fn row(ordinal: u32, photo: &SourcePhoto) -> Option<FileRow> {
    Some(FileRow {
        ordinal,
        path: photo.path.clone(),
        outcome: FileOutcome::Sent,
        code: None,
        message: None,
        image_id: None,
        source: Some(serde_json::to_string(photo).ok()?),
        size_bytes: photo.size_bytes,
        captured_at_ms: photo.captured_at_ms,
        // The bytes were not read here: whether the file is still what was sent is not known.
        fingerprint: None,
    })
}

fn package_of(record: &Record) -> PackageKind {
    match record.summary.file_type.as_deref() {
        Some("zip") => PackageKind::Zip,
        Some("camm" | "gopro" | "blackvue" | "video") => PackageKind::Video,
        _ => PackageKind::Images,
    }
}

fn organization_of(record: &Record) -> Option<String> {
    match record.params.organization_key.as_ref()? {
        Value::Null => None,
        Value::String(text) => Some(text.clone()).filter(|text| !text.is_empty()),
        other => Some(other.to_string()),
    }
}

/// The folder of the photos, or what was given on the command line.
fn title_of(record: &Record, photos: &[SourcePhoto]) -> String {
    let folder = photos.first().and_then(|photo| photo.path.parent());
    let given = record.params.import_path.as_deref().map(Path::new);
    folder
        .or(given)
        .and_then(Path::file_name)
        .map_or_else(|| "mapillary_tools".into(), |name| name.to_string_lossy().into_owned())
}

/// Seconds since 1970 UTC as milliseconds; what no clock shows is no time.
fn milliseconds(seconds: Option<f64>) -> Option<i64> {
    /// The year 2100, seconds since 1970 UTC.
    const LATEST_S: f64 = 4_102_444_800.0;
    #[expect(clippy::cast_possible_truncation, reason = "within bounds that an i64 holds easily")]
    seconds
        .filter(|seconds| (1.0..LATEST_S).contains(seconds))
        .map(|seconds| (seconds * 1_000.0) as i64)
}
