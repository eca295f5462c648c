//! Named, timed steps: each prints its name before and its time after, and all of them a table at the end.

use std::time::{Duration, Instant};

use crate::place;

/// How a step ended.
#[derive(Debug, PartialEq, Eq)]
pub enum End {
    /// It did what it should.
    Passed,
    /// It could not be done here, for this reason.
    Skipped(String),
    /// It failed.
    Failed(String),
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

    /// Runs a step. Returns whether it did not fail.
    pub fn step(&mut self, name: &str, work: impl FnOnce() -> Done) -> bool {
        if !self.only.is_empty() && !self.only.iter().any(|word| name.contains(word.as_str())) {
            return true;
        }
        println!("\n== {name}");
        let begun = Instant::now();
        let end = match work() {
            Ok(None) => End::Passed,
            Ok(Some(reason)) => End::Skipped(reason),
            Err(reason) => End::Failed(reason),
        };
        let took = begun.elapsed();
        match &end {
            End::Passed => println!("== {name}: {:.1} s ok", took.as_secs_f64()),
            End::Skipped(reason) => println!("== {name}: SKIPPED: {reason}"),
            End::Failed(reason) => {
                println!("== {name}: {:.1} s FAILED\n{reason}", took.as_secs_f64());
            }
        }
        let passed = !matches!(end, End::Failed(_));
        self.done.push((name.to_owned(), took, end));
        passed
    }

    /// Prints the table and says whether all went well.
    pub fn finish(self) -> Result<(), String> {
        let budget = budget();
        println!("\n{:<34} {:>9} {:>9}  end", "step", "seconds", "budget");
        let (mut passed, mut failed, mut skipped) = (0, 0, 0);
        let mut total = Duration::ZERO;
        for (name, took, end) in &self.done {
            total += *took;
            let word = match end {
                End::Passed => {
                    passed += 1;
                    "ok".to_owned()
                }
                End::Skipped(reason) => {
                    skipped += 1;
                    format!("SKIPPED: {reason}")
                }
                End::Failed(_) => {
                    failed += 1;
                    "FAILED".to_owned()
                }
            };
            let limit_s = budget
                .iter()
                .find(|(step, _)| step == name)
                .map(|(_, minutes)| minutes * 60.0);
            let limit = limit_s.map_or_else(|| "-".to_owned(), |limit_s| format!("{limit_s:.0}"));
            let over = limit_s.is_some_and(|limit_s| took.as_secs_f64() > limit_s);
            let note = if over {
                "  (over its budget of docs/ci.md)"
            } else {
                ""
            };
            println!(
                "{name:<34} {:>9.1} {limit:>9}  {word}{note}",
                took.as_secs_f64()
            );
        }
        println!("{:<34} {:>9.1}", "all", total.as_secs_f64());
        println!("steps: {passed} passed, {failed} failed, {skipped} skipped");
        if failed == 0 {
            Ok(())
        } else {
            Err(format!("{failed} steps failed"))
        }
    }
}

/// The minutes of each step, from the table in docs/ci.md.
fn budget() -> Vec<(String, f64)> {
    let page = std::fs::read_to_string(place::root().join("docs/ci.md")).unwrap_or_default();
    parse_budget(&page)
}

fn parse_budget(page: &str) -> Vec<(String, f64)> {
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

    #[test]
    fn a_failed_step_fails_the_run_and_later_steps_still_run() {
        let mut steps = Steps::new(&[]);
        assert!(steps.step("one", || Ok(None)));
        assert!(!steps.step("two", || Err("broken".into())));
        assert!(steps.step("three", || Ok(Some("not here".into()))));
        assert_eq!(steps.done.len(), 3);
        assert_eq!(steps.finish().unwrap_err(), "1 steps failed");
    }

    #[test]
    fn only_the_steps_that_were_asked_for_run() {
        let mut steps = Steps::new(&["lint"]);
        assert!(steps.step("tests", || Err("must not run".into())));
        assert!(steps.step("ui lint", || Ok(None)));
        assert_eq!(steps.done.len(), 1);
    }

    #[test]
    fn the_budget_is_read_from_the_table_of_the_page() {
        let page =
            "# CI\n\n| step | minutes |\n|---|---|\n| `walls` | 0.5 | why |\n| tests | 12 |\n";
        assert_eq!(
            parse_budget(page),
            [("walls".to_owned(), 0.5), ("tests".to_owned(), 12.0)]
        );
    }
}
