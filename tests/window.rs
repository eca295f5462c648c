//! The job of a person in the real window: sign in through the browser, drop a folder by a real drag, press Upload,
//! pull the plug in the middle, start again, and see it published. Nothing in it is simulated but the person.

use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::json;
use waypost_e2e::binaries;
use waypost_e2e::browser::FakeBrowser;
use waypost_e2e::desktop::{Keychain, Screen, missing_programs};
use waypost_e2e::drag::drop_onto;
use waypost_e2e::process::wait_for;
use waypost_e2e::secrets::{files_with, in_environments, in_process_list};
use waypost_e2e::server::Server;
use waypost_e2e::webdriver::Window;
use waypost_generator::{PracticeOptions, write_practice_folder};
use waypost_testkit::canary;
use waypost_testkit::scratch::Scratch;

/// Everything around the app that belongs to one test.
struct Stage {
    screen: Screen,
    keychain: Keychain,
    browser: FakeBrowser,
    server: Server,
    home: Scratch,
}

impl Stage {
    fn set() -> Option<Self> {
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

    fn data(&self) -> PathBuf {
        self.home.path().join("data")
    }

    fn environment(&self) -> Vec<(String, String)> {
        let text = |path: &Path| path.display().to_string();
        let mut all = self.server.environment();
        all.extend([
            ("DISPLAY".to_owned(), self.screen.display().to_owned()),
            (
                "DBUS_SESSION_BUS_ADDRESS".to_owned(),
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

    fn open(&self) -> Window {
        Window::open(&binaries::desktop(), &[], &self.environment())
    }

    /// Ends the app as a power cut would.
    fn kill_app(&self) {
        let name = binaries::desktop();
        for entry in std::fs::read_dir("/proc").expect("a Linux").flatten() {
            let is_ours = std::fs::read_link(entry.path().join("exe")).is_ok_and(|exe| exe == name)
                && std::fs::read(entry.path().join("environ")).is_ok_and(|environment| {
                    let wanted = format!("WAYPOST_DATA_DIR={}", self.data().display());
                    environment
                        .windows(wanted.len())
                        .any(|window| window == wanted.as_bytes())
                });
            if is_ours {
                let id = entry.file_name().to_string_lossy().into_owned();
                Command::new("kill").args(["-9", &id]).status().expect("kill is there");
            }
        }
    }

    /// The token as the keychain holds it.
    fn token(&self) -> String {
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
}

fn shot(window: &Window, name: &str) {
    window.screenshot(&binaries::repository().join("test-output").join(format!("{name}.png")));
}

fn sha256_of(paths: &[PathBuf]) -> Vec<Vec<u8>> {
    use sha2::{Digest as _, Sha256};
    paths
        .iter()
        .map(|path| Sha256::digest(std::fs::read(path).expect("still there")).to_vec())
        .collect()
}

#[test]
fn a_person_gets_from_a_dropped_folder_to_published_through_a_power_cut() {
    let Some(stage) = Stage::set() else { return };
    let photos = stage.home.path().join("My photos ü");
    let options = PracticeOptions {
        photos_per_sequence: 30,
        padding_bytes: 60_000,
        ..PracticeOptions::default()
    };
    let folder = write_practice_folder(&photos, &options).expect("photos to drop");
    let originals = sha256_of(&folder.good);

    let window = stage.open();
    window.click("[data-testid=welcome-start]");
    window.wait_for_text("Drop a folder");
    window.wait_for_paint();
    shot(&window, "window-1-empty");
    // Sign in: the system's browser opens, the person presses Allow there.
    window.click("[data-testid=account-chip]");
    window.click("[data-testid=sign-in]");
    let address = stage.browser.next_address();
    let page = stage.browser.decide(&address, "allow");
    assert!(
        page.contains("Waypost"),
        "the browser is told that it may be closed: {page}"
    );
    window.wait_for_text("practice_mapper");
    shot(&window, "window-2-signed-in");
    let token = stage.token();
    assert!(token.len() >= 20, "a token worth protecting");

    // The folder, by a real drag.
    window.click("[data-testid=nav-prepare]");
    drop_onto(&stage.screen, "Waypost", &photos);
    window.wait_for_text("60");
    let button = "[data-testid=upload-button]";
    wait_for("the upload button to say how many", || {
        let text = window.run(&format!("return document.querySelector('{button}')?.innerText ?? ''"));
        text.as_str().is_some_and(|text| text.contains("60")).then_some(())
    });
    shot(&window, "window-3-plan");
    assert!(
        stage.server.state()["sessions"].as_array().is_some_and(Vec::is_empty),
        "nothing is sent before Upload"
    );

    // Upload, and the line breaks in the middle; then the plug is pulled.
    let cut =
        json!({"endpoint": "upload_send", "times": 0, "action": {"kind": "drop_after_body_bytes", "bytes": 300_000}});
    stage.server.add_fault(&cut);
    window.click(button);
    wait_for("part of the bytes at the server", || {
        let state = stage.server.state();
        let sessions = state["sessions"].as_array()?;
        sessions
            .iter()
            .any(|session| session["length"].as_u64() >= Some(300_000))
            .then_some(())
    });
    shot(&window, "window-4-sending");
    stage.kill_app();
    drop(window);
    assert!(
        stage.server.state()["clusters"].as_array().is_some_and(Vec::is_empty),
        "nothing was finished yet"
    );
    stage.server.clear_faults();

    // Start again: it goes on by itself.
    let window = stage.open();
    window.click("[data-testid=nav-library]");
    let rows = "[data-testid=library-row]";
    wait_for("both sequences in the library", || {
        let count = window.run(&format!("return document.querySelectorAll('{rows}').length"));
        (count == json!(2)).then_some(())
    });
    window.wait_for_text("Published");
    window.wait_for_paint();
    shot(&window, "window-5-published");
    window.click("[data-testid=nav-settings]");
    wait_for("the choice of the theme", || {
        let script = "const choice = document.querySelector('#theme'); if (!choice) return false; \
                      choice.value = 'dark'; choice.dispatchEvent(new Event('change', { bubbles: true })); return true";
        (window.run(script) == json!(true)).then_some(())
    });
    wait_for("the dark theme", || {
        let theme = window.run("return document.documentElement.dataset.theme ?? ''");
        (theme == json!("dark")).then_some(())
    });
    window.click("[data-testid=nav-library]");
    window.wait_for_text("Published");
    window.wait_for_paint();
    shot(&window, "window-6-dark");
    let state = stage.server.state();
    let clusters = state["clusters"].as_array().expect("clusters");
    assert_eq!(clusters.len(), 2, "each sequence once: {clusters:#?}");
    assert_eq!(
        state["violations"],
        json!([]),
        "a strict server has nothing to complain about"
    );

    // The link opens in the browser, at the server's own viewer.
    window.click("[data-testid=library-row]");
    window.click("[data-testid=line-open]");
    let opened = stage.browser.next_address();
    assert!(opened.contains("/app/?pKey="), "{opened}");

    // The secrets are in the keychain and nowhere else; the originals are as they were.
    assert!(!window.dom().contains(&token), "the page never sees the token");
    let stored = window.run("return JSON.stringify({...localStorage}) + document.cookie + location.href");
    assert!(!stored.as_str().unwrap_or_default().contains(&token));
    assert_eq!(in_process_list(), Vec::<String>::new(), "a secret is in a command line");
    assert_eq!(
        in_environments(&token),
        Vec::<String>::new(),
        "a process was given the token"
    );
    drop(window);
    for secret in [&token, &stage.server.info("client_secret")] {
        let mut found = files_with(stage.home.path(), secret);
        found.retain(|path| !path.contains(&format!("/{}/", canary::SERVICE)));
        assert_eq!(found, Vec::<String>::new(), "a secret is in a file");
    }
    assert_eq!(sha256_of(&folder.good), originals, "no original was changed");
}
