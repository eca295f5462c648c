//! One upload, from the queue to the map.

use serde::{Deserialize, Serialize};

use crate::{Fate, Problem};

/// Where an upload is. The words are the ones of the state machine in the core.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS), ts(export, export_to = "wire.gen.ts"))]
#[serde(rename_all = "snake_case")]
pub enum UploadState {
    /// Planned, not yet asked for.
    Draft,
    /// Asked for; waits for its turn.
    Queued,
    /// The package is being measured (size and MD5).
    Preparing,
    /// Bytes are on their way.
    Sending,
    /// All bytes are there; Mapillary is told to take them.
    Finishing,
    /// Mapillary has taken it and works on it.
    Processing,
    /// The images can be seen at Mapillary.
    Published,
    /// Halted by the person.
    Paused,
    /// Waits for a time or an event, then goes on by itself.
    Waiting,
    /// Waits for a valid sign-in.
    NeedsSignIn,
    /// Finish was sent and never answered: nobody knows yet whether Mapillary took it.
    FinishUnknown,
    /// A file changed or vanished while it was being sent.
    SourceChanged,
    /// Ended without success.
    Failed,
    /// Ended by the person.
    Cancelled,
    /// Mapillary took it and no longer lists it.
    Lost,
}

/// What an upload waits for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS), ts(export, export_to = "wire.gen.ts"))]
#[serde(rename_all = "snake_case")]
pub enum WaitReason {
    /// The network or the service does not answer.
    Offline,
    /// The service asked to wait.
    RateLimited,
    /// The service answered with an error that passes.
    ServerError,
    /// The source (card, disk) is not there.
    SourceMissing,
    /// The person's schedule sends nothing at this hour.
    Schedule,
}

/// A wait with its end.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS), ts(export, export_to = "wire.gen.ts"))]
#[serde(rename_all = "camelCase")]
pub struct Waiting {
    /// Why.
    pub reason: WaitReason,
    /// Until when, milliseconds since 1970 UTC.
    pub until_ms: i64,
    /// The sentence behind it.
    pub message: String,
}

/// What the person can ask of an upload in its present state.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS), ts(export, export_to = "wire.gen.ts"))]
#[serde(rename_all = "snake_case")]
pub enum UploadAction {
    /// Send a draft.
    Start,
    /// Halt it.
    Pause,
    /// Let it go on.
    Resume,
    /// Give it up.
    Cancel,
    /// Try again; in state `waiting` at once, in state `finish_unknown` look again.
    Retry,
    /// Only in state `finish_unknown`: Mapillary has not taken it, finish again.
    RetryFinish,
    /// Only in state `finish_unknown`: Mapillary has taken it.
    MarkTaken,
    /// Take it out of the list; the journal keeps what was sent.
    Remove,
}

/// State of one processing stage, as the service says it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS), ts(export, export_to = "wire.gen.ts"))]
#[serde(rename_all = "snake_case", tag = "kind", content = "raw")]
pub enum StageState {
    /// Nothing is known.
    Unknown,
    /// Being worked on.
    InProgress,
    /// Done.
    Finished,
    /// Failed.
    Failed,
    /// A word this version does not know; shown as it came.
    Other(String),
}

/// One processing stage under its own field name.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS), ts(export, export_to = "wire.gen.ts"))]
#[serde(rename_all = "camelCase")]
pub struct Stage {
    /// Field name at the service, e.g. `anonymization_status`.
    pub name: String,
    /// Its state.
    pub state: StageState,
}

/// A link between a sequence of Mapillary and its first image.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS), ts(export, export_to = "wire.gen.ts"))]
#[serde(rename_all = "camelCase")]
pub struct ImageLink {
    /// Mapillary's key of the sequence.
    pub sequence_key: String,
    /// Mapillary's id of its first image.
    pub image_id: String,
    /// Images of this upload in that sequence.
    pub image_count: u64,
    /// Address that opens the viewer there.
    pub url: String,
}

