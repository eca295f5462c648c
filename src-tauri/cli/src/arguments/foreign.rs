//! What mapillary_tools 0.14.7 can do and Waypost refuses, so that a script hears it in a sentence instead of finding
//! out later.

use clap::Args;

/// Options that are known and refused. Their values are taken as text: what would be wrong with them does not matter.
#[derive(Debug, Default, Args)]
pub struct ForeignOptions {
    #[arg(long = "overwrite_all_EXIF_tags", hide = true)]
    overwrite_all_exif_tags: bool,
    #[arg(long = "overwrite_EXIF_time_tag", hide = true)]
    overwrite_exif_time_tag: bool,
    #[arg(long = "overwrite_EXIF_gps_tag", hide = true)]
    overwrite_exif_gps_tag: bool,
    #[arg(long = "overwrite_EXIF_direction_tag", hide = true)]
    overwrite_exif_direction_tag: bool,
    #[arg(long = "overwrite_EXIF_orientation_tag", hide = true)]
    overwrite_exif_orientation_tag: bool,
    #[arg(long = "video_geotag_source", hide = true)]
    video_geotag_source: Vec<String>,
}

const NEVER_CHANGED: &str = "Waypost never changes an original; what it sends carries the corrected values";

impl ForeignOptions {
    /// The first refused option that was given, and why it is refused.
    pub fn refused(&self) -> Option<(&'static str, &'static str)> {
        [
            (self.overwrite_all_exif_tags, "--overwrite_all_EXIF_tags", NEVER_CHANGED),
            (self.overwrite_exif_time_tag, "--overwrite_EXIF_time_tag", NEVER_CHANGED),
            (self.overwrite_exif_gps_tag, "--overwrite_EXIF_gps_tag", NEVER_CHANGED),
            (
                self.overwrite_exif_direction_tag,
                "--overwrite_EXIF_direction_tag",
                NEVER_CHANGED,
            ),
            (
                self.overwrite_exif_orientation_tag,
                "--overwrite_EXIF_orientation_tag",
                NEVER_CHANGED,
            ),
            (
                !self.video_geotag_source.is_empty(),
                "--video_geotag_source",
                "positions of photos and videos alike are chosen with --geotag_source",
            ),
        ]
        .into_iter()
        .find_map(|(given, name, reason)| given.then_some((name, reason)))
    }
}

/// A command that is known and refused, with whatever follows it.
#[derive(Debug, Args)]
#[command(disable_help_flag = true)]
pub struct ForeignCommand {
    /// Everything that follows.
    #[arg(trailing_var_arg = true, allow_hyphen_values = true, hide = true)]
    pub rest: Vec<std::ffi::OsString>,
}
