//! What can stop the sandbox from starting. Everything that goes wrong later is an HTTP answer.

use std::path::PathBuf;

/// Why a practice Mapillary did not start or broke off.
#[derive(Debug, thiserror::Error)]
pub enum SandboxError {
    /// The data folder, or a file in it, cannot be read or written.
    #[error("the practice data at {} cannot be used: {source}", path.display())]
    DataFolder {
        /// The file or folder.
        path: PathBuf,
        /// What the system says.
        source: std::io::Error,
    },
    /// Another sandbox works in this data folder.
    #[error("another practice server is using {}", path.display())]
    DataFolderInUse {
        /// The data folder.
        path: PathBuf,
    },
    /// A file of an earlier run is not what this version writes.
    #[error("the practice data in {} is damaged: {reason}; delete the folder to start afresh", path.display())]
    DamagedState {
        /// The file.
        path: PathBuf,
        /// What the reader says.
        reason: String,
    },
    /// The port is taken, or the loopback address is missing.
    #[error("cannot listen on 127.0.0.1:{port}: {source}")]
    Listen {
        /// The port that was asked for; 0 means any free one.
        port: u16,
        /// What the system says.
        source: std::io::Error,
    },
    /// The redirect URI of the configuration is not a URL.
    #[error("the redirect URI {uri:?} is not a URL: {reason}")]
    RedirectUri {
        /// The configured text.
        uri: String,
        /// What the parser says.
        reason: String,
    },
    /// The system gives no random numbers.
    #[error("the system gives no random numbers: {reason}")]
    Random {
        /// What the system says.
        reason: String,
    },
}

impl SandboxError {
    /// A name for this kind of failure that never changes.
    pub fn code(&self) -> &'static str {
        match self {
            Self::DataFolder { .. } => "sandbox_data_folder",
            Self::DataFolderInUse { .. } => "sandbox_data_folder_in_use",
            Self::DamagedState { .. } => "sandbox_damaged_state",
            Self::Listen { .. } => "sandbox_listen",
            Self::RedirectUri { .. } => "sandbox_redirect_uri",
            Self::Random { .. } => "sandbox_random",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// No system that this can be built on runs out of random numbers; the words are checked all the same.
    #[test]
    fn a_system_without_random_numbers_is_named() {
        let error = SandboxError::Random {
            reason: "a test".into(),
        };
        assert_eq!(error.code(), "sandbox_random");
        assert!(error.to_string().contains("a test"));
    }
}
