//! How much a take-out will be, before a byte of it is written.

use std::collections::{BTreeMap, HashMap};
use std::ops::ControlFlow;
use std::sync::{Arc, Mutex, PoisonError};

use waypost_mapillary::{IDS_PER_REQUEST, Image, ImageSearch};
use waypost_wire::{LineTime, PictureSize, TakeOutEstimate};

use super::ask::Asker;
use super::choice::{Choice, Source};
use super::fields::creator_name;
use crate::error::CoreError;

/// Speeds that are told, millions of bits in a second: a weak mobile line, ADSL, VDSL, cable, fibre.
const LINES_MBIT_PER_S: [u32; 5] = [2, 16, 50, 250, 1_000];

/// Bytes per pixel of a JPEG of a street, as an average of the photos this was written with. Small pictures of a
/// large one keep less smooth surface and cost more per pixel.
const ORIGINAL_BYTES_PER_PIXEL: f64 = 0.3;
const SMALL_BYTES_PER_PIXEL: f64 = 0.4;

/// Size of a picture whose width and height the service does not tell, pixels: 12 megapixels.
const USUAL_PIXELS: f64 = 12e6;
/// Height by width of a picture without known measures.
const USUAL_RATIO: f64 = 0.75;

/// Bytes of an image's metadata in all the files there are.
const METADATA_BYTES: u64 = 1_500;
/// Bytes of an image's detections, decoded.
const DETECTIONS_BYTES: u64 = 60_000;

/// What was counted. A key of a sequence costs memory, an image does not.
#[derive(Default)]
pub(super) struct Counted {
    /// Keys of the sequences, with the first capture of each, milliseconds since 1970 UTC.
    pub(super) sequences: HashMap<String, i64>,
    images: u64,
    /// Images of each creator but the account itself.
    pub(super) others: BTreeMap<String, u64>,
    original_pixels: f64,
    /// Sum of height by width.
    ratios: f64,
    first_ms: Option<i64>,
    last_ms: Option<i64>,
}

impl Counted {
    fn add(&mut self, image: &Image, own_name: &str) {
        if let Some(key) = &image.sequence {
            let at_ms = image.captured_at_ms.unwrap_or(i64::MAX);
            match self.sequences.get_mut(key) {
                Some(first) => *first = at_ms.min(*first),
                None => {
                    self.sequences.insert(key.clone(), at_ms);
                }
            }
        }
        self.images += 1;
        if let Some(name) = creator_name(image).filter(|name| *name != own_name) {
            match self.others.get_mut(name) {
                Some(count) => *count += 1,
                None => {
                    self.others.insert(name.to_owned(), 1);
                }
            }
        }
        let (width, height) = (image.width_px.unwrap_or(0), image.height_px.unwrap_or(0));
        if width == 0 || height == 0 {
            self.original_pixels += USUAL_PIXELS;
            self.ratios += USUAL_RATIO;
        } else {
            self.original_pixels += to_f64(width) * to_f64(height);
            self.ratios += to_f64(height) / to_f64(width);
        }
        if let Some(at_ms) = image.captured_at_ms {
            self.first_ms = Some(self.first_ms.map_or(at_ms, |first| first.min(at_ms)));
            self.last_ms = Some(self.last_ms.map_or(at_ms, |last| last.max(at_ms)));
        }
    }

    fn bytes_of(&self, size: PictureSize) -> f64 {
        let small = |width: f64| width * width * self.ratios * SMALL_BYTES_PER_PIXEL;
        match size {
            PictureSize::Px256 => small(256.0),
            PictureSize::Px1024 => small(1_024.0),
            PictureSize::Px2048 => small(2_048.0),
            PictureSize::Original => self.original_pixels * ORIGINAL_BYTES_PER_PIXEL,
        }
    }
}

/// Counts what `choice` asks for; `told` hears how many images were found so far. How much is free is the caller's to add,
/// who knows where it is to go.
///
/// # Errors
/// [`CoreError::Stopped`], the errors of the sign-in, and what the service refuses.
pub async fn estimate(
    asker: &Asker,
    choice: &Choice,
    told: impl Fn(u64) + Send + Sync,
) -> Result<TakeOutEstimate, CoreError> {
    let counted = count_all(asker, choice, &told).await?;
    Ok(of_counts(choice, &counted))
}

