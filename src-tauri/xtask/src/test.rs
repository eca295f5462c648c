//! `test`: everything that is checked, fast things first. One run shows all failures.
//!
//! Every cargo step selects the whole workspace: another selection means other features of shared crates, and half of
//! the tree would be built again.

use std::process::Command;

use crate::command::{cargo, command, output, run as run_command};
use crate::step::{Done, Steps};
use crate::test_programs::{self, TestProgram};
use crate::{demo, hygiene, keychain, leftovers, packages, peer, place, ui, walls};

/// All packages but the end-to-end tests, which have steps of their own.
const ALL_BUT_END_TO_END: [&str; 3] = ["--workspace", "--exclude", "waypost-e2e"];

/// Oldest Node.js that Vite runs on.
const NODE: (u32, u32) = (20, 19);

/// Installs what is missing and runs every step, or only those whose names contain one of `only`.
pub fn run(only: &[&str]) -> Result<(), String> {
    let mut steps = Steps::new(only);
    all(&mut steps);
    steps.finish()
}

fn all(steps: &mut Steps) {
    steps.step("toolchain", &[], toolchain);
    steps.step("system packages", &[], || {
        packages::install(packages::TESTS).map(|()| None)
    });
    steps.step("format", &["toolchain"], || {
        passed(&mut cargo(&["fmt", "--all", "--check"]))
    });
    steps.step("hygiene", &[], || hygiene::check().map(|()| None));
    steps.step("walls", &[], || walls::run().map(|()| None));

    steps.step("ui packages", &["toolchain"], || ui::install().map(|()| None));
    steps.step("ui lint", &["ui packages"], || ui::script("lint"));
    steps.step("ui types", &["ui packages"], || ui::script("check"));
    steps.step("ui unit tests", &["ui packages"], || ui::script("test"));
    steps.step("ui build", &["ui packages"], || ui::script("build"));

    // The app embeds the page: without it nothing of the window compiles.
    let to_compile = ["toolchain", "system packages", "ui build"];
    steps.step("clippy", &to_compile, || {
        passed(&mut cargo(&[
            "clippy",
            "--workspace",
            "--all-targets",
            "--keep-going",
            "--",
            "--deny",
            "warnings",
        ]))
    });
    steps.step("build", &to_compile, || {
        passed(&mut cargo(&["build", "--workspace", "--all-targets", "--keep-going"]))
    });
    steps.step("tests", &["build"], tests);
    steps.step("wire types", &["build"], wire_types);
    steps.step("recordings", &["build"], recordings);
    steps.step("real tools", &["build"], real_tools);
    steps.step("documentation", &to_compile, || {
        passed(cargo(&["doc", "--workspace", "--lib", "--no-deps", "--quiet"]).env("RUSTDOCFLAGS", "--deny warnings"))
    });
    steps.step("headless demo", &["build"], || demo::job().map(|()| None));
    steps.step("ui in chromium", &["ui build", "system packages"], || ui::script("e2e"));
    steps.step("end to end", &["build"], || {
        end_to_end(|name| !name.starts_with("window"))
    });
    steps.step("real window", &["build"], || {
        end_to_end(|name| name.starts_with("window"))
    });

    steps.step("licences", &["toolchain"], licences);
    steps.step("npm audit", &["ui packages"], ui::audit);

    // Last: they look at what the tests left, also when some of them failed.
    steps.step("fault table", &[], leftovers::fault_table);
    steps.step("secrets", &[], leftovers::secrets);
}

fn passed(command: &mut Command) -> Done {
    run_command(command).map(|()| None)
}

fn toolchain() -> Done {
    for (component, arguments) in [("rustfmt", ["fmt", "--version"]), ("clippy", ["clippy", "--version"])] {
        let version = output(&mut cargo(&arguments))
            .map_err(|error| format!("{error}\ninstall it: rustup component add {component}"))?;
        println!("{}", version.trim());
    }
    let advice = format!("install Node.js {}.{} or newer, with npm", NODE.0, NODE.1);
    let node = output(&mut command("node", &["--version"])).map_err(|error| format!("{error}\n{advice}"))?;
    println!("node {}", node.trim());
    if !is_new_enough(&node) {
        return Err(format!("Node.js {} is too old: {advice}", node.trim()));
    }
    let npm = output(&mut ui::npm(&["--version"])).map_err(|error| format!("{error}\n{advice}"))?;
    println!("npm {}", npm.trim());
    Ok(None)
}

fn is_new_enough(node: &str) -> bool {
    let mut parts = node
        .trim()
        .trim_start_matches('v')
        .split('.')
        .map(|part| part.parse().unwrap_or(0));
    (parts.next().unwrap_or(0), parts.next().unwrap_or(0)) >= NODE
}

