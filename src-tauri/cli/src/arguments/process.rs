//! How to read and group photos.

use std::path::PathBuf;

use clap::Args;

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
    /// Kinds of files to look at.
    #[arg(long = "filetypes", alias = "file_types", value_delimiter = ',')]
    pub filetypes: Vec<String>,
    /// Replaces the maker of the camera.
    #[arg(long = "device_make")]
    pub device_make: Option<String>,
    /// Replaces the model of the camera.
    #[arg(long = "device_model")]
    pub device_model: Option<String>,
    /// Degrees added to every heading.
    #[arg(
        long = "offset_angle",
        allow_negative_numbers = true,
        default_value_t = 0.0
    )]
    pub offset_angle: f64,
    /// Seconds added to every capture time.
    #[arg(
        long = "offset_time",
        allow_negative_numbers = true,
        default_value_t = 0.0
    )]
    pub offset_time: f64,
    /// Readers at once; 0 or less reads one after the other.
    #[arg(long = "num_processes", allow_negative_numbers = true)]
    pub num_processes: Option<i64>,
    /// A larger step starts a new sequence, metres [default: 100].
    #[arg(long = "cutoff_distance")]
    pub cutoff_distance: Option<f64>,
    /// A longer pause starts a new sequence, seconds [default: 60].
    #[arg(long = "cutoff_time")]
    pub cutoff_time: Option<f64>,
    /// Forget the headings and point each photo at the next.
    #[arg(long = "interpolate_directions")]
    pub interpolate_directions: bool,
    /// Photos this close to the one before are duplicates, metres; -1 keeps all [default: 0.1].
    #[arg(long = "duplicate_distance", allow_negative_numbers = true)]
    pub duplicate_distance: Option<f64>,
    /// … if their headings differ by no more than this, degrees; 360 ignores the heading [default: 5].
    #[arg(long = "duplicate_angle")]
    pub duplicate_angle: Option<f64>,
    /// Do not look for photos that jump out of the track.
    #[arg(long = "skip_zigzag_check")]
    pub skip_zigzag_check: bool,
    /// Where positions come from. Only `native` (the files themselves) in this version.
    #[arg(long = "geotag_source")]
    pub geotag_source: Vec<String>,
    /// File of positions for `geotag_source`. Not in this version.
    #[arg(long = "geotag_source_path", hide = true)]
    pub geotag_source_path: Option<PathBuf>,
    /// Refused: Waypost never changes an original.
    #[arg(long = "overwrite_all_EXIF_tags", hide = true)]
    pub overwrite_all_exif_tags: bool,
    /// Refused: Waypost never changes an original.
    #[arg(long = "overwrite_EXIF_time_tag", hide = true)]
    pub overwrite_exif_time_tag: bool,
    /// Refused: Waypost never changes an original.
    #[arg(long = "overwrite_EXIF_gps_tag", hide = true)]
    pub overwrite_exif_gps_tag: bool,
    /// Refused: Waypost never changes an original.
    #[arg(long = "overwrite_EXIF_direction_tag", hide = true)]
    pub overwrite_exif_direction_tag: bool,
    /// Refused: Waypost never changes an original.
    #[arg(long = "overwrite_EXIF_orientation_tag", hide = true)]
    pub overwrite_exif_orientation_tag: bool,
    /// Zone of capture times that name none: `UTC`, `+02:00` or a name like `Europe/Berlin`. Waypost's own.
    #[arg(long = "time_zone", allow_hyphen_values = true)]
    pub time_zone: Option<String>,
}

impl ProcessArguments {
    /// The overwrite options that were given, as they were written.
    pub fn overwrite_options(&self) -> Vec<&'static str> {
        [
            (self.overwrite_all_exif_tags, "--overwrite_all_EXIF_tags"),
            (self.overwrite_exif_time_tag, "--overwrite_EXIF_time_tag"),
            (self.overwrite_exif_gps_tag, "--overwrite_EXIF_gps_tag"),
            (
                self.overwrite_exif_direction_tag,
                "--overwrite_EXIF_direction_tag",
            ),
            (
                self.overwrite_exif_orientation_tag,
                "--overwrite_EXIF_orientation_tag",
            ),
        ]
        .into_iter()
        .filter_map(|(given, name)| given.then_some(name))
        .collect()
    }
}
