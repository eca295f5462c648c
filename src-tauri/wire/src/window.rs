//! What the window asks and what it is told.
//!
//! One command carries a [`Call`] and is answered with a [`Reply`] or a [`Problem`]. One channel carries [`Event`]s,
//! each with a number one higher than the one before. A gap in the numbers means that the window must ask for a new
//! [`Snapshot`]; applying an event older than the snapshot is harmless because events carry whole values.

use serde::{Deserialize, Serialize};

use crate::secret_text::SecretText;
use crate::{FileReportRow, PlanProgress, PlanView, Problem, UploadEvent, UploadRow};

/// Whether this sign-in may upload.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS), ts(export, export_to = "wire.gen.ts"))]
#[serde(rename_all = "snake_case")]
pub enum MayUpload {
    /// The service said yes.
    Yes,
    /// The service said no.
    No,
    /// Nobody could be asked.
    Unknown,
}

/// Where the token is kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS), ts(export, export_to = "wire.gen.ts"))]
#[serde(rename_all = "snake_case")]
pub enum TokenPlace {
    /// In the keychain of the system.
    Keychain,
    /// In memory, until Waypost is closed.
    ThisRun,
    /// Given by the environment of a script.
    Environment,
    /// In mapillary_tools' profile file, because `MAPILLARY_CONFIG_PATH` asks for it.
    ProfileFile,
}

/// Somebody who is signed in.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS), ts(export, export_to = "wire.gen.ts"))]
#[serde(rename_all = "camelCase")]
pub struct AccountRow {
    /// Mapillary's user id.
    pub user_id: String,
    /// Mapillary's user name.
    pub username: String,
    /// Whether this sign-in may upload.
    pub may_upload: MayUpload,
    /// Where the token is kept.
    pub kept: TokenPlace,
    /// Whether the token is no longer accepted.
    pub needs_sign_in: bool,
}

/// Where a sign-in is.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS), ts(export, export_to = "wire.gen.ts"))]
#[serde(rename_all = "snake_case", rename_all_fields = "camelCase", tag = "kind")]
pub enum SignInState {
    /// None is going on.
    #[default]
    Idle,
    /// The browser was asked to open; waits for the person there.
    Waiting {
        /// When the wait ends, milliseconds since 1970 UTC.
        until_ms: i64,
        /// Whether the browser could be opened; if not, the address can be copied.
        browser_opened: bool,
        /// The address to open by hand.
        address: String,
    },
    /// The last one failed.
    Failed {
        /// Why, and what to do.
        problem: Problem,
    },
    /// It worked, but no keychain can keep it: the person is asked whether this run is enough.
    NoKeychain {
        /// Why.
        problem: Problem,
    },
}

/// Everything about accounts.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS), ts(export, export_to = "wire.gen.ts"))]
#[serde(rename_all = "camelCase")]
pub struct AccountView {
    /// Who is signed in.
    pub accounts: Vec<AccountRow>,
    /// Which of them uploads go to.
    pub current_user_id: Option<String>,
    /// Whether an app id is set, so that the browser sign-in can work.
    pub app_identity_set: bool,
    /// Where a sign-in is.
    pub sign_in: SignInState,
}

/// What is being prepared.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS), ts(export, export_to = "wire.gen.ts"))]
#[serde(rename_all = "snake_case", tag = "kind", content = "data")]
pub enum PrepareState {
    /// Nothing was dropped yet.
    #[default]
    Empty,
    /// Files are being read.
    Reading(PlanProgress),
    /// The plan stands.
    Ready(PlanView),
    /// Reading failed as a whole.
    Failed(Problem),
}

/// What the person can set.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS), ts(export, export_to = "wire.gen.ts"))]
#[serde(rename_all = "camelCase")]
pub struct SettingsView {
    /// `zip` or `images`.
    pub package: String,
    /// Uploads at once, 1 to 8.
    pub parallel_uploads: u32,
    /// Images at once in `images`, 1 to 16.
    pub image_workers: u32,
    /// `system`, `light` or `dark`.
    pub theme: String,
    /// Id of the organisation uploads go to; empty for none.
    pub organization_id: String,
    /// App id; empty for the built-in one.
    pub app_id: String,
    /// Redirect URI registered for that app; empty for the built-in one.
    pub redirect_uri: String,
    /// Whether a secret of an own app is kept in the keychain. The secret itself never comes back.
    pub app_secret_set: bool,
    /// A larger step starts a new sequence, metres.
    pub cutoff_distance_m: f64,
    /// A longer pause starts a new sequence, seconds.
    pub cutoff_time_s: f64,
    /// Photos this close are duplicates, metres; -1 keeps all.
    pub duplicate_distance_m: f64,
    /// … if their headings differ by no more than this, degrees.
    pub duplicate_angle_deg: f64,
    /// Zone of capture times that name none; empty asks.
    pub time_zone: String,
    /// The data folder, to be shown.
    pub data_dir: String,
}

/// Everything the window shows, at one moment.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS), ts(export, export_to = "wire.gen.ts"))]
#[serde(rename_all = "camelCase")]
pub struct Snapshot {
    /// Number of the last event that is contained.
    pub seq: u64,
    /// Version of Waypost.
    pub version: String,
    /// Whether this is practice: nothing leaves this computer.
    pub practice: bool,
    /// Whether Waypost runs for the first time.
    pub first_run: bool,
    /// Accounts.
    pub account: AccountView,
    /// What is being prepared.
    pub prepare: PrepareState,
    /// The queue and the history, newest first.
    pub uploads: Vec<UploadRow>,
    /// Settings.
    pub settings: SettingsView,
    /// What the settings are when nobody touches them, for the reset of each.
    pub settings_defaults: SettingsView,
    /// Milliseconds since 1970 UTC, for ages.
    pub now_ms: i64,
}

