//! What must never be committed: paths of a machine, hosts of registries, tokens, large files, samples of others.

use std::collections::BTreeSet;
use std::path::Path;

use crate::command::{command, output};
use crate::place;

/// Largest committed file, bytes.
const LARGEST_BYTES: u64 = 1024 * 1024;

/// Checks every tracked file.
pub fn check() -> Result<(), String> {
    let root = place::root();
    let tracked = output(&mut command("git", &["ls-files", "-z"]))?;
    let mut findings = Vec::new();
    let samples = sample_sizes(&root.join("../shared/samples"));
    for name in tracked.split('\0').filter(|name| !name.is_empty()) {
        let path = root.join(name);
        let Ok(metadata) = path.metadata() else {
            continue;
        };
        if metadata.len() > LARGEST_BYTES {
            findings.push(format!("{name} is {} bytes large", metadata.len()));
        }
        let Ok(bytes) = std::fs::read(&path) else {
            continue;
        };
        if is_a_sample(&bytes, &samples) {
            findings.push(format!(
                "{name} is a copy of a sample, which has a licence of its own"
            ));
        }
        let Ok(text) = String::from_utf8(bytes) else {
            continue;
        };
        findings.extend(suspicious(name, &text));
    }
    if findings.is_empty() {
        Ok(())
    } else {
        Err(findings.join("\n"))
    }
}

/// Lines that hold what should not be there.
fn suspicious(name: &str, text: &str) -> Vec<String> {
    let is_lockfile = name.ends_with("Cargo.lock") || name.ends_with("package-lock.json");
    let mut findings = Vec::new();
    for (number, line) in text.lines().enumerate() {
        let number = number + 1;
        if has_machine_path(line) {
            findings.push(format!("{name}:{number} names a path of a machine"));
        }
        if has_token(line) {
            findings.push(format!("{name}:{number} holds what looks like a token"));
        }
        if is_lockfile
            && (line.contains("\"resolved\"")
                || (line.contains("registry+")
                    && !line.contains("github.com/rust-lang/crates.io-index")))
        {
            findings.push(format!("{name}:{number} names a registry"));
        }
    }
    findings
}

/// Home and work folders; written in two parts, so that this line is none.
fn has_machine_path(line: &str) -> bool {
    [
        concat!("/ro", "ot/"),
        concat!("/wo", "rk/"),
        concat!("/ho", "me/runner"),
        concat!("C:\\Us", "ers\\"),
    ]
    .iter()
    .any(|path| line.contains(path))
}

/// `MLY|<digits>|<hex>` with ten digits and twenty hexadecimal ones or more.
fn has_token(line: &str) -> bool {
    line.split("MLY|").skip(1).any(|rest| {
        let digits = rest.chars().take_while(char::is_ascii_digit).count();
        let after = rest.get(digits..).unwrap_or_default();
        let hex = after.strip_prefix('|').map_or(0, |hex| {
            hex.chars().take_while(char::is_ascii_hexdigit).count()
        });
        digits >= 10 && hex >= 20
    })
}

fn sample_sizes(folder: &Path) -> BTreeSet<(u64, u64)> {
    let mut sizes = BTreeSet::new();
    for path in crate::walls::every_file_below(folder) {
        if let Ok(bytes) = std::fs::read(&path)
            && bytes.len() > 64
        {
            sizes.insert((bytes.len() as u64, sum(&bytes)));
        }
    }
    sizes
}

fn is_a_sample(bytes: &[u8], samples: &BTreeSet<(u64, u64)>) -> bool {
    bytes.len() > 64 && samples.contains(&(bytes.len() as u64, sum(bytes)))
}

/// FNV-1a: enough to recognise a copy, not to resist an enemy.
fn sum(bytes: &[u8]) -> u64 {
    bytes.iter().fold(0xcbf2_9ce4_8422_2325, |sum, byte| {
        (sum ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_tokens_and_registries_are_found() {
        let path = format!("see {}x", concat!("/ro", "ot/"));
        let token = format!("MLY|{}|{}", "1".repeat(16), "a".repeat(32));
        for (name, line) in [
            ("a.md", path.as_str()),
            ("a.rs", token.as_str()),
            ("ui/package-lock.json", "\"resolved\": \"x\""),
            (
                "Cargo.lock",
                "source = \"registry+https://mirror.example/index\"",
            ),
        ] {
            assert_eq!(suspicious(name, line).len(), 1, "{line}");
        }
        for (name, line) in [
            ("a.md", "MLY|123|fakeclient and MLY|<app id>|<hex>"),
            (
                "Cargo.lock",
                "source = \"registry+https://github.com/rust-lang/crates.io-index\"",
            ),
        ] {
            assert!(suspicious(name, line).is_empty(), "{line}");
        }
    }

    #[test]
    fn a_copy_of_a_sample_is_recognised() {
        let bytes = vec![7; 100];
        let samples = BTreeSet::from([(100, sum(&bytes))]);
        assert!(is_a_sample(&bytes, &samples));
        assert!(!is_a_sample(&[8; 100], &samples));
    }
}
