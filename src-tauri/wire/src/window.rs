//! What the window asks and what it is told.
//!
//! One command carries a [`Call`] and is answered with a [`Reply`] or a [`Problem`]. One channel carries [`Event`]s,
//! each with a number one higher than the one before. A gap in the numbers means that the window must ask for a new
//! [`Snapshot`]; applying an event older than the snapshot is harmless because events carry whole values, or what
//! [`PlanChange`] says of the value before.

use serde::{Deserialize, Serialize};

use crate::account::{AccountView, ProfileRow};
use crate::already_sent::{AlreadySentChoice, AlreadySentView};
use crate::edit::{Edit, EditPreview, SequenceNotes};
use crate::hand_over::{HandOverRecord, HandOverReply, HandOverSubject};
use crate::library::{
    HistoryTaken, LibraryDetail, LibraryImportState, LibraryPage, LibraryQuery, LibraryRow, SafeToDelete,
};
use crate::link_report::LinkReport;
use crate::secret_text::SecretText;
use crate::settings::{OrganizationRow, SettingsView, ZoomChange};
use crate::takeout::{TakeOutChoice, TakeOutState};
use crate::{
    FileReportRow, Notification, PhotoFacts, PlanChange, PlanProgress, PlanView, Problem, UploadEvent, UploadRow,
};

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

