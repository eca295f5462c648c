//! `test`: everything that is checked, fast things first. One run shows all failures.

use std::process::Command;

use crate::command::{cargo, command, output, run as run_command};
use crate::step::{Done, Steps};
use crate::{demo, hygiene, keychain, packages, place, ui, walls};

/// Installs what is missing and runs every step, or only those whose names contain one of `only`.
pub fn run(only: &[&str]) -> Result<(), String> {
    let mut steps = Steps::new(only);
    steps.step("toolchain", toolchain);
    if !steps.step("system packages", || {
        packages::install(packages::TESTS).map(|()| None)
    }) {
        return steps.finish();
    }
    steps.step("format", || {
        passed(&mut cargo(&["fmt", "--all", "--check"]))
    });
    steps.step("hygiene", || hygiene::check().map(|()| None));
    steps.step("walls", || walls::run().map(|()| None));
    let ui_is_there = steps.step("ui packages", || ui::install().map(|()| None));
    if ui_is_there {
        for (name, script) in [
            ("ui lint", "lint"),
            ("ui types", "check"),
            ("ui unit tests", "test"),
        ] {
            steps.step(name, || ui::script(script).map(|()| None));
        }
    }
    // The app embeds the page: without it nothing of the window compiles.
    steps.step("ui build", || ui::build().map(|()| None));
    steps.step("clippy", || {
        passed(&mut cargo(&[
            "clippy",
            "--workspace",
            "--all-targets",
            "--",
            "--deny",
            "warnings",
        ]))
    });
    steps.step("build", || {
        passed(&mut cargo(&["build", "--workspace", "--bins"]))
    });
    steps.step("tests", tests);
    steps.step("wire types", wire_types);
    steps.step("documentation", documentation);
    steps.step("headless demo", || demo::job().map(|()| None));
    steps.step("ui in chromium", || ui::script("e2e").map(|()| None));
    steps.step("end to end", || {
        end_to_end(&["--test", "proof_kill", "--test", "readme"])
    });
    steps.step("real window", || end_to_end(&["--test", "window"]));
    steps.step("licences", licences);
    steps.step("npm audit", npm_audit);
    steps.finish()
}

fn passed(command: &mut Command) -> Done {
    run_command(command).map(|()| None)
}

fn toolchain() -> Done {
    for (component, arguments) in [
        ("rustfmt", ["fmt", "--version"]),
        ("clippy", ["clippy", "--version"]),
    ] {
        let version = output(&mut cargo(&arguments))
            .map_err(|error| format!("{error}\ninstall it: rustup component add {component}"))?;
        println!("{}", version.trim());
    }
    let node = output(&mut command("node", &["--version"]))
        .map_err(|error| format!("{error}\ninstall Node.js 20.19 or newer, with npm"))?;
    println!("node {}", node.trim());
    Ok(None)
}

/// All tests but the end-to-end ones, with a real keychain around them.
fn tests() -> Done {
    let arguments = ["test", "--workspace", "--exclude", "waypost-e2e"];
    let program = std::env::var("CARGO").unwrap_or_else(|_| "cargo".into());
    if let Some(mut wrapped) = keychain::with_keychain(&program, &arguments) {
        return passed(&mut wrapped);
    }
    println!("no keychain can be started here: its tests are skipped");
    passed(&mut cargo(&arguments))
}

/// The committed types of the window are those of the wire crate; `tests` has just written them anew.
fn wire_types() -> Done {
    let file = "ui/src/wire.gen.ts";
    run_command(&mut cargo(&[
        "test",
        "--quiet",
        "--package",
        "waypost-wire",
    ]))?;
    run_command(&mut command("git", &["ls-files", "--error-unmatch", file]))?;
    run_command(&mut command("git", &["diff", "--exit-code", "--", file]))
        .map_err(|error| format!("{error}\ncommit the new {file}"))?;
    Ok(None)
}

fn documentation() -> Done {
    let packages = ["media", "mapillary", "core", "wire", "sandbox", "generator"]
        .map(|name| format!("--package=waypost-{name}"));
    let mut command = cargo(&["doc", "--no-deps", "--quiet"]);
    passed(
        command
            .args(packages)
            .env("RUSTDOCFLAGS", "--deny warnings"),
    )
}

/// Tests of the package `waypost-e2e`, which start the programs that `build` made.
fn end_to_end(which: &[&str]) -> Done {
    let mut command = cargo(&["test", "--package", "waypost-e2e"]);
    passed(
        command
            .args(which)
            .args(["--", "--nocapture", "--test-threads=1"]),
    )
}

fn licences() -> Done {
    if place::find_program("cargo-deny").is_none() {
        return Ok(Some(
            "cargo-deny is not installed: cargo install cargo-deny --locked".into(),
        ));
    }
    // Advisories need a database from the network; the other checks do not.
    passed(&mut cargo(&[
        "deny",
        "--all-features",
        "check",
        "licenses",
        "bans",
        "sources",
    ]))
}

fn npm_audit() -> Done {
    let answer = ui::npm(&["audit", "--omit=dev", "--json"])
        .output()
        .map_err(|error| format!("npm: {error}"))?;
    let text = String::from_utf8_lossy(&answer.stdout);
    if answer.status.success() {
        return Ok(None);
    }
    if text.contains("\"vulnerabilities\"") {
        return Err(text.into_owned());
    }
    Ok(Some("the registry does not answer audits".into()))
}