/// One upload as a row of the list.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS), ts(export, export_to = "wire.gen.ts"))]
#[serde(rename_all = "camelCase")]
pub struct UploadRow {
    /// Number of the upload in the journal.
    pub upload_id: i64,
    /// Its place in the list, which is also the order in which uploads start: lower ones come first.
    pub place: i64,
    /// What it is called: folder and sequence.
    pub title: String,
    /// Where it is.
    pub state: UploadState,
    /// Since when it is there, milliseconds since 1970 UTC.
    pub since_ms: i64,
    /// What it waits for, in state `waiting`.
    pub waiting: Option<Waiting>,
    /// What went wrong, where something did.
    pub problem: Option<Problem>,
    /// Images in it.
    pub image_count: u64,
    /// Bytes to send; 0 while not yet known.
    pub total_bytes: u64,
    /// Bytes the service has said it holds, plus those handed to the network since.
    pub sent_bytes: u64,
    /// Whether bytes are sent that were sent before: the service had lost them.
    pub resending: bool,
    /// Bytes measured so far, in state `preparing`.
    pub prepared_bytes: u64,
    /// Present speed, bytes per second; `null` while unknown.
    pub speed_bytes_per_s: Option<f64>,
    /// Seconds until all bytes are sent at the speed of the last half minute; `null` while unknown.
    #[cfg_attr(test, ts(optional = nullable))]
    pub time_left_s: Option<f64>,
    /// How the bytes are packed: `zip` or `images`.
    pub package: String,
    /// Account it goes to: Mapillary's user id.
    pub user_id: Option<String>,
    /// Organisation it goes to.
    pub organization_id: Option<String>,
    /// Mapillary's name for it, once finished.
    pub cluster_id: Option<String>,
    /// The raw stages, as far as known.
    pub stages: Vec<Stage>,
    /// Images that can be seen at Mapillary; `null` while unknown.
    pub visible_count: Option<u64>,
    /// When the service last answered what became of it, milliseconds since 1970 UTC; `null` while it never did, and
    /// then nothing is known.
    pub asked_at_ms: Option<i64>,
    /// What became of it at Mapillary; `null` before Mapillary has taken it.
    #[cfg_attr(test, ts(optional = nullable))]
    pub fate: Option<Fate>,
    /// Whether it takes the service longer than usual (72 hours); no failure.
    pub overdue: bool,
    /// Where it stands at Mapillary.
    pub links: Vec<ImageLink>,
    /// First capture, milliseconds since 1970 UTC.
    pub first_captured_at_ms: i64,
    /// When it was put into the queue, milliseconds since 1970 UTC.
    pub created_at_ms: i64,
    /// What the person can ask of it now.
    pub actions: Vec<UploadAction>,
}

/// What moves often: at most five a second and upload.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS), ts(export, export_to = "wire.gen.ts"))]
#[serde(rename_all = "camelCase")]
pub struct UploadProgress {
    /// Number of the upload in the journal.
    pub upload_id: i64,
    /// Bytes measured so far.
    pub prepared_bytes: u64,
    /// Bytes handed to the network; the service's own count replaces it after each part.
    pub sent_bytes: u64,
    /// Bytes to send; 0 while not yet known.
    pub total_bytes: u64,
    /// Whether bytes are sent that were sent before.
    pub resending: bool,
    /// Present speed, bytes per second.
    pub speed_bytes_per_s: Option<f64>,
    /// Seconds until all bytes are sent at the speed of the last half minute; `null` while unknown.
    #[cfg_attr(test, ts(optional = nullable))]
    pub time_left_s: Option<f64>,
}

/// A change in the queue.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS), ts(export, export_to = "wire.gen.ts"))]
#[serde(rename_all = "snake_case", tag = "kind", content = "data")]
pub enum UploadEvent {
    /// A row is new or changed.
    Row(Box<UploadRow>),
    /// Only its numbers moved.
    Progress(UploadProgress),
    /// It is gone from the list.
    Removed(i64),
}

/// What became of one file of an upload.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS), ts(export, export_to = "wire.gen.ts"))]
#[serde(rename_all = "snake_case")]
pub enum FileOutcome {
    /// Not sent yet.
    Pending,
    /// Sent, and Mapillary has taken it.
    Sent,
    /// Seen at Mapillary.
    Published,
    /// Not accepted, see the code.
    Refused,
    /// Left out by the person.
    Excluded,
}

/// One line of the per-file report.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS), ts(export, export_to = "wire.gen.ts"))]
#[serde(rename_all = "camelCase")]
pub struct FileReportRow {
    /// Path of the file, made printable.
    pub path: String,
    /// What became of it.
    pub outcome: FileOutcome,
    /// Code of the reason, where it was refused.
    pub code: Option<String>,
    /// The reason in a sentence.
    pub message: Option<String>,
    /// Mapillary's id of the image, once linked.
    pub image_id: Option<String>,
}
