//! `bench`, the window's part: how long the release build takes to paint, and what it uses when nobody touches it.
//!
//! Linux with Xvfb only: processor time and memory are read from /proc, the web view's own processes included.
//!
//! What needs a long list, a drop or fifty uploads is measured on the same page in Chromium, with streams of events made
//! by `ui/tests/speed.e2e.ts`; its rows say so.

use std::io::{BufRead as _, BufReader};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use crate::command::{cargo, run as run_command};
use crate::{packages, place, ui};

/// Counted starts; one more before them warms the page cache.
const STARTS: usize = 5;
/// How long the window is left alone before and while it is watched.
const IDLE: Duration = Duration::from_secs(5);
/// How long the sending of fifty uploads is watched in Chromium, seconds.
const WATCHED_S: &str = "10";
/// Ticks of processor time a second in /proc/PID/stat; Linux has shown 100 to programs for decades.
const TICKS_PER_S: f64 = 100.0;

/// Ends its process when it goes away.
struct Ended(Child);

impl Drop for Ended {
    fn drop(&mut self) {
        // It may have ended by itself.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// Builds, starts and watches the window; returns rows of a table.
pub fn run() -> Result<String, String> {
    if !cfg!(target_os = "linux") || place::find_program("Xvfb").is_none() {
        return Ok("| window | SKIPPED: this needs Linux with Xvfb |".into());
    }
    packages::install(packages::WINDOW)?;
    ui::build()?;
    run_command(&mut cargo(&["build", "--release", "--package", "waypost-desktop"]))?;
    let (_screen, display) = screen()?;
    let folder = std::env::temp_dir().join(format!("waypost-bench-window-{}", std::process::id()));
    let mut painted_ms = Vec::new();
    let mut idle = None;
    for start in 0..=STARTS {
        let (window, after_ms) = open(&display, &folder)?;
        if start > 0 {
            painted_ms.push(after_ms);
        }
        if start == STARTS {
            idle = Some(watch(window.0.id()));
        }
    }
    std::fs::remove_dir_all(&folder).map_err(|error| format!("{}: {error}", folder.display()))?;
    painted_ms.sort_unstable();
    let median_ms = painted_ms.get(STARTS / 2).copied().unwrap_or_default();
    let (processor_percent, memory_mib) = idle.unwrap_or_default();
    let in_browser = in_browser()?;
    Ok(format!(
        "| window: start to painted, median of {STARTS} | {median_ms} ms (all: {painted_ms:?}) |\n\
         | window: processor when idle | {processor_percent:.1} % of one core |\n\
         | window: memory when idle (PSS, web view included) | {memory_mib:.0} MiB |\n\
         {in_browser}"
    ))
}

/// The rows that `ui/tests/speed.e2e.ts` prints: the built page on the demo platform, in Chromium.
fn in_browser() -> Result<String, String> {
    let output = ui::npm(&["run", "--silent", "speed"])
        .env("WAYPOST_SPEED_S", WATCHED_S)
        .output()
        .map_err(|error| format!("npm: {error}"))?;
    let text = String::from_utf8_lossy(&output.stdout);
    if !output.status.success() {
        return Err(format!("{text}\n{}", String::from_utf8_lossy(&output.stderr)));
    }
    let rows = measured_rows(&text);
    if rows.is_empty() {
        return Err(format!("{text}\nno line of it begins with MEASURED"));
    }
    Ok(rows.join("\n"))
}

/// Lines like `MEASURED | what | found |` as rows of the table.
fn measured_rows(text: &str) -> Vec<String> {
    text.lines()
        .filter_map(|line| Some(format!("| in Chromium: {}", line.split_once("MEASURED | ")?.1.trim())))
        .collect()
}

fn screen() -> Result<(Ended, String), String> {
    let mut server = Command::new("Xvfb")
        .args(["-displayfd", "1", "-screen", "0", "1280x900x24", "-nolisten", "tcp"])
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .map_err(|error| format!("Xvfb did not start: {error}"))?;
    let mut number = String::new();
    let output = server.stdout.take().ok_or("Xvfb has no output")?;
    BufReader::new(output)
        .read_line(&mut number)
        .map_err(|error| format!("Xvfb: {error}"))?;
    Ok((Ended(server), format!(":{}", number.trim())))
}

/// Starts the window and waits until it says that it is painted.
fn open(display: &str, folder: &std::path::Path) -> Result<(Ended, u64), String> {
    let mut window = Command::new(place::released("waypost-desktop"))
        .env("DISPLAY", display)
        .env("WAYPOST_DATA_DIR", folder.join("data"))
        .env("HOME", folder)
        .env("WAYPOST_LOG", "info")
        .env("NO_COLOR", "1")
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .spawn()
        .map_err(|error| format!("the window did not start: {error}"))?;
    let log = window.stderr.take().ok_or("the window has no output")?;
    let window = Ended(window);
    for line in BufReader::new(log).lines() {
        let line = line.map_err(|error| format!("the window's log: {error}"))?;
        if let Some(after_ms) = painted_after_ms(&line) {
            return Ok((window, after_ms));
        }
    }
    Err("the window ended before it was painted".into())
}

/// The number in a log line like `… INFO waypost_desktop::commands: painted after_ms=412`.
fn painted_after_ms(line: &str) -> Option<u64> {
    let (before, after) = line.split_once("after_ms=")?;
    before.contains("painted").then(|| after.trim().parse().ok()).flatten()
}

/// Processor use in percent of one core, and memory in MiB, of a process and all below it, left alone.
fn watch(process_id: u32) -> (f64, f64) {
    std::thread::sleep(IDLE);
    let tree = tree_of(process_id);
    let before: u64 = tree.iter().map(|id| ticks_of(*id)).sum();
    std::thread::sleep(IDLE);
    let after: u64 = tree.iter().map(|id| ticks_of(*id)).sum();
    let used_s = after.saturating_sub(before) as f64 / TICKS_PER_S;
    let memory_kib: u64 = tree.iter().map(|id| pss_kib_of(*id)).sum();
    (used_s / IDLE.as_secs_f64() * 100.0, memory_kib as f64 / 1024.0)
}

/// The process and everything it started.
fn tree_of(process_id: u32) -> Vec<u32> {
    let all: Vec<(u32, u32)> = std::fs::read_dir("/proc")
        .into_iter()
        .flatten()
        .flatten()
        .filter_map(|entry| entry.file_name().to_str()?.parse().ok())
        .filter_map(|id: u32| Some((id, fields_of(id)?.get(1)?.parse().ok()?)))
        .collect();
    let mut tree = vec![process_id];
    let mut next = 0;
    while let Some(parent) = tree.get(next).copied() {
        tree.extend(all.iter().filter(|(_, above)| *above == parent).map(|(id, _)| *id));
        next += 1;
    }
    tree
}

/// The fields of /proc/PID/stat behind the name, which may hold anything: state, parent, …
fn fields_of(process_id: u32) -> Option<Vec<String>> {
    let text = std::fs::read_to_string(format!("/proc/{process_id}/stat")).ok()?;
    Some(text.rsplit_once(')')?.1.split_whitespace().map(str::to_owned).collect())
}

fn ticks_of(process_id: u32) -> u64 {
    let fields = fields_of(process_id).unwrap_or_default();
    [11, 12]
        .iter()
        .filter_map(|place| fields.get(*place)?.parse::<u64>().ok())
        .sum()
}

fn pss_kib_of(process_id: u32) -> u64 {
    let text = std::fs::read_to_string(format!("/proc/{process_id}/smaps_rollup")).unwrap_or_default();
    text.lines()
        .find_map(|line| line.strip_prefix("Pss:")?.split_whitespace().next()?.parse().ok())
        .unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_painted_line_is_found_among_others() {
        let line = "2026-11-20T22:00:00Z  INFO waypost_desktop::commands: painted after_ms=412";
        assert_eq!(painted_after_ms(line), Some(412));
        assert_eq!(painted_after_ms("INFO opened after_ms=3"), None);
        assert_eq!(painted_after_ms("painted"), None);
    }

    #[test]
    fn what_the_page_measured_becomes_rows_and_the_rest_is_left_out() {
        let text = "stdout | tests\n\u{1b}[39mMEASURED | zoomed | 12 ms |\n Tests 1 passed\n";
        assert_eq!(measured_rows(text), ["| in Chromium: zoomed | 12 ms |"]);
    }

    #[test]
    fn this_process_is_in_its_own_tree_and_uses_memory() {
        if cfg!(target_os = "linux") {
            let me = std::process::id();
            assert!(tree_of(me).contains(&me));
            assert!(pss_kib_of(me) > 0);
        }
    }
}
