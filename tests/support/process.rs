//! A child process that cannot outlive its test.

use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

/// Kills its process when it goes away.
#[derive(Debug)]
pub struct Guarded {
    child: Child,
    name: String,
}

impl Guarded {
    /// Starts `command`.
    pub fn spawn(command: &mut Command) -> Self {
        let name = command.get_program().to_string_lossy().into_owned();
        let child = command
            .spawn()
            .unwrap_or_else(|error| panic!("{name} does not start: {error}"));
        Self { child, name }
    }

    /// Takes over a process that was started elsewhere.
    pub fn adopt(child: Child, name: &str) -> Self {
        Self {
            child,
            name: name.to_owned(),
        }
    }

    /// Starts `command` and returns its first line on standard output as well; the rest is read and dropped.
    pub fn spawn_with_first_line(command: &mut Command) -> (Self, String) {
        command.stdout(Stdio::piped());
        let mut guarded = Self::spawn(command);
        let mut output = BufReader::new(guarded.child.stdout.take().expect("piped above"));
        let mut line = String::new();
        output.read_line(&mut line).expect("the first line can be read");
        assert!(!line.trim().is_empty(), "{} said nothing", guarded.name);
        std::thread::spawn(move || std::io::copy(&mut output, &mut std::io::sink()));
        (guarded, line.trim().to_owned())
    }

    /// The process id.
    pub fn id(&self) -> u32 {
        self.child.id()
    }

    /// Ends it with SIGKILL, as a power cut would.
    pub fn kill(&mut self) {
        self.child.kill().ok();
        self.child.wait().ok();
    }

    /// Waits for its own end.
    pub fn wait(&mut self) -> std::process::ExitStatus {
        self.child.wait().expect("the process can be waited for")
    }

    /// Whether it is still running.
    pub fn is_running(&mut self) -> bool {
        matches!(self.child.try_wait(), Ok(None))
    }
}

impl Drop for Guarded {
    fn drop(&mut self) {
        self.kill();
    }
}

/// Asks `probe` again and again until it has an answer; panics with `what` when it takes too long.
///
/// The limit only ends a test that would hang; no test passes or fails by speed.
pub fn wait_for<T>(what: &str, mut probe: impl FnMut() -> Option<T>) -> T {
    let end = Instant::now() + Duration::from_secs(120);
    loop {
        if let Some(value) = probe() {
            return value;
        }
        assert!(Instant::now() < end, "waited two minutes in vain for {what}");
        std::thread::sleep(Duration::from_millis(50));
    }
}
