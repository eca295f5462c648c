//! The library: one table over everything that was ever sent or published, one line per sequence.
//!
//! A line is what was one sequence (or video) on this computer; where Mapillary cut it into several, they are its links.
//! What the account published without Waypost has a line for each of Mapillary's sequences.

use serde::{Deserialize, Serialize};

use crate::Problem;
use crate::edit::SequenceNotes;
use crate::upload::{ImageLink, Stage, UploadState};

/// Where a line comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS), ts(export, export_to = "wire.gen.ts"))]
#[serde(rename_all = "snake_case")]
pub enum LibraryOrigin {
    /// Sent by Waypost on this computer.
    Waypost,
    /// Found at Mapillary, published by other means.
    Account,
}

/// What lines can be sorted by.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS), ts(export, export_to = "wire.gen.ts"))]
#[serde(rename_all = "snake_case")]
pub enum LibraryColumn {
    /// Own name, else what it is called: folder and number.
    Name,
    /// Nearest named place.
    Place,
    /// First capture.
    #[default]
    Captured,
    /// When Mapillary took it.
    Uploaded,
    /// Images.
    Images,
    /// Where it is, in the order of an upload's life.
    State,
    /// Since when it is there.
    Since,
    /// Name of the account.
    Account,
}

/// Which lines, in which order, and which part of them. The default asks for the newest captures, pending ones first.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS), ts(export, export_to = "wire.gen.ts"))]
#[serde(rename_all = "camelCase", default)]
pub struct LibraryQuery {
    /// Words; a line fits when each of them is part of its name, description, tags, transport, place, folder, account,
    /// sequence keys or cluster id. Upper and lower case are the same.
    pub text: String,
    /// Only in one of these states; empty for any.
    pub states: Vec<UploadState>,
    /// Only from there; `null` for any.
    pub origin: Option<LibraryOrigin>,
    /// Only of this account: Mapillary's user id; `null` for any.
    pub user_id: Option<String>,
    /// Only for this organisation; empty for those for none; `null` for any.
    pub organization_id: Option<String>,
    /// With a capture at or after this time, milliseconds since 1970 UTC.
    pub captured_from_ms: Option<i64>,
    /// With a capture before this time, milliseconds since 1970 UTC.
    pub captured_until_ms: Option<i64>,
    /// Only with all of these tags.
    pub tags: Vec<String>,
    /// What to sort by.
    pub sort: LibraryColumn,
    /// Largest, latest or last in the alphabet first.
    pub descending: bool,
    /// Whether lines that are not published yet come before all others, whatever the order.
    pub pending_first: bool,
    /// Lines to leave out at the beginning.
    pub offset: u64,
    /// Most lines to answer with, at most 1,000.
    pub limit: u32,
}

impl Default for LibraryQuery {
    fn default() -> Self {
        Self {
            text: String::new(),
            states: Vec::new(),
            origin: None,
            user_id: None,
            organization_id: None,
            captured_from_ms: None,
            captured_until_ms: None,
            tags: Vec::new(),
            sort: LibraryColumn::Captured,
            descending: true,
            pending_first: true,
            offset: 0,
            limit: 200,
        }
    }
}

