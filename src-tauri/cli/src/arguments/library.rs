//! Options of `library`.

use std::path::PathBuf;

/// `library`.
#[derive(Debug, clap::Args)]
pub struct LibraryCommand {
    /// Only lines that hold all of these words: in name, note, tags, place, folder, account or key.
    pub words: Vec<String>,
    /// Only in this state, such as `published` or `processing`; several are possible.
    #[arg(long, value_name = "STATE")]
    pub state: Vec<String>,
    /// Only with this tag; several are possible.
    #[arg(long, value_name = "TAG")]
    pub tag: Vec<String>,
    /// Only of this account, by its name or number.
    #[arg(long, value_name = "NAME")]
    pub account: Option<String>,
    /// Only for this organisation, by its number.
    #[arg(long, value_name = "ID")]
    pub organization: Option<String>,
    /// Only captured on this day or later.
    #[arg(long, value_name = "YYYY-MM-DD")]
    pub since: Option<String>,
    /// Only captured before this day.
    #[arg(long, value_name = "YYYY-MM-DD")]
    pub before: Option<String>,
    /// What to sort by.
    #[arg(long, default_value = "captured", value_parser = ["name", "place", "captured", "uploaded", "images", "state", "since", "account"])]
    pub sort: String,
    /// Smallest, earliest or first in the alphabet first.
    #[arg(long)]
    pub ascending: bool,
    /// Most lines; at most 1000 at once.
    #[arg(long, default_value_t = 200)]
    pub limit: u32,
    /// Lines to leave out at the beginning.
    #[arg(long, default_value_t = 0)]
    pub offset: u64,
    /// First read what the account has published by other means and was captured lately; the first time everything.
    #[arg(long)]
    pub import: bool,
    /// First read everything that the account has published.
    #[arg(long = "import-all")]
    pub import_all: bool,
    /// First take over what mapillary_tools wrote down as sent to this account: from this upload history, else from the
    /// one that it keeps itself. The history stays as it is.
    #[arg(long = "import-history", value_name = "DIR", num_args = 0..=1)]
    pub import_history: Option<Vec<PathBuf>>,
    /// Instead: whether the photos and videos in this folder may be deleted.
    #[arg(long = "safe-to-delete", value_name = "DIR", conflicts_with = "words")]
    pub safe_to_delete: Option<PathBuf>,
    /// Instead: write the notes of this line.
    #[arg(long = "note", value_name = "LINE", conflicts_with_all = ["words", "safe_to_delete"])]
    pub note: Option<i64>,
    /// Own name.
    #[arg(long, requires = "note")]
    pub name: Option<String>,
    /// Own words.
    #[arg(long, requires = "note")]
    pub description: Option<String>,
    /// What carried the camera, such as `land/bicycle`.
    #[arg(long, requires = "note")]
    pub transport: Option<String>,
    /// Own tags, comma separated.
    #[arg(long, requires = "note")]
    pub tags: Option<String>,
}
