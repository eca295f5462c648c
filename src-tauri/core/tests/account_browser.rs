//! The opener of the system's browser, with a program of the test's own first in `PATH`.
//!
//! The search path belongs to the process, so each test starts this test binary once more, with another one.

#![cfg(all(unix, not(target_os = "macos")))]

use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::{Command, Output};

use url::Url;
use waypost_core::account::SystemBrowser;
use waypost_core::ports::BrowserOpener;
use waypost_testkit::scratch::Scratch;

/// Tells the second process what it is.
const INNER: &str = "WAYPOST_TEST_OPENS";
const ADDRESS: &str = "https://www.mapillary.com/connect?client_id=1&state=a%20b";

/// Not a test of its own: what the second process does.
#[test]
#[ignore = "started by the other tests"]
fn opens_the_address_and_says_what_came_of_it() {
    if std::env::var_os(INNER).is_none() {
        return;
    }
    match SystemBrowser.open(&Url::parse(ADDRESS).unwrap()) {
        Ok(()) => println!("opened"),
        Err(reason) => println!("failed: {reason}"),
    }
}

fn opened_with(folder: &Path) -> String {
    let output: Output = Command::new(std::env::current_exe().unwrap())
        .args([
            "--exact",
            "opens_the_address_and_says_what_came_of_it",
            "--ignored",
            "--nocapture",
        ])
        .env(INNER, "1")
        .env("PATH", folder)
        .output()
        .unwrap();
    assert!(output.status.success());
    String::from_utf8(output.stdout).unwrap()
}

fn program(folder: &Path, name: &str, script: &str) {
    let path = folder.join(name);
    std::fs::write(&path, format!("#!/bin/sh\n{script}\n")).unwrap();
    std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o755)).unwrap();
}

#[test]
fn the_first_opener_in_the_path_gets_the_address_as_it_is() {
    let folder = Scratch::new("browser");
    program(folder.path(), "xdg-open", "printf '%s|' \"$@\" > \"${0%/*}/seen\"");
    assert!(opened_with(folder.path()).contains("opened"));
    assert_eq!(
        std::fs::read_to_string(folder.path().join("seen")).unwrap(),
        format!("{ADDRESS}|")
    );
}

#[test]
fn an_opener_that_fails_is_followed_by_the_next() {
    let folder = Scratch::new("browser");
    program(folder.path(), "xdg-open", "exit 3");
    program(folder.path(), "gio", "printf '%s|' \"$@\" > \"${0%/*}/seen\"");
    assert!(opened_with(folder.path()).contains("opened"));
    assert_eq!(
        std::fs::read_to_string(folder.path().join("seen")).unwrap(),
        format!("open|{ADDRESS}|")
    );
}

#[test]
fn without_any_opener_the_failure_is_told_without_the_address() {
    let folder = Scratch::new("browser");
    let nothing = opened_with(folder.path());
    assert!(nothing.contains("failed: no program to open a browser"), "{nothing}");
    program(folder.path(), "xdg-open", "exit 4");
    let failing = opened_with(folder.path());
    assert!(failing.contains("failed: "), "{failing}");
    assert!(!failing.contains("state="), "{failing}");
}

#[test]
fn a_browser_that_stays_open_is_not_waited_for() {
    let folder = Scratch::new("browser");
    // It ends when the test lets it: the pipe has no writer before.
    program(
        folder.path(),
        "xdg-open",
        "read -r line < \"${0%/*}/end\"; echo ended > \"${0%/*}/seen\"",
    );
    assert!(
        Command::new("mkfifo")
            .arg(folder.path().join("end"))
            .status()
            .unwrap()
            .success()
    );
    assert!(opened_with(folder.path()).contains("opened"));
    assert!(!folder.path().join("seen").exists());
    std::fs::write(folder.path().join("end"), "\n").unwrap();
}