/// One line of the table.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS), ts(export, export_to = "wire.gen.ts"))]
#[serde(rename_all = "camelCase")]
pub struct LibraryRow {
    /// Its number, for other calls and for its picture. It stays the same.
    pub line_id: i64,
    /// Where it comes from.
    pub origin: LibraryOrigin,
    /// The upload of this computer; `null` for what was published by other means.
    pub upload_id: Option<i64>,
    /// What it is called without a name of its own: folder and number, or the key at Mapillary.
    pub title: String,
    /// Folder the files were in, made printable; empty where it is not known.
    pub folder: String,
    /// Name of the nearest named place and its country; empty where no position is known.
    pub place: String,
    /// How far that place is from its first capture, whole kilometres.
    pub place_km: Option<u32>,
    /// Latitude of its first capture, degrees.
    pub lat_deg: Option<f64>,
    /// Longitude of its first capture, degrees.
    pub lon_deg: Option<f64>,
    /// First capture, milliseconds since 1970 UTC; `null` where not known.
    pub first_captured_at_ms: Option<i64>,
    /// Last capture, milliseconds since 1970 UTC; `null` where not known.
    pub last_captured_at_ms: Option<i64>,
    /// When Mapillary took it, milliseconds since 1970 UTC; `null` before, and where nobody says.
    pub uploaded_at_ms: Option<i64>,
    /// Images sent; for what was published by other means, images seen. 0 for a video, whose images Mapillary chooses.
    pub image_count: u64,
    /// Images seen at Mapillary; `null` while nobody could look.
    pub visible_count: Option<u64>,
    /// How it is packed: `zip`, `images`, `video`; empty for what was published by other means.
    pub package: String,
    /// Where it is.
    pub state: UploadState,
    /// Since when, milliseconds since 1970 UTC.
    pub since_ms: i64,
    /// Whether it takes longer than usual.
    pub overdue: bool,
    /// When Mapillary was last asked, milliseconds since 1970 UTC.
    pub asked_at_ms: Option<i64>,
    /// Mapillary's user id of the account.
    pub user_id: Option<String>,
    /// Name of the account.
    pub username: Option<String>,
    /// Organisation it was sent for.
    pub organization_id: Option<String>,
    /// Own name, note, transport and tags.
    pub notes: SequenceNotes,
    /// Sequences at Mapillary, in the order of capture.
    pub links: Vec<ImageLink>,
}

/// How many lines share a value, for filters.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS), ts(export, export_to = "wire.gen.ts"))]
#[serde(rename_all = "camelCase")]
pub struct LibraryStateCount {
    /// The state.
    pub state: UploadState,
    /// Lines in it that fit everything else that was asked for.
    pub line_count: u64,
}

/// How many lines share a value, for filters.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS), ts(export, export_to = "wire.gen.ts"))]
#[serde(rename_all = "camelCase")]
pub struct LibraryValueCount {
    /// Tag, user id or organisation id.
    pub value: String,
    /// How it is shown: the account's name; else the value.
    pub label: String,
    /// Lines with it, in the whole library.
    pub line_count: u64,
}

/// Where reading the account's published sequences is.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS), ts(export, export_to = "wire.gen.ts"))]
#[serde(rename_all = "snake_case", rename_all_fields = "camelCase", tag = "kind")]
pub enum LibraryImportState {
    /// It was never asked for.
    #[default]
    Never,
    /// Under way.
    Running {
        /// Spans of time that were read.
        spans_done: u64,
        /// Spans of time in all; grows where one holds many images.
        spans_total: u64,
        /// Images that were not known before.
        image_count: u64,
        /// Sequences that were not in the library before.
        new_count: u64,
    },
    /// Stopped by the person, or with Waypost; the next one goes on there.
    Stopped {
        /// Spans of time that were read.
        spans_done: u64,
        /// Spans of time in all.
        spans_total: u64,
    },
    /// Read to its end.
    Done {
        /// When, milliseconds since 1970 UTC.
        at_ms: i64,
        /// Images that were not known before.
        image_count: u64,
        /// Sequences that were not in the library before.
        new_count: u64,
    },
    /// It did not work; the next one goes on there.
    Failed {
        /// Why, and what to do.
        problem: Problem,
    },
}

/// A part of the table and what filters need.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS), ts(export, export_to = "wire.gen.ts"))]
#[serde(rename_all = "camelCase")]
pub struct LibraryPage {
    /// Lines that fit.
    pub line_count: u64,
    /// Images in them.
    pub image_count: u64,
    /// Lines of the whole library.
    pub total_count: u64,
    /// The part that was asked for.
    pub rows: Vec<LibraryRow>,
    /// States and how many lines are in each, as if no state had been asked for.
    pub states: Vec<LibraryStateCount>,
    /// All tags, by the alphabet.
    pub tags: Vec<LibraryValueCount>,
    /// All accounts.
    pub accounts: Vec<LibraryValueCount>,
    /// All organisations.
    pub organizations: Vec<LibraryValueCount>,
    /// Reading from the account.
    pub import: LibraryImportState,
    /// Whether mapillary_tools has left records on this computer of what it sent. In practice only
    /// where its folder is named.
    pub has_peer_history: bool,
}

