//! Some of the workspace's test programs, chosen by name, run as the whole workspace built them.
//!
//! `cargo test --test NAME` would not do: cargo then looks at fewer packages, gives what they share other features, and
//! builds half of the tree again.

use std::path::{Path, PathBuf};
use std::process::Command;

use crate::command::{cargo, output};
use crate::json::Json;

/// An integration test that is built.
#[derive(Debug, PartialEq, Eq)]
pub struct TestProgram {
    /// Name of the test, as `upload_kill`.
    pub name: String,
    /// Folder of its package, in which it runs.
    package: PathBuf,
    executable: PathBuf,
}

impl TestProgram {
    /// The command that runs it.
    pub fn command(&self) -> Command {
        let mut command = Command::new(&self.executable);
        command
            .current_dir(&self.package)
            .env("CARGO_MANIFEST_DIR", &self.package);
        command
    }
}

/// The integration tests of the workspace whose package folder and name are wanted; builds what is not built.
pub fn find(is_wanted: impl Fn(&Path, &str) -> bool) -> Result<Vec<TestProgram>, String> {
    let messages = output(&mut cargo(&[
        "test",
        "--workspace",
        "--no-run",
        "--quiet",
        "--message-format",
        "json-render-diagnostics",
    ]))?;
    let mut programs = parse(&messages)?;
    programs.retain(|program| is_wanted(&program.package, &program.name));
    programs.sort_by(|one, other| one.name.cmp(&other.name));
    Ok(programs)
}

/// Runs all of them, one after the other, each with `run`, and names those that failed.
pub fn run_all<'a>(
    commands: impl IntoIterator<Item = (&'a str, Command)>,
    run: impl Fn(&str, &mut Command) -> Result<(), String>,
) -> Result<(), String> {
    let failed: Vec<String> = commands
        .into_iter()
        .filter_map(|(name, mut command)| {
            println!("\n-- {name}");
            run(name, &mut command).err().map(|error| format!("{name}: {error}"))
        })
        .collect();
    if failed.is_empty() {
        Ok(())
    } else {
        Err(failed.join("\n"))
    }
}

fn parse(messages: &str) -> Result<Vec<TestProgram>, String> {
    let mut programs = Vec::new();
    for line in messages.lines() {
        let message = Json::parse(line)?;
        let text = |name: &str| message.get(name).and_then(Json::text);
        let target = message.get("target");
        let is_test = target
            .and_then(|target| target.get("kind"))
            .is_some_and(|kinds| kinds.items().iter().any(|kind| kind.text() == Some("test")));
        let name = target.and_then(|target| target.get("name")).and_then(Json::text);
        if let (true, Some(name), Some(executable), Some(manifest)) =
            (is_test, name, text("executable"), text("manifest_path"))
        {
            programs.push(TestProgram {
                name: name.to_owned(),
                package: Path::new(manifest).parent().unwrap_or(Path::new("")).to_path_buf(),
                executable: executable.into(),
            });
        }
    }
    Ok(programs)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::process::Stdio;

    #[test]
    fn integration_tests_are_told_from_programs_and_libraries() {
        let line = |kind: &str, name: &str, executable: &str| {
            format!(
                r#"{{"reason": "compiler-artifact", "manifest_path": "/r/tests/Cargo.toml", "target": {{"kind": ["{kind}"], "name": "{name}"}}, "executable": {executable}}}"#
            )
        };
        let messages = [
            line("lib", "waypost_core", "null"),
            line("bin", "waypost", "\"/t/waypost\""),
            line("test", "window", "\"/t/window-1\""),
            r#"{"reason": "build-finished", "success": true}"#.to_owned(),
        ];
        let expected = TestProgram {
            name: "window".into(),
            package: "/r/tests".into(),
            executable: "/t/window-1".into(),
        };
        assert_eq!(parse(&messages.join("\n")), Ok(vec![expected]));
        assert!(parse("no json").is_err());
    }

    #[test]
    fn every_failed_program_is_named_and_the_others_run() {
        let program = |succeeds: bool| {
            let mut command = Command::new("cargo");
            command.arg(if succeeds { "--version" } else { "--no-such-option" });
            command.stdout(Stdio::null()).stderr(Stdio::null());
            command
        };
        let run = |_: &str, command: &mut Command| crate::command::run(command);
        assert_eq!(run_all([("a", program(true))], run), Ok(()));
        let failed = run_all(
            [("a", program(false)), ("b", program(true)), ("c", program(false))],
            run,
        )
        .unwrap_err();
        let names: Vec<&str> = failed.lines().filter_map(|line| line.split(':').next()).collect();
        assert_eq!(names, ["a", "c"]);
    }
}
