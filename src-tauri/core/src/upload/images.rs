//! Sending what was prepared: one zip, or images side by side and then the manifest that lists them.

use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use futures_util::StreamExt;
use futures_util::stream::FuturesUnordered;

use super::inner::Taken;
use super::loaded::Loading;
use super::material::{Material, ordinal};
use super::prefetch::Prefetch;
use super::queue::is_handle_fresh;
use super::run::{Halt, Run};
use super::send::PartEnd;
use crate::error::CoreError;
use crate::journal::{Fact, PartRow, UploadRecord};
use crate::package::{Part, SourcePhoto, manifest_part};
use crate::state::Event;

/// The workers of one upload. All of them are polled by one task, one after the other.
#[derive(Default)]
struct Crew {
    /// The image that is next.
    next: AtomicUsize,
    active: AtomicUsize,
    /// More leave after the image they are at.
    wanted: AtomicUsize,
    prefetch: Prefetch,
}

impl Run {
    /// Sends everything; returns the step that follows.
    pub(super) async fn send_all(&mut self) -> Result<Taken, Halt> {
        let Some(material) = self.material.take() else {
            // Only a prepared run is asked to send.
            let error = CoreError::NoHandle {
                upload_id: self.upload_id,
            };
            return Ok(Self::failed(error.problem()));
        };
        let record = self.record().await?;
        let _sending = self.inner.ahead.sending();
        if let Err(error) = self.inner.measure_ahead().await {
            tracing::warn!(%error, "the next upload is not measured ahead");
        }
        let sent = match &material {
            Material::Single(part) => {
                self.begin_workers(1).await;
                self.send_part(0, part).await
            }
            Material::Images(photos) => self.send_images(&record, photos).await,
        };
        match sent {
            Ok(handle) => {
                let upload_id = self.upload_id;
                let parts = self.journal(move |journal| journal.parts(upload_id)).await?;
                let length_bytes = parts.iter().map(|part| part.length_bytes).sum();
                Ok(Taken::new(Event::Sent {
                    finish: record.wants_finish,
                })
                .with_fact(Fact::Length(length_bytes))
                .with_fact(Fact::Handle(handle)))
            }
            Err(PartEnd::Halt) => Err(Halt),
            Err(PartEnd::Step(taken)) => Ok(*taken),
        }
    }

    /// Sends images, so many at once, then the manifest. What fails for one image ends the upload; the others are found
    /// again by their session keys or handles.
    async fn send_images(&self, record: &UploadRecord, photos: &[(u32, SourcePhoto)]) -> Result<String, PartEnd> {
        let upload_id = self.upload_id;
        let known = self.journal(move |journal| journal.parts(upload_id)).await?;
        let known: HashMap<u32, PartRow> = known.into_iter().map(|row| (row.ordinal, row)).collect();
        let memory = self.inner.memory.user();
        let sent = self.send_each(record, photos, &known).await;
        drop(memory);
        self.keep_the_rest().await?;
        self.begin_workers(1).await;
        let manifest = ordinal(photos.len());
        self.send_manifest(manifest, sent?, known.get(&manifest).cloned()).await
    }

    /// Sends the images side by side; returns their handles in order. How many at once can change on the way.
    async fn send_each(
        &self,
        record: &UploadRecord,
        photos: &[(u32, SourcePhoto)],
        known: &HashMap<u32, PartRow>,
    ) -> Result<Vec<String>, PartEnd> {
        let mut limits = self.inner.limits.subscribe();
        let crew = Crew::default();
        let mut hired = 0;
        let mut workers = FuturesUnordered::new();
        let mut handles = vec![None; photos.len()];
        let first = limits.borrow().image_workers.clamp(1, photos.len().max(1));
        self.begin_workers(first).await;
        loop {
            let wanted = limits.borrow_and_update().image_workers.max(1);
            crew.wanted.store(wanted, Ordering::Relaxed);
            let left = photos.len().saturating_sub(crew.next.load(Ordering::Relaxed));
            let active = crew.active.load(Ordering::Relaxed);
            for _ in active..wanted.min(active.saturating_add(left)) {
                crew.active.fetch_add(1, Ordering::Relaxed);
                let is_late = hired >= first;
                workers.push(self.image_worker(hired, is_late, record, photos, known, &crew));
                hired += 1;
            }
            tokio::select! {
                done = workers.next() => match done {
                    None => break,
                    Some(done) => for (place, handle) in done? {
                        if let Some(slot) = handles.get_mut(place) {
                            *slot = Some(handle);
                        }
                    },
                },
                _ = limits.changed() => {}
            }
        }
        Ok(handles.into_iter().flatten().collect())
    }

    /// Takes one image after the other until none is left, or until there are too many workers.
    async fn image_worker(
        &self,
        worker: usize,
        is_late: bool,
        record: &UploadRecord,
        photos: &[(u32, SourcePhoto)],
        known: &HashMap<u32, PartRow>,
        crew: &Crew,
    ) -> Result<Vec<(usize, String)>, PartEnd> {
        if is_late {
            // Here and not where it is hired: the others may hold the board, and only go on while they are polled.
            self.add_worker().await?;
        }
        let mut handles = Vec::new();
        while crew.active.load(Ordering::Relaxed) <= crew.wanted.load(Ordering::Relaxed) {
            let place = crew.next.fetch_add(1, Ordering::Relaxed);
            let Some((row, photo)) = photos.get(place) else {
                break;
            };
            let loading = crew.prefetch.take(place, crew.wanted.load(Ordering::Relaxed), |place| {
                let (row, photo) = photos.get(place)?;
                let is_sent = known.get(row).is_some_and(|row| self.fresh_handle(row).is_some());
                (!is_sent).then(|| self.begin_to_load(photo)).flatten()
            });
            let known = known.get(row).cloned();
            handles.push((
                place,
                self.send_image(worker, record, *row, photo, known, loading).await?,
            ));
        }
        crew.active.fetch_sub(1, Ordering::Relaxed);
        self.end_worker().await?;
        Ok(handles)
    }

    async fn send_image(
        &self,
        worker: usize,
        record: &UploadRecord,
        row: u32,
        photo: &SourcePhoto,
        known: Option<PartRow>,
        loading: Option<Loading>,
    ) -> Result<String, PartEnd> {
        if let Some(row) = &known
            && let Some(handle) = self.fresh_handle(row)
        {
            self.live.correct_total(photo.size_bytes, row.length_bytes);
            return Ok(handle);
        }
        let (part, measured) = self.loaded(worker, photo, loading).await?;
        self.live.correct_total(photo.size_bytes, measured.length_bytes);
        let part = self.named_part(record, part, row, measured, known).await?;
        self.send_part(worker, &part).await
    }

    /// The handle of an image that was sent before, if it is still good.
    fn fresh_handle(&self, row: &PartRow) -> Option<String> {
        let is_fresh = is_handle_fresh(row.handle_at_ms?, self.inner.clock.now_ms());
        row.handle.clone().filter(|_| is_fresh)
    }

    /// Sends the list of handles.
    async fn send_manifest(&self, row: u32, handles: Vec<String>, known: Option<PartRow>) -> Result<String, PartEnd> {
        let part: Arc<dyn Part> = Arc::new(manifest_part(handles));
        let measured = self.measure(0, &part).await?;
        self.live.correct_total(0, measured.length_bytes);
        let part = self.named_manifest(part, row, measured, known).await?;
        self.send_part(0, &part).await
    }
}
