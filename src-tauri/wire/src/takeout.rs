//! Taking images and what is known of them back home from Mapillary.
//!
//! A take-out is chosen, estimated, run, stopped and continued. Its folder holds everything that is needed to go on.

use serde::{Deserialize, Serialize};

use crate::Problem;

/// Whose and which sequences.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS), ts(export, export_to = "wire.gen.ts"))]
#[serde(rename_all = "snake_case", rename_all_fields = "camelCase", tag = "kind")]
pub enum TakeOutSource {
    /// Everything of the account that is signed in.
    #[default]
    Mine,
    /// What an account captured in a time window.
    Window {
        /// Name of the account; `null` is the one that is signed in.
        username: Option<String>,
        /// First capture, milliseconds since 1970 UTC; `null` for no limit.
        from_ms: Option<i64>,
        /// Last capture, milliseconds since 1970 UTC; `null` for no limit.
        until_ms: Option<i64>,
    },
    /// What was uploaded for an organisation, within a box.
    Organization {
        /// Mapillary's number of it.
        organization_id: String,
        /// West side, degrees.
        west_deg: f64,
        /// South side, degrees.
        south_deg: f64,
        /// East side, degrees.
        east_deg: f64,
        /// North side, degrees.
        north_deg: f64,
    },
    /// These sequences.
    Sequences {
        /// Mapillary's keys of them.
        keys: Vec<String>,
    },
}

/// Size of a picture.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS), ts(export, export_to = "wire.gen.ts"))]
#[serde(rename_all = "snake_case")]
pub enum PictureSize {
    /// 256 pixels wide.
    #[serde(rename = "256")]
    Px256,
    /// 1,024 pixels wide.
    #[serde(rename = "1024")]
    Px1024,
    /// 2,048 pixels wide.
    #[serde(rename = "2048")]
    Px2048,
    /// As large as it was uploaded, with faces and plates blurred: Mapillary gives nobody the unblurred one.
    Original,
}

/// How the pictures are put into folders.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS), ts(export, export_to = "wire.gen.ts"))]
#[serde(rename_all = "snake_case")]
pub enum TakeOutLayout {
    /// `USER/SEQUENCE/PHOTO`.
    #[default]
    BySequence,
    /// `USER/DAY/SEQUENCE/PHOTO`; the day is that of the capture, in UTC.
    ByDay,
}

/// What is taken out, and in which form.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS), ts(export, export_to = "wire.gen.ts"))]
#[serde(rename_all = "camelCase")]
pub struct TakeOutChoice {
    /// Whose and which sequences.
    pub source: TakeOutSource,
    /// Whether the metadata are written as CSV: `seq_dataset.csv`, `img_dataset.csv`, `img_meta_dataset.csv`. The first
    /// two are written in any case, because the work goes on from them.
    pub csv: bool,
    /// Fields of the CSV, by Mapillary's names, in this order; empty for those of the API toolset.
    pub fields: Vec<String>,
    /// Whether `images.geojson` is written, with the original and the computed position of each image.
    pub geojson: bool,
    /// Whether `images.json` is written, with every field.
    pub json: bool,
    /// Whether the detections are written: `img_detections_dataset.csv` and, grouped, `img_detections.json`.
    pub detections: bool,
    /// Sizes in which pictures are downloaded; none for no pictures.
    pub sizes: Vec<PictureSize>,
    /// How the pictures are put into folders.
    pub layout: TakeOutLayout,
    /// Whether position, time, heading and camera are written into the pictures.
    pub exif: bool,
}

/// How long it takes on a line of a certain speed.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS), ts(export, export_to = "wire.gen.ts"))]
#[serde(rename_all = "camelCase")]
pub struct LineTime {
    /// Speed of the line, millions of bits in a second.
    pub line_mbit_per_s: u32,
    /// How long it takes, seconds.
    pub duration_s: u64,
}

