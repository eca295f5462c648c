//! What a part of the house must not even mention.

use std::path::Path;

use super::files::{files_below, shown};

/// Below the first folder none of the words may stand in code; the last column says why.
const FORBIDDEN: [(&str, &[&str], &str); 3] = [
    (
        "src-tauri/media/src",
        &[
            "std::fs",
            "std::net",
            "SystemTime",
            "Instant::now",
            "tokio",
            "std::env",
        ],
        "media opens no file, no socket and reads no clock",
    ),
    (
        "src-tauri/mapillary/src",
        &["std::fs", "tokio::fs", "rusqlite", "keyring"],
        "mapillary knows HTTP and JSON, not folders, queues or keychains",
    ),
    (
        "src-tauri/core/src",
        &["tauri::", "wry::", "clap::"],
        "the core knows no window and no command line",
    ),
];

/// Lints that must stand in the first file of a crate.
const LINTS: [(&str, &[&str]); 2] = [
    (
        "src-tauri/media/src/lib.rs",
        &[
            "clippy::unwrap_used",
            "clippy::expect_used",
            "clippy::indexing_slicing",
            "clippy::arithmetic_side_effects",
        ],
    ),
    (
        "src-tauri/core/src/lib.rs",
        &["clippy::unwrap_used", "clippy::expect_used"],
    ),
];

/// Checks all sources.
pub fn check(root: &Path) -> Result<Vec<String>, String> {
    let mut breaches = Vec::new();
    for (folder, words, why) in FORBIDDEN {
        for path in files_below(&root.join(folder), &[".rs"]) {
            let name = shown(root, &path);
            if is_test(&name) {
                continue;
            }
            for (number, line) in code_lines(&read(&path)?) {
                for word in words.iter().filter(|word| line.contains(**word)) {
                    breaches.push(format!("{name}:{number} says {word}: {why}"));
                }
            }
        }
    }
    for (file, lints) in LINTS {
        let path = root.join(file);
        if path.parent().is_some_and(Path::is_dir) {
            let text = read(&path)?;
            let missing = lints.iter().filter(|lint| !text.contains(**lint));
            breaches.extend(missing.map(|lint| format!("{file} does not deny {lint}")));
        }
    }
    for path in files_below(&root.join("ui/src"), &[".ts", ".svelte"]) {
        let name = shown(root, &path);
        if !name.starts_with("ui/src/platform/") && read(&path)?.contains("@tauri-apps") {
            breaches.push(format!(
                "{name} imports @tauri-apps: only ui/src/platform does"
            ));
        }
    }
    for path in files_below(&root.join("ui/src"), &[".svelte"]) {
        let name = shown(root, &path);
        let text = read(&path)?;
        for word in [" style=\"", "{@html"] {
            if text.contains(word) {
                breaches.push(format!(
                    "{name} holds {word}: the content security policy forbids it"
                ));
            }
        }
    }
    Ok(breaches)
}

fn read(path: &Path) -> Result<String, String> {
    std::fs::read_to_string(path).map_err(|error| format!("{}: {error}", path.display()))
}

fn is_test(name: &str) -> bool {
    name.ends_with("tests.rs") || name.contains("/tests/") || name.ends_with("_test.rs")
}

/// The lines that are code, with their numbers: comments and the test module at the end are left out.
fn code_lines(text: &str) -> Vec<(usize, String)> {
    let end = text.find("#[cfg(test)]").unwrap_or(text.len());
    text.get(..end)
        .unwrap_or(text)
        .lines()
        .enumerate()
        .map(|(number, line)| {
            (
                number + 1,
                line.split("//").next().unwrap_or_default().to_owned(),
            )
        })
        .collect()
}

#[cfg(test)]
pub mod tests {
    use super::*;
    use std::path::PathBuf;

    /// A small house for the tests of the walls.
    pub fn house(name: &str, files: &[(&str, &str)]) -> PathBuf {
        let root =
            std::env::temp_dir().join(format!("waypost-walls-{name}-{}", std::process::id()));
        std::fs::remove_dir_all(&root).ok();
        for (path, text) in files {
            let path = root.join(path);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(path, text).unwrap();
        }
        root
    }

    #[test]
    fn a_reader_that_opens_files_breaks_the_wall_and_a_comment_about_it_does_not() {
        let lints = "//! Media.\n#![deny(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::arithmetic_side_effects)]\n";
        let root = house(
            "sources",
            &[
                ("src-tauri/media/src/lib.rs", lints),
                (
                    "src-tauri/media/src/exif.rs",
                    "//! Not std::fs.\nuse std::fs::File;\n#[cfg(test)]\nmod t { use std::fs; }\n",
                ),
                ("src-tauri/core/src/lib.rs", "//! Core.\n"),
                (
                    "ui/src/views/Queue.svelte",
                    "<script>import x from \"@tauri-apps/api\"</script><p style=\"x\"></p>",
                ),
                (
                    "ui/src/platform/tauri.ts",
                    "import { invoke } from \"@tauri-apps/api/core\";",
                ),
            ],
        );
        let breaches = check(&root).unwrap();
        let expected = [
            "src-tauri/media/src/exif.rs:2 says std::fs",
            "src-tauri/core/src/lib.rs does not deny clippy::unwrap_used",
            "src-tauri/core/src/lib.rs does not deny clippy::expect_used",
            "ui/src/views/Queue.svelte imports @tauri-apps",
            "ui/src/views/Queue.svelte holds  style=",
        ];
        assert_eq!(breaches.len(), expected.len(), "{breaches:#?}");
        for (breach, start) in breaches.iter().zip(expected) {
            assert!(breach.starts_with(start), "{breach}");
        }
    }
}
