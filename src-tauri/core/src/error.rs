//! The errors of the core, one closed enum.
//!
//! Rules: a variant exists only where somebody acts on it; the message names the file or the address; the action
//! says what the person can do; no message ever holds a token. What concerns one file of a plan is not an error but a
//! [`Refusal`](crate::plan::Refusal).

use std::path::PathBuf;

use waypost_mapillary::MapillaryError;
use waypost_media::MediaError;
use waypost_wire::{Problem, Retry};

use crate::service_action::service_action;
use crate::track_file_action::track_file_action;

/// Everything that can go wrong in the core.
#[derive(Debug, thiserror::Error)]
pub enum CoreError {
    /// A path that was given does not exist.
    #[error("{} does not exist", path.display())]
    PathNotFound {
        /// The path as given.
        path: PathBuf,
    },
    /// A file or folder could not be read or written.
    #[error("{}: {source}", path.display())]
    Io {
        /// The file or folder.
        path: PathBuf,
        /// The system's reason.
        source: std::io::Error,
    },
    /// A file changed or vanished between reading and sending.
    #[error("{} has changed since it was read", path.display())]
    SourceChanged {
        /// The file.
        path: PathBuf,
    },
    /// The description file is not one.
    #[error("{} is not a description file: {reason}", path.display())]
    DescriptionFile {
        /// The file, or `-` for standard input.
        path: PathBuf,
        /// What is wrong, with the place.
        reason: String,
    },
    /// An entry of a description file breaks the rules for it.
    #[error("entry {entry_number} of {} is not valid: {reason}", path.display())]
    DescriptionEntry {
        /// The description file, or `-` for standard input.
        path: PathBuf,
        /// Which entry, counted from 1.
        entry_number: u64,
        /// Which rule is broken.
        reason: String,
    },
    /// A photo has no room for its description.
    #[error("the description does not fit into {}: {reason}", path.display())]
    DescriptionDoesNotFit {
        /// The photo.
        path: PathBuf,
        /// Why.
        reason: String,
    },
    /// A video cannot be repacked for sending.
    #[error("{} cannot be sent: {reason}", path.display())]
    VideoNotPackable {
        /// The video.
        path: PathBuf,
        /// Why.
        reason: String,
    },
    /// A zip cannot be sent as it is.
    #[error("{} cannot be uploaded: {reason}", path.display())]
    InvalidZip {
        /// The zip.
        path: PathBuf,
        /// Why.
        reason: String,
    },
    /// A GPX or NMEA file cannot be used as a track.
    #[error("{} cannot be used as a track: {source}", path.display())]
    TrackFile {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        source: MediaError,
    },
    /// The journal could not be opened, read or written.
    #[error("the journal {} cannot be used: {reason}", path.display())]
    Journal {
        /// The database file.
        path: PathBuf,
        /// SQLite's reason.
        reason: String,
    },
    /// The journal was written by a newer Waypost.
    #[error("the journal {} was written by a newer version of Waypost", path.display())]
    JournalTooNew {
        /// The database file.
        path: PathBuf,
    },
    /// Another Waypost uses the data folder.
    #[error("another Waypost is running with the data folder {}", path.display())]
    AlreadyRunning {
        /// The data folder.
        path: PathBuf,
    },
    /// No upload of that number.
    #[error("there is no upload number {upload_id}")]
    NoSuchUpload {
        /// The number asked for.
        upload_id: i64,
    },
    /// No line of that number in the library.
    #[error("the library has no line number {line_id}")]
    NoSuchLine {
        /// The number asked for.
        line_id: i64,
    },
    /// What was asked does not fit the upload's state.
    #[error("upload {upload_id} cannot {act} while it is {state}")]
    WrongState {
        /// The upload.
        upload_id: i64,
        /// What was asked.
        act: &'static str,
        /// Where it is.
        state: String,
    },
    /// Nobody is signed in.
    #[error("nobody is signed in to Mapillary")]
    NotSignedIn,
    /// The token is no longer accepted.
    #[error("Mapillary no longer accepts the sign-in of {username}")]
    SignInExpired {
        /// Who.
        username: String,
    },
    /// A token that was given by hand is not accepted.
    #[error("Mapillary does not accept this token")]
    TokenRefused,
    /// Somebody else is signed in, or signs in, than the one who is needed.
    #[error("this needs the account {expected}, but the sign-in is that of {actual}")]
    OtherAccount {
        /// Who is needed: name, or user id where the name is not known.
        expected: String,
        /// Who it is.
        actual: String,
    },
    /// The token is fine but may not upload.
    #[error("Mapillary does not let this sign-in upload")]
    UploadNotAllowed,
    /// No app identity is set.
    #[error("no Mapillary app id is set")]
    NoAppIdentity,
    /// No keychain can be used.
    #[error("no keychain can be used: {reason}")]
    NoKeychain {
        /// Why.
        reason: String,
    },
    /// Several profiles and none was named.
    #[error("there are several profiles: {names}")]
    SeveralProfiles {
        /// The names, comma separated.
        names: String,
    },
    /// No profile of that name.
    #[error("there is no profile called {name}")]
    NoSuchProfile {
        /// The name.
        name: String,
    },
    /// Mapillary does not take what was carried so.
    #[error("Mapillary does not take what was carried by {transport}")]
    TransportRefused {
        /// The kind of transport.
        transport: String,
    },
    /// A setting or an environment variable has a value that cannot be read.
    #[error("{name}: {reason}")]
    InvalidSetting {
        /// Setting, option or variable.
        name: String,
        /// What is wrong with its value.
        reason: String,
    },
    /// An upload without a single photo.
    #[error("{title} holds nothing to send")]
    NothingToSend {
        /// The upload's title.
        title: String,
    },
    /// The server claims to hold more of an upload than there is.
    #[error("the server claims to hold {offset} bytes of {session_key}, which has {length_bytes}")]
    OffsetBeyondEnd {
        /// The session.
        session_key: String,
        /// What the server said.
        offset: u64,
        /// The true length.
        length_bytes: u64,
    },
    /// All bytes are said to be sent, but the handle is not in the journal.
    #[error("the journal holds no file handle for upload {upload_id}")]
    NoHandle {
        /// The upload.
        upload_id: i64,
    },
    /// Finish was sent and no usable answer came.
    #[error("it is not known whether Mapillary has taken this upload: {reason}")]
    FinishUnanswered {
        /// What came in the place of an answer.
        reason: String,
    },
    /// Looking at the service did not tell whether it has taken an upload.
    #[error("it is not known whether Mapillary has taken this upload: {evidence}")]
    FinishDoubtful {
        /// What was seen.
        evidence: String,
    },
    /// The service took an upload and failed at it.
    #[error("Mapillary could not process this upload: {stage}")]
    ProcessingFailed {
        /// What the service says of it.
        stage: String,
    },
    /// The service took an upload and no longer lists it.
    #[error("Mapillary no longer lists this upload, and none of its images can be seen")]
    LostAtService,
    /// Everything that was asked for was sent before.
    #[error("{photo_count} photos were sent to this account before and are not sent again")]
    AlreadySent {
        /// How many.
        photo_count: u64,
    },
    /// The page that was asked for is not there (any more).
    #[error("there is no page to open for this")]
    NoPage,
    /// The browser could not be asked to open a page.
    #[error("the browser did not open {page}: {reason}")]
    BrowserDidNotOpen {
        /// The page: its address, or in words where the address is not for everybody's eyes.
        page: String,
        /// Why.
        reason: String,
    },
    /// A folder cannot be used for a take-out.
    #[error("nothing is taken out into {}: {reason}", path.display())]
    TakeOutFolder {
        /// The folder.
        path: PathBuf,
        /// Why.
        reason: String,
    },
    /// A take-out will not fit on the disk.
    #[error("{} has {} MB free, the take-out needs about {} MB", path.display(), free_bytes / 1_000_000, needed_bytes / 1_000_000)]
    NotEnoughSpace {
        /// The folder.
        path: PathBuf,
        /// What it needs, bytes.
        needed_bytes: u64,
        /// What there is, bytes.
        free_bytes: u64,
    },
    /// What was chosen holds no image.
    #[error("there is no image to take out")]
    NothingToTakeOut,
    /// There is no take-out that could go on.
    #[error("there is no take-out to continue")]
    NothingToContinue,
    /// Mapillary gives no image of that number.
    #[error("Mapillary does not give out image {image_id}")]
    ImageNotAvailable {
        /// The image.
        image_id: String,
    },
    /// What came in the place of a picture is none.
    #[error("what Mapillary delivers for image {image_id} is not a whole JPEG picture")]
    PictureDamaged {
        /// The image.
        image_id: String,
    },
    /// A file that Waypost did not make has the name of one it would make.
    #[error("{} is there already and was not made by this take-out", path.display())]
    FileInTheWay {
        /// The file.
        path: PathBuf,
    },
    /// A file of a take-out's chain cannot be read.
    #[error("line {line_number} of {} cannot be used: {reason}", path.display())]
    DatasetFile {
        /// The file.
        path: PathBuf,
        /// Which line, counted from 1.
        line_number: u64,
        /// What is wrong with it.
        reason: String,
    },
    /// The person's schedule allows nothing at this hour.
    #[error("the schedule sends nothing at this hour")]
    OutsideHours,
    /// The person or the program stopped it.
    #[error("stopped")]
    Stopped,
    /// The service, or the way to it, failed.
    #[error(transparent)]
    Service(#[from] MapillaryError),
}

impl CoreError {
    /// The stable code; for [`CoreError::Service`] the one of the service error.
    pub fn code(&self) -> &'static str {
        match self {
            Self::PathNotFound { .. } => "path_not_found",
            Self::Io { .. } => "file_error",
            Self::SourceChanged { .. } => "source_changed",
            Self::DescriptionFile { .. } => "description_file",
            Self::DescriptionEntry { .. } => "description_entry",
            Self::DescriptionDoesNotFit { .. } => "description_does_not_fit",
            Self::VideoNotPackable { .. } => "video_not_packable",
            Self::InvalidZip { .. } => "invalid_zip",
            Self::TrackFile { source, .. } => source.code(),
            Self::Journal { .. } => "journal",
            Self::JournalTooNew { .. } => "journal_too_new",
            Self::AlreadyRunning { .. } => "already_running",
            Self::NoSuchUpload { .. } => "no_such_upload",
            Self::NoSuchLine { .. } => "no_such_line",
            Self::WrongState { .. } => "wrong_state",
            Self::NotSignedIn => "not_signed_in",
            Self::SignInExpired { .. } => "sign_in_expired",
            Self::TokenRefused => "token_refused",
            Self::OtherAccount { .. } => "other_account",
            Self::UploadNotAllowed => "upload_not_allowed",
            Self::NoAppIdentity => "no_app_identity",
            Self::NoKeychain { .. } => "no_keychain",
            Self::SeveralProfiles { .. } => "several_profiles",
            Self::NoSuchProfile { .. } => "no_such_profile",
            Self::InvalidSetting { .. } => "invalid_setting",
            Self::TransportRefused { .. } => "transport_refused",
            Self::NothingToSend { .. } => "nothing_to_send",
            Self::OffsetBeyondEnd { .. } => "offset_beyond_end",
            Self::NoHandle { .. } => "no_handle",
            Self::FinishUnanswered { .. } => "finish_unanswered",
            Self::FinishDoubtful { .. } => "finish_doubtful",
            Self::ProcessingFailed { .. } => "processing_failed",
            Self::LostAtService => "lost_at_service",
            Self::AlreadySent { .. } => "already_sent",
            Self::NoPage => "no_page",
            Self::BrowserDidNotOpen { .. } => "browser_did_not_open",
            Self::TakeOutFolder { .. } => "take_out_folder",
            Self::NotEnoughSpace { .. } => "not_enough_space",
            Self::NothingToTakeOut => "nothing_to_take_out",
            Self::NothingToContinue => "nothing_to_continue",
            Self::ImageNotAvailable { .. } => "image_not_available",
            Self::PictureDamaged { .. } => "picture_damaged",
            Self::FileInTheWay { .. } => "file_in_the_way",
            Self::DatasetFile { .. } => "dataset_file",
            Self::OutsideHours => "outside_hours",
            Self::Stopped => "stopped",
            Self::Service(error) => error.code(),
        }
    }
    /// What the person can do about it; empty when there is nothing to do.
    pub fn action(&self) -> String {
        match self {
            Self::PathNotFound { .. } => "Check the path; a card or disk may have been taken out.".into(),
            Self::Io { .. } => "Check that the file can be opened and that the disk has room, then try again.".into(),
            Self::SourceChanged { .. } => "Add the folder again, so that it is read as it is now.".into(),
            Self::DescriptionFile { .. } | Self::DescriptionEntry { .. } => "Make it anew with `waypost process`.".into(),
            Self::DescriptionDoesNotFit { .. } => "Send this photo without its embedded preview, or leave it out.".into(),
            Self::VideoNotPackable { .. } => {
                "Copy the video from the card again; if that does not help, leave it out.".into()
            }
            Self::InvalidZip { .. } => "Make it anew with `waypost zip`.".into(),
            Self::TrackFile { source, .. } => track_file_action(source).into(),
            Self::Journal { .. } => "Check that the data folder can be written and the disk has room.".into(),
            Self::JournalTooNew { .. } => "Use the newer version, or choose another data folder.".into(),
            Self::AlreadyRunning { .. } => "Use the running one, or close it first.".into(),
            Self::NoSuchUpload { .. } | Self::NoSuchLine { .. } | Self::Stopped | Self::NoPage => String::new(),
            Self::AlreadySent { .. } => "Look at the history for where they are.".into(),
            Self::BrowserDidNotOpen { .. } => "Open the address by hand.".into(),
            Self::NothingToSend { .. } => "Choose photos that can be sent.".into(),
            Self::OffsetBeyondEnd { .. } | Self::NoHandle { .. } => {
                "Try again: it is sent anew, under a new key.".into()
            }
            Self::FinishUnanswered { .. } => "Waypost looks at Mapillary whether it is there.".into(),
            Self::FinishDoubtful { .. } => {
                "Look at your Mapillary profile, then choose \"It is there\" or \"Finish again\".".into()
            }
            Self::ProcessingFailed { .. } => "Send it again if the photos are good; it becomes a new upload.".into(),
            Self::LostAtService => {
                "Look at your Mapillary profile; if it is not there, send it again as a new upload.".into()
            }
            Self::WrongState { .. } => "Look at the list for what it is doing now.".into(),
            Self::NotSignedIn | Self::SignInExpired { .. } => "Sign in, then it goes on where it was.".into(),
            Self::TokenRefused => "Copy the whole token anew, or sign in through the browser.".into(),
            Self::OtherAccount { expected, .. } => format!("Sign in as {expected}."),
            Self::UploadNotAllowed => {
                "Sign in again and allow uploading, or paste a token that may upload.".into()
            }
            Self::NoAppIdentity => {
                "Register an app at mapillary.com/dashboard/developers and set its id, secret and redirect URI, or use practice mode.".into()
            }
            Self::NoKeychain { .. } => "Sign in for this run only, or start the keychain of the desktop.".into(),
            Self::SeveralProfiles { .. } => "Name one with --user_name.".into(),
            Self::NoSuchProfile { .. } => "Sign in with `waypost authenticate --user_name NAME`.".into(),
            Self::InvalidSetting { .. } => "Correct the value.".into(),
            Self::TakeOutFolder { .. } => "Choose an empty folder, or the choice that this folder was begun with.".into(),
            Self::NotEnoughSpace { .. } => "Choose another disk, smaller pictures or fewer sequences.".into(),
            Self::NothingToTakeOut => "Choose other sequences, or a longer time.".into(),
            Self::NothingToContinue => "Begin a new one.".into(),
            Self::ImageNotAvailable { .. } => "It may have been deleted; look at Mapillary, then continue.".into(),
            Self::PictureDamaged { .. } => "Continue the take-out later: it is asked for again.".into(),
            Self::FileInTheWay { .. } => "Move the file away, then continue.".into(),
            Self::DatasetFile { .. } => "Make the file anew with the stage before this one.".into(),
            Self::OutsideHours => "It goes on by itself; the hours are in the settings.".into(),
            Self::TransportRefused { .. } => {
                "Leave these captures out, or choose what carried them on land or water.".into()
            }
            Self::Service(error) => service_action(error).into(),
        }
    }

    /// Whether trying again helps.
    pub fn retry(&self) -> Retry {
        match self {
            Self::Stopped | Self::NoSuchUpload { .. } | Self::NoSuchLine { .. } | Self::WrongState { .. } => {
                Retry::Never
            }
            Self::OutsideHours => Retry::Automatic,
            Self::Service(error) => match waypost_mapillary::retry_advice(error) {
                waypost_mapillary::RetryAdvice::No => Retry::AfterAction,
                _ => Retry::Automatic,
            },
            _ => Retry::AfterAction,
        }
    }

    /// The border form.
    pub fn problem(&self) -> Problem {
        Problem {
            code: self.code().into(),
            message: self.to_string(),
            action: self.action(),
            retry: self.retry(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The engine writes the handle and the fact that all is sent in one commit, so that only a damaged journal leads
    /// here.
    #[test]
    fn a_missing_handle_can_be_mended_by_trying_again() {
        let problem = CoreError::NoHandle { upload_id: 7 }.problem();
        assert_eq!(
            (problem.code.as_str(), problem.retry),
            ("no_handle", Retry::AfterAction)
        );
        assert!(problem.message.contains('7') && problem.action.contains("Try again"));
    }
}
