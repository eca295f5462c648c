//! The stages of the chain alone: each makes its file from the former's, as in the API toolset. The files may come from
//! there, or from a take-out.

use std::io::Write as _;
use std::path::{Path, PathBuf};

use waypost_mapillary::Image;

use super::ask::Asker;
use super::csv;
use super::dataset::Dataset;
use super::detections;
use super::fields::{Field, asked_for};
use super::outputs::{metadata_header, metadata_row};
use super::sequence::{read_images, sequence_ids};
use crate::error::CoreError;

/// Ids that are held and asked for at a time: six batches.
const IDS_AT_A_TIME: usize = 300;

/// What a stage did.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct StageCounts {
    /// Rows that were written.
    pub rows: u64,
    /// Sequences or images that Mapillary does not give out.
    pub missing: u64,
}

/// `img_dataset.csv` from `seq_dataset.csv`: the ids of each sequence's images.
///
/// # Errors
/// [`CoreError::DatasetFile`], [`CoreError::FileInTheWay`], [`CoreError::Io`], and what the service says.
pub async fn images_of_sequences(asker: &Asker, from: &Path, to: &Path) -> Result<StageCounts, CoreError> {
    let sequences = Dataset::open(from, &["seq_id"])?;
    let mut out = Out::create(to, &csv::line(["seq_id", "img_id"]))?;
    let mut counts = StageCounts::default();
    for row in sequences {
        let key = row?.concat();
        let ids = sequence_ids(asker, &key).await?;
        counts.missing += u64::from(ids.is_empty());
        for id in ids {
            out.put(&csv::line([key.as_str(), id.as_str()]))?;
            counts.rows += 1;
        }
    }
    out.close()?;
    Ok(counts)
}

/// `img_meta_dataset.csv` from `img_dataset.csv`: these fields of each image, in the order of the ids.
///
/// # Errors
/// As [`images_of_sequences`].
pub async fn metadata_of_images(
    asker: &Asker,
    from: &Path,
    to: &Path,
    fields: &[Field],
) -> Result<StageCounts, CoreError> {
    let mut rows = Dataset::open(from, &["img_id"])?;
    let mut out = Out::create(to, &metadata_header(fields))?;
    let asked = asked_for(fields.iter().copied());
    let mut counts = StageCounts::default();
    loop {
        let ids = next_ids(&mut rows)?;
        if ids.is_empty() {
            break;
        }
        let images = read_images(asker, &ids, &asked).await?;
        counts.missing += ids.len().saturating_sub(images.len()) as u64;
        for image in &images {
            out.put(&metadata_row(fields, image))?;
            counts.rows += 1;
        }
    }
    out.close()?;
    Ok(counts)
}

/// `img_detections_dataset.csv` from `img_meta_dataset.csv` or `img_dataset.csv`: everything seen in each image, in the order
/// of the ids. Width and height are asked for anew: the polygons are in pixels of the image as it was uploaded.
///
/// # Errors
/// As [`images_of_sequences`].
pub async fn detections_of_images(asker: &Asker, from: &Path, to: &Path) -> Result<StageCounts, CoreError> {
    let mut rows = Dataset::open(from, &["img_id"])?;
    let mut out = Out::create(to, &detections::header())?;
    let asked = asked_for([Field::Width, Field::Height]);
    let mut counts = StageCounts::default();
    loop {
        let ids = next_ids(&mut rows)?;
        if ids.is_empty() {
            break;
        }
        let images: Vec<(usize, Image)> = read_images(asker, &ids, &asked)
            .await?
            .into_iter()
            .enumerate()
            .collect();
        counts.missing += ids.len().saturating_sub(images.len()) as u64;
        let seen = detections::read_detections(asker, &images).await?;
        for ((_, image), seen) in images.iter().zip(&seen) {
            for row in detections::rows(image, seen) {
                out.put(&row)?;
                counts.rows += 1;
            }
        }
    }
    out.close()?;
    Ok(counts)
}

fn next_ids(rows: &mut Dataset) -> Result<Vec<String>, CoreError> {
    rows.take(IDS_AT_A_TIME).map(|row| Ok(row?.concat())).collect()
}

/// A file that gets its name when it is whole. What has that name already stays.
struct Out {
    path: PathBuf,
    part: PathBuf,
    file: std::io::BufWriter<std::fs::File>,
}

impl Out {
    fn create(path: &Path, header: &str) -> Result<Self, CoreError> {
        if path.exists() {
            return Err(CoreError::FileInTheWay {
                path: path.to_path_buf(),
            });
        }
        let mut part = path.as_os_str().to_owned();
        part.push(".part");
        let part = PathBuf::from(part);
        let file = std::fs::File::create(&part).map_err(|source| CoreError::Io {
            path: part.clone(),
            source,
        })?;
        let mut out = Self {
            path: path.to_path_buf(),
            part,
            file: std::io::BufWriter::new(file),
        };
        out.put(header)?;
        Ok(out)
    }

    fn put(&mut self, text: &str) -> Result<(), CoreError> {
        self.file.write_all(text.as_bytes()).map_err(|source| CoreError::Io {
            path: self.part.clone(),
            source,
        })
    }

    fn close(mut self) -> Result<(), CoreError> {
        self.file
            .flush()
            .and_then(|()| std::fs::rename(&self.part, &self.path))
            .map_err(|source| CoreError::Io {
                path: self.path.clone(),
                source,
            })
    }
}
