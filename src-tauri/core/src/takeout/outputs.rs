//! The files with data: which there are for a choice, and what each gets of a sequence.

use std::path::Path;

use serde_json::Value;
use waypost_mapillary::Image;

use super::choice::Choice;
use super::csv;
use super::data_file::{DataFile, Frame};
use super::detections;
use super::fields::{Field, all_values};
use super::geojson::{FEATURES, feature};
use super::ledger::State;
use super::sequence::Sequence;
use crate::error::CoreError;

/// Sequences, as the API toolset writes them: `org_id,seq_id`.
pub(super) const SEQUENCES: &str = "seq_dataset.csv";
/// Images of each sequence: `seq_id,img_id`.
pub(super) const IMAGES: &str = "img_dataset.csv";
/// Metadata of each image.
pub(super) const METADATA: &str = "img_meta_dataset.csv";
/// Images as GeoJSON.
const GEOJSON: &str = "images.geojson";
/// Images as JSON.
const JSON: &str = "images.json";
/// Detections, as the API toolset writes them.
const DETECTIONS: &str = "img_detections_dataset.csv";
/// Detections of each image, grouped.
const GROUPED: &str = "img_detections.json";

const JSON_ARRAY: Frame = Frame::Array {
    open: "[",
    close: "\n]\n",
};

/// Names of all files that a choice makes beside the pictures, without the list of sequences.
pub(super) fn names(choice: &Choice) -> Vec<&'static str> {
    let asked = &choice.asked;
    let mut names = vec![IMAGES];
    if asked.csv {
        names.push(METADATA);
    }
    if asked.geojson {
        names.push(GEOJSON);
    }
    if asked.json {
        names.push(JSON);
    }
    if asked.detections {
        names.extend([DETECTIONS, GROUPED]);
    }
    names
}

/// The header of the metadata.
pub(super) fn metadata_header(fields: &[Field]) -> String {
    csv::line(fields.iter().map(|field| field.name()))
}

/// A line of the metadata.
pub(super) fn metadata_row(fields: &[Field], image: &Image) -> String {
    csv::line(fields.iter().map(|field| field.cell(image)))
}

/// The files of one run.
pub(super) struct Outputs {
    files: Vec<DataFile>,
    fields: Vec<Field>,
}

impl Outputs {
    /// Opens them where they were.
    ///
    /// # Errors
    /// Those of [`DataFile::open`].
    pub(super) fn open(folder: &Path, choice: &Choice, state: &State) -> Result<Self, CoreError> {
        let files = names(choice)
            .into_iter()
            .map(|name| open(folder, choice, state, name))
            .collect::<Result<_, _>>()?;
        Ok(Self {
            files,
            fields: choice.fields.clone(),
        })
    }

    /// Appends a sequence to all of them, and says how long they are then.
    ///
    /// # Errors
    /// [`CoreError::Io`].
    pub(super) fn append(&mut self, sequence: &Sequence) -> Result<Vec<(String, u64)>, CoreError> {
        let mut lengths = Vec::new();
        for file in &mut self.files {
            let images = sequence.images.iter().map(|(_, image)| image);
            let rows: Vec<String> = match file.name {
                IMAGES => sequence
                    .ids
                    .iter()
                    .map(|id| csv::line([sequence.key.as_str(), id.as_str()]))
                    .collect(),
                METADATA => images.map(|image| metadata_row(&self.fields, image)).collect(),
                GEOJSON => images.map(|image| feature(image).to_string()).collect(),
                DETECTIONS => images
                    .zip(&sequence.detections)
                    .flat_map(|(image, seen)| detections::rows(image, seen))
                    .collect(),
                GROUPED => images
                    .zip(&sequence.detections)
                    .map(|(image, seen)| detections::grouped(image, seen).to_string())
                    .collect(),
                _ => images
                    .map(|image| Value::Object(all_values(image)).to_string())
                    .collect(),
            };
            file.rows(&rows)?;
            lengths.push((file.name.to_owned(), file.settle()?));
        }
        Ok(lengths)
    }
}

/// Gives the files their names. One that has it already was named before a kill.
///
/// # Errors
/// Those of [`DataFile::open`] and [`DataFile::close`].
pub(super) fn close(folder: &Path, choice: &Choice, state: &State) -> Result<(), CoreError> {
    for name in names(choice) {
        if folder.join(format!("{name}.part")).exists() {
            open(folder, choice, state, name)?.close()?;
        }
    }
    Ok(())
}

fn open(folder: &Path, choice: &Choice, state: &State, name: &'static str) -> Result<DataFile, CoreError> {
    let frame = match name {
        IMAGES => Frame::Csv(csv::line(["seq_id", "img_id"])),
        METADATA => Frame::Csv(metadata_header(&choice.fields)),
        GEOJSON => FEATURES,
        DETECTIONS => Frame::Csv(detections::header()),
        _ => JSON_ARRAY,
    };
    DataFile::open(folder, name, frame, state.lengths.get(name).copied().unwrap_or(0))
}
