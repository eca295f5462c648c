//! `demo`: the main job in practice mode, in the window or without one.

use std::io::{BufRead as _, BufReader};
use std::process::Stdio;

use crate::command::cargo;
use crate::{packages, place, ui};

/// Whether the window stays away.
fn is_headless(words: &[&str]) -> Result<bool, String> {
    match words {
        [] => Ok(false),
        ["--headless"] => Ok(true),
        _ => Err("usage: cargo xtask demo [--headless]".into()),
    }
}

/// Installs, builds and runs.
pub fn run(words: &[&str]) -> Result<(), String> {
    if is_headless(words)? { headless() } else { window() }
}

/// Builds the command line and lets it do the whole job.
pub fn headless() -> Result<(), String> {
    packages::install(packages::COMMAND_LINE)?;
    build(&["waypost-cli"])?;
    job()
}

/// The whole job with a command line that is built already.
pub fn job() -> Result<(), String> {
    let mut child = std::process::Command::new(place::built("waypost"))
        .arg("practice")
        .stdout(Stdio::piped())
        .spawn()
        .map_err(|error| format!("waypost did not start: {error}"))?;
    let mut last = String::new();
    if let Some(output) = child.stdout.take() {
        for line in BufReader::new(output).lines() {
            last = line.map_err(|error| format!("waypost's words cannot be read: {error}"))?;
            println!("{last}");
        }
    }
    let status = child.wait().map_err(|error| format!("waypost: {error}"))?;
    if !status.success() {
        return Err(format!("the job was not done: {status}"));
    }
    if is_success(&last) {
        Ok(())
    } else {
        Err(format!("the job ended with \"{last}\""))
    }
}

/// Whether a line says that everything was published: `published N of N sequences` with N above 0.
fn is_success(line: &str) -> bool {
    let Some(counts) = line
        .strip_prefix("published ")
        .and_then(|rest| rest.strip_suffix(" sequences"))
    else {
        return false;
    };
    match counts
        .split_once(" of ")
        .map(|(done, all)| (done.parse::<u32>(), all.parse::<u32>()))
    {
        Some((Ok(done), Ok(all))) => done == all && all > 0,
        _ => false,
    }
}

fn window() -> Result<(), String> {
    packages::install(packages::WINDOW)?;
    ui::build()?;
    build(&["waypost-desktop", "waypost-cli"])?;
    let photos = std::env::temp_dir().join(format!("waypost-practice-{}", std::process::id()));
    crate::command::run(
        std::process::Command::new(place::built("waypost"))
            .args(["practice", "--photos-only", "--dir"])
            .arg(&photos),
    )?;
    println!("drop this folder onto the window: {}", photos.join("photos").display());
    crate::command::run(std::process::Command::new(place::built("waypost-desktop")).arg("--practice"))
}

/// Builds packages in one go: one after the other they would want different features of what they share.
fn build(packages: &[&str]) -> Result<(), String> {
    let mut command = cargo(&["build"]);
    for package in packages {
        command.args(["--package", package]);
    }
    crate::command::run(&mut command)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_everything_published_is_success() {
        assert!(is_success("published 2 of 2 sequences"));
        for line in [
            "published 1 of 2 sequences",
            "published 0 of 0 sequences",
            "published",
            "done",
            "",
        ] {
            assert!(!is_success(line), "{line}");
        }
    }

    #[test]
    fn unknown_words_are_refused() {
        assert_eq!(is_headless(&["--headless"]), Ok(true));
        assert_eq!(is_headless(&[]), Ok(false));
        assert!(is_headless(&["--fast"]).is_err());
    }
}
