//! Downloads the pictures of sequence after sequence, several at once, each until it is whole or cannot be had.

use std::collections::{BTreeMap, VecDeque};
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};

use tokio::sync::{Semaphore, mpsc};
use tokio::task::JoinSet;
use tokio_util::task::TaskTracker;
use url::Url;
use waypost_mapillary::{Image, MapillaryError, RetryAdvice, backoff_ms, retry_advice};
use waypost_wire::{PictureSize, TakeOutLayout, TakeOutProblem};

use super::ask::Asker;
use super::attribution::{ATTRIBUTION_FILE, attribution, only_creator, picture_facts};
use super::fields::{asked_for, creator_name};
use super::keep::{Picture, Present, is_present, keep};
use super::naming::{folder_of, picture_name};
use super::pace::Pace;
use super::picture_book::PictureBook;
use super::report::{PictureCounts, Report};
use super::sequence::{Sequence, link_field, link_of};
use crate::error::CoreError;

/// Attempts at one picture whose line fails, with waits between them: about two minutes.
const MAX_ATTEMPTS: u32 = 9;
/// New links for one picture.
const MAX_RENEWALS: u32 = 3;
/// Largest picture, bytes. Mapillary takes photos up to 30 MB.
const MAX_PICTURE_BYTES: usize = 128 * 1024 * 1024;
/// What all pictures on their way hold together, in units of [`MEMORY_UNIT_BYTES`]: 192 MiB.
const MEMORY_UNITS: usize = 3_072;
const MEMORY_UNIT_BYTES: u64 = 64 * 1024;
/// Reserved for a picture whose host does not say how long it is, bytes.
const UNKNOWN_LENGTH_BYTES: u64 = 16 * 1024 * 1024;
/// How long the speed is measured before the pace changes, milliseconds.
const PACE_WINDOW_MS: i64 = 500;

/// What all pictures of a run have in common.
pub(super) struct Gallery {
    /// The folder.
    pub(super) root: PathBuf,
    /// Sizes to take.
    pub(super) sizes: Vec<PictureSize>,
    /// How they are put into folders.
    pub(super) layout: TakeOutLayout,
    /// Whether their facts are written into them.
    pub(super) exif: bool,
    /// Who is signed in.
    pub(super) own_name: String,
}

/// A sequence whose pictures are wanted, with its place in the list.
pub(super) struct Wanted {
    /// Place in `seq_dataset.csv`.
    pub(super) place: u64,
    /// The sequence.
    pub(super) sequence: Sequence,
}

struct Work {
    place: u64,
    sequence: Sequence,
    book: Mutex<PictureBook>,
    /// What was counted, and how many pictures are still to be seen to.
    counts: Mutex<(PictureCounts, usize)>,
}

struct Shared {
    asker: Asker,
    gallery: Gallery,
    memory: Semaphore,
    work: TaskTracker,
}

/// What became of one picture.
struct Outcome {
    work: Arc<Work>,
    image_id: String,
    result: Result<Taken, CoreError>,
    line_failures: u32,
}

struct Taken {
    was_there: bool,
    bytes: u64,
}

