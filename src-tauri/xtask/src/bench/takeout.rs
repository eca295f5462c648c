//! `bench`, the take-out's part: pictures of a seeded practice server, taken out, beside a raw download of the same bytes.
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
        "bench_takeout",
        "--",
    ]);
    output(command.arg(material.path("take-out")))
}
