//! The walls of ARCHITECTURE.md as checks that fail. Each takes a folder, so that its test can hand it a broken house.

mod architecture;
mod crates;
mod cycles;
mod errors_page;
mod files;
mod sources;

use std::path::{Path, PathBuf};

use crate::place;

/// Every file below `folder`.
pub fn every_file_below(folder: &Path) -> Vec<PathBuf> {
    files::files_below(folder, &[""])
}

/// Runs all of them and names every breach.
pub fn run() -> Result<(), String> {
    let root = place::root();
    let mut breaches = crates::check()?;
    breaches.extend(architecture::check(&root)?);
    breaches.extend(files::check(&root)?);
    breaches.extend(sources::check(&root)?);
    breaches.extend(cycles::check(&root)?);
    breaches.extend(errors_page::check(&root)?);
    if breaches.is_empty() {
        println!("all walls stand");
        return Ok(());
    }
    Err(format!(
        "{} walls are broken:\n  {}",
        breaches.len(),
        breaches.join("\n  ")
    ))
}