/// Sees to every picture of the sequences that come in.
///
/// # Errors
/// What concerns more than one picture: the disk, the sign-in, a line that stays broken, [`CoreError::Stopped`].
pub(super) async fn take_pictures(
    asker: &Asker,
    gallery: Gallery,
    mut wanted: mpsc::Receiver<Wanted>,
    report: &Report,
) -> Result<(), CoreError> {
    let shared = Arc::new(Shared {
        asker: asker.clone(),
        gallery,
        memory: Semaphore::new(MEMORY_UNITS),
        work: report.work().clone(),
    });
    let mut queue: VecDeque<(Arc<Work>, usize, PictureSize)> = VecDeque::new();
    // Dropped with everything in it when one picture shows that no other can be had.
    let mut running = JoinSet::new();
    let mut pace = Pace::default();
    let mut window = (asker.clock().steady_ms(), 0_u64);
    let mut is_open = true;
    loop {
        while running.len() < pace.limit()
            && let Some((work, image, size)) = queue.pop_front()
        {
            running.spawn(shared.work.track_future(take(Arc::clone(&shared), work, image, size)));
        }
        if running.is_empty() && queue.is_empty() && !is_open {
            return Ok(());
        }
        tokio::select! {
            next = wanted.recv(), if is_open && queue.len() < pace.limit() => match next {
                Some(next) => begin(&shared, next, &mut queue, report).await?,
                None => is_open = false,
            },
            Some(done) = running.join_next(), if !running.is_empty() => {
                let outcome = done.map_err(|_| CoreError::Stopped)?;
                for _ in 0..outcome.line_failures {
                    pace.failed();
                }
                window.1 = window.1.saturating_add(outcome.result.as_ref().map_or(0, |taken| taken.bytes));
                let now_ms = asker.clock().steady_ms();
                let elapsed_ms = now_ms.saturating_sub(window.0);
                if elapsed_ms >= PACE_WINDOW_MS {
                    // A line that waited for work says nothing about itself.
                    if !queue.is_empty() {
                        pace.observe(window.1, u64::try_from(elapsed_ms).unwrap_or(0));
                    }
                    window = (now_ms, 0);
                }
                count(outcome, report).await?;
            }
            () = asker.stop().cancelled() => return Err(CoreError::Stopped),
        }
    }
}

/// Opens the book of a sequence, names its creators, and queues its pictures.
async fn begin(
    shared: &Arc<Shared>,
    wanted: Wanted,
    queue: &mut VecDeque<(Arc<Work>, usize, PictureSize)>,
    report: &Report,
) -> Result<(), CoreError> {
    let of = Arc::clone(shared);
    let work = shared
        .work
        .spawn_blocking(move || {
            let gallery = &of.gallery;
            let book = PictureBook::open(&gallery.root, &wanted.sequence.key)?;
            credit(gallery, &wanted.sequence)?;
            let count = wanted.sequence.images.len() * gallery.sizes.len();
            Ok(Arc::new(Work {
                place: wanted.place,
                sequence: wanted.sequence,
                book: Mutex::new(book),
                counts: Mutex::new((PictureCounts::default(), count)),
            }))
        })
        .await
        .unwrap_or(Err(CoreError::Stopped))?;
    if work.sequence.images.is_empty() || shared.gallery.sizes.is_empty() {
        return done(report, &work).await;
    }
    for image in 0..work.sequence.images.len() {
        for size in &shared.gallery.sizes {
            queue.push_back((Arc::clone(&work), image, *size));
        }
    }
    Ok(())
}

/// Puts the creator's name and the licence beside other people's images. A file that is there stays.
fn credit(gallery: &Gallery, sequence: &Sequence) -> Result<(), CoreError> {
    if gallery.sizes.is_empty() {
        return Ok(());
    }
    let mut folders = BTreeMap::new();
    for (_, image) in &sequence.images {
        if let Some(creator) = creator_name(image).filter(|name| *name != gallery.own_name) {
            folders.insert(folder_of(image, &sequence.key, gallery.layout), creator);
        }
    }
    for (folder, creator) in folders {
        let folder = gallery.root.join(folder);
        let path = folder.join(ATTRIBUTION_FILE);
        let write = || {
            std::fs::create_dir_all(&folder)?;
            if path.exists() {
                return Ok(());
            }
            std::fs::write(&path, attribution(creator, gallery.exif))
        };
        write().map_err(|source| CoreError::Io {
            path: path.clone(),
            source,
        })?;
    }
    Ok(())
}

