//! `bench`, the library's part: 2,000 sequences and 1,000,000 images, through the calls that the window makes.
//!
//! What is measured lies in an example of the core, because nothing of xtask knows the application.

use super::material::Material;
use crate::command::{cargo, output};

/// Runs it; returns Markdown.
pub fn run() -> Result<String, String> {
    let material = Material::new()?;
    let mut command = cargo(&[
        "run",
        "--quiet",
        "--release",
        "--package",
        "waypost-core",
        "--example",
        "bench_library",
        "--",
    ]);
    let rows = output(command.arg(material.path("library")))?;
    Ok(format!("| what | measured |\n|---|---|\n{rows}"))
}