/// What came of taking over what mapillary_tools wrote down as sent.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS), ts(export, export_to = "wire.gen.ts"))]
#[serde(rename_all = "camelCase")]
pub struct HistoryTaken {
    /// Records that could be read.
    pub record_count: u64,
    /// Uploads that are new in the library.
    pub new_count: u64,
    /// Records of uploads that were known already.
    pub known_count: u64,
    /// Records that name another account.
    pub other_account_count: u64,
    /// Records without Mapillary's number: tries, and uploads that were never finished.
    pub unfinished_count: u64,
}

/// Whether files may be deleted. "Safe" is only said where it was seen.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS), ts(export, export_to = "wire.gen.ts"))]
#[serde(rename_all = "snake_case")]
pub enum SafeVerdict {
    /// Every file was sent and its image was seen at Mapillary.
    Safe,
    /// Something is known to be missing there.
    NotSafe,
    /// Nobody can tell.
    NotKnown,
}

/// Why, each with its number of files.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS), ts(export, export_to = "wire.gen.ts"))]
#[serde(rename_all = "snake_case", rename_all_fields = "camelCase", tag = "reason")]
pub enum SafeReason {
    /// Each of these was seen at Mapillary.
    AllSeen {
        /// Files.
        file_count: u64,
    },
    /// Mapillary has not taken the upload (yet).
    NotTaken {
        /// Files.
        file_count: u64,
    },
    /// Taken by Mapillary, which still works on it, and not seen there so far.
    NotSeenYet {
        /// Files.
        file_count: u64,
    },
    /// Taken by Mapillary, which is done with it, and not seen there.
    NotSeen {
        /// Files.
        file_count: u64,
    },
    /// Refused or left out: never sent.
    NeverSent {
        /// Files.
        file_count: u64,
    },
    /// Another file than the one that was sent: changed since.
    ChangedSince {
        /// Files.
        file_count: u64,
    },
    /// Cannot be read now, so that nobody knows whether it is the one that was sent.
    CannotBeRead {
        /// Files.
        file_count: u64,
    },
    /// A video: Mapillary keeps images that it chooses, not the video.
    VideoNotKept {
        /// Files.
        file_count: u64,
    },
    /// A zip that was made elsewhere: which photos are in it was not followed one by one.
    ReadyZip,
    /// Mapillary was never asked.
    NeverAsked,
    /// Not among the files of any upload: only for folders.
    NotKnown {
        /// Files.
        file_count: u64,
    },
}

/// The answer, with its evidence. Whatever it is: what comes back from Mapillary is blurred, the originals are not kept.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS), ts(export, export_to = "wire.gen.ts"))]
#[serde(rename_all = "camelCase")]
pub struct SafeToDelete {
    /// The answer.
    pub verdict: SafeVerdict,
    /// Why, what speaks against it first.
    pub reasons: Vec<SafeReason>,
    /// Files that were looked at.
    pub file_count: u64,
    /// Files whose image was seen at Mapillary and that are still what was sent.
    pub seen_count: u64,
    /// When Mapillary was last asked, milliseconds since 1970 UTC; the oldest of several.
    pub asked_at_ms: Option<i64>,
    /// Names of files that speak against it, made printable; at most 1,000.
    pub files: Vec<SafeFile>,
    /// How many there are.
    pub open_count: u64,
    /// Files of other kinds in a folder, about which nothing is said.
    pub other_count: u64,
}

/// One file that speaks against deleting.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS), ts(export, export_to = "wire.gen.ts"))]
#[serde(rename_all = "camelCase")]
pub struct SafeFile {
    /// Path, made printable.
    pub path: String,
    /// Word of the reason: `not_taken`, `not_seen_yet`, `not_seen`, `never_sent`, `changed_since`, `cannot_be_read`, `video_not_kept`,
    /// `not_known`.
    pub why: String,
}

/// One line with everything that is known of it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS), ts(export, export_to = "wire.gen.ts"))]
#[serde(rename_all = "camelCase")]
pub struct LibraryDetail {
    /// The line.
    pub row: LibraryRow,
    /// The raw stages, as the feed last named them.
    pub stages: Vec<Stage>,
    /// Mapillary's name for the upload.
    pub cluster_id: Option<String>,
    /// Camera, maker and model, where one is known.
    pub camera: String,
    /// What is wrong, where something is.
    pub problem: Option<Problem>,
}
