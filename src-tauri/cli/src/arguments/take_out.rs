//! Options of `take-out` and `export`.

use std::path::PathBuf;

/// `take-out`.
#[derive(Debug, clap::Args)]
pub struct TakeOutCommand {
    /// Folder that everything goes into; one that was begun is continued.
    pub folder: PathBuf,
    /// Profile to sign in with.
    #[arg(long = "user_name", value_name = "NAME")]
    pub user_name: Option<String>,
    /// Which sequences; all of the account that is signed in when left out.
    #[command(flatten, next_help_heading = "Which sequences")]
    pub which: WhichArguments,
    /// Sizes of the pictures: 256, 1024, 2048 or original (which comes back blurred); `none` for no pictures.
    #[arg(long = "size", value_name = "SIZE", value_delimiter = ',', default_value = "original",
        value_parser = ["256", "1024", "2048", "original", "none"])]
    pub sizes: Vec<String>,
    /// Files with data beside the list of images.
    #[arg(long = "data", value_name = "KIND", value_delimiter = ',', default_value = "csv,geojson",
        value_parser = ["csv", "geojson", "json", "detections"])]
    pub data: Vec<String>,
    /// Columns of the metadata; those of the API toolset when left out.
    #[arg(long = "fields", value_name = "FIELD", value_delimiter = ',')]
    pub fields: Vec<String>,
    /// Folders USER/DAY/SEQUENCE instead of USER/SEQUENCE.
    #[arg(long = "by_day")]
    pub by_day: bool,
    /// Do not write position, time, heading and camera into the pictures.
    #[arg(long = "no_exif")]
    pub no_exif: bool,
    /// Only say how much it is and how long it takes.
    #[arg(long = "dry_run")]
    pub dry_run: bool,
}

/// Which sequences.
#[derive(Debug, clap::Args)]
pub struct WhichArguments {
    /// Captured no earlier than this: a date, or a time such as 2026-05-28T10:00:00Z.
    #[arg(long, value_name = "TIME", conflicts_with_all = ["organization", "sequences"])]
    pub since: Option<String>,
    /// Captured no later than this; a date means its end.
    #[arg(long, value_name = "TIME", conflicts_with_all = ["organization", "sequences"])]
    pub until: Option<String>,
    /// Of this account instead of your own.
    #[arg(long, value_name = "NAME", conflicts_with_all = ["organization", "sequences"])]
    pub creator: Option<String>,
    /// Of this organisation, by its number; with --bbox.
    #[arg(long, value_name = "NUMBER", requires = "bbox")]
    pub organization: Option<String>,
    /// West, south, east and north in degrees: 11.5,48.1,11.6,48.2.
    #[arg(long, value_name = "W,S,E,N", requires = "organization", allow_hyphen_values = true)]
    pub bbox: Option<String>,
    /// These sequences, by their keys.
    #[arg(
        long = "sequence",
        value_name = "KEY",
        value_delimiter = ',',
        conflicts_with = "organization"
    )]
    pub sequences: Vec<String>,
}

/// `export`.
#[derive(Debug, clap::Args)]
pub struct ExportCommand {
    /// The stage: `images` makes img_dataset.csv from seq_dataset.csv, `metadata` img_meta_dataset.csv from img_dataset.csv,
    /// `detections` img_detections_dataset.csv from either of these.
    #[arg(value_parser = ["images", "metadata", "detections"])]
    pub stage: String,
    /// The file of the stage before.
    #[arg(long, value_name = "FILE")]
    pub from: PathBuf,
    /// The file to make; one that is there stays.
    #[arg(long, value_name = "FILE")]
    pub to: PathBuf,
    /// Columns of the metadata; those of the API toolset when left out.
    #[arg(long = "fields", value_name = "FIELD", value_delimiter = ',')]
    pub fields: Vec<String>,
    /// Profile to sign in with.
    #[arg(long = "user_name", value_name = "NAME")]
    pub user_name: Option<String>,
}

/// `hand-over`.
#[derive(Debug, clap::Args)]
pub struct HandOverCommand {
    /// Number of the upload.
    #[arg(required_unless_present = "sequence", conflicts_with = "sequence")]
    pub upload_id: Option<i64>,
    /// Instead: a sequence of the library, by its key.
    #[arg(long, value_name = "KEY")]
    pub sequence: Option<String>,
    /// Write the record into this folder; without it and --webhook it goes to standard output.
    #[arg(long, value_name = "FOLDER")]
    pub to: Option<PathBuf>,
    /// Send the record to this address: https, or http on this computer.
    #[arg(long, value_name = "ADDRESS")]
    pub webhook: Option<String>,
}
