//! `bench`: Waypost and mapillary_tools on the same files, in turn, in one run; medians and ratios as Markdown for
//! docs/benchmarks.md.
//!
//! Whole processes with a warm cache, as a person starts them. Nothing is asserted: machines differ.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use crate::command::{cargo, output, run as run_command};
use crate::{bench_window, packages, peer, place};

/// Counted runs of each program.
const RUNS: usize = 5;
/// Photos that are read, in two sequences.
const PHOTOS: usize = 1000;

/// Starts a program and prints its wall time and processor time in seconds and its peak memory in KiB. Python, because
/// the standard library of Rust cannot ask what a child has used; the peer needs it anyway.
const MEASURE: &str = "
import resource, subprocess, sys, time
begun = time.perf_counter()
done = subprocess.run(sys.argv[1:], stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
wall = time.perf_counter() - begun
used = resource.getrusage(resource.RUSAGE_CHILDREN)
if done.returncode != 0:
    sys.exit('%s ended with %d' % (sys.argv[1], done.returncode))
peak = used.ru_maxrss // 1024 if sys.platform == 'darwin' else used.ru_maxrss
print(wall, used.ru_utime + used.ru_stime, peak)
";

/// What a program used in one run.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Used {
    wall_s: f64,
    processor_s: f64,
    peak_mib: f64,
}

/// Runs it.
pub fn run() -> Result<(), String> {
    if cfg!(windows) {
        return Err("bench asks the system what a program used, in a way that Windows does not know".into());
    }
    packages::install(packages::COMMAND_LINE)?;
    let peer = peer::program()?;
    run_command(&mut cargo(&["build", "--release", "--package", "waypost-cli"]))?;
    let folder = std::env::temp_dir().join(format!("waypost-bench-{}", std::process::id()));
    let rows = measure_process(&place::released("waypost"), &peer, &folder);
    std::fs::remove_dir_all(&folder).map_err(|error| format!("{}: {error}", folder.display()))?;
    let (ours, theirs) = rows?;
    println!("{}", table(&ours, &theirs));
    println!("\n| what | measured |\n|---|---|\n{}", bench_window::run()?);
    Ok(())
}

/// Both programs read the same folder, in turn, so that a slow moment hits both.
fn measure_process(waypost: &Path, peer: &Path, folder: &Path) -> Result<(Vec<Used>, Vec<Used>), String> {
    let mut generate = Command::new(waypost);
    generate
        .args([
            "practice",
            "--photos-only",
            "--photos",
            &(PHOTOS / 2).to_string(),
            "--dir",
        ])
        .arg(folder);
    run_command(generate.stdout(Stdio::null()))?;
    let (mut ours, mut theirs) = (Vec::new(), Vec::new());
    // The first round warms the cache and is not counted.
    for round in 0..=RUNS {
        let our_run = measure(&process(waypost, folder), &folder.join("data"))?;
        let their_run = measure(&process(peer, folder), &folder.join("data"))?;
        if round > 0 {
            ours.push(our_run);
            theirs.push(their_run);
        }
    }
    Ok((ours, theirs))
}

/// The words of `PROGRAM process FOLDER …`; the description goes to nowhere that is read again.
fn process(program: &Path, folder: &Path) -> Vec<PathBuf> {
    let description = folder.join("description.json");
    let photos = folder.join("photos");
    let words = [
        program,
        "process".as_ref(),
        &photos,
        "--skip_process_errors".as_ref(),
        "--desc_path".as_ref(),
    ];
    words
        .into_iter()
        .chain([description.as_path()])
        .map(Path::to_path_buf)
        .collect()
}

fn measure(words: &[PathBuf], data: &Path) -> Result<Used, String> {
    let mut command = Command::new("python3");
    command
        .args(["-c", MEASURE])
        .args(words)
        .env("WAYPOST_DATA_DIR", data)
        .env("MAPILLARY_TOOLS_PROMPT_DISABLED", "YES");
    parse(&output(&mut command)?)
}

fn parse(answer: &str) -> Result<Used, String> {
    let mut numbers = answer.split_whitespace().map(str::parse::<f64>);
    match (numbers.next(), numbers.next(), numbers.next()) {
        (Some(Ok(wall_s)), Some(Ok(processor_s)), Some(Ok(peak_kib))) => Ok(Used {
            wall_s,
            processor_s,
            peak_mib: peak_kib / 1024.0,
        }),
        _ => Err(format!("no measurement: {answer:?}")),
    }
}

fn table(ours: &[Used], theirs: &[Used]) -> String {
    let row = |name: &str, unit: &str, value: fn(&Used) -> f64| {
        let (our, their) = (median(ours.iter().map(value)), median(theirs.iter().map(value)));
        format!("| {name} | {our:.3} {unit} | {their:.3} {unit} | {:.1} |", their / our)
    };
    [
        format!(
            "`process` of {PHOTOS} generated photos to a description, medians of {RUNS} whole processes, warm cache:\n"
        ),
        format!(
            "| | Waypost | mapillary_tools {} | ratio |\n|---|---|---|---|",
            peer::VERSION
        ),
        row("wall time", "s", |used| used.wall_s),
        row("processor time", "s", |used| used.processor_s),
        row("peak memory", "MiB", |used| used.peak_mib),
    ]
    .join("\n")
}

fn median(values: impl Iterator<Item = f64>) -> f64 {
    let mut values: Vec<f64> = values.collect();
    values.sort_by(f64::total_cmp);
    values.get(values.len() / 2).copied().unwrap_or(f64::NAN)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_median_is_the_middle_one() {
        assert!((median([3.0, 1.0, 2.0].into_iter()) - 2.0).abs() < f64::EPSILON);
        assert!(median(std::iter::empty()).is_nan());
    }

    #[test]
    fn the_table_shows_medians_and_how_many_times_more_the_peer_used() {
        let used = |wall_s, peak_mib| Used {
            wall_s,
            processor_s: 1.0,
            peak_mib,
        };
        let ours = [used(0.5, 10.0), used(9.0, 10.0), used(0.25, 10.0)];
        let table = table(&ours, &[used(10.0, 80.0)]);
        assert!(table.contains("| wall time | 0.500 s | 10.000 s | 20.0 |"), "{table}");
        assert!(
            table.contains("| peak memory | 10.000 MiB | 80.000 MiB | 8.0 |"),
            "{table}"
        );
    }

    #[test]
    fn a_measurement_is_three_numbers() {
        assert_eq!(
            parse("1.5 0.5 2048\n"),
            Ok(Used {
                wall_s: 1.5,
                processor_s: 0.5,
                peak_mib: 2.0
            })
        );
        assert!(parse("Traceback").is_err());
    }
}
