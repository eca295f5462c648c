//! The images that were found of each upload, and those beside them that are none of its own.

use std::collections::BTreeMap;

use rusqlite::{Row, params};

use super::Journal;
use crate::error::CoreError;

/// An image that Mapillary shows, found while an upload was looked for.
#[derive(Clone, Debug, PartialEq)]
pub struct PublishedImage {
    /// Mapillary's id of it.
    pub image_id: String,
    /// Mapillary's key of its sequence.
    pub sequence_key: Option<String>,
    /// When it was captured, milliseconds since 1970 UTC.
    pub captured_at_ms: Option<i64>,
    /// Original position: latitude and longitude, degrees.
    pub position_deg: Option<(f64, f64)>,
    /// Maker and model of its camera.
    pub camera: Option<String>,
    /// Place of the file it was made of; `None` for one that is none of the upload's.
    pub ordinal: Option<u32>,
}

impl PublishedImage {
    fn from_row(row: &Row<'_>) -> rusqlite::Result<Self> {
        let lat_deg: Option<f64> = row.get("lat_deg")?;
        let lon_deg: Option<f64> = row.get("lon_deg")?;
        Ok(Self {
            image_id: row.get("image_id")?,
            sequence_key: row.get("sequence_key")?,
            captured_at_ms: row.get("captured_at_ms")?,
            position_deg: lat_deg.zip(lon_deg),
            camera: row.get("camera")?,
            ordinal: row.get("ordinal")?,
        })
    }
}

impl Journal {
    /// Keeps what was found of an upload, in the place of what was found before.
    ///
    /// # Errors
    /// [`CoreError::Journal`].
    pub fn set_published(&self, upload_id: i64, images: &[PublishedImage]) -> Result<(), CoreError> {
        self.write(|transaction| {
            transaction.execute("DELETE FROM published_images WHERE upload_id = ?1", [upload_id])?;
            let mut statement = transaction.prepare_cached(
                "INSERT OR REPLACE INTO published_images (upload_id, image_id, sequence_key, captured_at_ms, \
                 lat_deg, lon_deg, camera, ordinal) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
            )?;
            for image in images {
                statement.execute(params![
                    upload_id,
                    image.image_id,
                    image.sequence_key,
                    image.captured_at_ms,
                    image.position_deg.map(|(lat_deg, _)| lat_deg),
                    image.position_deg.map(|(_, lon_deg)| lon_deg),
                    image.camera,
                    image.ordinal,
                ])?;
            }
            Ok(())
        })
    }

    /// What was found of an upload, by capture time.
    ///
    /// # Errors
    /// [`CoreError::Journal`].
    pub fn published(&self, upload_id: i64) -> Result<Vec<PublishedImage>, CoreError> {
        self.with(|connection| {
            connection
                .prepare_cached(
                    "SELECT image_id, sequence_key, captured_at_ms, lat_deg, lon_deg, camera, ordinal \
                     FROM published_images WHERE upload_id = ?1 ORDER BY captured_at_ms, image_id",
                )?
                .query_map([upload_id], PublishedImage::from_row)?
                .collect()
        })
    }

    /// For each sequence of an upload the other uploads whose images are in it too.
    ///
    /// # Errors
    /// [`CoreError::Journal`].
    pub fn sequences_shared_with(&self, upload_id: i64) -> Result<BTreeMap<String, Vec<i64>>, CoreError> {
        let pairs: Vec<(String, i64)> = self.with(|connection| {
            connection
                .prepare_cached(
                    "SELECT DISTINCT other.sequence_key, other.upload_id FROM published_images AS own \
                     JOIN published_images AS other ON other.sequence_key = own.sequence_key \
                     AND other.upload_id <> own.upload_id AND other.ordinal IS NOT NULL \
                     WHERE own.upload_id = ?1 AND own.ordinal IS NOT NULL ORDER BY other.upload_id",
                )?
                .query_map([upload_id], |row| Ok((row.get(0)?, row.get(1)?)))?
                .collect()
        })?;
        let mut shared: BTreeMap<String, Vec<i64>> = BTreeMap::new();
        for (sequence_key, other) in pairs {
            shared.entry(sequence_key).or_default().push(other);
        }
        Ok(shared)
    }
}