/// Counts what became of a picture, and ends its sequence with the last one.
async fn count(outcome: Outcome, report: &Report) -> Result<(), CoreError> {
    let work = outcome.work;
    let is_last = {
        let mut counts = work.counts.lock().unwrap_or_else(PoisonError::into_inner);
        match outcome.result {
            Ok(taken) => {
                counts.0.pictures += 1;
                counts.0.already_there += u64::from(taken.was_there);
                counts.0.kept_bytes = counts.0.kept_bytes.saturating_add(taken.bytes);
                report.picture(true, taken.was_there, taken.bytes);
            }
            Err(error) if concerns_only_one(&error) => {
                counts.0.problems.push(TakeOutProblem {
                    sequence_key: work.sequence.key.clone(),
                    image_id: outcome.image_id,
                    problem: error.problem(),
                });
                report.picture(false, false, 0);
            }
            Err(error) => return Err(error),
        }
        counts.1 = counts.1.saturating_sub(1);
        counts.1 == 0
    };
    if is_last { done(report, &work).await } else { Ok(()) }
}

async fn done(report: &Report, work: &Arc<Work>) -> Result<(), CoreError> {
    let counts = std::mem::take(&mut work.counts.lock().unwrap_or_else(PoisonError::into_inner).0);
    let (own, place) = (report.clone(), work.place);
    report
        .work()
        .spawn_blocking(move || own.pictures_done(place, counts))
        .await
        .unwrap_or(Err(CoreError::Stopped))
}

/// Whether an error says nothing about other pictures.
fn concerns_only_one(error: &CoreError) -> bool {
    matches!(
        error,
        CoreError::PictureDamaged { .. }
            | CoreError::FileInTheWay { .. }
            | CoreError::ImageNotAvailable { .. }
            | CoreError::Service(
                MapillaryError::Status { status: 400..=499, .. }
                    | MapillaryError::Content { .. }
                    | MapillaryError::InvalidUrl { .. }
                    | MapillaryError::LinkExpired { .. },
            )
    )
}

/// Takes one picture.
async fn take(shared: Arc<Shared>, work: Arc<Work>, image: usize, size: PictureSize) -> Outcome {
    let Some((index, found)) = work.sequence.images.get(image).cloned() else {
        return Outcome {
            image_id: String::new(),
            result: Err(CoreError::Stopped),
            line_failures: 0,
            work,
        };
    };
    let mut line_failures = 0;
    let result = whole(&shared, &work, (index, &found), size, &mut line_failures).await;
    Outcome {
        work,
        image_id: found.id,
        result,
        line_failures,
    }
}

async fn whole(
    shared: &Arc<Shared>,
    work: &Arc<Work>,
    (index, image): (usize, &Image),
    size: PictureSize,
    line_failures: &mut u32,
) -> Result<Taken, CoreError> {
    let known = {
        let book = work.book.lock().unwrap_or_else(PoisonError::into_inner);
        book.find(&image.id, size).cloned()
    };
    let root = shared.gallery.root.clone();
    let file = match known {
        Some((file, bytes)) => {
            let at = file.clone();
            let present = shared.work.spawn_blocking(move || is_present(&root, &at, bytes)).await;
            if present.unwrap_or(Present::No) == Present::Yes {
                return Ok(Taken {
                    was_there: true,
                    bytes: 0,
                });
            }
            file
        }
        None => format!(
            "{}/{}",
            folder_of(image, &work.sequence.key, shared.gallery.layout),
            picture_name(index, &image.id, size)
        ),
    };
    let mut link = link_of(image, size).and_then(|text| Url::parse(text).ok());
    let (mut renewals, mut attempt, mut was_damaged) = (0, 0, false);
    loop {
        let Some(address) = link.take() else {
            if renewals >= MAX_RENEWALS {
                return Err(gone(image));
            }
            renewals += 1;
            link = Some(renewed(&shared.asker, image, size).await?);
            continue;
        };
        match download(shared, &address).await {
            Ok((bytes, _held)) => match kept(shared, work, image, size, &file, bytes).await {
                // What came may have been cut on the way; what comes again the same is so.
                Err(CoreError::PictureDamaged { .. }) if !was_damaged => {
                    was_damaged = true;
                    link = Some(address);
                }
                other => return other,
            },
            Err(CoreError::Service(MapillaryError::LinkExpired { .. })) => {}
            Err(CoreError::Service(error)) => {
                attempt += 1;
                let RetryAdvice::After { wait_ms } = retry_advice(&error) else {
                    return Err(error.into());
                };
                if attempt >= MAX_ATTEMPTS {
                    return Err(error.into());
                }
                *line_failures += 1;
                shared.asker.wait(wait_ms.saturating_add(backoff_ms(attempt))).await?;
                link = Some(address);
            }
            Err(error) => return Err(error),
        }
    }
}

