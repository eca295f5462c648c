//! The window's side: npm packages and scripts.

use std::path::Path;
use std::process::Command;
use std::time::SystemTime;

use crate::command::run;
use crate::place;

/// npm in the window's folder.
pub fn npm(arguments: &[&str]) -> Command {
    let mut command = Command::new(if cfg!(windows) { "npm.cmd" } else { "npm" });
    command.args(arguments).current_dir(place::ui());
    command
}

/// Installs the packages of the lockfile, if they are not those already.
pub fn install() -> Result<(), String> {
    if place::find_program("npm").is_none() && !cfg!(windows) {
        return Err("npm is missing: install Node.js 20.19 or newer with npm".into());
    }
    let marker = place::ui().join("node_modules/.waypost-installed");
    if changed_at(&marker) > changed_at(&place::ui().join("package-lock.json")) {
        return Ok(());
    }
    run(&mut npm(&[
        "ci",
        "--no-audit",
        "--no-fund",
        "--loglevel=error",
    ]))?;
    std::fs::write(&marker, "").map_err(|error| format!("{}: {error}", marker.display()))
}

/// Builds the window into `ui/dist`, which the app embeds.
pub fn build() -> Result<(), String> {
    install()?;
    script("build")
}

/// Runs a script of package.json.
pub fn script(name: &str) -> Result<(), String> {
    run(&mut npm(&["run", "--silent", name]))
}

fn changed_at(path: &Path) -> Option<SystemTime> {
    path.metadata()
        .and_then(|metadata| metadata.modified())
        .ok()
}
