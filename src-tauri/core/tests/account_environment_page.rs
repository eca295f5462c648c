//! The page about environment variables lists every one that the sources read.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

/// Names in string literals that begin like one of ours or of mapillary_tools.
fn names_in(text: &str) -> impl Iterator<Item = &str> {
    text.split('"').filter(|part| {
        (part.starts_with("WAYPOST_") || part.starts_with("MAPILLARY_"))
            && part.len() > "MAPILLARY_".len()
            && part
                .bytes()
                .all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit() || byte == b'_')
    })
}

/// The Rust files below `folder` that become part of a program.
fn sources(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).unwrap().flatten() {
        let path = entry.path();
        if path.is_dir() {
            // What tests read is their own business.
            if path.file_name().is_none_or(|name| name != "tests") {
                sources(&path, found);
            }
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            found.push(path);
        }
    }
}

#[test]
fn every_variable_that_is_read_is_on_the_page() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let page = std::fs::read_to_string(root.join("docs/environment.md")).unwrap();
    let mut files = Vec::new();
    sources(&root.join("src-tauri"), &mut files);
    let mut missing = BTreeSet::new();
    let mut seen = BTreeSet::new();
    for file in files {
        let text = std::fs::read_to_string(&file).unwrap();
        for name in names_in(&text).filter(|name| !["WAYPOST_X", "WAYPOST_Y"].contains(name)) {
            seen.insert(name.to_owned());
            if !page.contains(&format!("`{name}`")) {
                missing.insert(format!("{name} ({})", file.display()));
            }
        }
    }
    assert!(
        seen.contains("WAYPOST_USER_TOKEN") && seen.contains("WAYPOST_DATA_DIR"),
        "{seen:?}"
    );
    assert!(missing.is_empty(), "not in docs/environment.md: {missing:#?}");
}
