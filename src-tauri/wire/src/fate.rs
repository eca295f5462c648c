//! What became of an upload once Mapillary had taken it: one word, since when, and when it is asked about again.

use serde::{Deserialize, Serialize};

/// What became of an upload at Mapillary, in one word. What is only waited for and what is seen are different words.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS), ts(export, export_to = "wire.gen.ts"))]
#[serde(rename_all = "snake_case")]
pub enum FateKind {
    /// Mapillary has taken it and shows nothing of it yet.
    Accepted,
    /// It is being read in: metadata, blurring.
    Ingesting,
    /// It is read in and being worked on.
    Processing,
    /// Some of its images can be seen.
    PartlyVisible,
    /// Its images can be seen; where some were left out, `visible` is below `expected`.
    Visible,
    /// It is drawn on the map: the last stage.
    OnMap,
    /// Mapillary could not process it; `code` is its word for it.
    Failed,
    /// Nothing of it can be seen after 72 hours. No failure.
    Overdue,
    /// It was in the activity feed and is gone, and nothing of it can be seen.
    LostFromFeed,
    /// Mapillary has not answered for long, so that nobody knows.
    Unknown,
}

/// Why an upload is asked about at that time and not before.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS), ts(export, export_to = "wire.gen.ts"))]
#[serde(rename_all = "snake_case")]
pub enum AskReason {
    /// It is the usual pause.
    Timer,
    /// Mapillary limits requests.
    Throttled,
    /// Most of the app's requests are used up; the rest is for sending.
    Quota,
    /// Mapillary has trouble.
    Outage,
    /// The network or the way to Mapillary is down.
    Offline,
    /// The sign-in it needs is not there.
    SignIn,
    /// Mapillary refused the question.
    Refused,
}

/// The next question.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS), ts(export, export_to = "wire.gen.ts"))]
#[serde(rename_all = "camelCase")]
pub struct NextAsk {
    /// When, milliseconds since 1970 UTC.
    pub at_ms: i64,
    /// Why not before.
    pub reason: AskReason,
}

/// What became of an upload at Mapillary.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS), ts(export, export_to = "wire.gen.ts"))]
#[serde(rename_all = "camelCase")]
pub struct Fate {
    /// In one word.
    pub kind: FateKind,
    /// Since when, milliseconds since 1970 UTC.
    pub since_ms: i64,
    /// Images that could be seen at the last answer; `null` while the search never answered.
    pub visible: Option<u64>,
    /// Images that are to be seen; `null` where nobody says how many, as of a video.
    pub expected: Option<u64>,
    /// Mapillary's own word for a failure, field and value as they came.
    pub code: Option<String>,
    /// As of when all this is, milliseconds since 1970 UTC; `null` while Mapillary never answered.
    pub known_at_ms: Option<i64>,
    /// Whether it takes longer than 72 hours; no failure.
    pub overdue: bool,
    /// The next question; `null` when nothing is asked any more.
    pub next_ask: Option<NextAsk>,
}

/// What a notification is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS), ts(export, export_to = "wire.gen.ts"))]
#[serde(rename_all = "snake_case")]
pub enum NotificationKind {
    /// Its images can be seen.
    Published,
    /// It is on the map.
    OnMap,
    /// It failed.
    Failed,
    /// It needs a sign-in.
    NeedsSignIn,
    /// The person has to say whether Mapillary took it.
    FinishUnknown,
    /// Its files have changed.
    SourceChanged,
    /// Mapillary no longer lists it.
    Lost,
}

/// What the desktop should tell the person, once.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS), ts(export, export_to = "wire.gen.ts"))]
#[serde(rename_all = "camelCase")]
pub struct Notification {
    /// The upload.
    pub upload_id: i64,
    /// What it is about.
    pub kind: NotificationKind,
    /// In a few words.
    pub title: String,
    /// In a sentence.
    pub text: String,
}
