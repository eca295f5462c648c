//! `dev`: the window with hot reload. Vite serves the page, the app is built without its embedded copy.

use std::net::{Ipv4Addr, TcpStream};
use std::process::{Child, Command};
use std::time::{Duration, Instant};

use crate::command::{self, cargo};
use crate::{packages, place, ui};

/// Where Vite listens (`devUrl` of tauri.conf.json, `server` of ui/vite.config.ts).
const PORT: u16 = 5173;
/// How long Vite may take to listen.
const PATIENCE: Duration = Duration::from_secs(60);

/// Ends the server with the command.
struct Server(Child);

impl Drop for Server {
    fn drop(&mut self) {
        // It may have ended by itself, by Ctrl-C for example.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

impl Server {
    fn start() -> Result<Self, String> {
        // Started directly: npx leaves a child behind that keeps the port.
        Command::new("node")
            .arg("node_modules/vite/bin/vite.js")
            .current_dir(place::ui())
            .spawn()
            .map(Self)
            .map_err(|error| format!("node did not start: {error}"))
    }

    /// Waits until it listens; a server that ended, because the port is taken for example, said why.
    fn wait(&mut self, port: u16) -> Result<(), String> {
        let begun = Instant::now();
        while begun.elapsed() < PATIENCE {
            if let Ok(Some(status)) = self.0.try_wait() {
                return Err(format!("Vite ended with {status}"));
            }
            if TcpStream::connect((Ipv4Addr::LOCALHOST, port)).is_ok() {
                return Ok(());
            }
            std::thread::sleep(Duration::from_millis(100));
        }
        Err(format!("Vite does not listen on port {port}"))
    }
}

/// Runs it.
pub fn run() -> Result<(), String> {
    packages::install(packages::WINDOW)?;
    // The app wants a built page even when it does not show it.
    ui::build()?;
    let mut server = Server::start()?;
    server.wait(PORT)?;
    command::run(&mut cargo(&[
        "run",
        "--package",
        "waypost-desktop",
        "--no-default-features",
    ]))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_port_is_the_one_that_the_window_asks() {
        let settings = include_str!("../../../tauri.conf.json");
        assert!(settings.contains(&format!("\"devUrl\": \"http://127.0.0.1:{PORT}\"")));
    }

    #[test]
    fn a_server_that_ends_is_noticed() {
        let ended = Command::new("cargo").arg("--version").spawn().unwrap();
        assert!(Server(ended).wait(1).unwrap_err().starts_with("Vite ended with"));
    }
}
