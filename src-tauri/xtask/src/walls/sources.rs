//! What a part of the house must not name, and the lints it must carry.

use super::rust_code;
use super::rust_paths::paths;
use super::tree::{Tree, is_test_file};

/// Below the folder no path of the code holds one of these; the last column says why.
const FORBIDDEN: [(&str, &[&str], &str); 4] = [
    (
        "src-tauri/media/src",
        &[
            "std::fs",
            "std::net",
            "std::env",
            "std::process",
            "SystemTime",
            "Instant",
            "tokio",
        ],
        "media opens no file, no socket and reads no clock",
    ),
    (
        "src-tauri/mapillary/src",
        &["std::fs", "tokio::fs", "rusqlite", "keyring", "walkdir", "zip", "tauri"],
        "mapillary knows HTTP and JSON, not folders, queues, keychains or windows",
    ),
    (
        "src-tauri/core/src",
        &["tauri", "wry", "tao", "clap"],
        "the core knows no window and no command line",
    ),
    (
        "src-tauri/cli/src",
        &["tauri", "wry", "tao"],
        "the command line runs without a window",
    ),
];

/// Lints that the first file of a crate denies or forbids.
const LINTS: [(&str, &[&str]); 4] = [
    (
        "media",
        &[
            "unwrap_used",
            "expect_used",
            "panic",
            "indexing_slicing",
            "arithmetic_side_effects",
        ],
    ),
    ("mapillary", &["unwrap_used", "expect_used", "panic"]),
    ("core", &["unwrap_used", "expect_used", "panic"]),
    ("sandbox", &["unwrap_used", "expect_used", "panic"]),
];

/// What no view of the window holds: the content security policy would stop it in some web views only.
const NOT_IN_VIEWS: [&str; 2] = [" style=\"", "{@html"];

/// Checks all sources.
pub fn check(tree: &Tree) -> Vec<String> {
    let mut breaches = Vec::new();
    for (folder, forbidden, why) in FORBIDDEN {
        for (name, text) in tree.below(folder, &[".rs"]).filter(|(name, _)| !is_test_file(name)) {
            for path in paths(&rust_code::read(text).code) {
                if let Some(word) = forbidden.iter().find(|word| holds(&path.parts, word)) {
                    breaches.push(format!("{name}:{} names {word}: {why}", path.line));
                }
            }
        }
    }
    for (package, lints) in LINTS {
        let file = format!("src-tauri/{package}/src/lib.rs");
        let Some(text) = tree.text(&file) else {
            breaches.push(format!("{file} is missing"));
            continue;
        };
        let denied = denied(&rust_code::read(text).code);
        let missing = lints.iter().filter(|lint| !denied.contains(&format!("clippy::{lint}")));
        breaches.extend(missing.map(|lint| format!("{file} does not deny clippy::{lint}")));
    }
    for (name, text) in tree.below("ui/src", &[".svelte"]) {
        for word in NOT_IN_VIEWS.iter().filter(|word| text.contains(**word)) {
            breaches.push(format!(
                "{name} holds {}: the content security policy forbids it",
                word.trim()
            ));
        }
    }
    breaches
}

/// Whether `word` (`a::b`) is a run of whole parts.
fn holds(parts: &[String], word: &str) -> bool {
    let word: Vec<&str> = word.split("::").collect();
    parts.windows(word.len()).any(|window| window == word.as_slice())
}

/// Lints inside `#![deny(…)]`, `#![forbid(…)]`, or the same inside `#![cfg_attr(not(test), …)]`.
fn denied(code: &str) -> Vec<String> {
    let attributes = code.split("#![").skip(1).filter_map(|rest| rest.split(']').next());
    let denying = attributes.filter(|attribute| attribute.contains("deny(") || attribute.contains("forbid("));
    denying.flat_map(paths).map(|path| path.parts.join("::")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const FULL: &str = "//! A crate.\n#![deny(clippy::unwrap_used, clippy::expect_used, clippy::panic)]\n\
                        #![cfg_attr(not(test), deny(clippy::indexing_slicing, clippy::arithmetic_side_effects))]\n";
    const HOUSE: [(&str, &str); 4] = [
        ("src-tauri/media/src/lib.rs", FULL),
        ("src-tauri/mapillary/src/lib.rs", FULL),
        ("src-tauri/core/src/lib.rs", FULL),
        ("src-tauri/sandbox/src/lib.rs", FULL),
    ];

    fn house(more: &[(&str, &str)]) -> Tree {
        Tree::of(&[&HOUSE, more].concat())
    }

    #[test]
    fn a_sound_house_is_quiet() {
        assert_eq!(check(&house(&[])), Vec::<String>::new());
    }

    #[test]
    fn a_reader_that_opens_files_breaks_the_wall_and_a_comment_or_test_about_it_does_not() {
        let source = "//! Not std::fs.\nuse std::{\n    fs::File,\n    io,\n};\nuse std::time;\n\
                      fn f() { time::Instant::now(); g(\"std::net\"); my_fs(); }\n\
                      #[cfg(test)]\nmod t { use std::fs; }\nfn late() { std::env::var(\"A\"); }\n";
        let tree = house(&[
            ("src-tauri/media/src/exif.rs", source),
            ("src-tauri/media/src/exif/tests.rs", "//! T.\nuse std::fs;\n"),
            (
                "src-tauri/mapillary/src/send.rs",
                "//! S.\nfn f() { tokio::fs::File::open(); tokio::spawn(); }\n",
            ),
        ]);
        let why = "media opens no file, no socket and reads no clock";
        let expected = [
            format!("src-tauri/media/src/exif.rs:3 names std::fs: {why}"),
            format!("src-tauri/media/src/exif.rs:7 names Instant: {why}"),
            format!("src-tauri/media/src/exif.rs:10 names std::env: {why}"),
            "src-tauri/mapillary/src/send.rs:2 names tokio::fs: mapillary knows HTTP and JSON, not folders, queues, \
             keychains or windows"
                .to_owned(),
        ];
        assert_eq!(check(&tree), expected);
    }

    #[test]
    fn a_crate_that_allows_what_it_must_deny_breaks_the_wall() {
        let mut files = HOUSE;
        files[2].1 = "//! Core.\n#![deny(clippy::unwrap_used)]\n#![allow(clippy::expect_used)]\n// clippy::panic\n";
        assert_eq!(
            check(&Tree::of(&files)),
            [
                "src-tauri/core/src/lib.rs does not deny clippy::expect_used",
                "src-tauri/core/src/lib.rs does not deny clippy::panic"
            ]
        );
    }

    #[test]
    fn views_hold_no_inline_style_and_no_raw_html() {
        let tree = house(&[(
            "ui/src/views/A.svelte",
            "<p style=\"x\">{@html text}</p><p style:width={w}></p>",
        )]);
        let breaches = check(&tree);
        assert_eq!(breaches.len(), 2, "{breaches:?}");
        assert!(breaches[0].starts_with("ui/src/views/A.svelte holds style="));
    }
}
