//! What an account has published by other means, as it is read from Mapillary span by span of capture time.
//!
//! Every page of images is written in one commit with the place to go on at, and every image has its own row: a page
//! that is read twice changes nothing, and a kill loses one page at most.

use std::collections::BTreeMap;

use rusqlite::{OptionalExtension, Transaction, params};
use waypost_wire::{ImageLink, SequenceNotes, UploadState};

use super::super::columns::{count, signed, to_json, word_of};
use super::super::{Journal, WriteError};
use super::lines;
use crate::error::CoreError;
use crate::place_names::nearest_place;

/// An image of the account, as the search shows it.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct FoundImage {
    /// Mapillary's id.
    pub image_id: String,
    /// Key of its sequence.
    pub sequence_key: String,
    /// When it was captured, milliseconds since 1970 UTC.
    pub captured_at_ms: i64,
    /// Latitude and longitude, degrees.
    pub position_deg: Option<(f64, f64)>,
    /// The organisation it was uploaded for.
    pub organization_id: Option<String>,
    /// Maker and model of the camera; empty where not known.
    pub camera: String,
}

/// A span of capture time that is to be read, both ends included. `None` is as far as time goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ImportSpan {
    /// Its number in this import.
    pub ordinal: u32,
    /// Its beginning, milliseconds since 1970 UTC.
    pub from_ms: Option<i64>,
    /// Its end, or where to go on: everything after it was read.
    pub until_ms: Option<i64>,
}

/// How far an import is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ImportTotals {
    /// Spans that were read.
    pub spans_done: u64,
    /// Spans in all.
    pub spans_total: u64,
    /// Images that were not known before.
    pub image_count: u64,
    /// Sequences that were not in the library before.
    pub new_count: u64,
    /// When it began, milliseconds since 1970 UTC.
    pub began_at_ms: i64,
    /// When it came to its end, milliseconds since 1970 UTC.
    pub done_at_ms: Option<i64>,
}

/// Whose images are written down, and when.
#[derive(Clone, Copy, Debug)]
pub struct ImportOf<'a> {
    /// Mapillary's user id.
    pub user_id: &'a str,
    /// The account's name.
    pub username: &'a str,
    /// Now, milliseconds since 1970 UTC.
    pub now_ms: i64,
}

/// A line that was found, before it is written.
#[derive(Default)]
struct Found<'a> {
    images: Vec<&'a FoundImage>,
}

impl Journal {
    /// How far the last import of this account is; `None` when there never was one.
    ///
    /// # Errors
    /// [`CoreError::Journal`].
    pub fn import_totals(&self, user_id: &str) -> Result<Option<ImportTotals>, CoreError> {
        self.with(|connection| {
            connection
                .prepare_cached(
                    "SELECT image_count, new_count, began_at_ms, done_at_ms, \
                     (SELECT count(*) FROM library_spans WHERE library_spans.user_id = library_imports.user_id) \
                     AS spans_total, \
                     (SELECT count(*) FROM library_spans WHERE library_spans.user_id = library_imports.user_id \
                     AND is_done) AS spans_done FROM library_imports WHERE user_id = ?1",
                )?
                .query_row([user_id], |row| {
                    Ok(ImportTotals {
                        spans_done: count(row, "spans_done")?,
                        spans_total: count(row, "spans_total")?,
                        image_count: count(row, "image_count")?,
                        new_count: count(row, "new_count")?,
                        began_at_ms: row.get("began_at_ms")?,
                        done_at_ms: row.get("done_at_ms")?,
                    })
                })
                .optional()
        })
    }

    /// Begins an import of these spans (from, until) and forgets how far an earlier one was.
    ///
    /// # Errors
    /// [`CoreError::Journal`].
    pub fn begin_import(
        &self,
        user_id: &str,
        spans: &[(Option<i64>, Option<i64>)],
        now_ms: i64,
    ) -> Result<(), CoreError> {
        self.write(|transaction| {
            transaction.execute("DELETE FROM library_spans WHERE user_id = ?1", [user_id])?;
            transaction.execute(
                "INSERT OR REPLACE INTO library_imports (user_id, began_at_ms, image_count, new_count, done_at_ms) \
                 VALUES (?1, ?2, 0, 0, NULL)",
                params![user_id, now_ms],
            )?;
            let mut insert = transaction.prepare_cached(
                "INSERT INTO library_spans (user_id, ordinal, from_ms, until_ms) VALUES (?1, ?2, ?3, ?4)",
            )?;
            for (ordinal, (from_ms, until_ms)) in (0_u32..).zip(spans) {
                insert.execute(params![user_id, ordinal, from_ms, until_ms])?;
            }
            Ok(())
        })
    }