/// Everything that `choice` asks for, counted.
pub(super) async fn count_all(
    asker: &Asker,
    choice: &Choice,
    told: &(impl Fn(u64) + Send + Sync),
) -> Result<Counted, CoreError> {
    let own_name = asker.username().await?;
    let keys = match &choice.source {
        Source::Search(search) => {
            return count(asker, &with_creator(search, &own_name), &own_name, 0, told).await;
        }
        Source::Keys(keys) => keys,
    };
    let mut all = Counted::default();
    for (place, key) in keys.iter().enumerate() {
        let search = ImageSearch {
            sequence_ids: vec![key.clone()],
            ..count_fields()
        };
        let one = count(asker, &search, &own_name, all.images, told).await?;
        if one.images > 0 {
            // In the order they were named, whenever they were captured.
            all.sequences
                .insert(key.clone(), i64::try_from(place).unwrap_or(i64::MAX));
        }
        all.images += one.images;
        for (name, count) in one.others {
            *all.others.entry(name).or_insert(0) += count;
        }
        all.original_pixels += one.original_pixels;
        all.ratios += one.ratios;
        all.first_ms = [all.first_ms, one.first_ms].into_iter().flatten().min();
        all.last_ms = [all.last_ms, one.last_ms].into_iter().flatten().max();
    }
    Ok(all)
}

pub(super) fn of_counts(choice: &Choice, counted: &Counted) -> TakeOutEstimate {
    let pictures: f64 = choice.sizes.iter().map(|size| counted.bytes_of(*size)).sum();
    let detections = if choice.asked.detections { DETECTIONS_BYTES } else { 0 };
    let size_bytes = to_u64(pictures).saturating_add(counted.images.saturating_mul(METADATA_BYTES + detections));
    let sequence_count = counted.sequences.len() as u64;
    let batches = counted.images.div_ceil(IDS_PER_REQUEST as u64);
    let asks_for_detections = if choice.asked.detections { counted.images } else { 0 };
    TakeOutEstimate {
        sequence_count,
        image_count: counted.images,
        others_image_count: counted.others.values().sum(),
        picture_count: counted.images.saturating_mul(choice.sizes.len() as u64),
        size_bytes,
        free_bytes: None,
        measured_count: 0,
        request_count: sequence_count
            .saturating_add(batches)
            .saturating_add(asks_for_detections),
        first_captured_at_ms: counted.first_ms,
        last_captured_at_ms: counted.last_ms,
        times: LINES_MBIT_PER_S
            .into_iter()
            .map(|line_mbit_per_s| LineTime {
                line_mbit_per_s,
                duration_s: size_bytes
                    .saturating_mul(8)
                    .div_ceil(u64::from(line_mbit_per_s) * 1_000_000),
            })
            .collect(),
    }
}

/// The search for the account's own images where it names nobody.
pub(super) fn with_creator(search: &ImageSearch, own_name: &str) -> ImageSearch {
    let mut search = search.clone();
    if search.creator_username.is_none() && search.organization_id.is_none() {
        search.creator_username = Some(own_name.to_owned());
    }
    search
}

fn count_fields() -> ImageSearch {
    ImageSearch {
        fields: ["sequence", "captured_at", "creator", "width", "height"]
            .map(str::to_owned)
            .to_vec(),
        ..ImageSearch::default()
    }
}

async fn count(
    asker: &Asker,
    search: &ImageSearch,
    own_name: &str,
    before: u64,
    told: &(impl Fn(u64) + Send + Sync),
) -> Result<Counted, CoreError> {
    let counted = Arc::new(Mutex::new(Counted::default()));
    asker
        .ask(|client, token| {
            // A search that is asked anew is counted anew.
            let counted = Arc::clone(&counted);
            *counted.lock().unwrap_or_else(PoisonError::into_inner) = Counted::default();
            async move {
                client
                    .search_image_pages(&token, search, &mut |page: Vec<Image>| {
                        let mut counted = counted.lock().unwrap_or_else(PoisonError::into_inner);
                        for image in &page {
                            counted.add(image, own_name);
                        }
                        told(before.saturating_add(counted.images));
                        ControlFlow::Continue(())
                    })
                    .await
            }
        })
        .await?;
    let counted = std::mem::take(&mut *counted.lock().unwrap_or_else(PoisonError::into_inner));
    Ok(counted)
}

#[expect(clippy::cast_precision_loss, reason = "an estimate of pixels")]
fn to_f64(number: u64) -> f64 {
    number as f64
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "float to integer casts saturate"
)]
fn to_u64(number: f64) -> u64 {
    number.round() as u64
}
