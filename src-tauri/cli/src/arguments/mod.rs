//! What can be said on the command line.
//!
//! For `process`, `upload`, `process_and_upload`, `zip` and `authenticate` the names are those of mapillary_tools
//! 0.14.7 (protocol notes §8), so that a script can switch. Waypost's own options stand at the end of each group.

mod account;
mod foreign;
mod library;
mod process;
mod take_out;
mod upload;

use std::path::PathBuf;

use clap::{Parser, Subcommand};

pub use account::AuthenticateArguments;
pub use foreign::{ForeignCommand, ForeignOptions};
pub use library::LibraryCommand;
pub use process::ProcessArguments;
pub use take_out::{ExportCommand, HandOverCommand, TakeOutCommand};
pub use upload::UploadArguments;

/// Heading of the options that every command has.
const FOR_EVERY_COMMAND: &str = "For every command";

const EXAMPLES: &str = "\
Examples:
  waypost practice                      try it all, nothing leaves this computer
  waypost authenticate                  sign in through the browser
  waypost process DCIM/100GOPRO         what would be sent, and what not, and why
  waypost process_and_upload DCIM       read, check, send
  waypost status --wait                 until everything is on the map";

/// Read, check and upload GoPro photos to Mapillary, and follow them until they are on the map.
///
/// Not affiliated with Mapillary, Meta or GoPro.
#[derive(Debug, Parser)]
#[command(
    name = "waypost",
    version,
    // As in mapillary_tools: the last of several wins, and a beginning is enough.
    args_override_self = true,
    infer_long_args = true,
    disable_help_subcommand = true,
    subcommand_value_name = "COMMAND",
    after_help = EXAMPLES
)]
pub struct Arguments {
    /// Say more on standard error.
    #[arg(long, global = true, help_heading = FOR_EVERY_COMMAND)]
    pub verbose: bool,
    /// Answer with JSON on standard output instead of words.
    #[arg(long, global = true, help_heading = FOR_EVERY_COMMAND)]
    pub json: bool,
    /// What to do; nothing shows the help.
    #[command(subcommand)]
    pub command: Option<Command>,
}

/// The commands.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Read photos and videos and write their description.
    #[command(name = "process")]
    Process(ProcessCommand),
    /// Send what was described, or zips made by `zip`.
    #[command(name = "upload")]
    Upload(UploadCommand),
    /// Read photos and send them.
    #[command(name = "process_and_upload")]
    ProcessAndUpload(ProcessAndUploadCommand),
    /// Pack described photos into one zip per sequence.
    #[command(name = "zip")]
    Zip(ZipCommand),
    /// Sign in, sign out.
    #[command(name = "authenticate")]
    Authenticate(AuthenticateArguments),
    /// Say where every upload is, asking Mapillary for news.
    #[command(name = "status")]
    Status(StatusCommand),
    /// Everything that was sent or published, in one table.
    #[command(name = "library")]
    Library(Box<LibraryCommand>),
    /// Decide about an upload that asks for it.
    #[command(name = "settle")]
    Settle(SettleCommand),
    /// Bring images and what Mapillary knows of them back into a folder.
    #[command(name = "take-out")]
    TakeOut(TakeOutCommand),
    /// Run one stage of the chain of data files alone.
    #[command(name = "export")]
    Export(ExportCommand),
    /// Hand what is known of an upload over to another program.
    #[command(name = "hand-over")]
    HandOver(HandOverCommand),
    /// Examine this computer; with `--live`, ask Mapillary how it behaves.
    #[command(name = "doctor")]
    Doctor(DoctorCommand),
    /// Run a practice Mapillary on this computer.
    #[command(name = "sandbox")]
    Sandbox(SandboxCommand),
    /// Do the whole job once in practice: nothing leaves this computer.
    #[command(name = "practice")]
    Practice(PracticeCommand),
    /// Known from mapillary_tools and refused.
    #[command(name = "sample_video", hide = true)]
    SampleVideo(ForeignCommand),
    /// Known from mapillary_tools and refused.
    #[command(name = "video_process", hide = true)]
    VideoProcess(ForeignCommand),
    /// Known from mapillary_tools and refused.
    #[command(name = "video_process_and_upload", hide = true)]
    VideoProcessAndUpload(ForeignCommand),
}

/// `process`.
#[derive(Debug, clap::Args)]
pub struct ProcessCommand {
    /// Photos or folders of photos.
    #[arg(required = true)]
    pub import_path: Vec<PathBuf>,
    /// Where the description goes, `-` is standard output [default: mapillary_image_description.json in the folder].
    #[arg(long = "desc_path", value_name = "FILE")]
    pub desc_path: Option<PathBuf>,
    /// How to read and group.
    #[command(flatten, next_help_heading = "Reading and grouping")]
    pub process: ProcessArguments,
}

/// `upload`.
#[derive(Debug, clap::Args)]
pub struct UploadCommand {
    /// Described photos, folders of them, or zips.
    #[arg(required = true)]
    pub import_path: Vec<PathBuf>,
    /// Where the description is, `-` is standard input [default: mapillary_image_description.json in the folder].
    #[arg(long = "desc_path", value_name = "FILE")]
    pub desc_path: Option<PathBuf>,
    /// How to send.
    #[command(flatten, next_help_heading = "Sending")]
    pub upload: UploadArguments,
}

