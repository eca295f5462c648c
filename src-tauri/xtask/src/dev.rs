//! `dev`: the window with hot reload. Vite serves the page, the app is built without its embedded copy.

use std::process::{Child, Command};

use crate::command::{self, cargo};
use crate::{packages, place, ui};

/// Ends the server with the command.
struct Server(Child);

impl Drop for Server {
    fn drop(&mut self) {
        // It may have ended by itself, by Ctrl-C for example.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// Runs it.
pub fn run() -> Result<(), String> {
    packages::install(packages::WINDOW)?;
    // The app wants a built page even when it does not show it.
    ui::build()?;
    // Started directly: npx leaves a child behind that keeps the port.
    let server = Command::new("node")
        .arg("node_modules/vite/bin/vite.js")
        .current_dir(place::ui())
        .spawn()
        .map_err(|error| format!("node did not start: {error}"))?;
    let _server = Server(server);
    command::run(&mut cargo(&[
        "run",
        "--package",
        "waypost-desktop",
        "--no-default-features",
    ]))
}
