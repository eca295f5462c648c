//! Before the first byte: whose token it is, and what exactly will be sent.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use tokio_util::sync::CancellationToken;

use super::fingerprint::fingerprints;
use super::inner::{Inner, Taken};
use super::live::Live;
use super::material::{Material, photos_of, video_of};
use super::run::{Halt, Run, tell_progress};
use super::send::PartEnd;
use crate::error::CoreError;
use crate::journal::{Fact, FileRow, UploadRecord};
use crate::observe::MeasureObserver;
use crate::package::{Measured, Part, file_part, video_part, zip_part};
use crate::settings::PackageKind;
use crate::state::Event;

/// Counts measured bytes, and stops the measuring with the run.
pub(super) struct Measuring {
    pub(super) inner: Arc<Inner>,
    pub(super) live: Arc<Live>,
    pub(super) stop: CancellationToken,
    pub(super) upload_id: i64,
}

impl Measuring {
    /// For a part of `run`.
    pub(super) fn of(run: &Run) -> Self {
        Self {
            inner: Arc::clone(&run.inner),
            live: Arc::clone(&run.live),
            stop: run.stop.clone(),
            upload_id: run.upload_id,
        }
    }
}

impl MeasureObserver for Measuring {
    fn wants_originals(&self) -> bool {
        self.inner.config.originals.is_some()
    }

    fn original(&self, path: &Path, md5_hex: &str) {
        if let Some(originals) = &self.inner.config.originals {
            originals.note(path, md5_hex.to_owned());
        }
    }

    fn bytes(&self, count: u64) {
        self.live.prepared(count);
        tell_progress(&self.inner, &self.live, self.upload_id);
    }

    fn cancelled(&self) -> bool {
        self.stop.is_cancelled()
    }
}

/// What an upload sends in one part; `None` for images one by one. Opens files: call it off the async threads.
pub(super) fn part_of(record: &UploadRecord, files: &[FileRow]) -> Result<Option<Arc<dyn Part>>, CoreError> {
    if let Some(path) = &record.zip_path {
        return Ok(Some(Arc::new(file_part(path)?)));
    }
    if let Some((_, video)) = video_of(record, files) {
        return Ok(Some(Arc::new(video_part(video))));
    }
    if record.package == PackageKind::Images {
        return Ok(None);
    }
    let photos = photos_of(files).into_iter().map(|(_, photo)| photo);
    Ok(Some(Arc::new(zip_part(photos.collect()))))
}

impl Run {
    /// Checks the sign-in and measures the package; returns the step that follows.
    pub(super) async fn prepare(&mut self) -> Result<Taken, Halt> {
        self.begin_workers(1).await;
        match self.prepared().await {
            Ok(material) => {
                let mut taken = Taken::new(Event::Prepared);
                if let Material::Single(part) = &material {
                    taken = taken.with_fact(Fact::Length(part.row.length_bytes));
                }
                self.material = Some(material);
                Ok(taken)
            }
            Err(PartEnd::Halt) => Err(Halt),
            Err(PartEnd::Step(taken)) => Ok(*taken),
        }
    }

    async fn prepared(&self) -> Result<Material, PartEnd> {
        let record = self.record().await?;
        self.live.begin(record.total_bytes, record.sent_bytes);
        self.tell_progress();
        let token = self.token(0).await?;
        let upload_id = self.upload_id;
        let (user_id, username) = (token.user_id, token.username);
        self.change(move |journal| journal.bind_user(upload_id, &user_id, &username))
            .await?;
        let files = self.journal(move |journal| journal.files(upload_id)).await?;
        let photos = photos_of(&files);
        self.note_fingerprints(&files).await?;
        if record.zip_path.is_none() && video_of(&record, &files).is_none() && photos.is_empty() {
            let error = CoreError::NothingToSend { title: record.title };
            return Err(Self::failed(error.problem()).into());
        }
        let estimate_bytes = photos.iter().map(|(_, photo)| photo.size_bytes).sum();
        let (part, measured) = if let Some(measured) = self.inner.ahead.claim(upload_id, &self.stop).await {
            measured
        } else {
            let Some(part) = self.opened(&record, &files).await? else {
                // Each image is measured just before it is sent; until then its file's size is counted.
                self.live.begin(estimate_bytes, record.sent_bytes);
                return Ok(Material::Images(photos));
            };
            let measured = self.measure(0, &part).await?;
            (part, measured)
        };
        let known = self.journal(move |journal| journal.part(upload_id, 0)).await?;
        let sent = self.named_part(&record, part, 0, measured, known).await?;
        self.live.begin(sent.row.length_bytes, sent.row.offset_bytes);
        Ok(Material::Single(sent))
    }

    /// What is sent in one part, waiting for a file that is missing; `None` for images one by one.
    async fn opened(&self, record: &UploadRecord, files: &[FileRow]) -> Result<Option<Arc<dyn Part>>, PartEnd> {
        let files: Arc<[FileRow]> = files.into();
        loop {
            let (record, files) = (record.clone(), Arc::clone(&files));
            let opened = tokio::task::spawn_blocking(move || part_of(&record, &files))
                .await
                .unwrap_or(Err(CoreError::Stopped));
            match opened {
                Ok(part) => return Ok(part),
                Err(CoreError::Stopped) => return Err(PartEnd::Halt),
                Err(error) => self.source_failed(0, error).await?,
            }
        }
    }

    /// Notes what the photos are known by later. One that cannot be read now says so when it is to be sent.
    async fn note_fingerprints(&self, files: &[FileRow]) -> Result<(), PartEnd> {
        let unknown: Vec<(u32, PathBuf)> = files
            .iter()
            .filter(|file| file.is_sent() && file.fingerprint.is_none())
            .map(|file| (file.ordinal, file.path.clone()))
            .collect();
        if unknown.is_empty() {
            return Ok(());
        }
        let stop = self.stop.clone();
        let known = tokio::task::spawn_blocking(move || fingerprints(unknown, || !stop.is_cancelled()))
            .await
            .map_err(|_| Halt)?;
        let upload_id = self.upload_id;
        Ok(self
            .journal(move |journal| journal.set_fingerprints(upload_id, &known))
            .await?)
    }

    /// Measures a part, waiting for room and for a source that is missing.
    pub(super) async fn measure(&self, worker: usize, part: &Arc<dyn Part>) -> Result<Measured, PartEnd> {
        let _room = tokio::select! {
            biased;
            () = self.stop.cancelled() => return Err(PartEnd::Halt),
            room = self.inner.measuring_room.take(part.as_ref()) => room,
        };
        loop {
            let measuring = Measuring::of(self);
            let part = Arc::clone(part);
            let measured = tokio::task::spawn_blocking(move || part.measure(&measuring))
                .await
                .unwrap_or(Err(CoreError::Stopped));
            match measured {
                Ok(measured) => return Ok(measured),
                Err(CoreError::Stopped) => return Err(PartEnd::Halt),
                Err(error) => self.source_failed(worker, error).await?,
            }
        }
    }
}