    /// Whether the last import of this account was, or is, one of everything.
    ///
    /// # Errors
    /// [`CoreError::Journal`].
    pub fn import_is_whole(&self, user_id: &str) -> Result<bool, CoreError> {
        self.with(|connection| {
            connection
                .prepare_cached("SELECT EXISTS (SELECT 1 FROM library_spans WHERE user_id = ?1 AND from_ms IS NULL)")?
                .query_row([user_id], |row| row.get(0))
        })
    }

    /// The spans that were not read to their end, each from where it is to be gone on.
    ///
    /// # Errors
    /// [`CoreError::Journal`].
    pub fn open_spans(&self, user_id: &str) -> Result<Vec<ImportSpan>, CoreError> {
        self.with(|connection| {
            connection
                .prepare_cached(
                    "SELECT ordinal, from_ms, until_ms FROM library_spans WHERE user_id = ?1 AND NOT is_done \
                     ORDER BY ordinal",
                )?
                .query_map([user_id], |row| {
                    Ok(ImportSpan {
                        ordinal: row.get(0)?,
                        from_ms: row.get(1)?,
                        until_ms: row.get(2)?,
                    })
                })?
                .collect()
        })
    }

    /// Keeps a page of images, and with it how far its span was read: `until_ms` is where to go on, `is_done` ends it.
    /// `address` makes the link to an image.
    ///
    /// # Errors
    /// [`CoreError::Journal`].
    pub fn keep_found(
        &self,
        of: ImportOf<'_>,
        images: &[FoundImage],
        span: ImportSpan,
        is_done: bool,
        address: &dyn Fn(&str) -> String,
    ) -> Result<(), CoreError> {
        self.write(|transaction| {
            let mut found: BTreeMap<&str, Found<'_>> = BTreeMap::new();
            for image in images {
                found.entry(&image.sequence_key).or_default().images.push(image);
            }
            let (mut image_count, mut new_count) = (0, 0);
            for (sequence_key, found) in found {
                let (line_id, is_new) = line_of(transaction, of, sequence_key, &found)?;
                let added = keep_images(transaction, line_id, &found)?;
                image_count += added;
                let is_ours = recognise(transaction, sequence_key, &found)?;
                new_count += u64::from(is_new && !is_ours);
                sum_up(transaction, of, line_id, &found, address)?;
            }
            transaction.execute(
                "UPDATE library_spans SET until_ms = ?3, is_done = ?4 WHERE user_id = ?1 AND ordinal = ?2",
                params![of.user_id, span.ordinal, span.until_ms, is_done],
            )?;
            transaction.execute(
                "UPDATE library_imports SET image_count = image_count + ?2, new_count = new_count + ?3 \
                 WHERE user_id = ?1",
                params![of.user_id, signed(image_count), signed(new_count)],
            )?;
            Ok(())
        })
    }

    /// Notes that everything was read.
    ///
    /// # Errors
    /// [`CoreError::Journal`].
    pub fn end_import(&self, user_id: &str, now_ms: i64) -> Result<(), CoreError> {
        self.write(|transaction| {
            transaction.execute(
                "UPDATE library_imports SET done_at_ms = ?2 WHERE user_id = ?1",
                params![user_id, now_ms],
            )?;
            Ok(())
        })
    }
}

/// The line of a sequence, and whether it is new.
fn line_of(
    transaction: &Transaction<'_>,
    of: ImportOf<'_>,
    sequence_key: &str,
    found: &Found<'_>,
) -> rusqlite::Result<(i64, bool)> {
    let known = transaction
        .prepare_cached("SELECT id FROM library WHERE sequence_key = ?1")?
        .query_row([sequence_key], |row| row.get(0))
        .optional()?;
    if let Some(line_id) = known {
        return Ok((line_id, false));
    }
    let state = UploadState::Published;
    let first = found.images.first();
    transaction
        .prepare_cached(
            "INSERT INTO library (sequence_key, title, state, state_rank, is_pending, since_ms, user_id, username, \
             organization_id, camera, notes) VALUES (?1, ?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)",
        )?
        .execute(params![
            sequence_key,
            word_of(&state)?,
            lines::rank(state),
            lines::is_pending(state),
            of.now_ms,
            of.user_id,
            of.username,
            first
                .and_then(|image| image.organization_id.as_deref())
                .unwrap_or_default(),
            first.map(|image| image.camera.as_str()).unwrap_or_default(),
            to_json(&SequenceNotes::default())?,
        ])?;
    Ok((transaction.last_insert_rowid(), true))
}

/// Keeps which images there are; returns how many were not known.
fn keep_images(transaction: &Transaction<'_>, line_id: i64, found: &Found<'_>) -> rusqlite::Result<u64> {
    let mut insert = transaction.prepare_cached(
        "INSERT OR IGNORE INTO library_images (line_id, image_id, captured_at_ms) VALUES (?1, ?2, ?3)",
    )?;
    let mut added = 0;
    for image in &found.images {
        added += insert.execute(params![line_id, image.image_id, image.captured_at_ms])? as u64;
    }
    Ok(added)
}

