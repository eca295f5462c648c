//! Every error code has an entry in docs/errors.md and a test that names it, and every entry has its code.
//!
//! A code is a snake_case text inside the body of a function called `code`, outside tests. Its entry is a heading
//! `### code` (with or without backticks). A test names it as a whole text, `"code"`, or in a snapshot.

use std::collections::{BTreeMap, BTreeSet};

use super::rust_code;
use super::tree::{Tree, is_test_file};

const PAGE: &str = "docs/errors.md";

/// Checks the page and the tests.
pub fn check(tree: &Tree) -> Vec<String> {
    let mut codes: BTreeMap<String, &str> = BTreeMap::new();
    let mut tests = String::new();
    // The fixtures of our own tests name codes that do not exist.
    for (name, text) in tree
        .below("", &[".rs"])
        .filter(|(name, _)| !name.starts_with("src-tauri/xtask/"))
    {
        if is_test_file(name) {
            tests.push_str(text);
            continue;
        }
        let source = rust_code::read(text);
        tests.push_str(&source.tests);
        codes.extend(codes_of(&source).into_iter().map(|code| (code, name)));
    }
    // Snapshots are compared on every run.
    for (_, text) in tree.below("", &[".snap"]) {
        tests.push_str(text);
    }
    let Some(page) = tree.text(PAGE) else {
        return vec![format!("{PAGE} is missing: {} error codes have no entry", codes.len())];
    };
    let entries: BTreeSet<&str> = page
        .lines()
        .filter_map(|line| line.strip_prefix("### "))
        .map(|entry| entry.trim().trim_matches('`'))
        .collect();
    let mut breaches = Vec::new();
    for (code, name) in &codes {
        if !entries.contains(code.as_str()) {
            breaches.push(format!("{PAGE} has no entry \"### {code}\", which {name} returns"));
        }
        if !tests.contains(&format!("\"{code}\"")) && !tests.contains(&format!("\\\"{code}\\\"")) {
            breaches.push(format!("no test names the error code \"{code}\" of {name}"));
        }
    }
    let stale = entries.iter().filter(|entry| !codes.contains_key(**entry));
    breaches.extend(stale.map(|entry| format!("{PAGE} has an entry {entry}, which no error returns")));
    breaches
}

/// The texts inside functions called `code`.
fn codes_of(source: &rust_code::RustCode) -> BTreeSet<String> {
    let mut codes = BTreeSet::new();
    for (at, _) in source.code.match_indices("fn code(") {
        let Some(open) = source.code[at..].find('{').map(|length| at + length) else {
            continue;
        };
        let mut depth = 0;
        let body = source.code[open..].char_indices().find_map(|(length, letter)| {
            depth += i32::from(letter == '{') - i32::from(letter == '}');
            (depth == 0).then_some(open + length)
        });
        // Texts alternate with what stands between them.
        let body = source
            .code_with_texts
            .get(open..body.unwrap_or(source.code.len()))
            .unwrap_or_default();
        codes.extend(
            body.split('"')
                .skip(1)
                .step_by(2)
                .filter(|text| is_code(text))
                .map(str::to_owned),
        );
    }
    codes
}

fn is_code(text: &str) -> bool {
    !text.is_empty()
        && text
            .chars()
            .all(|letter| letter.is_ascii_lowercase() || letter.is_ascii_digit() || letter == '_')
}

#[cfg(test)]
mod tests {
    use super::*;

    const SOURCE: &str = "//! E.\nimpl E {\n    pub fn code(&self) -> &'static str {\n        match self {\n            \
        Self::A => \"a_gone\",\n            Self::B { .. } => \"b_busy\",\n            Self::C(e) => e.code(),\n            \
        Self::LongName { .. } => {\n                \"d_wrapped\"\n            }\n        }\n    }\n}\n\
        fn other() -> &'static str { \"not_a_code\" }\n\
        #[cfg(test)]\nmod tests { const X: &str = \"a_gone\"; fn code() { \"in_a_test\"; } }\n";

    #[test]
    fn a_code_without_an_entry_or_a_test_and_an_entry_without_a_code_are_breaches() {
        let tree = Tree::of(&[
            ("src-tauri/core/src/error.rs", SOURCE),
            (
                "tests/job.rs",
                "//! J.\nfn t() { assert_eq!(json, \"{\\\"code\\\": \\\"d_wrapped\\\"}\"); }",
            ),
            (
                "docs/errors.md",
                "# Errors\n\n### `a_gone`\n\nText.\n\n### d_wrapped\n\n### z_old\n",
            ),
        ]);
        assert_eq!(
            check(&tree),
            [
                "docs/errors.md has no entry \"### b_busy\", which src-tauri/core/src/error.rs returns",
                "no test names the error code \"b_busy\" of src-tauri/core/src/error.rs",
                "docs/errors.md has an entry z_old, which no error returns",
            ]
        );
    }

    #[test]
    fn a_missing_page_is_one_breach() {
        let tree = Tree::of(&[("src-tauri/core/src/error.rs", SOURCE)]);
        assert_eq!(check(&tree), ["docs/errors.md is missing: 3 error codes have no entry"]);
    }
}