/// What changed.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS), ts(export, export_to = "wire.gen.ts"))]
#[serde(rename_all = "snake_case", tag = "kind", content = "data")]
pub enum EventBody {
    /// Accounts.
    Account(AccountView),
    /// What is being prepared.
    Prepare(PrepareState),
    /// The queue.
    Upload(UploadEvent),
    /// Settings.
    Settings(SettingsView),
    /// Practice began or ended.
    Practice(bool),
    /// Something the person should know once.
    Notice(Problem),
}

/// A change with its number.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS), ts(export, export_to = "wire.gen.ts"))]
#[serde(rename_all = "camelCase")]
pub struct Event {
    /// One higher than the one before.
    pub seq: u64,
    /// What changed.
    pub body: EventBody,
}

/// Pages that Waypost may open in the browser. The addresses are Waypost's, never the window's.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS), ts(export, export_to = "wire.gen.ts"))]
#[serde(rename_all = "snake_case", rename_all_fields = "camelCase", tag = "page")]
pub enum Page {
    /// An image of an upload in Mapillary's viewer.
    Image {
        /// The upload.
        upload_id: i64,
        /// The image; must be one of the upload's links.
        image_id: String,
    },
    /// Where apps are registered.
    AppRegistration,
    /// Mapillary's terms of use.
    Terms,
    /// The licence under which Mapillary publishes images.
    Licence,
    /// The sign-in page again.
    SignIn,
}

/// What the window can ask for.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS), ts(export, export_to = "wire.gen.ts"))]
#[serde(rename_all = "snake_case", rename_all_fields = "camelCase", tag = "call")]
pub enum Call {
    /// Everything at this moment.
    Snapshot,
    /// Read these files and folders.
    Prepare {
        /// Absolute paths.
        paths: Vec<String>,
    },
    /// Ask the person for a folder, then read it. Answered at once; the plan comes as events.
    ChooseFolder,
    /// Stop reading, or put the plan away.
    ClearPlan,
    /// Leave photos out or take them back.
    ExcludePhotos {
        /// Numbers of the photos in the plan.
        photo_ids: Vec<u64>,
        /// Out (`true`) or back in.
        excluded: bool,
    },
    /// Leave a sequence out or take it back.
    ExcludeSequence {
        /// Its name in the plan.
        sequence_id: String,
        /// Out (`true`) or back in.
        excluded: bool,
    },
    /// Put the plan into the queue and send it.
    Upload,
    /// Halt an upload.
    Pause {
        /// The upload.
        upload_id: i64,
    },
    /// Go on with a halted upload.
    Resume {
        /// The upload.
        upload_id: i64,
    },
    /// Give an upload up.
    Cancel {
        /// The upload.
        upload_id: i64,
    },
    /// Try a failed upload again.
    Retry {
        /// The upload.
        upload_id: i64,
    },
    /// Send a draft.
    Start {
        /// The upload.
        upload_id: i64,
    },
    /// Mapillary has not taken it: finish again. Only where `retry_finish` is among the upload's actions.
    RetryFinish {
        /// The upload.
        upload_id: i64,
    },
    /// Mapillary has taken it, says the person. Only where `mark_taken` is among the upload's actions.
    MarkTaken {
        /// The upload.
        upload_id: i64,
    },
    /// Take an upload out of the list.
    Remove {
        /// The upload.
        upload_id: i64,
    },
    /// Halt everything.
    PauseAll,
    /// Go on with everything.
    ResumeAll,
    /// What became of each file of an upload.
    FileReport {
        /// The upload.
        upload_id: i64,
    },
    /// Sign in through the browser.
    SignIn,
    /// Stop waiting for the browser.
    CancelSignIn,
    /// Keep the sign-in for this run, there being no keychain.
    KeepForThisRun,
    /// Sign in with a user token that the person has.
    SignInWithToken {
        /// The token. It goes into the keychain and never comes back.
        #[cfg_attr(test, ts(type = "string"))]
        token: SecretText,
    },
    /// Choose among several accounts.
    UseAccount {
        /// Mapillary's user id.
        user_id: String,
    },
    /// Forget an account and its token.
    SignOut {
        /// Mapillary's user id.
        user_id: String,
    },
    /// Change settings. Unchanged ones are sent along.
    SetSettings {
        /// All settings.
        settings: Box<SettingsView>,
        /// A new secret of an own app; empty forgets it, `null` leaves it.
        #[cfg_attr(test, ts(type = "string | null"))]
        app_secret: Option<SecretText>,
    },
    /// Begin practice mode.
    StartPractice,
    /// End practice mode.
    StopPractice,
    /// Open a page in the browser.
    Open {
        /// Which.
        page: Page,
    },
    /// The first-run sentences were read.
    FirstRunDone,
}

/// What a call is answered with.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS), ts(export, export_to = "wire.gen.ts"))]
#[serde(rename_all = "snake_case", tag = "reply", content = "data")]
pub enum Reply {
    /// Done, or begun.
    Done,
    /// Everything at this moment.
    Snapshot(Box<Snapshot>),
    /// The per-file report.
    Files(Vec<FileReportRow>),
    /// Numbers of the uploads that were put into the queue.
    Queued(Vec<i64>),
}