fn gone(image: &Image) -> CoreError {
    CoreError::ImageNotAvailable {
        image_id: image.id.clone(),
    }
}

/// A new link: the old one has expired, or there was none.
async fn renewed(asker: &Asker, image: &Image, size: PictureSize) -> Result<Url, CoreError> {
    let fields: Arc<[String]> = asked_for([link_field(size)]).into();
    let ids: Arc<[String]> = Arc::from([image.id.clone()]);
    let found = asker
        .ask(|client, token| {
            let (ids, fields) = (Arc::clone(&ids), Arc::clone(&fields));
            async move { client.images_by_ids(&token, &ids, &fields).await }
        })
        .await?;
    found
        .first()
        .and_then(|image| link_of(image, size))
        .and_then(|text| Url::parse(text).ok())
        .ok_or_else(|| gone(image))
}

/// The bytes behind a link, and the right to the memory they take.
async fn download<'shared>(
    shared: &'shared Shared,
    link: &Url,
) -> Result<(Vec<u8>, tokio::sync::SemaphorePermit<'shared>), CoreError> {
    let mut coming = shared.asker.client().download(link).await?;
    let length = coming.length_bytes();
    let reserved = length.unwrap_or(UNKNOWN_LENGTH_BYTES).min(MAX_PICTURE_BYTES as u64);
    let units = u32::try_from(reserved.div_ceil(MEMORY_UNIT_BYTES).max(1)).unwrap_or(u32::MAX);
    let held = shared
        .memory
        .acquire_many(units)
        .await
        .map_err(|_| CoreError::Stopped)?;
    let mut bytes = Vec::with_capacity(usize::try_from(length.unwrap_or(0).min(reserved)).unwrap_or(0));
    while let Some(chunk) = coming.chunk().await? {
        if bytes.len() + chunk.len() > MAX_PICTURE_BYTES {
            return Err(CoreError::Service(coming.too_large(MAX_PICTURE_BYTES)));
        }
        bytes.extend_from_slice(&chunk);
    }
    Ok((bytes, held))
}

/// Puts a picture into the folder, on a thread that may wait for the disk.
async fn kept(
    shared: &Arc<Shared>,
    work: &Arc<Work>,
    image: &Image,
    size: PictureSize,
    file: &str,
    bytes: Vec<u8>,
) -> Result<Taken, CoreError> {
    let (own, work, file, image) = (Arc::clone(shared), Arc::clone(work), file.to_owned(), image.clone());
    shared
        .work
        .spawn_blocking(move || {
            let all = picture_facts(&image, &own.gallery.own_name);
            let facts = if own.gallery.exif { all } else { only_creator(all) };
            let downloaded = bytes.len() as u64;
            keep(
                &Picture {
                    root: &own.gallery.root,
                    file: &file,
                    image_id: &image.id,
                    size,
                    bytes: &bytes,
                    facts: &facts,
                    captured_at_ms: image.captured_at_ms,
                },
                &work.book,
            )?;
            Ok(Taken {
                was_there: false,
                bytes: downloaded,
            })
        })
        .await
        .unwrap_or(Err(CoreError::Stopped))
}
