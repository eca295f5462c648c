//! What ends a command: a problem in the form people and programs get it, with the way on that a terminal offers.

use waypost_core::error::CoreError;
use waypost_generator::GeneratorError;
use waypost_sandbox::SandboxError;
use waypost_wire::{Problem, Retry};

/// A problem that ends a command.
#[derive(Clone, Debug)]
pub struct Failure(pub Problem);

impl Failure {
    /// A failure with a way on of its own.
    pub fn with_action(error: &CoreError, action: String) -> Self {
        Self(Problem {
            action,
            ..error.problem()
        })
    }

    /// An option that is refused.
    pub fn refused(name: &str, reason: &str, action: &str) -> Self {
        let error = CoreError::InvalidSetting {
            name: name.into(),
            reason: reason.into(),
        };
        Self::with_action(&error, action.into())
    }
}

impl From<CoreError> for Failure {
    fn from(error: CoreError) -> Self {
        Self(for_terminal(error.problem()))
    }
}

impl From<Problem> for Failure {
    fn from(problem: Problem) -> Self {
        Self(for_terminal(problem))
    }
}

impl From<GeneratorError> for Failure {
    fn from(error: GeneratorError) -> Self {
        let action = match &error {
            GeneratorError::TargetExists { .. } => "Choose an empty folder with --dir.",
            GeneratorError::NotWritten { .. } => "Choose a folder that can be written with --dir.",
            _ => "",
        };
        Self(Problem {
            code: error.code().into(),
            message: error.to_string(),
            action: action.into(),
            retry: Retry::AfterAction,
        })
    }
}

impl From<SandboxError> for Failure {
    fn from(error: SandboxError) -> Self {
        let action = match &error {
            SandboxError::DataFolder { .. } => "Choose a folder that can be written with --data.",
            SandboxError::DataFolderInUse { .. } => {
                "Stop the other practice server, or choose another folder with --data."
            }
            SandboxError::Listen { .. } => "Choose another port; --port 0 takes a free one.",
            SandboxError::DamagedState { .. } | SandboxError::RedirectUri { .. } | SandboxError::Random { .. } => "",
        };
        Self(Problem {
            code: error.code().into(),
            message: error.to_string(),
            action: action.into(),
            retry: Retry::AfterAction,
        })
    }
}

/// The same problem, with the way on put into the words of a terminal: the core's speak of buttons, and of a program
/// that goes on by itself.
pub fn for_terminal(mut problem: Problem) -> Problem {
    if let Some(action) = terminal_action(&problem.code) {
        problem.action = action.into();
    }
    problem
}

fn terminal_action(code: &str) -> Option<&'static str> {
    Some(match code {
        "not_signed_in" => "Sign in with `waypost authenticate`, or give a token in WAYPOST_USER_TOKEN.",
        "sign_in_expired" | "unauthorized" => {
            "Sign in again with `waypost authenticate`, then start the same command once more."
        }
        "upload_not_allowed" => {
            "Sign in again and allow uploading, or use `waypost authenticate --jwt -` with a token that may upload."
        }
        "no_keychain" => {
            "Start the desktop's keychain; or give a token in WAYPOST_USER_TOKEN, or name a profile file in MAPILLARY_CONFIG_PATH."
        }
        "no_app_identity" => {
            "Register an app at mapillary.com/dashboard/developers and set MAPILLARY_APP_ID, MAPILLARY_SECRET and MAPILLARY_REDIRECT_URI; or use --jwt, or `waypost practice`."
        }
        "connection" | "dns" | "timeout" => {
            "Check the network, then start the same command once more: it goes on where it stopped."
        }
        "rate_limited" => "Wait a while, then start the same command once more.",
        "server_status" => {
            "Try again later: the same command goes on where it stopped. If it stays, report it with this message."
        }
        "already_running" => "Use that one, or close it first; `waypost status` works beside it.",
        "finish_doubtful" => {
            "Look at your Mapillary profile, then `waypost settle NUMBER --taken` or `--finish_again`."
        }
        "processing_failed" | "lost_at_service" => {
            "If the photos are good, send them again with --reupload; it becomes a new upload."
        }
        "source_changed" => "Start the same command once more: it reads the photos as they are now.",
        _ => return None,
    })
}

/// A command's end: its exit code, or what ended it.
pub type Ending = Result<u8, Failure>;

/// What only a command line complains about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Complaint {
    /// The command line itself cannot be understood.
    BadOption,
    /// Some files cannot be used, and nobody said to go on without them.
    FilesRefused,
}

impl Complaint {
    /// The stable code, with an entry in docs/errors.md.
    pub fn code(self) -> &'static str {
        match self {
            Self::BadOption => "bad_option",
            Self::FilesRefused => "files_refused",
        }
    }

    /// The problem, with its sentence and what to do.
    pub fn problem(self, message: String, action: &str) -> Problem {
        Problem {
            code: self.code().into(),
            message,
            action: action.into(),
            retry: Retry::AfterAction,
        }
    }
}
