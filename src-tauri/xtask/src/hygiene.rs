//! What must never be committed: paths of a machine, hosts of registries, tokens, large files, samples of others.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use crate::command::{command, output};
use crate::place;

/// Largest committed file, bytes.
const LARGEST_BYTES: u64 = 1024 * 1024;
/// Shorter folders, as `/home`, are nobody's, letters.
const SHORTEST_PATH: usize = 8;
/// Shorter files say too little to be called a copy, bytes.
const SHORTEST_COPY_BYTES: u64 = 64;

/// How secrets begin, and how many letters (of digits, letters, `-` and `_`) follow at least. Each is written in two
/// parts, so that this list is no finding.
const SECRETS: [(&str, usize); 6] = [
    // User tokens of Meta's services, Mapillary's among them.
    (concat!("EAA", "A"), 40),
    (concat!("ghp", "_"), 36),
    (concat!("github", "_pat_"), 40),
    (concat!("npm", "_"), 36),
    (concat!("AK", "IA"), 16),
    // Any JSON Web Token: the beginning of {"alg":… in base64.
    (concat!("eyJ", "hbGciOi"), 20),
];

/// Checks every tracked file.
pub fn check() -> Result<(), String> {
    let root = place::root();
    let tracked = output(&mut command("git", &["ls-files", "-z"]))?;
    let samples = files_by_size(&root.join("../shared/samples"));
    let paths = machine_paths();
    let changed = output(&mut command("git", &["diff", "--name-only", "HEAD"]))?;
    let mut findings: Vec<String> = stale_lockfile(&changed).into_iter().collect();
    for name in tracked.split('\0').filter(|name| !name.is_empty()) {
        // Deleted and not yet committed: it has no content.
        if let Ok(bytes) = std::fs::read(root.join(name)) {
            findings.extend(suspicious(name, &bytes, &samples, &paths));
        }
    }
    if findings.is_empty() {
        Ok(())
    } else {
        Err(findings.join("\n"))
    }
}

/// Cargo brings a lockfile that does not fit up to date in silence, before any step runs: then it alone has changed.
fn stale_lockfile(changed: &str) -> Option<String> {
    let has = |file: &str| changed.lines().any(|name| name.rsplit('/').next() == Some(file));
    (has("Cargo.lock") && !has("Cargo.toml"))
        .then(|| "Cargo.lock as committed does not fit the manifests: commit the one that cargo made".to_owned())
}

/// What is wrong with a file.
fn suspicious(name: &str, bytes: &[u8], samples: &BTreeMap<u64, Vec<PathBuf>>, paths: &[String]) -> Vec<String> {
    let mut findings = Vec::new();
    let size = bytes.len() as u64;
    if size > LARGEST_BYTES {
        findings.push(format!("{name} is {size} bytes large"));
    }
    let same_size = samples.get(&size).into_iter().flatten();
    if size >= SHORTEST_COPY_BYTES && same_size.into_iter().any(|sample| is_same(sample, bytes)) {
        findings.push(format!("{name} is a copy of a sample, which has a licence of its own"));
    }
    let Ok(text) = std::str::from_utf8(bytes) else {
        return findings;
    };
    let is_lockfile = name.ends_with("Cargo.lock") || name.ends_with("package-lock.json");
    for (number, line) in text.lines().enumerate() {
        let place = format!("{name}:{}", number + 1);
        if paths.iter().any(|path| line.contains(path.as_str())) {
            findings.push(format!("{place} names a path of a machine"));
        }
        if has_secret(line) {
            findings.push(format!("{place} holds what looks like a token or a key"));
        }
        if is_lockfile && names_registry(line) {
            findings.push(format!("{place} names a registry"));
        }
    }
    findings
}

/// Folders that only exist on somebody's machine: usual ones, and those of the machine this runs on. Written in parts,
/// so that these lines are no finding.
fn machine_paths() -> Vec<String> {
    let usual = [
        concat!("/ro", "ot/"),
        concat!("/wo", "rk/"),
        concat!("/ho", "me/runner/"),
    ];
    let home = std::env::var("HOME").or_else(|_| std::env::var("USERPROFILE")).ok();
    let here = place::root().display().to_string();
    let own = home.into_iter().chain([here]).filter(|path| path.len() > SHORTEST_PATH);
    usual.map(str::to_owned).into_iter().chain(own).collect()
}

