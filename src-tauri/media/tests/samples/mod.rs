//! Where the real photos and recordings are. They are no part of the repository: their licences do not allow it.

use std::io::Write;
use std::path::PathBuf;

/// The folder with the samples: `WAYPOST_SAMPLES`, or `../shared/samples` beside the checkout. `None`, said aloud past
/// the test's captured output, where there is none.
pub fn folder() -> Option<PathBuf> {
    let folder = std::env::var_os("WAYPOST_SAMPLES").map_or_else(
        || PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../../shared/samples"),
        PathBuf::from,
    );
    if folder.join("expected.json").is_file() {
        return Some(folder);
    }
    let line = format!("SKIPPED: no samples in {}\n", folder.display());
    std::io::stderr().lock().write_all(line.as_bytes()).unwrap();
    None
}
