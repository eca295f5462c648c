//! Where the built programs are.

use std::path::PathBuf;

/// The folder that cargo puts programs of this profile into, worked out from the running test.
fn folder() -> PathBuf {
    let mut path = std::env::current_exe().expect("a running test has a path");
    path.pop();
    if path.ends_with("deps") {
        path.pop();
    }
    path
}

/// The repository.
pub fn repository() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
        .parent()
        .expect("tests/ stands in the repository")
        .to_path_buf()
}

fn built(package: &str, name: &str) -> PathBuf {
    let path = folder().join(format!("{name}{}", std::env::consts::EXE_SUFFIX));
    assert!(
        path.is_file(),
        "{} is not built: run `cargo build -p {package}` first, as `cargo xtask test` does",
        path.display()
    );
    path
}

/// The command line, `waypost`.
pub fn waypost() -> PathBuf {
    built("waypost-cli", "waypost")
}

/// The app, `waypost-desktop`.
pub fn desktop() -> PathBuf {
    built("waypost-desktop", "waypost-desktop")
}
