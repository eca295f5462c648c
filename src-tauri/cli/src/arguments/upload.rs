//! How to send.

use clap::Args;

/// Options of `upload` and `process_and_upload`.
#[derive(Debug, Default, Args)]
pub struct UploadArguments {
    /// Profile to upload as; needed only where there are several.
    #[arg(long = "user_name")]
    pub user_name: Option<String>,
    /// Id of the organisation to upload for.
    #[arg(long = "organization_key")]
    pub organization_key: Option<String>,
    /// Images at once, where they are sent one by one [default: 4].
    #[arg(long = "num_upload_workers")]
    pub num_upload_workers: Option<usize>,
    /// Send again what was sent before.
    #[arg(long)]
    pub reupload: bool,
    /// Do everything but talk to the network; packages go into the folder `MAPILLARY_UPLOAD_ENDPOINT`.
    #[arg(long = "dry_run", alias = "dryrun")]
    pub dry_run: bool,
    /// Send the bytes and stop before Mapillary is told to take them.
    #[arg(long)]
    pub nofinish: bool,
    /// Send under a fresh name, so that nothing is resumed.
    #[arg(long)]
    pub noresume: bool,
    /// How sequences are packed [default: zip; `images` when called as mapillary_tools]. Waypost's own.
    #[arg(long, value_parser = ["zip", "images"])]
    pub package: Option<String>,
    /// Stay until every sequence is published or has failed. Waypost's own.
    #[arg(long)]
    pub wait: bool,
}
