//! A photo in memory: read once, measured and sent from the same bytes.
//!
//! Its session key is the MD5 of its bytes, so they have to be known before the first one goes out. Reading the file twice
//! for that would take a memory card twice as long, and could find another file the second time; holding one photo for
//! each worker costs a few megabytes. While one worker reads, the others send, so that card and line are both busy.
//! A photo that is too large for the memory set aside is measured and sent in two readings, like any other part.

use std::io::{Cursor, Read};
use std::sync::Arc;

use bytes::Bytes;
use tokio::sync::OwnedSemaphorePermit;

use super::prepare::Measuring;
use super::run::Run;
use super::send::PartEnd;
use crate::error::CoreError;
use crate::observe::MeasureObserver;
use crate::package::{Measured, Part, SourcePhoto, core_error_of, image_part, measure};

/// The description adds at most one segment to a photo, bytes.
const LONGEST_HEADER_BYTES: u64 = 64 * 1024;

/// A photo as it is sent, in memory.
struct LoadedPhoto {
    name: String,
    bytes: Bytes,
    /// Memory that is free again once this is dropped.
    _memory: OwnedSemaphorePermit,
}

impl Part for LoadedPhoto {
    fn suffix(&self) -> &'static str {
        "jpg"
    }

    fn name(&self) -> String {
        self.name.clone()
    }

    fn measure(&self, observer: &dyn MeasureObserver) -> Result<Measured, CoreError> {
        measure(&self.bytes[..], &self.name, observer)
    }

    fn reader(&self, offset_bytes: u64) -> Result<Box<dyn Read + Send>, CoreError> {
        let mut reader = Cursor::new(self.bytes.clone());
        reader.set_position(offset_bytes);
        Ok(Box::new(reader))
    }

    fn in_memory(&self) -> Option<Bytes> {
        Some(self.bytes.clone())
    }
}

impl Run {
    /// A photo and its measure, in memory where there is room; waits for a source that is missing.
    pub(super) async fn loaded(
        &self,
        worker: usize,
        photo: &SourcePhoto,
    ) -> Result<(Arc<dyn Part>, Measured), PartEnd> {
        let length_bytes = photo.size_bytes.saturating_add(LONGEST_HEADER_BYTES);
        let needed_kib = u32::try_from(length_bytes / 1_024)
            .unwrap_or(u32::MAX)
            .saturating_add(1);
        loop {
            let memory = Arc::clone(&self.inner.memory_kib).try_acquire_many_owned(needed_kib);
            let Ok(memory) = memory else {
                let part: Arc<dyn Part> = Arc::new(image_part(photo.clone()));
                let measured = self.measure(worker, &part).await?;
                return Ok((part, measured));
            };
            let measuring = Measuring::of(self);
            let photo = photo.clone();
            let loaded = tokio::task::spawn_blocking(move || load(photo, length_bytes, memory, &measuring))
                .await
                .unwrap_or(Err(CoreError::Stopped));
            match loaded {
                Ok((part, measured)) => return Ok((Arc::new(part), measured)),
                Err(CoreError::Stopped) => return Err(PartEnd::Halt),
                Err(error) => self.source_failed(worker, error).await?,
            }
        }
    }
}

fn load(
    photo: SourcePhoto,
    length_bytes: u64,
    memory: OwnedSemaphorePermit,
    observer: &dyn MeasureObserver,
) -> Result<(LoadedPhoto, Measured), CoreError> {
    let part = image_part(photo);
    let name = part.name();
    // All at once, so that the buffer never grows by doubling.
    let mut bytes = Vec::with_capacity(usize::try_from(length_bytes).unwrap_or(0));
    part.reader(0)?.read_to_end(&mut bytes).map_err(|error| {
        core_error_of(error).unwrap_or_else(|source| CoreError::Io {
            path: name.clone().into(),
            source,
        })
    })?;
    let loaded = LoadedPhoto {
        name,
        bytes: bytes.into(),
        _memory: memory,
    };
    let measured = loaded.measure(observer)?;
    Ok((loaded, measured))
}
