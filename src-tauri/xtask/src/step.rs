//! Named, timed steps: each prints its name before and its time after, and all of them a table at the end.

use std::time::{Duration, Instant};

use crate::place;

/// How a step ended.
#[derive(Debug, PartialEq, Eq)]
enum End {
    Passed,
    /// It could not be done here, for this reason.
    Skipped(String),
    Failed,
}

/// What a step's work returns: nothing, or why it was skipped, or why it failed.
pub type Done = Result<Option<String>, String>;

/// The steps of a run.
pub struct Steps {
    only: Vec<String>,
    done: Vec<(String, Duration, End)>,
}

impl Steps {
    /// Runs only steps whose names contain one of `only`; all when it is empty.
    pub fn new(only: &[&str]) -> Self {
        Self {
            only: only.iter().map(|word| (*word).to_owned()).collect(),
            done: Vec::new(),
        }
    }

    /// Runs a step, unless one of those it `needs` failed: then its result would say nothing.
    pub fn step(&mut self, name: &str, needs: &[&str], work: impl FnOnce() -> Done) {
        if !self.only.is_empty() && !self.only.iter().any(|word| name.contains(word.as_str())) {
            return;
        }
        println!("\n== {name}");
        let begun = Instant::now();
        let (end, words) = match self.broken(needs) {
            Some(broken) => (End::Skipped(format!("{broken} did not pass")), String::new()),
            None => match work() {
                Ok(None) => (End::Passed, String::new()),
                Ok(Some(reason)) => (End::Skipped(reason), String::new()),
                Err(reason) => (End::Failed, reason),
            },
        };
        let took = begun.elapsed();
        let seconds = took.as_secs_f64();
        match &end {
            End::Passed => println!("== {name}: {seconds:.1} s ok"),
            End::Skipped(reason) => println!("== {name}: SKIPPED: {reason}"),
            End::Failed => println!("{words}\n== {name}: {seconds:.1} s FAILED"),
        }
        self.done.push((name.to_owned(), took, end));
    }

    /// The first of `needs` that failed, or was left out because of one that failed.
    fn broken<'a>(&self, needs: &[&'a str]) -> Option<&'a str> {
        needs.iter().copied().find(|need| {
            self.done
                .iter()
                .any(|(name, _, end)| name == need && *end != End::Passed)
        })
    }

    /// Prints the table and says whether all went well.
    pub fn finish(self) -> Result<(), String> {
        let page = std::fs::read_to_string(place::root().join("docs/ci.md")).unwrap_or_default();
        let budget = budget(&page);
        println!("\n{:<20} {:>9} {:>9}  end", "step", "seconds", "budget");
        let (mut passed, mut failed, mut skipped) = (0, 0, 0);
        let mut total = Duration::ZERO;
        for (name, took, end) in &self.done {
            total += *took;
            let seconds = took.as_secs_f64();
            let word = match end {
                End::Passed => {
                    passed += 1;
                    "ok".to_owned()
                }
                End::Skipped(reason) => {
                    skipped += 1;
                    format!("SKIPPED: {reason}")
                }
                End::Failed => {
                    failed += 1;
                    "FAILED".to_owned()
                }
            };
            let limit_s = budget
                .iter()
                .find(|(step, _)| step == name)
                .map(|(_, minutes)| minutes * 60.0);
            let limit = limit_s.map_or_else(|| "-".to_owned(), |limit_s| format!("{limit_s:.0}"));
            println!("{name:<20} {seconds:>9.1} {limit:>9}  {word}");
            if limit_s.is_some_and(|limit_s| seconds > limit_s) {
                println!("warning: {name} is over its budget of docs/ci.md");
            }
        }
        println!("{:<20} {:>9.1}", "all", total.as_secs_f64());
        let line = format!("steps: {passed} passed, {failed} failed, {skipped} skipped");
        if self.done.is_empty() {
            return Err(format!("no step is called {}", self.only.join(" or ")));
        }
        if failed > 0 {
            println!("failed: {}", self.failed().join(", "));
            return Err(line);
        }
        println!("{line}");
        Ok(())
    }

    fn failed(&self) -> Vec<&str> {
        self.done
            .iter()
            .filter(|(_, _, end)| *end == End::Failed)
            .map(|(name, _, _)| name.as_str())
            .collect()
    }
}

/// The minutes of each step, from the table of docs/ci.md.
pub fn budget(page: &str) -> Vec<(String, f64)> {
    page.lines()
        .filter_map(|line| {
            let mut cells = line.strip_prefix('|')?.split('|').map(str::trim);
            let name = cells.next()?.trim_matches('`').to_owned();
            let minutes = cells.next()?.parse().ok()?;
            Some((name, minutes))
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ends(steps: &Steps) -> Vec<(&str, &End)> {
        steps.done.iter().map(|(name, _, end)| (name.as_str(), end)).collect()
    }

    #[test]
    fn a_failed_step_fails_the_run_and_independent_steps_still_run() {
        let mut steps = Steps::new(&[]);
        steps.step("one", &[], || Ok(None));
        steps.step("two", &["one"], || Err("broken".into()));
        steps.step("three", &["one"], || Ok(Some("not here".into())));
        assert_eq!(
            ends(&steps),
            [
                ("one", &End::Passed),
                ("two", &End::Failed),
                ("three", &End::Skipped("not here".into()))
            ]
        );
        assert_eq!(steps.finish().unwrap_err(), "steps: 1 passed, 1 failed, 1 skipped");
    }

    #[test]
    fn what_needs_a_failed_step_is_left_out_with_the_reason() {
        let mut steps = Steps::new(&[]);
        steps.step("build", &[], || Err("broken".into()));
        steps.step("tests", &["build"], || Ok(None));
        steps.step("report", &["tests"], || Ok(None));
        let reason = |name: &str| End::Skipped(format!("{name} did not pass"));
        assert_eq!(
            ends(&steps)[1..],
            [("tests", &reason("build")), ("report", &reason("tests"))]
        );
    }

    #[test]
    fn only_the_steps_that_were_asked_for_run() {
        let mut steps = Steps::new(&["lint"]);
        steps.step("tests", &[], || Err("must not run".into()));
        steps.step("ui lint", &["tests"], || Ok(None));
        assert_eq!(ends(&steps), [("ui lint", &End::Passed)]);
        assert_eq!(steps.finish(), Ok(()));
    }

    #[test]
    fn a_run_without_any_step_is_no_success() {
        assert_eq!(Steps::new(&["lnit"]).finish().unwrap_err(), "no step is called lnit");
    }

    #[test]
    fn the_budget_is_read_from_the_table_of_the_page() {
        let page = "# CI\n\n| step | minutes |\n|---|---|\n| `walls` | 0.5 | why |\n| tests | 12 |\n";
        assert_eq!(budget(page), [("walls".to_owned(), 0.5), ("tests".to_owned(), 12.0)]);
    }
}
