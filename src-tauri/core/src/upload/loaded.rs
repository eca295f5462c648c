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
use tokio::task::JoinHandle;

use super::memory::Buffer;
use super::prepare::Measuring;
use super::run::Run;
use super::send::PartEnd;
use crate::error::CoreError;
use crate::observe::MeasureObserver;
use crate::package::{ImagePart, Measured, Part, SourcePhoto, image_part, measure};

/// The description adds at most one segment to a photo, bytes.
const LONGEST_HEADER_BYTES: u64 = 64 * 1024;

/// A photo as it is sent, in memory.
pub(super) struct LoadedPhoto {
    name: String,
    bytes: Bytes,
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

/// A photo that found no room in memory, and its turn among the few that are read while they are sent.
struct StreamedPhoto {
    part: ImagePart,
    _turn: Option<OwnedSemaphorePermit>,
}

impl Part for StreamedPhoto {
    fn suffix(&self) -> &'static str {
        self.part.suffix()
    }

    fn name(&self) -> String {
        self.part.name()
    }

    fn measure(&self, observer: &dyn MeasureObserver) -> Result<Measured, CoreError> {
        self.part.measure(observer)
    }

    fn reader(&self, offset_bytes: u64) -> Result<Box<dyn Read + Send>, CoreError> {
        self.part.reader(offset_bytes)
    }
}

/// A photo that was read into memory, and its measure.
type Loaded = (LoadedPhoto, Measured);

/// A photo on its way into memory.
pub(super) type Loading = JoinHandle<Result<Loaded, CoreError>>;

impl Run {
    /// Begins to read a photo into memory; `None` where there is no room for it now.
    pub(super) fn begin_to_load(&self, photo: &SourcePhoto) -> Option<Loading> {
        let length_bytes = photo.size_bytes.saturating_add(LONGEST_HEADER_BYTES);
        let buffer = self.inner.memory.take(length_bytes)?;
        let measuring = Measuring::of(self);
        let photo = photo.clone();
        let load = move || load(photo, buffer, &measuring);
        Some(self.inner.tasks.spawn_blocking(load))
    }

    /// A photo and its measure, in memory where there is room; waits for a source that is missing. `begun` may have read
    /// it already.
    pub(super) async fn loaded(
        &self,
        worker: usize,
        photo: &SourcePhoto,
        begun: Option<Loading>,
    ) -> Result<(Arc<dyn Part>, Measured), PartEnd> {
        let mut begun = begun;
        loop {
            let is_early = begun.is_some();
            let Some(loading) = begun.take().or_else(|| self.begin_to_load(photo)) else {
                let stream = tokio::select! {
                    biased;
                    () = self.stop.cancelled() => return Err(PartEnd::Halt),
                    stream = self.inner.memory.stream() => stream,
                };
                // Meanwhile others may have been sent.
                begun = self.begin_to_load(photo);
                if begun.is_some() {
                    continue;
                }
                let part = image_part(photo.clone());
                let part: Arc<dyn Part> = Arc::new(StreamedPhoto { part, _turn: stream });
                let measured = self.measure(worker, &part).await?;
                return Ok((part, measured));
            };
            match loading.await.unwrap_or(Err(CoreError::Stopped)) {
                Ok((part, measured)) => return Ok((Arc::new(part), measured)),
                Err(CoreError::Stopped) => return Err(PartEnd::Halt),
                // It was not its turn yet, and the card may be back by now.
                Err(_) if is_early => {}
                Err(error) => self.source_failed(worker, error).await?,
            }
        }
    }
}

fn load(photo: SourcePhoto, mut buffer: Buffer, observer: &Measuring) -> Result<Loaded, CoreError> {
    let path = photo.path.clone();
    let part = image_part(photo);
    let name = part.name();
    let original = part.read_into(buffer.bytes())?;
    let bytes = observer.inner.memory.lend(buffer);
    let original = observer.wants_originals().then_some(original);
    let (measured, original_md5_hex) = observer.inner.hashing.measure(&bytes, original, observer)?;
    if let Some(md5_hex) = original_md5_hex {
        observer.original(&path, &md5_hex);
    }
    Ok((LoadedPhoto { name, bytes }, measured))
}
