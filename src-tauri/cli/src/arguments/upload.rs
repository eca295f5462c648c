//! How to send.

use clap::Args;
use clap::builder::RangedU64ValueParser;

/// Options of `upload` and `process_and_upload`.
#[derive(Debug, Default, Args)]
pub struct UploadArguments {
    /// Profile to upload as; needed only where there are several.
    #[arg(long = "user_name", value_name = "PROFILE")]
    pub user_name: Option<String>,
    /// Id of the organisation to upload for.
    #[arg(long = "organization_key", value_name = "ID")]
    pub organization_key: Option<String>,
    /// Images at once, where they are sent one by one [default: 4].
    #[arg(
        long = "num_upload_workers",
        value_name = "COUNT",
        allow_negative_numbers = true,
        value_parser = RangedU64ValueParser::<usize>::new().range(1..=1000)
    )]
    pub num_upload_workers: Option<usize>,
    /// Send again what was sent before.
    #[arg(long)]
    pub reupload: bool,
    /// Do everything but talk to the upload service: packages go into the folder `MAPILLARY_UPLOAD_ENDPOINT`.
    #[arg(long = "dry_run", alias = "dryrun")]
    pub dry_run: bool,
    /// Send the bytes and stop before Mapillary is told to take them.
    #[arg(long)]
    pub nofinish: bool,
    /// Send under a fresh name, so that nothing is resumed.
    #[arg(long)]
    pub noresume: bool,
    /// Waypost's own: how sequences are packed [default: zip; images when called as mapillary_tools].
    #[arg(long, value_parser = ["zip", "images"])]
    pub package: Option<String>,
    /// Waypost's own: most bytes in a second, all uploads together, like 500K or 2M [default: as fast as the line allows].
    #[arg(long = "limit_rate", value_name = "SPEED", value_parser = speed)]
    pub limit_rate: Option<u64>,
    /// Waypost's own: sequences at once, 1 to 8 [default: 2].
    #[arg(
        long = "parallel_uploads",
        value_name = "COUNT",
        value_parser = RangedU64ValueParser::<usize>::new().range(1..=8)
    )]
    pub parallel_uploads: Option<usize>,
    /// Waypost's own: stay until every sequence is published or has failed.
    #[arg(long)]
    pub wait: bool,
}

fn speed(text: &str) -> Result<u64, String> {
    waypost_core::tuning::bytes_per_s("--limit_rate", text).map_err(|error| error.to_string())
}
