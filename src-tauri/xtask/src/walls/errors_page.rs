//! Every error code has an entry in docs/errors.md and a test that names it.
//!
//! A code is a snake_case text on the right of `=>` inside a function called `code`.

use std::collections::BTreeSet;
use std::path::Path;

use super::files::{files_below, shown};

/// Checks the page and the tests.
pub fn check(root: &Path) -> Result<Vec<String>, String> {
    let mut codes = BTreeSet::new();
    let mut test_text = String::new();
    for path in files_below(root, &[".rs"]) {
        let name = shown(root, &path);
        if name.contains("xtask/") {
            continue;
        }
        let text = std::fs::read_to_string(&path).map_err(|error| format!("{name}: {error}"))?;
        let is_test =
            name.contains("/tests/") || name.starts_with("tests/") || name.ends_with("tests.rs");
        let (code, tests) = if is_test {
            ("", text.as_str())
        } else {
            text.split_once("#[cfg(test)]").unwrap_or((&text, ""))
        };
        codes.extend(codes_of(code));
        test_text.push_str(tests);
    }
    // Pictures of what errors look like count as tests: they are compared on every run.
    for path in files_below(root, &[".snap"]) {
        test_text.push_str(&std::fs::read_to_string(&path).unwrap_or_default());
    }
    let page = std::fs::read_to_string(root.join("docs/errors.md"))
        .map_err(|error| format!("docs/errors.md: {error}"))?;
    Ok(breaches_of(&codes, &page, &test_text))
}

fn codes_of(text: &str) -> BTreeSet<String> {
    let mut codes = BTreeSet::new();
    for body in text.split("fn code(").skip(1) {
        let end = body.find("\n    }").unwrap_or(body.len());
        for line in body.get(..end).unwrap_or_default().lines() {
            let Some((_, right)) = line.split_once("=>") else {
                continue;
            };
            let Some(word) = right
                .trim()
                .strip_prefix('"')
                .and_then(|rest| rest.split('"').next())
            else {
                continue;
            };
            if word.chars().all(|letter| {
                letter.is_ascii_lowercase() || letter.is_ascii_digit() || letter == '_'
            }) {
                codes.insert(word.to_owned());
            }
        }
    }
    codes
}

fn breaches_of(codes: &BTreeSet<String>, page: &str, tests: &str) -> Vec<String> {
    let mut breaches = Vec::new();
    for code in codes {
        if !page.lines().any(|line| {
            line.trim_start_matches('#').trim().trim_matches('`') == code && line.starts_with("##")
        }) {
            breaches.push(format!("docs/errors.md has no entry for {code}"));
        }
        if !tests.contains(&format!("\"{code}\"")) && !tests.contains(code.as_str()) {
            breaches.push(format!("no test names the error code {code}"));
        }
    }
    breaches
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::walls::sources::tests::house;

    #[test]
    fn a_code_without_an_entry_or_a_test_is_a_breach() {
        let source = "//! E.\nimpl E {\n    pub fn code(&self) -> &'static str {\n        match self {\n            \
                      Self::A => \"a_gone\",\n            Self::B { .. } => \"b_busy\",\n            \
                      Self::C(e) => e.code(),\n        }\n    }\n}\nfn other() { x => \"not_a_code\" }\n\
                      #[cfg(test)]\nmod tests { const X: &str = \"a_gone\"; }\n";
        let root = house(
            "errors",
            &[
                ("src/error.rs", source),
                ("docs/errors.md", "# Errors\n\n### `a_gone`\n\nText.\n"),
            ],
        );
        let breaches = check(&root).unwrap();
        assert_eq!(
            breaches,
            [
                "docs/errors.md has no entry for b_busy",
                "no test names the error code b_busy"
            ]
        );
    }
}
