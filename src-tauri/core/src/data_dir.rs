//! Where Waypost keeps its journal, its list of accounts and its settings.
//!
//! One answer for the window and the command line, so that both see the same uploads.

use std::path::{Path, PathBuf};

use directories::ProjectDirs;

use crate::environment::Environment;
use crate::error::CoreError;

/// The variable that moves the data folder.
pub const DATA_DIR_VARIABLE: &str = "WAYPOST_DATA_DIR";

/// The data folder: `WAYPOST_DATA_DIR`, else the platform's place for data of this computer's user (Linux
/// `$XDG_DATA_HOME/waypost` or `~/.local/share/waypost`, macOS `~/Library/Application Support/org.waypost.desktop`,
/// Windows `%LOCALAPPDATA%\waypost\desktop\data`).
///
/// [`CoreError::InvalidSetting`] when the variable is not set and the user has no home folder.
pub fn data_dir(environment: &Environment) -> Result<PathBuf, CoreError> {
    if let Some(path) = environment.path(DATA_DIR_VARIABLE) {
        return Ok(path);
    }
    // "desktop" is the application's part of the name on macOS and Windows; on Linux the folder is the project's.
    let (organisation, application) = if cfg!(target_os = "linux") {
        ("", "waypost")
    } else {
        ("waypost", "desktop")
    };
    ProjectDirs::from("org", organisation, application)
        .map(|places| places.data_local_dir().to_path_buf())
        .ok_or_else(|| CoreError::InvalidSetting {
            name: DATA_DIR_VARIABLE.into(),
            reason: "it is not set, and this user has no home folder to take instead".into(),
        })
}

/// Makes the data folder where it is missing, readable by its owner alone on Unix. A folder that is already there
/// keeps its rights. [`CoreError::Io`] names the folder.
pub fn create_data_dir(path: &Path) -> Result<(), CoreError> {
    let mut builder = std::fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(path).map_err(|source| CoreError::Io {
        path: path.to_path_buf(),
        source,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_variable_decides_where_the_data_is() {
        let start = std::env::temp_dir();
        let environment = Environment::empty(&start);
        let moved = environment.clone().with(DATA_DIR_VARIABLE, "own");
        assert_eq!(data_dir(&moved).unwrap(), start.join("own"));
        let platform = data_dir(&environment.with(DATA_DIR_VARIABLE, "")).unwrap();
        assert!(
            platform.is_absolute() && platform.to_string_lossy().contains("waypost"),
            "{}",
            platform.display()
        );
    }

    #[cfg(unix)]
    #[test]
    fn a_new_data_folder_belongs_to_its_owner_alone() {
        use std::os::unix::fs::PermissionsExt;
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a/b");
        create_data_dir(&path).unwrap();
        create_data_dir(&path).unwrap();
        assert_eq!(std::fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o700);
    }

    #[test]
    fn a_file_in_the_way_is_named() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a");
        std::fs::write(&path, "").unwrap();
        let error = create_data_dir(&path).unwrap_err();
        assert_eq!(error.code(), "file_error");
        assert!(error.to_string().contains(&path.display().to_string()));
    }
}
