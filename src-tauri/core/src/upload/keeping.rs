//! What the journal knows of the parts of an upload: their session keys, offsets and handles.
//!
//! A zip is written down before its first byte. An image need not be: its session key follows from its bytes, so a
//! process that dies finds it again at the server. Its handle is written down together with those of its neighbours,
//! because a commit waits for the disk.

use std::sync::{Arc, Mutex, PoisonError};

use super::material::SendPart;
use super::run::{Halt, Run};
use super::send::PartEnd;
use crate::journal::{PartRow, UploadRecord};
use crate::package::{Measured, Part, fresh_session_key, manifest_session_key, session_key};

/// So many images are written down together.
const BATCH_LENGTH: usize = 16;

/// … or all that there are after so long, milliseconds.
const BATCH_MS: i64 = 1_000;

/// Images that were sent and not yet written down.
#[derive(Default)]
pub(super) struct Unwritten(Mutex<Vec<PartRow>>);

impl Run {
    /// A measured part under its session key: the one the journal has for the same bytes, else a new one.
    pub(super) async fn named_part(
        &self,
        record: &UploadRecord,
        part: Arc<dyn Part>,
        ordinal: u32,
        measured: Measured,
        known: Option<PartRow>,
    ) -> Result<SendPart, Halt> {
        let new_key = || {
            if record.fresh_key {
                fresh_session_key(part.suffix())
            } else {
                session_key(&measured, part.suffix())
            }
        };
        let (row, is_known) = self.row_for(ordinal, &measured, known, new_key);
        // A key that does not follow from the bytes would be lost with the process.
        let is_kept = is_known || record.fresh_key || part.suffix() != "jpg";
        if is_kept && !is_known {
            self.keep_row(row.clone()).await?;
        }
        Ok(SendPart { part, row, is_kept })
    }

    /// A manifest under its session key, which is random: it lasts as long as the list of handles is the same.
    pub(super) async fn named_manifest(
        &self,
        part: Arc<dyn Part>,
        ordinal: u32,
        measured: Measured,
        known: Option<PartRow>,
    ) -> Result<SendPart, Halt> {
        let (row, is_known) = self.row_for(ordinal, &measured, known, manifest_session_key);
        if !is_known {
            self.keep_row(row.clone()).await?;
        }
        Ok(SendPart {
            part,
            row,
            is_kept: true,
        })
    }

    /// The row that the journal has for these bytes, or a new one; whether it is known.
    fn row_for(
        &self,
        ordinal: u32,
        measured: &Measured,
        known: Option<PartRow>,
        new_key: impl FnOnce() -> String,
    ) -> (PartRow, bool) {
        if let Some(row) = &known
            && row.md5_hex == measured.md5_hex
            && row.length_bytes == measured.length_bytes
        {
            return (row.clone(), true);
        }
        // Other bytes: what the server holds under the old key is of no use.
        self.live.correct_sent(known.map_or(0, |row| row.offset_bytes), 0);
        let row = PartRow {
            ordinal,
            session_key: new_key(),
            md5_hex: measured.md5_hex.clone(),
            length_bytes: measured.length_bytes,
            offset_bytes: 0,
            handle: None,
            handle_at_ms: None,
        };
        (row, false)
    }

    async fn keep_row(&self, row: PartRow) -> Result<(), Halt> {
        let upload_id = self.upload_id;
        self.journal(move |journal| journal.set_parts(upload_id, std::slice::from_ref(&row)))
            .await
    }

    /// Keeps what the server said to hold of a part, where that is news.
    pub(super) async fn keep_offset(&self, part: &SendPart, offset: u64) -> Result<(), Halt> {
        if !part.is_kept || offset == part.row.offset_bytes {
            return Ok(());
        }
        let (upload_id, ordinal) = (self.upload_id, part.row.ordinal);
        self.journal(move |journal| journal.set_offset(upload_id, ordinal, offset))
            .await
    }

    /// Keeps the handle of a part that the server holds completely.
    pub(super) async fn keep_handle(&self, part: &SendPart, handle: &str) -> Result<(), PartEnd> {
        let now_ms = self.inner.clock.now_ms();
        self.waits.source_is_there();
        let row = PartRow {
            offset_bytes: part.row.length_bytes,
            handle: Some(handle.to_owned()),
            handle_at_ms: Some(now_ms),
            ..part.row.clone()
        };
        if part.is_kept {
            return Ok(self.keep_row(row).await?);
        }
        let batch = {
            let mut rows = self.unwritten.0.lock().unwrap_or_else(PoisonError::into_inner);
            rows.push(row);
            let since_ms = rows.first().and_then(|row| row.handle_at_ms).unwrap_or(now_ms);
            let is_due = rows.len() >= BATCH_LENGTH || now_ms.saturating_sub(since_ms).abs() >= BATCH_MS;
            if is_due { std::mem::take(&mut *rows) } else { Vec::new() }
        };
        if !batch.is_empty() {
            let upload_id = self.upload_id;
            self.journal(move |journal| journal.set_parts(upload_id, &batch))
                .await?;
        }
        Ok(())
    }

    /// Writes down what is left, also when the run is being stopped.
    pub(super) async fn keep_the_rest(&self) -> Result<(), PartEnd> {
        let rest = {
            let mut rows = self.unwritten.0.lock().unwrap_or_else(PoisonError::into_inner);
            std::mem::take(&mut *rows)
        };
        if rest.is_empty() || self.inner.dead.is_cancelled() {
            return Ok(());
        }
        let upload_id = self.upload_id;
        loop {
            let rest = rest.clone();
            let kept = self.inner.journal(move |journal| journal.set_parts(upload_id, &rest));
            match kept.await {
                Ok(()) => return Ok(()),
                // Not written is not lost: after a stop the server is asked again.
                Err(error) => self.journal_failed(error).await?,
            }
        }
    }
}
