//! The window's side: npm packages and scripts.

use std::path::Path;
use std::process::Command;
use std::time::SystemTime;

use crate::command::run;
use crate::json::Json;
use crate::place;
use crate::step::Done;

/// npm in the window's folder.
pub fn npm(arguments: &[&str]) -> Command {
    let mut command = Command::new(if cfg!(windows) { "npm.cmd" } else { "npm" });
    command.args(arguments).current_dir(place::ui());
    command
}

/// Installs the packages of the lockfile, if they are not those already.
pub fn install() -> Result<(), String> {
    let marker = place::ui().join("node_modules/.waypost-installed");
    let installed_at = changed_at(&marker);
    if installed_at.is_some() && installed_at > changed_at(&place::ui().join("package-lock.json")) {
        return Ok(());
    }
    run(&mut npm(&["ci", "--no-audit", "--no-fund", "--loglevel=error"]))
        .map_err(|error| format!("{error}\nneeded: Node.js 20.19 or newer with npm, and a registry that answers"))?;
    std::fs::write(&marker, "").map_err(|error| format!("{}: {error}", marker.display()))
}

/// Builds the window into `ui/dist`, which the app embeds.
pub fn build() -> Result<(), String> {
    install()?;
    run(&mut npm(&["run", "--silent", "build"]))
}

/// Runs a script of package.json as a step.
pub fn script(name: &str) -> Done {
    let path = place::ui().join("package.json");
    let text = std::fs::read_to_string(&path).map_err(|error| format!("{}: {error}", path.display()))?;
    if !has_script(&text, name)? {
        return Ok(Some(format!("ui/package.json has no script \"{name}\"")));
    }
    run(&mut npm(&["run", "--silent", name])).map(|()| None)
}

fn has_script(package: &str, name: &str) -> Result<bool, String> {
    let package = Json::parse(package)?;
    Ok(package.get("scripts").and_then(|scripts| scripts.get(name)).is_some())
}

/// Asks the registry for known faults of what is distributed.
pub fn audit() -> Done {
    let answer = npm(&["audit", "--omit=dev", "--json"])
        .output()
        .map_err(|error| format!("npm: {error}"))?;
    judge_audit(answer.status.success(), &String::from_utf8_lossy(&answer.stdout))
}

fn judge_audit(succeeded: bool, answer: &str) -> Done {
    let is_report = Json::parse(answer).is_ok_and(|report| report.get("vulnerabilities").is_some());
    match (is_report, succeeded) {
        (true, true) => Ok(None),
        (true, false) => Err(answer.to_owned()),
        (false, _) => Ok(Some("the registry answers no audits".into())),
    }
}

fn changed_at(path: &Path) -> Option<SystemTime> {
    path.metadata().and_then(|metadata| metadata.modified()).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_script_that_is_not_there_is_known_before_npm_is_asked() {
        let package = r#"{"name": "e2e", "scripts": {"build": "vite build"}}"#;
        assert_eq!(has_script(package, "build"), Ok(true));
        assert_eq!(has_script(package, "e2e"), Ok(false));
        assert!(has_script("{", "build").is_err());
    }

    #[test]
    fn a_registry_without_audits_is_no_fault_and_no_success() {
        assert_eq!(judge_audit(true, r#"{"vulnerabilities": {}}"#), Ok(None));
        assert!(judge_audit(false, r#"{"vulnerabilities": {"svelte": {}}}"#).is_err());
        for answer in ["", r#"{"error": {"summary": "405"}}"#] {
            assert!(
                judge_audit(false, answer).is_ok_and(|skipped| skipped.is_some()),
                "{answer}"
            );
        }
    }
}
