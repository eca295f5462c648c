//! How answers are given: words for people on standard error, JSON for programs on standard output.

use std::io::{self, IsTerminal as _, Write};
use std::sync::LazyLock;
use std::sync::atomic::{AtomicBool, Ordering};

use indicatif::{MultiProgress, ProgressDrawTarget};
use serde::Serialize;
use waypost_wire::Problem;

use crate::failure::for_terminal;

/// Whether standard output has its answer: there is never a second one in JSON.
static ANSWERED: AtomicBool = AtomicBool::new(false);

/// Whether bars are drawn.
static BARS_SHOWN: AtomicBool = AtomicBool::new(false);

/// The bars of this program. Every other line on standard error goes past them, so that neither tears the other.
static BARS: LazyLock<MultiProgress> = LazyLock::new(|| {
    let target = if BARS_SHOWN.load(Ordering::Relaxed) {
        ProgressDrawTarget::stderr()
    } else {
        ProgressDrawTarget::hidden()
    };
    MultiProgress::with_draw_target(target)
});

/// How to answer.
#[derive(Clone, Copy, Debug)]
pub struct Output {
    /// JSON on standard output.
    pub json: bool,
    /// More words.
    pub verbose: bool,
}

impl Output {
    /// Decides once for the program whether bars are drawn: only for somebody who looks at a terminal.
    pub fn new(json: bool, verbose: bool) -> Self {
        let output = Self { json, verbose };
        BARS_SHOWN.store(output.has_audience(), Ordering::Relaxed);
        output
    }

    /// A line for people, on standard error, so that standard output stays clean for programs.
    #[expect(clippy::unused_self, reason = "words and JSON are said through the same object")]
    pub fn say(self, line: &str) {
        // A closed standard error is no reason to stop an upload.
        let _ = BesideBars.write_all(format!("{line}\n").as_bytes());
    }

    /// A line for curious people.
    pub fn detail(self, line: &str) {
        if self.verbose {
            self.say(line);
        }
    }

    /// The result of a command: JSON if asked for, else the words.
    pub fn result<T: Serialize>(self, value: &T, words: &str) {
        let text = if self.json {
            serde_json::to_string(value).map_err(io::Error::other)
        } else {
            Ok(words.to_owned())
        };
        let written = text.and_then(|text| {
            if text.is_empty() || (self.json && ANSWERED.swap(true, Ordering::Relaxed)) {
                return Ok(());
            }
            let mut out = io::stdout();
            writeln!(out, "{text}")?;
            out.flush()
        });
        // Whoever reads may have gone (`waypost status | head`); that is theirs to decide.
        let _ = written;
    }

    /// The result of a command whose words were said on the way.
    pub fn result_if_json<T: Serialize>(self, value: &T) {
        if self.json {
            self.result(value, "");
        }
    }

    /// Standard output belongs to the description: nothing else is written there.
    #[expect(
        clippy::unused_self,
        reason = "standard output is answered on through this object only"
    )]
    pub fn give_standard_output_away(self) {
        ANSWERED.store(true, Ordering::Relaxed);
    }

    /// What went wrong and what to do: the sentence, and under it the action.
    pub fn problem(self, problem: &Problem) {
        self.result_if_json(&serde_json::json!({ "error": problem }));
        self.say_problem(problem);
    }

    /// The same in words only.
    pub fn say_problem(self, problem: &Problem) {
        self.say(&format!("waypost: {}", problem.message));
        if !problem.action.is_empty() {
            self.say(&format!("  → {}", problem.action));
        }
        self.detail(&format!("  code: {}", problem.code));
    }

    /// Whether somebody looks at standard error, so that bars make sense.
    pub fn has_audience(self) -> bool {
        !self.json && io::stderr().is_terminal()
    }
}

/// The bars.
pub fn bars() -> &'static MultiProgress {
    &BARS
}

/// Standard error, written so that bars are not torn.
#[derive(Clone, Copy, Debug, Default)]
pub struct BesideBars;

impl Write for BesideBars {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        bars().suspend(|| io::stderr().write(bytes))
    }

    fn flush(&mut self) -> io::Result<()> {
        io::stderr().flush()
    }
}

/// The words of a problem in one line, for lists.
pub fn in_one_line(problem: &Problem) -> String {
    let problem = for_terminal(problem.clone());
    if problem.action.is_empty() {
        problem.message
    } else {
        format!("{} → {}", problem.message, problem.action)
    }
}

/// A number of bytes in decimal units, as file managers show it.
pub fn bytes(count: u64) -> String {
    const UNITS: [&str; 5] = ["B", "kB", "MB", "GB", "TB"];
    let mut value = count as f64;
    let mut unit = 0;
    while value >= 999.5 && unit < UNITS.len() - 1 {
        value /= 1000.0;
        unit += 1;
    }
    if unit == 0 {
        format!("{count} B")
    } else {
        format!("{value:.1} {}", UNITS[unit])
    }
}

/// "1 photo", "2 photos".
pub fn counted(count: u64, one: &str, more: &str) -> String {
    if count == 1 {
        format!("1 {one}")
    } else {
        format!("{count} {more}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_are_said_in_decimal_units() {
        for (count, words) in [
            (0, "0 B"),
            (999, "999 B"),
            (1000, "1.0 kB"),
            (999_950, "1.0 MB"),
            (4_100_000_000, "4.1 GB"),
        ] {
            assert_eq!(bytes(count), words);
        }
    }

    #[test]
    fn one_is_not_many() {
        assert_eq!(counted(1, "photo", "photos"), "1 photo");
        assert_eq!(counted(0, "photo", "photos"), "0 photos");
    }
}
