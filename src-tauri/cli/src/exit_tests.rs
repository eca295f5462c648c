//! Every error code of every crate has its exit code, and docs/errors.md says the same.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use super::*;

fn repository() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

fn sources_below(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        if path.is_dir() {
            if name != "tests" && name != "xtask" {
                sources_below(&path, found);
            }
        } else if path.extension().is_some_and(|suffix| suffix == "rs") && !name.ends_with("tests.rs") {
            found.push(path);
        }
    }
}

/// The codes that the sources can give: the texts in functions called `code`, and those of problems and warnings.
fn codes_in_sources() -> BTreeSet<String> {
    let mut sources = Vec::new();
    sources_below(&repository().join("src-tauri"), &mut sources);
    let mut codes = BTreeSet::new();
    for source in sources {
        let text = std::fs::read_to_string(source).unwrap();
        let text = text.split("#[cfg(test)]").next().unwrap_or_default();
        for body in text.split("fn code(").skip(1) {
            let body = body.split("\n    }").next().unwrap_or_default();
            codes.extend(body.lines().filter_map(|line| quoted_after(line, "=>")));
        }
        codes.extend(text.lines().filter_map(|line| quoted_after(line, " code:")));
    }
    codes
}

/// The code that stands in quotes right after `mark`.
fn quoted_after(line: &str, mark: &str) -> Option<String> {
    let (_, rest) = line.split_once(mark)?;
    let word = rest.trim_start().strip_prefix('"')?.split('"').next()?;
    let is_code = word
        .bytes()
        .all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_');
    (is_code && !word.is_empty()).then(|| word.to_owned())
}

/// The entries of the page: code and exit code.
fn codes_on_page() -> BTreeMap<String, u8> {
    let page = std::fs::read_to_string(repository().join("docs/errors.md")).unwrap();
    page.split("\n### `")
        .skip(1)
        .map(|entry| {
            let (code, text) = entry.split_once('`').unwrap();
            let (_, exit) = text
                .rsplit_once("Exit code")
                .unwrap_or_else(|| panic!("the entry of {code} names no exit code"));
            let digits: String = exit.trim_start().chars().take_while(char::is_ascii_digit).collect();
            (code.to_owned(), digits.parse().unwrap())
        })
        .collect()
}

#[test]
fn every_code_of_the_sources_has_its_exit_code() {
    let codes = codes_in_sources();
    assert!(codes.len() > 100, "{codes:?}");
    let without: Vec<&String> = codes.iter().filter(|code| listed(code).is_none()).collect();
    assert_eq!(without, Vec::<&String>::new(), "codes without an exit code");
    let unknown: Vec<&&str> = CODES
        .iter()
        .flat_map(|(_, listed)| *listed)
        .filter(|code| !codes.contains(**code))
        .collect();
    assert_eq!(unknown, Vec::<&&str>::new(), "exit codes of codes that do not exist");
}

#[test]
fn no_code_has_two_exit_codes() {
    let mut seen = BTreeSet::new();
    for code in CODES.iter().flat_map(|(_, listed)| *listed) {
        assert!(seen.insert(code), "{code} is listed twice");
    }
}

#[test]
fn the_page_of_errors_has_an_entry_for_every_code_with_its_exit_code() {
    let page = codes_on_page();
    let program: BTreeMap<String, u8> = codes_in_sources()
        .into_iter()
        .map(|code| {
            let exit = of_code(&code);
            (code, exit)
        })
        .collect();
    assert_eq!(page, program);
}

#[test]
fn a_code_that_nobody_knows_is_a_failure_all_the_same() {
    assert_eq!(of_code("from_the_future"), OTHER);
}