/// `process_and_upload`.
#[derive(Debug, clap::Args)]
pub struct ProcessAndUploadCommand {
    /// Photos or folders of photos.
    #[arg(required = true)]
    pub import_path: Vec<PathBuf>,
    /// Where to write the description as well; `-` is standard output.
    #[arg(long = "desc_path", value_name = "FILE")]
    pub desc_path: Option<PathBuf>,
    /// How to read and group.
    #[command(flatten, next_help_heading = "Reading and grouping")]
    pub process: ProcessArguments,
    /// How to send.
    #[command(flatten, next_help_heading = "Sending")]
    pub upload: UploadArguments,
}

/// `zip`.
#[derive(Debug, clap::Args)]
pub struct ZipCommand {
    /// Folder of described photos.
    pub import_path: PathBuf,
    /// Folder for the zips; made if it is not there.
    pub zip_dir: PathBuf,
    /// Where the description is, `-` is standard input [default: mapillary_image_description.json in the folder].
    #[arg(long = "desc_path", value_name = "FILE")]
    pub desc_path: Option<PathBuf>,
}

/// `status`.
#[derive(Debug, clap::Args)]
pub struct StatusCommand {
    /// Only these uploads, by number.
    pub upload_id: Vec<i64>,
    /// Do not ask Mapillary; say what is known.
    #[arg(long)]
    pub offline: bool,
    /// Ask again until every upload is published or has ended.
    #[arg(long)]
    pub wait: bool,
    /// Add what became of each file.
    #[arg(long)]
    pub files: bool,
    /// Add what was sent beside what Mapillary shows of it: matched, missing with the names of their files, and extra.
    #[arg(long)]
    pub report: bool,
}

/// `doctor`.
#[derive(Debug, clap::Args)]
pub struct DoctorCommand {
    /// Also ask Mapillary, with your sign-in, what nobody has written down. Uploads nothing.
    #[arg(long)]
    pub live: bool,
}

/// `settle`.
#[derive(Debug, clap::Args)]
pub struct SettleCommand {
    /// Number of the upload, as `waypost status` shows it.
    pub upload_id: i64,
    /// What is to become of it.
    #[command(flatten)]
    pub decision: Decision,
}

/// What is to become of an upload; one of them.
#[derive(Debug, clap::Args)]
#[group(required = true, multiple = false)]
pub struct Decision {
    /// Mapillary has it: follow it.
    #[arg(long)]
    pub taken: bool,
    /// Mapillary does not have it: tell it once more to take what was sent.
    #[arg(long = "finish_again")]
    pub finish_again: bool,
    /// Look at Mapillary once more, or try again what failed.
    #[arg(long)]
    pub retry: bool,
    /// Give it up. What was sent stays unfinished and is forgotten by Mapillary.
    #[arg(long = "give_up")]
    pub give_up: bool,
}

/// `sandbox`.
#[derive(Debug, clap::Args)]
pub struct SandboxCommand {
    /// Port on 127.0.0.1; 0 takes a free one.
    #[arg(long, default_value_t = 0)]
    pub port: u16,
    /// Folder that keeps what was uploaded; a temporary one when left out.
    #[arg(long)]
    pub data: Option<PathBuf>,
    /// Seconds that each processing stage takes.
    #[arg(long = "stage-seconds", default_value_t = 5.0)]
    pub stage_seconds: f64,
    /// Answer sign-ins with yes, without showing a page.
    #[arg(long = "allow-sign-in")]
    pub allow_sign_in: bool,
    /// Give every upload its handle at once, and compare it with its MD5 at POST /control/check. For measuring.
    #[arg(long = "check-later")]
    pub check_later: bool,
    /// Published sequences that the account begins with, as if sent with another program.
    #[arg(long = "seed-sequences", default_value_t = 0, value_parser = clap::value_parser!(u16).range(0..=9999))]
    pub seed_sequences: u16,
    /// Images in each of them.
    #[arg(long = "seed-images", default_value_t = 20, value_parser = clap::value_parser!(u32).range(1..=100_000))]
    pub seed_images: u32,
    /// Account that gets them; the one that the sign-in page offers first when left out.
    #[arg(long = "seed-account")]
    pub seed_account: Option<String>,
}

/// `practice`.
#[derive(Debug, clap::Args)]
pub struct PracticeCommand {
    /// Folder to work in; a temporary one when left out.
    #[arg(long)]
    pub dir: Option<PathBuf>,
    /// Photos in each of the two sequences.
    #[arg(long, default_value_t = 12)]
    pub photos: usize,
    /// Only write the photos into `--dir`, and stop.
    #[arg(long = "photos-only", requires = "dir")]
    pub photos_only: bool,
    /// How the sequences are packed.
    #[arg(long, value_parser = ["zip", "images"], default_value = "zip")]
    pub package: String,
}
