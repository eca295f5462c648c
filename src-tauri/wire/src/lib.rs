//! Plain data shared by the core, the window and the command line.
//!
//! Nothing here decides anything: these are the words the parts of Waypost use with each other. Every type is
//! serde data; the tests of this crate write the TypeScript of all of them into `ui/src/wire.gen.ts`, which is
//! committed and checked.

mod plan;
mod problem;
mod secret_text;
mod upload;
mod window;

pub use plan::{FileReportLine, FindingRow, PlanProgress, PlanView, PointRow, SequenceRow};
pub use problem::{Problem, Retry};
pub use secret_text::SecretText;
pub use upload::{
    FileOutcome, FileReportRow, ImageLink, Stage, StageState, UploadAction, UploadEvent, UploadProgress, UploadRow,
    UploadState, WaitReason, Waiting,
};
pub use window::{
    AccountRow, AccountView, Call, Event, EventBody, MayUpload, Page, PrepareState, Reply, SettingsView, SignInState,
    Snapshot, TokenPlace,
};
