//! The sources as the walls see them: names and texts, read once, so that a test can hand over a broken house.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// Endings of the files that some wall looks into.
const ENDINGS: [&str; 7] = [".rs", ".ts", ".js", ".svelte", ".css", ".md", ".snap"];
/// Folders that hold what programs made or others wrote.
const FOREIGN: [&str; 5] = ["target", "node_modules", "dist", "test-output", "gen"];

/// Text files of the repository by their path from its root, with `/` on every system.
#[derive(Debug, Default)]
pub struct Tree(BTreeMap<String, String>);

impl Tree {
    /// Reads the repository.
    pub fn read(root: &Path) -> Result<Self, String> {
        let mut files = BTreeMap::new();
        for path in every_file_below(root) {
            let name = shown(root, &path);
            if ENDINGS.iter().any(|ending| name.ends_with(ending)) {
                let text = std::fs::read_to_string(&path).map_err(|error| format!("{name}: {error}"))?;
                files.insert(name, text);
            }
        }
        Ok(Self(files))
    }

    /// A tree made of these files.
    #[cfg(test)]
    pub fn of(files: &[(&str, &str)]) -> Self {
        Self(
            files
                .iter()
                .map(|(name, text)| ((*name).to_owned(), (*text).to_owned()))
                .collect(),
        )
    }

    /// The text of a file.
    pub fn text(&self, name: &str) -> Option<&str> {
        self.0.get(name).map(String::as_str)
    }

    /// Names and texts of the files below `folder` (`""` for all) with one of these endings, in order of name.
    pub fn below<'a>(&'a self, folder: &'a str, endings: &'a [&'a str]) -> impl Iterator<Item = (&'a str, &'a str)> {
        self.0
            .iter()
            .map(|(name, text)| (name.as_str(), text.as_str()))
            .filter(move |(name, _)| {
                let inside = folder.is_empty() || name.strip_prefix(folder).is_some_and(|rest| rest.starts_with('/'));
                inside && endings.iter().any(|ending| name.ends_with(ending))
            })
    }
}

/// Every file below `folder`, in order; foreign and hidden folders left out.
pub fn every_file_below(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let mut folders = vec![folder.to_path_buf()];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(&folder).into_iter().flatten().flatten() {
            let path = entry.path();
            let name = entry.file_name().to_string_lossy().into_owned();
            // A link is not followed: it could lead in a circle.
            let is_folder = entry.file_type().is_ok_and(|kind| kind.is_dir());
            if is_folder && !FOREIGN.contains(&name.as_str()) && !name.starts_with('.') {
                folders.push(path);
            } else if !is_folder {
                found.push(path);
            }
        }
    }
    found.sort();
    found
}

/// `path` as it is called in messages.
fn shown(root: &Path, path: &Path) -> String {
    path.strip_prefix(root)
        .unwrap_or(path)
        .to_string_lossy()
        .replace('\\', "/")
}

/// Whether a Rust file holds tests only, by its name.
pub fn is_test_file(name: &str) -> bool {
    name.starts_with("tests/")
        || name.contains("/tests/")
        || name.contains("/benches/")
        || name.ends_with("/tests.rs")
        || name.ends_with("_tests.rs")
        || name.ends_with("_test.rs")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_are_chosen_by_folder_and_ending() {
        let tree = Tree::of(&[("ui/src/a.ts", "1"), ("ui/src2/b.ts", "2"), ("ui/src/c.css", "3")]);
        assert_eq!(
            tree.below("ui/src", &[".ts"]).collect::<Vec<_>>(),
            [("ui/src/a.ts", "1")]
        );
        assert_eq!(tree.below("", &[".ts", ".css"]).count(), 3);
    }

    #[test]
    fn the_repository_itself_is_read_without_what_others_wrote() {
        let tree = Tree::read(&crate::place::root()).unwrap();
        assert!(
            tree.text("src-tauri/xtask/src/walls/tree.rs")
                .is_some_and(|text| text.starts_with("//! The sources"))
        );
        assert!(
            tree.below("", &[".ts", ".js"])
                .all(|(name, _)| !name.contains("node_modules"))
        );
    }
}
