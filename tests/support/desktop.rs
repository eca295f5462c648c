//! A private desktop: X server, window manager, session bus and keychain that belong to one test.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use crate::process::{Guarded, wait_for};

/// The pieces that a desktop needs from the system. Empty when all are there.
pub fn missing_programs() -> Vec<&'static str> {
    [
        "Xvfb",
        "openbox",
        "xdotool",
        "dbus-daemon",
        "gnome-keyring-daemon",
        "WebKitWebDriver",
        "dbus-send",
        "secret-tool",
    ]
    .into_iter()
    .filter(|name| !is_in_path(name))
    .collect()
}

fn is_in_path(name: &str) -> bool {
    std::env::var_os("PATH").is_some_and(|path| std::env::split_paths(&path).any(|folder| folder.join(name).is_file()))
}

/// A session bus with an unlocked, empty keychain.
#[derive(Debug)]
pub struct Keychain {
    address: String,
    home: PathBuf,
    _bus: Guarded,
    _keyring: Guarded,
}

impl Keychain {
    /// Starts both, with everything they write below `home`.
    pub fn start(home: &Path) -> Self {
        let (bus, address) = Guarded::spawn_with_first_line(
            Command::new("dbus-daemon")
                .args(["--session", "--nofork", "--print-address"])
                .stderr(Stdio::null()),
        );
        let keyring_home = home.join("keyring");
        let runtime = home.join("runtime");
        std::fs::create_dir_all(&keyring_home).expect("a folder for the keyring");
        std::fs::create_dir_all(&runtime).expect("a folder for the sockets");
        let mut command = Command::new("gnome-keyring-daemon");
        command
            .args(["--foreground", "--unlock", "--components=secrets"])
            .env("DBUS_SESSION_BUS_ADDRESS", &address)
            .env("XDG_DATA_HOME", &keyring_home)
            .env("XDG_RUNTIME_DIR", &runtime)
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .stderr(Stdio::null());
        let mut child = command.spawn().expect("gnome-keyring-daemon starts");
        child
            .stdin
            .take()
            .expect("piped above")
            .write_all(b"\n")
            .expect("the empty password is taken");
        let keychain = Self {
            address,
            home: keyring_home,
            _bus: bus,
            _keyring: Guarded::adopt(child, "gnome-keyring-daemon"),
        };
        wait_for("the secret service on the bus", || {
            keychain.has_secret_service().then_some(())
        });
        keychain
    }

    fn has_secret_service(&self) -> bool {
        let answer = Command::new("dbus-send")
            .args([
                "--session",
                "--dest=org.freedesktop.DBus",
                "--type=method_call",
                "--print-reply",
            ])
            .args([
                "/org/freedesktop/DBus",
                "org.freedesktop.DBus.NameHasOwner",
                "string:org.freedesktop.secrets",
            ])
            .env("DBUS_SESSION_BUS_ADDRESS", &self.address)
            .output();
        answer.is_ok_and(|output| String::from_utf8_lossy(&output.stdout).contains("boolean true"))
    }

    /// Address of the bus, for `DBUS_SESSION_BUS_ADDRESS`.
    pub fn address(&self) -> &str {
        &self.address
    }

    /// Where the keychain keeps its (encrypted) file.
    pub fn home(&self) -> &Path {
        &self.home
    }
}

/// An X server with a window manager.
#[derive(Debug)]
pub struct Screen {
    display: String,
    _server: Guarded,
    _manager: Guarded,
}

impl Screen {
    /// Starts one of the given size on a free display number.
    pub fn start(width_px: u32, height_px: u32) -> Self {
        let size = format!("{width_px}x{height_px}x24");
        let (server, number) = Guarded::spawn_with_first_line(
            Command::new("Xvfb")
                .args(["-displayfd", "1", "-screen", "0", &size, "-nolisten", "tcp", "-noreset"])
                .stderr(Stdio::null()),
        );
        let display = format!(":{number}");
        let manager = Guarded::spawn(
            Command::new("openbox")
                .env("DISPLAY", &display)
                .stdout(Stdio::null())
                .stderr(Stdio::null()),
        );
        Self {
            display,
            _server: server,
            _manager: manager,
        }
    }

    /// For `DISPLAY`.
    pub fn display(&self) -> &str {
        &self.display
    }

    /// Runs xdotool and returns what it printed.
    pub fn xdotool(&self, arguments: &[&str]) -> String {
        let output = Command::new("xdotool")
            .args(arguments)
            .env("DISPLAY", &self.display)
            .output()
            .expect("xdotool is installed");
        String::from_utf8_lossy(&output.stdout).trim().to_owned()
    }
}
