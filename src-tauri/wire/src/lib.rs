//! Plain data shared by the core, the window and the command line.
//!
//! Nothing here decides anything: these are the words the parts of Waypost use with each other. Every type is
//! serde data; the tests of this crate write the TypeScript of all of them into `ui/src/wire.gen.ts`, which is
//! committed and checked.

mod account;
mod already_sent;
mod edit;
mod fate;
mod hand_over;
mod library;
mod link_report;
mod photo;
mod plan;
mod plan_change;
mod problem;
mod secret_text;
mod settings;
mod takeout;
mod upload;
mod window;

pub use account::{AccountRow, AccountView, MayUpload, ProfileRow, SignInState, TokenPlace};
pub use already_sent::{AlreadySentChoice, AlreadySentView};
pub use edit::{
    AppliedEdits, Edit, EditPreview, FixKind, FixRow, PrivacyZoneRow, SequenceNotes, Target, TrackFileRow, ZoneQuestion,
};
pub use fate::{AskReason, Fate, FateKind, NextAsk, Notification, NotificationKind};
pub use hand_over::{HandOverRecord, HandOverReply, HandOverSubject};
pub use library::{
    HistoryTaken, LibraryColumn, LibraryDetail, LibraryImportState, LibraryOrigin, LibraryPage, LibraryQuery,
    LibraryRow, LibraryStateCount, LibraryValueCount, SafeFile, SafeReason, SafeToDelete, SafeVerdict,
};
pub use link_report::{ExtraImage, LinkReport, LinkWarning, MissingFile, ServerSequence};
pub use photo::{HeadingFrom, PhotoFacts, PositionFrom, TimeFrom};
pub use plan::{
    FileReportLine, FindingRow, LeftOutBy, PlanProgress, PlanView, PointRow, SequenceRow, VideoRow, WayPoint,
};
pub use plan_change::{PlanChange, PointRun};
pub use problem::{Problem, Retry};
pub use secret_text::SecretText;
pub use settings::{OrganizationRow, ScheduleRow, SettingsView, ZoomChange};
pub use takeout::{
    LineTime, PictureSize, TakeOutChoice, TakeOutEstimate, TakeOutLayout, TakeOutProblem, TakeOutProgress,
    TakeOutResult, TakeOutSource, TakeOutStage, TakeOutState,
};
pub use upload::{
    FileOutcome, FileReportRow, ImageLink, Stage, StageState, UploadAction, UploadEvent, UploadProgress, UploadRow,
    UploadState, WaitReason, Waiting,
};
pub use window::{Call, DryRunState, Event, EventBody, Page, PrepareState, Reply, Snapshot};
