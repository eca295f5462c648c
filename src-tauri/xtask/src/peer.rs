//! mapillary_tools, the program that Waypost is measured against and tested with, from PyPI into the build folder.
//! The tests of the practice server look for it in the same place.

use std::path::PathBuf;
use std::process::Command;

use crate::command::{command, output};
use crate::place;

/// The version that the protocol notes were taken from.
pub const VERSION: &str = "0.14.7";

/// The program, installed if it is not there.
pub fn program() -> Result<PathBuf, String> {
    let folder = place::target().join("peer-venv");
    let programs = folder.join(if cfg!(windows) { "Scripts" } else { "bin" });
    let program = programs.join(format!("mapillary_tools{}", std::env::consts::EXE_SUFFIX));
    let is_right =
        |program| output(Command::new(program).arg("--version")).is_ok_and(|version| version.contains(VERSION));
    if is_right(&program) {
        return Ok(program);
    }
    output(command("python3", &["-m", "venv", "--clear"]).arg(&folder))?;
    let wanted = format!("mapillary_tools=={VERSION}");
    output(Command::new(programs.join("python")).args(["-m", "pip", "install", "--quiet", &wanted]))?;
    if is_right(&program) {
        Ok(program)
    } else {
        Err(format!("pip installed another mapillary_tools than {VERSION}"))
    }
}
