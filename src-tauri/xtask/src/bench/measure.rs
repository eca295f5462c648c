//! What a whole process uses, and how that is told: medians, and how many times more the peer needed.

use std::path::Path;
use std::process::Command;

use crate::command::output;
use crate::peer;

/// Starts a program and prints its wall time and processor time in seconds and its peak memory in KiB. Python, because
/// the standard library of Rust cannot ask what a child has used; the peer needs it anyway.
const MEASURE: &str = "
import resource, subprocess, sys, time
begun = time.perf_counter()
done = subprocess.run(sys.argv[1:], stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
wall = time.perf_counter() - begun
used = resource.getrusage(resource.RUSAGE_CHILDREN)
if done.returncode != 0:
    sys.exit('%s ended with %d: %s' % (sys.argv[1], done.returncode, done.stderr[-600:].decode(errors='replace')))
peak = used.ru_maxrss // 1024 if sys.platform == 'darwin' else used.ru_maxrss
print(wall, used.ru_utime + used.ru_stime, peak)
";

/// What a program used in one run.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Used {
    /// From start to end, seconds.
    pub wall_s: f64,
    /// Processor time of all its threads, seconds.
    pub processor_s: f64,
    /// Largest resident memory, MiB.
    pub peak_mib: f64,
}

/// A program to be started: the words of its command line and its variables.
#[derive(Debug, Clone, Default)]
pub struct Start {
    words: Vec<String>,
    variables: Vec<(String, String)>,
}

impl Start {
    /// A program with its arguments.
    pub fn new(program: &Path, arguments: &[&str]) -> Self {
        let mut words = vec![program.display().to_string()];
        words.extend(arguments.iter().map(|&argument| argument.to_owned()));
        Self {
            words,
            variables: Vec::new(),
        }
    }

    /// The same with a variable of its surroundings.
    pub fn with(mut self, name: &str, value: impl AsRef<Path>) -> Self {
        self.variables
            .push((name.to_owned(), value.as_ref().display().to_string()));
        self
    }

    /// Runs it to its end; one that fails is an error.
    pub fn measure(&self) -> Result<Used, String> {
        let mut command = Command::new("python3");
        command
            .args(["-c", MEASURE])
            .args(&self.words)
            .env("MAPILLARY_TOOLS_PROMPT_DISABLED", "YES")
            .envs(self.variables.iter().map(|(name, value)| (name, value)));
        parse(&output(&mut command)?)
    }
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

/// Ours and theirs in turn, so that a slow moment hits both; `warm` rounds before are not counted.
pub fn in_turn(
    rounds: usize,
    warm: usize,
    mut ours: impl FnMut() -> Result<Used, String>,
    mut theirs: impl FnMut() -> Result<Used, String>,
) -> Result<(Vec<Used>, Vec<Used>), String> {
    let (mut our_runs, mut their_runs) = (Vec::new(), Vec::new());
    for round in 0..rounds + warm {
        let (our_run, their_run) = (ours()?, theirs()?);
        if round >= warm {
            our_runs.push(our_run);
            their_runs.push(their_run);
        }
    }
    Ok((our_runs, their_runs))
}

/// A table of medians under a heading.
pub fn table(heading: &str, ours: &[Used], theirs: &[Used]) -> String {
    let row = |name: &str, unit: &str, value: fn(&Used) -> f64| {
        let (our, their) = (median_of(ours, value), median_of(theirs, value));
        format!("| {name} | {our:.3} {unit} | {their:.3} {unit} | {:.1} |", their / our)
    };
    [
        format!("{heading}, median of {}:\n", ours.len()),
        format!(
            "| | Waypost | mapillary_tools {} | ratio |\n|---|---|---|---|",
            peer::VERSION
        ),
        row("wall time", "s", |used| used.wall_s),
        row("processor time", "s", |used| used.processor_s),
        row("peak memory", "MiB", |used| used.peak_mib),
        String::new(),
    ]
    .join("\n")
}

/// The median of one figure.
pub fn median_of(runs: &[Used], value: fn(&Used) -> f64) -> f64 {
    median(runs.iter().map(value))
}

/// The middle one.
pub fn median(values: impl Iterator<Item = f64>) -> f64 {
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
        let table = table("Something", &ours, &[used(10.0, 80.0)]);
        assert!(table.contains("Something, median of 3"), "{table}");
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

    #[test]
    fn rounds_that_only_warm_the_cache_are_not_counted() {
        let mut asked = 0.0;
        let mut count = || {
            asked += 1.0;
            Ok(Used {
                wall_s: asked,
                processor_s: 0.0,
                peak_mib: 0.0,
            })
        };
        let used = count().unwrap();
        let (ours, theirs) = in_turn(2, 1, &mut count, || Ok(used)).unwrap();
        assert_eq!((ours.len(), theirs.len()), (2, 2));
        assert!((ours[0].wall_s - 3.0).abs() < f64::EPSILON);
    }
}
