//! Every error code has an entry in docs/errors.md and a test that names it, and every entry has its code.
//!
//! A code is a snake_case text inside the body of a function called `code`, outside tests. Its entry is a heading
//! `### code` (with or without backticks). A test names it as a whole text, `"code"`, or by the variant that returns it,
//! `Error::Variant`.

use std::collections::{BTreeMap, BTreeSet};

use super::rust_code;
use super::tree::{Tree, is_test_file};

const PAGE: &str = "docs/errors.md";

/// Checks the page and the tests.
pub fn check(tree: &Tree) -> Vec<String> {
    let mut codes: BTreeMap<String, Code<'_>> = BTreeMap::new();
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
        for (code, variants) in codes_of(&source) {
            codes
                .entry(code)
                .or_insert(Code {
                    file: name,
                    variants: Vec::new(),
                })
                .variants
                .extend(variants);
        }
    }
    // Snapshots are compared on every run.
    for (_, text) in tree.below("", &[".snap"]) {
        tests.push_str(text);
    }
    let page = tree.text(PAGE);
    let entries: BTreeSet<&str> = page
        .unwrap_or_default()
        .lines()
        .filter_map(|line| line.strip_prefix("### "))
        .map(|entry| entry.trim().trim_matches('`'))
        .collect();
    let mut breaches = Vec::new();
    if page.is_none() {
        breaches.push(format!("{PAGE} is missing: {} error codes have no entry", codes.len()));
    }
    for (code, Code { file, variants }) in &codes {
        if page.is_some() && !entries.contains(code.as_str()) {
            breaches.push(format!("{PAGE} has no entry \"### {code}\", which {file} returns"));
        }
        let as_text = [format!("\"{code}\""), format!("\\\"{code}\\\"")]
            .iter()
            .any(|text| tests.contains(text));
        if !as_text && !variants.iter().any(|variant| names(&tests, variant)) {
            breaches.push(format!("no test names the error code \"{code}\" of {file}"));
        }
    }
    let stale = entries.iter().filter(|entry| !codes.contains_key(**entry));
    breaches.extend(stale.map(|entry| format!("{PAGE} has an entry {entry}, which no error returns")));
    breaches
}

/// Where a code comes from.
struct Code<'a> {
    file: &'a str,
    variants: Vec<String>,
}

/// The texts inside functions called `code`, each with the variants that stand before it.
fn codes_of(source: &rust_code::RustCode) -> Vec<(String, Vec<String>)> {
    let mut codes = Vec::new();
    for (at, _) in source.code.match_indices("fn code(") {
        let Some(open) = source.code[at..].find('{').map(|length| at + length) else {
            continue;
        };
        let mut depth = 0;
        let close = source.code[open..].char_indices().find_map(|(length, letter)| {
            depth += i32::from(letter == '{') - i32::from(letter == '}');
            (depth == 0).then_some(open + length)
        });
        let body = source
            .code_with_texts
            .get(open..close.unwrap_or(source.code.len()))
            .unwrap_or_default();
        // Texts alternate with what stands between them.
        let parts: Vec<&str> = body.split('"').collect();
        for pair in parts.chunks_exact(2).filter(|pair| is_code(pair[1])) {
            codes.push((pair[1].to_owned(), variants_in(pair[0])));
        }
    }
    codes
}

/// The names after `Self::`.
fn variants_in(pattern: &str) -> Vec<String> {
    let name = |rest: &str| rest.chars().take_while(char::is_ascii_alphanumeric).collect();
    pattern.split("Self::").skip(1).map(name).collect()
}

/// Whether `::Variant` stands there as a whole word.
fn names(tests: &str, variant: &str) -> bool {
    tests
        .split(&format!("::{variant}"))
        .skip(1)
        .any(|rest| !rest.starts_with(|next: char| next.is_alphanumeric()))
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
        Self::A => \"a_gone\",\n            Self::B { .. } => \"b_busy\",\n            Self::C(e) => e.code(),\n            Self::Busy | Self::Never => \"e_busy\",\n            Self::And => \"f_and\",\n            \
        Self::LongName { .. } => {\n                \"d_wrapped\"\n            }\n        }\n    }\n}\n\
        fn other() -> &'static str { \"not_a_code\" }\n\
        #[cfg(test)]\nmod tests { const X: &str = \"a_gone\"; fn code() { \"in_a_test\"; } }\n";

    #[test]
    fn a_code_without_an_entry_or_a_test_and_an_entry_without_a_code_are_breaches() {
        let tree = Tree::of(&[
            ("src-tauri/core/src/error.rs", SOURCE),
            (
                "tests/other.rs",
                "//! O.\nfn t() { assert!(matches!(error, E::Busy { .. })); E::AndMore; }",
            ),
            (
                "tests/job.rs",
                "//! J.\nfn t() { assert_eq!(json, \"{\\\"code\\\": \\\"d_wrapped\\\"}\"); }",
            ),
            (
                "docs/errors.md",
                "# Errors\n\n### `a_gone`\n\nText.\n\n### d_wrapped\n### e_busy\n### f_and\n\n### z_old\n",
            ),
        ]);
        assert_eq!(
            check(&tree),
            [
                "docs/errors.md has no entry \"### b_busy\", which src-tauri/core/src/error.rs returns",
                "no test names the error code \"b_busy\" of src-tauri/core/src/error.rs",
                "no test names the error code \"f_and\" of src-tauri/core/src/error.rs",
                "docs/errors.md has an entry z_old, which no error returns",
            ]
        );
    }

    #[test]
    fn a_missing_page_is_one_breach() {
        let test = "//! J.\nconst CODES: [&str; 5] = [\"a_gone\", \"b_busy\", \"d_wrapped\", \"e_busy\", \"f_and\"];\n";
        let tree = Tree::of(&[("src-tauri/core/src/error.rs", SOURCE), ("tests/job.rs", test)]);
        assert_eq!(check(&tree), ["docs/errors.md is missing: 5 error codes have no entry"]);
    }
}
