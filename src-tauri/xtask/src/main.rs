//! The project's own commands: `cargo xtask demo | test | dev | bench | bundle | walls`.
//!
//! No dependency beyond the standard library, so that the first command on a fresh machine starts in seconds.

mod bench;
mod bundle;
mod command;
mod demo;
mod dev;
mod hygiene;
mod json;
mod keychain;
mod leftovers;
mod notices;
mod packages;
mod peer;
mod place;
mod step;
mod test;
mod test_programs;
mod ui;
mod walls;

use std::process::ExitCode;

const USAGE: &str = "\
cargo xtask demo [--headless]   install what is missing, build, do the main job in practice mode
cargo xtask test [STEP ...]     install what is missing, run every check (or only the steps that contain a word)
cargo xtask dev                 the window with hot reload
cargo xtask bench [PART ...]    measure against mapillary_tools in one run: reading, sending, window
                                (--check-at-once: the practice server checks MD5s while it is sent to)
cargo xtask bundle              installable packages for this system
cargo xtask walls               only the walls of ARCHITECTURE.md";

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let result = match words.as_slice() {
        ["demo", rest @ ..] => demo::run(rest),
        ["test", only @ ..] => test::run(only),
        ["dev"] => dev::run(),
        ["bench", only @ ..] => bench::run(only),
        ["bundle"] => bundle::run(),
        ["walls"] => walls::run(),
        _ => Err(USAGE.to_owned()),
    };
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(message) => {
            eprintln!("{message}");
            ExitCode::FAILURE
        }
    }
}
