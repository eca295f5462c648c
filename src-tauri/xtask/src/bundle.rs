//! `bundle`: installable packages, each target named: "all" would fetch tools from the network.

use crate::command::run as run_command;
use crate::{packages, place, ui};

/// The kinds that can be made on this system.
fn kinds() -> &'static str {
    if cfg!(target_os = "macos") {
        "app,dmg"
    } else if cfg!(windows) {
        "msi,nsis"
    } else {
        "deb,rpm"
    }
}

/// Runs it.
pub fn run() -> Result<(), String> {
    packages::install(packages::WINDOW)?;
    ui::build()?;
    let tauri = place::ui().join("node_modules/@tauri-apps/cli/tauri.js");
    let mut command = crate::command::command("node", &[]);
    run_command(command.arg(tauri).args(["build", "--bundles", kinds()]))?;
    println!(
        "the packages are below {}",
        place::target().join("release/bundle").display()
    );
    Ok(())
}
