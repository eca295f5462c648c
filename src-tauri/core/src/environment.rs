//! The variables a program was started with, as a value: the core never asks the process itself, so a test (or the
//! window) can say what the surroundings are.
//!
//! Every variable that Waypost reads is listed in docs/environment.md.

mod dotenv;

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::fmt;
use std::path::{Path, PathBuf};

use secrecy::SecretString;

pub use dotenv::{DotEnvError, parse_dotenv};

use crate::error::CoreError;

/// Environment variables and the working directory. `Debug` tells the names only: values may be secrets.
#[derive(Clone, Default)]
pub struct Environment {
    variables: BTreeMap<String, OsString>,
    working_dir: PathBuf,
}

impl Environment {
    /// The surroundings of this process. Variables whose names are not Unicode are left out: none of ours is.
    pub fn from_process() -> Self {
        let variables = std::env::vars_os()
            .filter_map(|(name, value)| Some((normal_name(name.to_str()?), value)))
            .collect();
        Self {
            variables,
            working_dir: std::env::current_dir().unwrap_or_default(),
        }
    }

    /// Nothing set, and this working directory.
    pub fn empty(working_dir: &Path) -> Self {
        Self {
            variables: BTreeMap::new(),
            working_dir: working_dir.to_path_buf(),
        }
    }

    /// The same with one variable more, or another value.
    #[must_use]
    pub fn with(mut self, name: &str, value: impl Into<OsString>) -> Self {
        self.variables.insert(normal_name(name), value.into());
        self
    }

    /// The same without one variable.
    #[must_use]
    pub fn without(mut self, name: &str) -> Self {
        self.variables.remove(&normal_name(name));
        self
    }

    /// Where the program was started.
    pub fn working_dir(&self) -> &Path {
        &self.working_dir
    }

    /// Whether the variable is there, even if empty.
    pub fn is_set(&self, name: &str) -> bool {
        self.variables.contains_key(&normal_name(name))
    }

    /// A text. Unset and empty are both `None`; a value that is not Unicode is [`CoreError::InvalidSetting`].
    pub fn text(&self, name: &str) -> Result<Option<String>, CoreError> {
        let Some(value) = self.variables.get(&normal_name(name)) else {
            return Ok(None);
        };
        let text = value.to_str().ok_or_else(|| CoreError::InvalidSetting {
            name: name.into(),
            reason: "its value is not valid Unicode".into(),
        })?;
        Ok(Some(text.trim()).filter(|text| !text.is_empty()).map(str::to_owned))
    }

    /// A text that must not be shown. Errors as [`Environment::text`].
    pub fn secret(&self, name: &str) -> Result<Option<SecretString>, CoreError> {
        Ok(self.text(name)?.map(SecretString::from))
    }

    /// A path, made absolute against the working directory. Unset and empty are both `None`.
    pub fn path(&self, name: &str) -> Option<PathBuf> {
        let value = self
            .variables
            .get(&normal_name(name))
            .filter(|value| !value.is_empty())?;
        Some(self.working_dir.join(value))
    }
}

impl fmt::Debug for Environment {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("Environment")
            .field("names", &self.variables.keys().collect::<Vec<_>>())
            .field("working_dir", &self.working_dir)
            .finish()
    }
}

/// Windows does not tell upper from lower case in names.
fn normal_name(name: &str) -> String {
    if cfg!(windows) {
        name.to_ascii_uppercase()
    } else {
        name.to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_empty_variable_counts_as_unset() {
        let environment = Environment::empty(Path::new("/start"))
            .with("WAYPOST_X", "")
            .with("WAYPOST_Y", "  ");
        assert!(environment.is_set("WAYPOST_X"));
        assert_eq!(environment.text("WAYPOST_X").unwrap(), None);
        assert_eq!(environment.text("WAYPOST_Y").unwrap(), None);
        assert_eq!(environment.path("WAYPOST_X"), None);
    }

    #[test]
    fn a_relative_path_is_seen_from_the_working_directory() {
        let environment = Environment::empty(Path::new("/start")).with("WAYPOST_X", "data");
        assert_eq!(environment.path("WAYPOST_X"), Some(PathBuf::from("/start/data")));
    }

    #[test]
    fn debug_output_tells_names_and_never_values() {
        let environment = Environment::empty(Path::new("/start")).with("WAYPOST_USER_TOKEN", "canary-in-environment");
        let printed = format!("{environment:?}");
        assert!(printed.contains("WAYPOST_USER_TOKEN"));
        assert!(!printed.contains("canary"));
    }

    #[test]
    fn the_process_environment_is_read() {
        let environment = Environment::from_process();
        assert_eq!(
            environment.text("CARGO_PKG_NAME").unwrap().as_deref(),
            Some("waypost-core")
        );
        assert!(environment.working_dir().is_absolute());
    }
}
