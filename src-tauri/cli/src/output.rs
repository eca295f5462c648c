//! How answers are given: words for people on standard error, JSON for programs on standard output.

use std::io::{IsTerminal as _, Write as _};

use serde::Serialize;
use waypost_wire::Problem;

/// How to answer.
#[derive(Clone, Copy, Debug)]
pub struct Output {
    /// JSON on standard output.
    pub json: bool,
    /// More words.
    pub verbose: bool,
}

impl Output {
    /// A line for people, on standard error, so that standard output stays clean for programs.
    #[expect(
        clippy::unused_self,
        reason = "words and JSON are said through the same object"
    )]
    pub fn say(self, line: &str) {
        // A closed standard error is no reason to stop an upload.
        let _ = writeln!(std::io::stderr(), "{line}");
    }

    /// A line for curious people.
    pub fn detail(self, line: &str) {
        if self.verbose {
            self.say(line);
        }
    }

    /// The result of a command: JSON if asked for, else the words.
    pub fn result<T: Serialize>(self, value: &T, words: &str) {
        let mut out = std::io::stdout();
        let written = if self.json {
            serde_json::to_string(value)
                .map_err(std::io::Error::other)
                .and_then(|text| writeln!(out, "{text}"))
        } else if words.is_empty() {
            Ok(())
        } else {
            writeln!(out, "{words}")
        };
        // Whoever reads may have gone (`waypost status | head`); that is theirs to decide.
        let _ = written.and_then(|()| out.flush());
    }

    /// The result of a command whose words were said on the way.
    pub fn result_if_json<T: Serialize>(self, value: &T) {
        if self.json {
            self.result(value, "");
        }
    }

    /// What went wrong and what to do: the sentence, and under it the action.
    pub fn problem(self, problem: &Problem) {
        if self.json {
            self.result(&serde_json::json!({ "error": problem }), "");
        }
        self.say(&format!("waypost: {}", problem.message));
        if !problem.action.is_empty() {
            self.say(&format!("  → {}", problem.action));
        }
        self.detail(&format!("  code: {}", problem.code));
    }

    /// Whether somebody looks at standard error, so that bars make sense.
    pub fn has_audience(self) -> bool {
        !self.json && std::io::stderr().is_terminal()
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
