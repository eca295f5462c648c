//! How to read and group photos.

use clap::Args;

use super::ForeignOptions;

/// Options of `process` and `process_and_upload`.
///
/// An option without a default takes the one of its environment variable (docs/environment.md), else Waypost's.
#[derive(Debug, Default, Args)]
pub struct ProcessArguments {
    /// Leave subfolders out.
    #[arg(long = "skip_subfolders")]
    pub skip_subfolders: bool,
    /// Go on although some files cannot be used.
    #[arg(long = "skip_process_errors")]
    pub skip_process_errors: bool,
    /// Kinds of files to look at, separated by commas: `image`, `zip`, `video`, and of videos only those with a track of
    /// the kind `gopro`, `camm` or `blackvue` [default: all].
    #[arg(
        long = "filetypes",
        alias = "file_types",
        value_delimiter = ',',
        value_name = "KINDS"
    )]
    pub filetypes: Vec<String>,
    /// Replaces the maker of the camera.
    #[arg(long = "device_make", value_name = "NAME")]
    pub device_make: Option<String>,
    /// Replaces the model of the camera.
    #[arg(long = "device_model", value_name = "NAME")]
    pub device_model: Option<String>,
    /// Degrees added to every heading.
    #[arg(
        long = "offset_angle",
        value_name = "DEGREES",
        allow_negative_numbers = true,
        default_value_t = 0.0
    )]
    pub offset_angle: f64,
    /// Seconds added to every capture time.
    #[arg(
        long = "offset_time",
        value_name = "SECONDS",
        allow_negative_numbers = true,
        default_value_t = 0.0
    )]
    pub offset_time: f64,
    /// Readers at once; 0 or less reads one after the other [default: one per processor].
    #[arg(long = "num_processes", value_name = "COUNT", allow_negative_numbers = true)]
    pub num_processes: Option<i64>,
    /// A larger step starts a new sequence, metres [default: 100].
    #[arg(long = "cutoff_distance", value_name = "METRES", allow_negative_numbers = true)]
    pub cutoff_distance: Option<f64>,
    /// A longer pause starts a new sequence, seconds [default: 60].
    #[arg(long = "cutoff_time", value_name = "SECONDS", allow_negative_numbers = true)]
    pub cutoff_time: Option<f64>,
    /// Forget the headings and point each photo at the next.
    #[arg(long = "interpolate_directions")]
    pub interpolate_directions: bool,
    /// Photos this close to the one before are duplicates, metres; -1 keeps all [default: 0.1].
    #[arg(long = "duplicate_distance", value_name = "METRES", allow_negative_numbers = true)]
    pub duplicate_distance: Option<f64>,
    /// … if their headings differ by no more than this, degrees; 360 ignores the heading [default: 5].
    #[arg(long = "duplicate_angle", value_name = "DEGREES", allow_negative_numbers = true)]
    pub duplicate_angle: Option<f64>,
    /// Do not look for photos that jump out of the track.
    #[arg(long = "skip_zigzag_check")]
    pub skip_zigzag_check: bool,
    /// Where positions come from: `native`, the files themselves; `gpx` or `nmea`, a recorded track.
    #[arg(
        long = "geotag_source",
        value_name = "SOURCES",
        value_delimiter = ',',
        default_value = "native"
    )]
    pub geotag_source: Vec<String>,
    /// The track file for `--geotag_source gpx` and `nmea`.
    #[arg(long = "geotag_source_path", value_name = "FILE")]
    pub geotag_source_path: Option<std::path::PathBuf>,
    /// Let the first photo meet the first point of the track, whatever the clocks say.
    #[arg(long = "interpolation_use_gpx_start_time")]
    pub interpolation_use_gpx_start_time: bool,
    /// Seconds added to each capture time to look it up in the track; the capture time stays.
    #[arg(
        long = "interpolation_offset_time",
        value_name = "SECONDS",
        allow_negative_numbers = true,
        default_value_t = 0.0
    )]
    pub interpolation_offset_time: f64,
    /// Waypost's own: zone of capture times that name none, `UTC`, `+02:00` or a name like `Europe/Berlin`.
    #[arg(long = "time_zone", value_name = "ZONE", allow_hyphen_values = true)]
    pub time_zone: Option<String>,
    /// Known and refused.
    #[command(flatten)]
    pub foreign: ForeignOptions,
}
