//! What the tests leave behind, kept until it was looked through: the rows of the fault table, and every file in which a
//! secret could have been left.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Once;

use waypost_testkit::{canary, scratch, table};

use crate::command;
use crate::place;
use crate::step::Done;

/// Where tests work while a run of `cargo xtask test` lasts.
fn folder() -> PathBuf {
    place::target().join("test-scratch")
}

/// Runs tests so that what they leave and say is kept; the first of a run begins with an empty folder.
pub fn run(name: &str, command: &mut Command) -> Result<(), String> {
    static EMPTIED: Once = Once::new();
    let folder = folder();
    EMPTIED.call_once(|| {
        // One that is not there is as empty as it should be.
        let _ = std::fs::remove_dir_all(&folder);
    });
    let said = folder.join("said");
    std::fs::create_dir_all(&said).map_err(|error| format!("{}: {error}", said.display()))?;
    command.env(scratch::VARIABLE, &folder);
    command::run_and_keep(command, &said.join(format!("{name}.txt")))
}

/// Prints the table of all faults that the tests of this run played.
pub fn fault_table() -> Done {
    let folder = folder();
    if !folder.is_dir() {
        return Ok(Some("no tests have run".into()));
    }
    print!("{}", table::summary(&folder)?);
    Ok(None)
}

/// Searches everything that the tests of this run left for their tokens and secrets, and then removes it.
pub fn secrets() -> Done {
    let folder = folder();
    if !folder.is_dir() {
        return Ok(Some("no tests have run".into()));
    }
    println!("{}", search(&folder)?);
    // Kept when something was found: it is the evidence.
    std::fs::remove_dir_all(&folder).map_err(|error| format!("{}: {error}", folder.display()))?;
    Ok(None)
}

fn search(folder: &Path) -> Result<String, String> {
    let searched = canary::search(folder).map_err(|error| format!("{}: {error}", folder.display()))?;
    let (files, hits) = (searched.files, searched.hits.len());
    let said = format!(
        "looked for the tests' tokens and secrets in {files} files ({} MB): {hits} hits",
        searched.bytes / 1_000_000
    );
    let names = searched.hits.iter().map(|hit| format!("\n  {}", hit.display()));
    match (files, hits) {
        (0, _) => Err(format!("{} holds no file: nothing was searched", folder.display())),
        (_, 0) => Ok(said),
        _ => Err(names.fold(said, |said, name| said + &name)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use waypost_testkit::scratch::Scratch;

    #[test]
    fn a_planted_token_fails_the_step_and_is_named() {
        let scratch = Scratch::new("leftovers");
        let folder = scratch.path();
        assert!(search(folder).unwrap_err().contains("nothing was searched"));
        std::fs::write(folder.join("waypost.sqlite3"), "nothing to see").unwrap();
        assert!(search(folder).unwrap().contains("in 1 files (0 MB): 0 hits"));
        for form in canary::forms(canary::TOKEN) {
            let planted = folder.join("waypost.sqlite3-wal");
            std::fs::write(&planted, &form).unwrap();
            let said = search(folder).unwrap_err();
            assert!(said.contains("1 hits") && said.contains("sqlite3-wal"), "{said}");
            // It must not be found once more by the search over what all tests leave.
            std::fs::remove_file(planted).unwrap();
        }
    }
}
