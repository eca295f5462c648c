//! Everything around the app that belongs to one test of the window: screen, keychain, browser, server and a home.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use waypost_testkit::canary;
use waypost_testkit::scratch::Scratch;

use crate::binaries;
use crate::browser::FakeBrowser;
use crate::desktop::{Keychain, Screen, missing_programs};
use crate::server::Server;
use crate::webdriver::Window;

/// The stage of one test.
#[derive(Debug)]
pub struct Stage {
    /// The X server.
    pub screen: Screen,
    /// The session bus with its keychain.
    pub keychain: Keychain,
    /// The person's browser.
    pub browser: FakeBrowser,
    /// The service.
    pub server: Server,
    /// Everything that is written.
    pub home: Scratch,
}

impl Stage {
    /// Sets it; `None` where the system lacks a program for it, and says so.
    pub fn set() -> Option<Self> {
        let missing = missing_programs();
        if !missing.is_empty() {
            eprintln!("SKIPPED: this needs {}", missing.join(", "));
            return None;
        }
        let home = Scratch::new("window");
        Some(Self {
            screen: Screen::start(1400, 900),
            keychain: Keychain::start(home.path()),
            browser: FakeBrowser::new(home.path()),
            server: Server::start(&home.path().join(canary::SERVICE), "1"),
            home,
        })
    }

    /// The data folder of the app.
    pub fn data(&self) -> PathBuf {
        self.home.path().join("data")
    }

    /// The environment of the app.
    pub fn environment(&self) -> Vec<(String, String)> {
        let text = |path: &Path| path.display().to_string();
        let mut all = self.server.environment();
        all.extend([
            ("DISPLAY".to_owned(), self.screen.display().to_owned()),
            (
                "DBUS_SESSION_BUS_ADDRESS".to_owned(),
                self.keychain.address().to_owned(),
            ),
            (
                // The system bus as well: the login manager of a test lives there.
                "DBUS_SYSTEM_BUS_ADDRESS".to_owned(),
                self.keychain.address().to_owned(),
            ),
            ("PATH".to_owned(), self.browser.path_variable()),
            ("HOME".to_owned(), text(self.home.path())),
            ("XDG_DATA_HOME".to_owned(), text(&self.home.path().join("share"))),
            ("XDG_CONFIG_HOME".to_owned(), text(&self.home.path().join("config"))),
            ("XDG_CACHE_HOME".to_owned(), text(&self.home.path().join("cache"))),
            ("WAYPOST_DATA_DIR".to_owned(), text(&self.data())),
            ("LANG".to_owned(), "C.UTF-8".to_owned()),
        ]);
        all
    }

    /// Starts the app.
    pub fn open(&self) -> Window {
        self.open_with(&[])
    }

    /// Starts the app with arguments.
    pub fn open_with(&self, arguments: &[&str]) -> Window {
        Window::open(&binaries::desktop(), arguments, &self.environment())
    }

    /// Starts the app a second time, as a file manager does, and waits for that start to end.
    pub fn start_again(&self, arguments: &[&Path]) {
        let status = Command::new(binaries::desktop())
            .args(arguments)
            .envs(self.environment())
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .status();
        assert!(
            status.expect("the app starts").success(),
            "the second start ends in peace"
        );
    }

    /// Whether the app is running.
    pub fn app_is_running(&self) -> bool {
        !self.app_ids().is_empty()
    }

    /// Ends the app as a power cut would.
    pub fn kill_app(&self) {
        for id in self.app_ids() {
            Command::new("kill").args(["-9", &id]).status().expect("kill is there");
        }
    }

    /// Processes of this stage's app.
    fn app_ids(&self) -> Vec<String> {
        let name = binaries::desktop();
        let wanted = format!("WAYPOST_DATA_DIR={}", self.data().display());
        let is_ours = |entry: &std::fs::DirEntry| {
            std::fs::read_link(entry.path().join("exe")).is_ok_and(|exe| exe == name)
                && std::fs::read(entry.path().join("environ")).is_ok_and(|environment| {
                    environment
                        .windows(wanted.len())
                        .any(|window| window == wanted.as_bytes())
                })
        };
        let entries = std::fs::read_dir("/proc").expect("a Linux").flatten();
        entries
            .filter(is_ours)
            .map(|entry| entry.file_name().to_string_lossy().into_owned())
            .collect()
    }

    /// The token as the keychain holds it.
    pub fn token(&self) -> String {
        let output = Command::new("secret-tool")
            .args(["search", "--all", "service", "org.waypost.desktop"])
            .env("DBUS_SESSION_BUS_ADDRESS", self.keychain.address())
            .output()
            .expect("secret-tool is installed");
        let text = String::from_utf8_lossy(&output.stdout).into_owned();
        text.lines()
            .find_map(|line| line.strip_prefix("secret = "))
            .unwrap_or_else(|| panic!("the keychain holds no token: {text}"))
            .to_owned()
    }

    /// Signs in through the browser, as a person does who presses Allow there.
    pub fn sign_in(&self, window: &Window) {
        window.click("[data-testid=account-chip]");
        window.click("[data-testid=sign-in]");
        let address = self.browser.next_address();
        let page = self.browser.decide(&address, "allow");
        assert!(
            page.contains("Waypost"),
            "the browser is told that it may be closed: {page}"
        );
        window.wait_for_text("practice_mapper");
    }
}

/// Keeps a picture of the page in `test-output`, to be looked at.
pub fn shot(window: &Window, name: &str) {
    window.screenshot(&binaries::repository().join("test-output").join(format!("{name}.png")));
}

/// The SHA-256 of each file.
pub fn sha256_of(paths: &[PathBuf]) -> Vec<Vec<u8>> {
    use sha2::{Digest as _, Sha256};
    paths
        .iter()
        .map(|path| Sha256::digest(std::fs::read(path).expect("still there")).to_vec())
        .collect()
}