/// All tests but the end-to-end ones, with a real keychain around them.
fn tests() -> Done {
    let arguments = [&["test", "--no-fail-fast"][..], &ALL_BUT_END_TO_END].concat();
    let cargo_program = std::env::var("CARGO").unwrap_or_else(|_| "cargo".into());
    if let Some(mut wrapped) = keychain::with_keychain(&cargo_program, &arguments) {
        return leftovers::run("tests", &mut wrapped).map(|()| None);
    }
    println!("no keychain can be started here: its tests are skipped");
    leftovers::run("tests", &mut cargo(&arguments)).map(|()| None)
}

/// The committed types of the window are those of the wire crate: its tests write them anew.
fn wire_types() -> Done {
    let file = "ui/src/wire.gen.ts";
    run_command(
        cargo(&["test", "--quiet"])
            .args(ALL_BUT_END_TO_END)
            .args(["--tests", "export_bindings"]),
    )?;
    run_command(&mut command("git", &["ls-files", "--error-unmatch", file]))?;
    run_command(&mut command("git", &["diff", "--exit-code", "--", file]))
        .map_err(|error| format!("{error}\ncommit the new {file}"))?;
    Ok(None)
}

/// What the demo of the window replays is what the core says now: its tests write the files anew.
fn recordings() -> Done {
    let folder = "ui/src/platform/recordings";
    run_programs(&test_programs::find(|_, name| name == "app_recordings")?, |_| {})?;
    let advice = |error| format!("{error}\nlook at the window with the new {folder}, then commit them");
    run_command(&mut command("git", &["diff", "--exit-code", "--", folder])).map_err(advice)?;
    let strangers = output(&mut command(
        "git",
        &["ls-files", "--others", "--exclude-standard", "--", folder],
    ))?;
    if strangers.trim().is_empty() {
        Ok(None)
    } else {
        Err(advice(format!("not committed: {strangers}")))
    }
}

/// Tests in which mapillary_tools and exiftool read what Waypost writes, and the other way round.
fn real_tools() -> Done {
    let peer = match peer::program() {
        Ok(program) => program,
        Err(error) => {
            println!("{error}");
            return Ok(Some(format!(
                "mapillary_tools {} cannot be installed from PyPI",
                peer::VERSION
            )));
        }
    };
    let programs = test_programs::find(|_, name| ["real_tools", "account_peer"].contains(&name))?;
    run_programs(&programs, |command| {
        command.arg("--ignored").env("WAYPOST_MAPILLARY_TOOLS", &peer);
    })
}

/// Tests of the package `waypost-e2e`, which start the programs that `build` made, one after the other.
fn end_to_end(is_wanted: impl Fn(&str) -> bool) -> Done {
    let folder = place::root().join("tests");
    let programs = test_programs::find(|package, name| package == folder && is_wanted(name))?;
    run_programs(&programs, |command| {
        command.args(["--nocapture", "--test-threads=1"]);
    })
}

fn run_programs(programs: &[TestProgram], prepare: impl Fn(&mut Command)) -> Done {
    if programs.is_empty() {
        return Ok(Some("there is no such test".into()));
    }
    let commands = programs.iter().map(|program| {
        let mut command = program.command();
        prepare(&mut command);
        (program.name.as_str(), command)
    });
    test_programs::run_all(commands, leftovers::run)?;
    Ok(None)
}

fn licences() -> Done {
    if place::find_program("cargo-deny").is_none() {
        return Ok(Some(
            "cargo-deny is not installed (cargo install cargo-deny --locked, some minutes)".into(),
        ));
    }
    // Advisories need a database from the network; these checks do not.
    passed(&mut cargo(&[
        "deny",
        "--all-features",
        "check",
        "licenses",
        "bans",
        "sources",
    ]))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::step::budget;

    #[test]
    fn every_step_has_a_budget_and_every_budget_a_step() {
        let page = include_str!("../../../docs/ci.md");
        let own = include_str!("test.rs");
        let own = own.split("#[cfg(test)]").next().unwrap_or_default();
        let names: Vec<&str> = own
            .split("steps.step(\"")
            .skip(1)
            .filter_map(|rest| rest.split('"').next())
            .collect();
        let budgets = budget(page);
        assert_eq!(names, budgets.iter().map(|(name, _)| name.as_str()).collect::<Vec<_>>());
        let minutes: f64 = budgets.iter().map(|(_, minutes)| minutes).sum();
        assert!(minutes <= 55.0, "{minutes} minutes");
    }

    #[test]
    fn an_old_node_is_told_from_a_new_one() {
        assert!(["v20.19.0\n", "v22.1.0", "20.20.2"].into_iter().all(is_new_enough));
        assert!(!["v20.18.9", "v18.20.0", "", "node"].into_iter().any(is_new_enough));
    }
}
