//! Looks for a secret where it must never be.

use std::fmt::Write as _;
use std::path::Path;

/// Files below `folder` that hold `secret`, as plain bytes, base64, percent-encoded or hexadecimal.
pub fn files_with(folder: &Path, secret: &str) -> Vec<String> {
    use base64::Engine as _;
    let hex = secret.bytes().fold(String::new(), |mut hex, byte| {
        // Writing into a String cannot fail.
        let _ = write!(hex, "{byte:02x}");
        hex
    });
    let percent: String = url::form_urlencoded::byte_serialize(secret.as_bytes()).collect();
    let base64 = base64::engine::general_purpose::STANDARD_NO_PAD.encode(secret);
    let forms = [secret.to_owned(), hex, percent, base64];
    let mut found = Vec::new();
    search(folder, &forms, &mut found);
    found
}

fn search(path: &Path, forms: &[String], found: &mut Vec<String>) {
    let Ok(kind) = std::fs::symlink_metadata(path) else {
        return;
    };
    if kind.is_dir() {
        for entry in std::fs::read_dir(path).into_iter().flatten().flatten() {
            search(&entry.path(), forms, found);
        }
    } else if kind.is_file()
        && let Ok(bytes) = std::fs::read(path)
        && forms
            .iter()
            .any(|form| bytes.windows(form.len()).any(|window| window == form.as_bytes()))
    {
        found.push(path.display().to_string());
    }
}
