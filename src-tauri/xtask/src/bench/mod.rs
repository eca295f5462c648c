//! `bench`: Waypost and mapillary_tools on the same files, in turn, in one run; medians and ratios as Markdown for
//! docs/benchmarks.md.
//!
//! Whole processes with a warm cache, as a person starts them. Nothing is asserted: machines differ.

mod lent_memory;
mod limit;
mod material;
mod measure;
mod reading;
mod sending;
mod service;
mod window;

use self::material::Material;
use self::service::Checks;
use crate::command::{cargo, output, run as run_command};
use crate::{packages, peer, place};

/// Parts of the bench, by the word that chooses them.
const PARTS: [&str; 5] = ["reading", "sending", "library", "takeout", "window"];

/// Lets the practice server compare MD5s before it answers, and so on the processors and the time of the client.
const CHECK_AT_ONCE: &str = "--check-at-once";

/// Runs the parts that are named; all of them without a name.
pub fn run(words: &[&str]) -> Result<(), String> {
    if cfg!(windows) {
        return Err("bench asks the system what a program used, in a way that Windows does not know".into());
    }
    let (options, only): (Vec<&str>, Vec<&str>) = words.iter().partition(|word| **word == CHECK_AT_ONCE);
    let checks = if options.is_empty() {
        Checks::Later
    } else {
        Checks::AtOnce
    };
    if let Some(unknown) = only.iter().find(|word| !PARTS.contains(word)) {
        return Err(format!("{unknown} is none of {}, {CHECK_AT_ONCE}", PARTS.join(", ")));
    }
    let is_wanted = |part: &str| only.is_empty() || only.contains(&part);
    if is_wanted("reading") || is_wanted("sending") {
        packages::install(packages::COMMAND_LINE)?;
        let peer = peer::program()?;
        run_command(&mut cargo(&["build", "--release", "--package", "waypost-cli"]))?;
        let waypost = place::released("waypost");
        if is_wanted("reading") {
            println!("## Reading\n\n{}", reading::run(&waypost, &peer)?);
        }
        if is_wanted("sending") {
            println!("## Sending\n\n{}", sending::run(&waypost, &peer, checks)?);
        }
    }
    if is_wanted("library") {
        println!(
            "## The library\n\n| what | measured |\n|---|---|\n{}",
            core_example("bench_library")?
        );
    }
    if is_wanted("takeout") {
        println!("## Take-out\n\n{}", core_example("bench_takeout")?);
    }
    if is_wanted("window") {
        println!("## The window\n\n| what | measured |\n|---|---|\n{}", window::run()?);
    }
    Ok(())
}

/// Runs an example of the core, which measures what nothing of xtask knows, in a folder of its own; returns what it
/// printed, Markdown.
fn core_example(name: &str) -> Result<String, String> {
    let material = Material::new()?;
    let mut command = cargo(&["run", "--quiet", "--release", "--package", "waypost-core", "--example"]);
    output(command.args([name, "--"]).arg(material.path(name)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_part_that_does_not_exist_is_refused_before_anything_is_built() {
        let error = run(&["flying"]).unwrap_err();
        assert!(
            cfg!(windows) || (error.contains("flying") && error.contains("sending")),
            "{error}"
        );
    }
}