/// Whether one of the images was sent by Waypost; then the sequence is not listed a second time.
fn recognise(transaction: &Transaction<'_>, sequence_key: &str, found: &Found<'_>) -> rusqlite::Result<bool> {
    let mut lookup = transaction.prepare_cached(
        "SELECT library.id FROM files JOIN library ON library.upload_id = files.upload_id WHERE files.image_id = ?1",
    )?;
    let mut keep = transaction
        .prepare_cached("INSERT OR IGNORE INTO library_keys (sequence_key, line_id, by_image) VALUES (?1, ?2, 1)")?;
    for image in &found.images {
        let lines: Vec<i64> = lookup
            .query_map([&image.image_id], |row| row.get(0))?
            .collect::<rusqlite::Result<_>>()?;
        for line_id in lines {
            keep.execute(params![sequence_key, line_id])?;
        }
    }
    transaction
        .prepare_cached("SELECT EXISTS (SELECT 1 FROM library_keys WHERE sequence_key = ?1)")?
        .query_row([sequence_key], |row| row.get(0))
}

/// Works out the numbers of a line anew.
fn sum_up(
    transaction: &Transaction<'_>,
    of: ImportOf<'_>,
    line_id: i64,
    found: &Found<'_>,
    address: &dyn Fn(&str) -> String,
) -> Result<(), WriteError> {
    let (image_count, first_ms, last_ms): (i64, i64, i64) = transaction
        .prepare_cached(
            "SELECT count(*), min(captured_at_ms), max(captured_at_ms) FROM library_images WHERE line_id = ?1",
        )?
        .query_row([line_id], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))?;
    let first_id: String = transaction
        .prepare_cached(
            "SELECT image_id FROM library_images WHERE line_id = ?1 ORDER BY captured_at_ms, image_id LIMIT 1",
        )?
        .query_row([line_id], |row| row.get(0))?;
    let sequence_key: String = transaction
        .prepare_cached("SELECT sequence_key FROM library WHERE id = ?1")?
        .query_row([line_id], |row| row.get(0))?;
    let link = ImageLink {
        sequence_key,
        url: address(&first_id),
        image_count: u64::try_from(image_count).unwrap_or(0),
        image_id: first_id.clone(),
    };
    transaction
        .prepare_cached(
            "UPDATE library SET image_count = ?2, visible_count = ?2, first_captured_at_ms = ?3, \
             last_captured_at_ms = ?4, asked_at_ms = ?5, username = ?6, links = ?7 WHERE id = ?1",
        )?
        .execute(params![
            line_id,
            image_count,
            first_ms,
            last_ms,
            of.now_ms,
            of.username,
            to_json(&[link])?,
        ])?;
    let first = found.images.iter().find(|image| image.image_id == first_id);
    if let Some((lat_deg, lon_deg)) = first.and_then(|image| image.position_deg) {
        let place = nearest_place(lat_deg, lon_deg);
        transaction
            .prepare_cached("UPDATE library SET lat_deg = ?2, lon_deg = ?3, place = ?4, place_km = ?5 WHERE id = ?1")?
            .execute(params![
                line_id,
                lat_deg,
                lon_deg,
                place.as_ref().map_or("", |place| place.name.as_str()),
                place.as_ref().map(|place| place.distance_km),
            ])?;
    }
    widen_box(transaction, line_id, found)?;
    Ok(lines::index(transaction, line_id)?)
}

/// Takes the images of a page into the box around their sequence. It never shrinks: pages come one by one.
fn widen_box(transaction: &Transaction<'_>, line_id: i64, found: &Found<'_>) -> rusqlite::Result<()> {
    let mut widen = transaction.prepare_cached(
        "UPDATE library SET west_deg = min(coalesce(west_deg, ?2), ?2), east_deg = max(coalesce(east_deg, ?2), ?2), \
         south_deg = min(coalesce(south_deg, ?3), ?3), north_deg = max(coalesce(north_deg, ?3), ?3) WHERE id = ?1",
    )?;
    // Two corners stand for all of a page.
    let positions = || found.images.iter().filter_map(|image| image.position_deg);
    let low = positions().reduce(|low, (lat_deg, lon_deg)| (low.0.min(lat_deg), low.1.min(lon_deg)));
    let high = positions().reduce(|high, (lat_deg, lon_deg)| (high.0.max(lat_deg), high.1.max(lon_deg)));
    for (lat_deg, lon_deg) in low.into_iter().chain(high) {
        widen.execute(params![line_id, lon_deg, lat_deg])?;
    }
    Ok(())
}