/// What a take-out will be.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS), ts(export, export_to = "wire.gen.ts"))]
#[serde(rename_all = "camelCase")]
pub struct TakeOutEstimate {
    /// Sequences.
    pub sequence_count: u64,
    /// Images.
    pub image_count: u64,
    /// Images that belong to somebody else; their creator's name and the licence are kept beside them.
    pub others_image_count: u64,
    /// Pictures to download.
    pub picture_count: u64,
    /// About how many bytes all files will have. Mapillary does not say the sizes, so some pictures are measured.
    pub size_bytes: u64,
    /// Free bytes on the disk that it would go to: where the last one went, else with the person's own files; `null` where
    /// the system does not say.
    pub free_bytes: Option<u64>,
    /// Pictures that were measured for it.
    pub measured_count: u64,
    /// Requests that are made beside the downloads.
    pub request_count: u64,
    /// First capture, milliseconds since 1970 UTC; `null` when there is no image.
    pub first_captured_at_ms: Option<i64>,
    /// Last capture, milliseconds since 1970 UTC.
    pub last_captured_at_ms: Option<i64>,
    /// How long it takes on lines of several speeds, slow ones first.
    pub times: Vec<LineTime>,
}

/// What a take-out is at.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS), ts(export, export_to = "wire.gen.ts"))]
#[serde(rename_all = "snake_case")]
pub enum TakeOutStage {
    /// Which sequences there are is being asked.
    #[default]
    Listing,
    /// Sequence by sequence: metadata, detections, pictures.
    Taking,
    /// The files are being closed.
    Closing,
}

/// How far a take-out is. Counts only grow.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS), ts(export, export_to = "wire.gen.ts"))]
#[serde(rename_all = "camelCase")]
pub struct TakeOutProgress {
    /// The folder, to be shown.
    pub folder: String,
    /// What it is at.
    pub stage: TakeOutStage,
    /// Sequences that were found.
    pub sequence_count: u64,
    /// Sequences that are done.
    pub done_sequence_count: u64,
    /// Images whose metadata were read.
    pub image_count: u64,
    /// Pictures that lie in the folder, those of earlier runs among them.
    pub picture_count: u64,
    /// Pictures among them that were there already.
    pub already_there_count: u64,
    /// Bytes downloaded in this run.
    pub downloaded_bytes: u64,
    /// Speed of the last seconds, bytes in a second.
    pub bytes_per_s: u64,
    /// Images and pictures that could not be taken.
    pub problem_count: u64,
}

/// Something that could not be taken; it cost nothing else.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS), ts(export, export_to = "wire.gen.ts"))]
#[serde(rename_all = "camelCase")]
pub struct TakeOutProblem {
    /// Sequence.
    pub sequence_key: String,
    /// Image; empty when it is the sequence as a whole.
    pub image_id: String,
    /// Why, and what to do.
    pub problem: Problem,
}

/// What came of a take-out.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS), ts(export, export_to = "wire.gen.ts"))]
#[serde(rename_all = "camelCase")]
pub struct TakeOutResult {
    /// The last counts.
    pub progress: TakeOutProgress,
    /// Names of the files with data, in the folder.
    pub files: Vec<String>,
    /// What could not be taken, the first hundred; the count is in the progress.
    pub problems: Vec<TakeOutProblem>,
}

/// Where a take-out is.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS), ts(export, export_to = "wire.gen.ts"))]
#[serde(rename_all = "snake_case", rename_all_fields = "camelCase", tag = "kind")]
pub enum TakeOutState {
    /// There is none.
    #[default]
    Idle,
    /// It is being estimated.
    Estimating {
        /// Images found so far.
        image_count: u64,
    },
    /// It can begin.
    Estimated {
        /// What it will be.
        estimate: TakeOutEstimate,
    },
    /// It is under way.
    Running {
        /// How far.
        progress: TakeOutProgress,
    },
    /// It was stopped, by the person or with the program, and can go on.
    Stopped {
        /// How far it was.
        progress: TakeOutProgress,
    },
    /// It is done.
    Done {
        /// What came of it.
        result: TakeOutResult,
    },
    /// It cannot go on by itself.
    Failed {
        /// Why, and what to do.
        problem: Problem,
        /// How far it was; `null` when there is nothing to continue.
        progress: Option<TakeOutProgress>,
    },
}