/// Where a dry run is: everything is done but talking to the network.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS), ts(export, export_to = "wire.gen.ts"))]
#[serde(rename_all = "snake_case", rename_all_fields = "camelCase", tag = "kind")]
pub enum DryRunState {
    /// There is none.
    #[default]
    Idle,
    /// Packages are being made.
    Running {
        /// Bytes that lie in the folder.
        done_bytes: u64,
        /// Bytes that will, estimated from the files.
        total_bytes: u64,
    },
    /// They lie there.
    Done {
        /// The folder, to be shown.
        folder: String,
        /// Uploads that would have been made.
        upload_count: u64,
        /// Size of all packages, bytes.
        total_bytes: u64,
    },
    /// It did not work.
    Failed {
        /// Why, and what to do.
        problem: Problem,
    },
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
    /// The dry run.
    pub dry_run: DryRunState,
    /// The take-out.
    pub take_out: TakeOutState,
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
    /// What an edit changed about the plan.
    PlanChange(Box<PlanChange>),
    /// The dry run.
    DryRun(DryRunState),
    /// The take-out.
    TakeOut(TakeOutState),
    /// The queue.
    Upload(UploadEvent),
    /// Settings.
    Settings(SettingsView),
    /// Practice began or ended.
    Practice(bool),
    /// Something the person should know once.
    Notice(Problem),
    /// Reading the account's published sequences; lines of the library may have come or changed with it.
    LibraryImport(LibraryImportState),
    /// Something the desktop tells the person, once.
    Notification(Notification),
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
    /// An image of a line of the library in Mapillary's viewer.
    LibraryImage {
        /// The line.
        line_id: i64,
        /// The image; must be one of the line's links.
        image_id: String,
    },
    /// Mapillary's blur editor at an image of a line of the library.
    BlurEditor {
        /// The line.
        line_id: i64,
        /// The image; must be one of the line's links.
        image_id: String,
    },
    /// An image of an upload in Mapillary's blur editor.
    UploadBlurEditor {
        /// The upload.
        upload_id: i64,
        /// The image; must be one that was found of the upload.
        image_id: String,
    },
    /// The page of the account that an upload went to.
    User {
        /// The upload.
        upload_id: i64,
    },
    /// Where apps are registered.
    AppRegistration,
    /// Mapillary's terms of use.
    Terms,
    /// The licence under which Mapillary publishes images.
    Licence,
    /// OpenStreetMap's page on who made the streets, and under which licence.
    MapCopyright,
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
    /// Read these files and folders. Track files (GPX, NMEA) alone are added to the plan that stands.
    Prepare {
        /// Absolute paths.
        paths: Vec<String>,
    },
    /// Ask the person for a folder, then read it. Answered at once; the plan comes as events.
    ChooseFolder,
    /// Ask the person for a track file, then add it. Answered at once; the plan comes as an event.
    ChooseTrack,
    /// Stop reading, or put the plan away.
    ClearPlan,
    /// Change the plan. Answered with the new plan as an event.
    Edit {
        /// The change.
        edit: Edit,
    },
    /// What a change would do; nothing is changed.
    PreviewEdit {
        /// The change.
        edit: Edit,
    },
    /// What is known of a photo of the plan, and from where.
    PhotoFacts {
        /// The photo.
        photo_id: u64,
    },
    /// Take the last change of the plan back.
    Undo,
    /// Do the change again that was taken back last.
    Redo,
    /// Put the plan into the queue and send it.
    Upload {
        /// What to do with photos that are on Mapillary already.
        already_sent: AlreadySentChoice,
    },
    /// Do everything but talk to the network, and leave the packages in a folder that the person is asked for. Answered
    /// at once; how it goes comes as events.
    DryRun,
    /// Stop a dry run, or put what came of it away.
    ClearDryRun,
    /// Say how large a take-out will be. Answered at once; the estimate comes as events.
    EstimateTakeOut {
        /// What is wanted.
        choice: TakeOutChoice,
    },
    /// Ask the person for a folder, then take out into it. Answered at once; how it goes comes as events.
    StartTakeOut {
        /// What is wanted.
        choice: TakeOutChoice,
    },
    /// Go on with the take-out that was stopped or failed, in its folder.
    ContinueTakeOut,
    /// Stop an estimate, or a take-out so that it can go on later.
    StopTakeOut,
    /// Put away what came of a take-out. Its files stay.
    ClearTakeOut,
    /// What would be handed over.
    ShowHandOver {
        /// Of what.
        subject: HandOverSubject,
    },
    /// Ask the person for a folder, then write the hand-over record there. Answered at once.
    SaveHandOver {
        /// Of what.
        subject: HandOverSubject,
    },
    /// Send the hand-over record to an address that the person gave: https, or http on this computer.
    SendHandOver {
        /// Of what.
        subject: HandOverSubject,
        /// The address.
        address: String,
    },
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
    /// Move an upload in the queue.
    Reorder {
        /// The upload.
        upload_id: i64,
        /// The upload that comes next after it; `null` moves it to the end.
        before_upload_id: Option<i64>,
    },
    /// Try everything again that failed and can be tried again.
    RetryAllFailed,
    /// Profiles that mapillary_tools left on this computer.
    FindProfiles,
    /// Sign in with such a profile, as the person asked.
    ImportProfile {
        /// The file it stands in.
        file: String,
        /// Its name.
        profile: String,
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
    /// What was sent beside what Mapillary shows of it: matched, missing, extra.
    LinkReport {
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
    /// Look whether this account may see an organisation; it can be picked from then on. Mapillary lists nobody's
    /// organisations, so the first time its number is typed.
    CheckOrganization {
        /// Mapillary's number of it.
        organization_id: String,
    },
    /// Take an organisation out of those to pick from.
    ForgetOrganization {
        /// Mapillary's number of it.
        organization_id: String,
    },
    /// The text for a report of a fault, to be shown before it is passed on.
    Diagnostics,
    /// Ask the person for a folder, then write that text there. Answered at once.
    SaveDiagnostics,
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
    /// A part of the library.
    Library {
        /// Which.
        query: LibraryQuery,
    },
    /// One line of the library, whole.
    LibraryLine {
        /// The line.
        line_id: i64,
    },
    /// Change the own name, note, transport and tags of a line. Answered with the line as it is then.
    SetNotes {
        /// The line.
        line_id: i64,
        /// All of them; empty ones are taken away.
        notes: SequenceNotes,
    },
    /// Whether the files behind a line may be deleted. Reads the files to see whether they are still what was sent.
    SafeToDelete {
        /// The line.
        line_id: i64,
    },
    /// Read what the present account has published and Waypost did not send. Answered at once; progress comes as events.
    /// Goes on where an earlier one stopped.
    ImportLibrary {
        /// Read everything, also what was read before; otherwise what was captured lately.
        all: bool,
    },
    /// Stop reading.
    StopLibraryImport,
    /// Take over what mapillary_tools wrote down as sent from this computer with the present account; it is followed from
    /// then on.
    TakeOverHistory,
    /// Draw everything larger or smaller; kept as a setting.
    Zoom {
        /// Which way.
        change: ZoomChange,
    },
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
    /// What was sent beside what Mapillary shows of it.
    LinkReport(Box<LinkReport>),
    /// Numbers of the uploads that were put into the queue.
    Queued(Vec<i64>),
    /// Nothing was queued yet: these were sent before.
    AlreadySent(AlreadySentView),
    /// What an edit would do.
    Preview(EditPreview),
    /// A photo of the plan; `null` where it is none (any more).
    PhotoFacts(Option<Box<PhotoFacts>>),
    /// An organisation that may be picked now.
    Organization(OrganizationRow),
    /// Profiles of mapillary_tools.
    Profiles(Vec<ProfileRow>),
    /// The text for a report of a fault.
    Diagnostics(String),
    /// What would be handed over.
    HandOver(Box<HandOverRecord>),
    /// A webhook took it.
    HandedOver(HandOverReply),
    /// A part of the library.
    Library(Box<LibraryPage>),
    /// What was taken over of mapillary_tools' history.
    HistoryTaken(HistoryTaken),
    /// One line, whole.
    LibraryLine(Box<LibraryDetail>),
    /// One line.
    LibraryRow(Box<LibraryRow>),
    /// Whether files may be deleted.
    SafeToDelete(SafeToDelete),
}
