//! What the program was started with: by hand, by a file manager ("open with"), or a second time.

use std::ffi::{OsStr, OsString};
use std::path::{Path, PathBuf};

use url::Url;

/// The argument that begins in practice mode.
pub const PRACTICE_ARGUMENT: &str = "--practice";

/// The arguments of a start, understood.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Start {
    /// Whether practice mode was asked for.
    pub practice: bool,
    /// Files and folders to read, absolute. Whether they exist is found out by reading them.
    pub paths: Vec<PathBuf>,
}

impl Start {
    /// Reads the arguments behind the program's name. A relative path belongs to `folder`, the folder of whoever started
    /// it; file managers may say `file:` addresses. Unknown options are passed over: a desktop adds its own. Behind `--`
    /// everything is a path.
    pub fn read<A: Into<OsString>>(arguments: impl IntoIterator<Item = A>, folder: &Path) -> Self {
        let mut start = Self::default();
        let mut only_paths = false;
        for argument in arguments {
            let argument = argument.into();
            if only_paths {
                start.paths.push(folder.join(argument));
            } else if argument == "--" {
                only_paths = true;
            } else if argument == PRACTICE_ARGUMENT {
                start.practice = true;
            } else if !is_option(&argument) && !argument.is_empty() {
                start.paths.push(path_of(&argument, folder));
            }
        }
        start
    }
}

fn is_option(argument: &OsStr) -> bool {
    argument.as_encoded_bytes().starts_with(b"-")
}

fn path_of(argument: &OsStr, folder: &Path) -> PathBuf {
    let address = argument
        .to_str()
        .filter(|text| text.starts_with("file:"))
        .and_then(|text| Url::parse(text).ok());
    match address.and_then(|address| address.to_file_path().ok()) {
        Some(path) => path,
        None => folder.join(argument),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(arguments: &[&str]) -> Start {
        Start::read(arguments, &std::env::temp_dir().join("walks"))
    }

    fn below(name: &str) -> PathBuf {
        std::env::temp_dir().join("walks").join(name)
    }

    #[test]
    fn paths_of_a_start_belong_to_the_folder_it_came_from() {
        let absolute = std::env::temp_dir().join("GX010001.MP4");
        let start = read(&["DCIM", absolute.to_str().unwrap()]);
        assert_eq!(start.paths, [below("DCIM"), absolute]);
        assert!(!start.practice);
    }

    #[test]
    fn options_are_no_paths_and_unknown_ones_are_passed_over() {
        let start = read(&["--practice", "-psn_0_1234", "--gtk-debug=all", "", "a b ü"]);
        assert_eq!((start.practice, start.paths), (true, vec![below("a b ü")]));
        let start = read(&["--", "--practice"]);
        assert_eq!((start.practice, start.paths), (false, vec![below("--practice")]));
    }

    #[test]
    fn a_file_address_is_its_path() {
        let path = std::env::temp_dir().join("My photos ü");
        let address = Url::from_file_path(&path).unwrap();
        assert_eq!(read(&[address.as_str()]).paths, [path]);
        // No path behind it: it is what the file manager called it, and reading says that it is not there.
        assert_eq!(read(&["file:"]).paths.len(), 1);
    }
}
