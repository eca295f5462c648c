//! `bench`: Waypost and mapillary_tools on the same files, in turn, in one run; medians and ratios as Markdown.
//!
//! Whole processes with a warm cache, as a person starts them. Nothing is asserted: machines differ.

use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Instant;

use crate::command::{cargo, run as run_command};
use crate::{peer, place};

/// Counted runs of each program.
const RUNS: usize = 5;
/// Photos that are read.
const PHOTOS: usize = 1000;

/// Runs it.
pub fn run() -> Result<(), String> {
    run_command(&mut cargo(&["build", "--release", "--package", "waypost-cli"]))?;
    let peer = peer::program()?;
    let folder = std::env::temp_dir().join(format!("waypost-bench-{}", std::process::id()));
    let waypost = place::released("waypost");
    let half = (PHOTOS / 2).to_string();
    run_command(
        quiet(&waypost)
            .args(["practice", "--photos-only", "--photos", &half, "--dir"])
            .arg(&folder),
    )?;
    let photos = folder.join("photos");
    let mut ours = Vec::new();
    let mut theirs = Vec::new();
    // The first round warms the cache and is not counted; in turn, so that a slow moment hits both.
    for round in 0..=RUNS {
        let our_s = seconds(process(&waypost, &photos, &folder).env("WAYPOST_DATA_DIR", folder.join("data")))?;
        let their_s = seconds(&mut process(&peer, &photos, &folder))?;
        if round > 0 {
            ours.push(our_s);
            theirs.push(their_s);
        }
    }
    std::fs::remove_dir_all(&folder).map_err(|error| format!("{}: {error}", folder.display()))?;
    let (our_s, their_s) = (median(&mut ours), median(&mut theirs));
    println!("| what | photos | runs | Waypost | mapillary_tools 0.14.7 | ratio |\n|---|---|---|---|---|---|");
    println!(
        "| `process` to a description | {PHOTOS} | {RUNS} | {our_s:.3} s | {their_s:.3} s | {:.1} times faster |",
        their_s / our_s
    );
    Ok(())
}

fn quiet(program: &Path) -> Command {
    let mut command = Command::new(program);
    command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    command
}

fn process(program: &Path, photos: &Path, folder: &Path) -> Command {
    let mut command = quiet(program);
    command
        .arg("process")
        .arg(photos)
        .arg("--skip_process_errors")
        .arg("--desc_path")
        .arg(folder.join("description.json"));
    command
}

fn seconds(command: &mut Command) -> Result<f64, String> {
    let begun = Instant::now();
    run_command(command)?;
    Ok(begun.elapsed().as_secs_f64())
}

fn median(values: &mut [f64]) -> f64 {
    values.sort_by(f64::total_cmp);
    values.get(values.len() / 2).copied().unwrap_or(f64::NAN)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_median_is_the_middle_one() {
        assert!((median(&mut [3.0, 1.0, 2.0]) - 2.0).abs() < f64::EPSILON);
        assert!(median(&mut []).is_nan());
    }
}
