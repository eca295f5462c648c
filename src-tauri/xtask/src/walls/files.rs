//! A file has one purpose: it says so in its first lines, and it rarely passes 400 lines.

use std::path::{Path, PathBuf};

/// More lines than this are a question.
const MANY: usize = 400;
/// More lines than this are a breach.
const TOO_MANY: usize = 600;

/// All files below `folder` with one of these endings; build products and packages of others left out.
pub fn files_below(folder: &Path, endings: &[&str]) -> Vec<PathBuf> {
    let mut found = Vec::new();
    collect(folder, endings, &mut found);
    found.sort();
    found
}

fn collect(folder: &Path, endings: &[&str], found: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
        let path = entry.path();
        let name = entry.file_name().to_string_lossy().into_owned();
        if path.is_dir() {
            let foreign =
                ["target", "node_modules", "dist", "test-output", "gen"].contains(&name.as_str());
            if !foreign && !name.starts_with('.') {
                collect(&path, endings, found);
            }
        } else if endings.iter().any(|ending| name.ends_with(ending)) {
            found.push(path);
        }
    }
}

/// `path` as it is called in messages.
pub fn shown(root: &Path, path: &Path) -> String {
    path.strip_prefix(root)
        .unwrap_or(path)
        .display()
        .to_string()
        .replace('\\', "/")
}

/// Checks every source file.
pub fn check(root: &Path) -> Result<Vec<String>, String> {
    let mut breaches = Vec::new();
    for path in files_below(root, &[".rs", ".ts", ".svelte"]) {
        let name = shown(root, &path);
        if name.ends_with(".gen.ts") {
            continue;
        }
        let text = std::fs::read_to_string(&path).map_err(|error| format!("{name}: {error}"))?;
        let lines = text.lines().count();
        if lines > TOO_MANY {
            breaches.push(format!(
                "{name} has {lines} lines: split it by purpose ({TOO_MANY} at most)"
            ));
        } else if lines > MANY {
            println!("note: {name} has {lines} lines (one purpose?)");
        }
        let is_included_test = name.contains("/tests/") && !name.ends_with("mod.rs");
        let is_rust = path.extension().is_some_and(|ending| ending == "rs");
        if is_rust && !text.starts_with("//!") && !is_included_test {
            breaches.push(format!(
                "{name} does not say in its first line (//!) why it exists"
            ));
        }
    }
    Ok(breaches)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::walls::sources::tests::house;

    #[test]
    fn a_file_without_a_reason_and_a_file_without_an_end_are_breaches() {
        let long = format!("//! Long.\n{}", "let a = 1;\n".repeat(700));
        let root = house(
            "files",
            &[
                ("src/a.rs", "fn a() {}\n"),
                ("src/b.rs", &long),
                ("src/c.rs", "//! Fine.\n"),
            ],
        );
        let breaches = check(&root).unwrap();
        assert_eq!(breaches.len(), 2, "{breaches:?}");
        assert!(breaches[0].contains("src/a.rs") && breaches[1].contains("src/b.rs has 701 lines"));
    }
}