fn has_secret(line: &str) -> bool {
    let is_key =
        line.contains(concat!("-----BEGIN ", "PRIVATE KEY")) || line.contains(concat!("RSA PRIVATE", " KEY-----"));
    let is_letter = |letter: &char| letter.is_ascii_alphanumeric() || "-_".contains(*letter);
    // In the middle of packed data, as of the map's outlines, the letters of a beginning mean nothing.
    let starts_long = SECRETS.iter().any(|(start, length)| {
        line.match_indices(start).any(|(at, _)| {
            let is_beginning = line
                .get(..at)
                .is_some_and(|before| !before.ends_with(|letter| is_letter(&letter)));
            let rest = line.get(at + start.len()..).unwrap_or_default();
            is_beginning && rest.chars().take_while(is_letter).count() >= *length
        })
    });
    is_key || starts_long || has_app_token(line)
}

/// Mapillary's client tokens and secrets, `MLY|<digits>|<hex>`, with ten digits and twenty hexadecimal ones or more.
fn has_app_token(line: &str) -> bool {
    line.split("MLY|").skip(1).any(|rest| {
        let digits = rest.chars().take_while(char::is_ascii_digit).count();
        let after = rest.get(digits..).unwrap_or_default();
        let hex = after
            .strip_prefix('|')
            .map_or(0, |hex| hex.chars().take_while(char::is_ascii_hexdigit).count());
        digits >= 10 && hex >= 20
    })
}

fn names_registry(line: &str) -> bool {
    let is_foreign = line.contains("registry+") && !line.contains("github.com/rust-lang/crates.io-index");
    line.contains("\"resolved\"") || line.contains("git+") || is_foreign
}

fn files_by_size(folder: &Path) -> BTreeMap<u64, Vec<PathBuf>> {
    let mut files: BTreeMap<u64, Vec<PathBuf>> = BTreeMap::new();
    for path in crate::walls::every_file_below(folder) {
        if let Ok(metadata) = path.metadata() {
            files.entry(metadata.len()).or_default().push(path);
        }
    }
    files
}

fn is_same(sample: &Path, bytes: &[u8]) -> bool {
    std::fs::read(sample).is_ok_and(|sample| sample == bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn findings(name: &str, line: &str) -> Vec<String> {
        suspicious(name, line.as_bytes(), &BTreeMap::new(), &machine_paths())
    }

    #[test]
    fn paths_tokens_and_registries_are_found() {
        let long = "a1".repeat(30);
        for (name, line) in [
            ("a.md", format!("see {}x", concat!("/ro", "ot/"))),
            ("a.md", format!("see {}/x", place::root().display())),
            ("a.rs", format!("MLY|{}|{}", "1".repeat(16), "a".repeat(32))),
            ("a.ts", format!("{}{long}", SECRETS[0].0)),
            ("a.yml", format!("token: {}{long}", SECRETS[1].0)),
            ("a.pem", concat!("-----BEGIN ", "PRIVATE KEY-----").to_owned()),
            ("ui/package-lock.json", "\"resolved\": \"x\"".to_owned()),
            (
                "Cargo.lock",
                "source = \"registry+https://mirror.example/index\"".to_owned(),
            ),
            ("Cargo.lock", "source = \"git+https://example.org/x\"".to_owned()),
        ] {
            assert_eq!(findings(name, &line).len(), 1, "{line}");
        }
    }

    #[test]
    fn what_only_resembles_them_is_let_through() {
        for (name, line) in [
            ("a.md", "MLY|123|fakeclient and MLY|<app id>|<hex>"),
            ("a.rs", "/home/ada/photos and $HOME and ~/x"),
            ("a.rs", "EAAA in a text"),
            (
                "Cargo.lock",
                "source = \"registry+https://github.com/rust-lang/crates.io-index\"",
            ),
        ] {
            assert_eq!(findings(name, line), Vec::<String>::new());
        }
    }

    #[test]
    fn a_lockfile_that_cargo_had_to_mend_is_found() {
        assert!(stale_lockfile("README.md\nCargo.lock\n").is_some());
        assert!(stale_lockfile("Cargo.lock\nsrc-tauri/core/Cargo.toml\n").is_none());
        assert!(stale_lockfile("").is_none());
    }

    #[test]
    fn large_files_are_found() {
        assert_eq!(
            suspicious("a.bin", &vec![0xff; 1024 * 1024 + 1], &BTreeMap::new(), &[]).len(),
            1
        );
        assert!(suspicious("a.bin", &vec![0xff; 1024 * 1024], &BTreeMap::new(), &[]).is_empty());
    }

    #[test]
    fn a_copy_of_a_sample_is_recognised_by_its_bytes() {
        let itself = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/hygiene.rs");
        let bytes = std::fs::read(&itself).unwrap();
        let samples = BTreeMap::from([(bytes.len() as u64, vec![itself])]);
        assert_eq!(suspicious("copy.rs", &bytes, &samples, &[]).len(), 1);
        let other = vec![b' '; bytes.len()];
        assert!(suspicious("other.rs", &other, &samples, &[]).is_empty());
    }
}
