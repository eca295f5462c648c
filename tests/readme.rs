//! What the README tells people to type works when it is typed.

use std::process::{Command, Stdio};

use waypost_e2e::binaries;
use waypost_e2e::browser::FakeBrowser;
use waypost_e2e::desktop::Keychain;
use waypost_e2e::process::Guarded;
use waypost_e2e::server::Server;
use waypost_generator::{PracticeOptions, write_practice_folder};
use waypost_testkit::canary;
use waypost_testkit::scratch::Scratch;

/// The lines of the fenced block that stands below a heading.
fn commands(heading: &str) -> Vec<String> {
    let page = std::fs::read_to_string(binaries::repository().join("README.md")).expect("a README");
    let section = page
        .split(&format!("## {heading}\n"))
        .nth(1)
        .expect("the section is there");
    let block = section
        .split("```sh\n")
        .nth(1)
        .and_then(|rest| rest.split("```").next());
    block.expect("a block of commands").lines().map(str::to_owned).collect()
}

#[test]
fn the_two_commands_are_ones_that_exist() {
    let usage = Command::new("cargo")
        .args(["run", "--quiet", "--package", "waypost-xtask"])
        .current_dir(binaries::repository())
        .output()
        .expect("cargo is here");
    let usage = String::from_utf8_lossy(&usage.stderr).into_owned();
    let lines = commands("Try it");
    assert_eq!(lines.len(), 2);
    for line in lines {
        let words: Vec<&str> = line.split_whitespace().take(3).collect();
        assert!(usage.contains(&words.join(" ")), "{line} is none of:\n{usage}");
    }
}

#[test]
fn the_three_lines_of_the_command_line_do_the_job() {
    let home = Scratch::new("readme");
    let keychain = Keychain::start(home.path());
    let browser = FakeBrowser::new(home.path());
    let server = Server::start(&home.path().join(canary::SERVICE), "0");
    let photos = home.path().join("photos");
    let options = PracticeOptions {
        photos_per_sequence: 3,
        ..PracticeOptions::default()
    };
    write_practice_folder(&photos, &options).expect("photos");
    let lines = commands("The command line");
    assert_eq!(lines.len(), 3);
    for line in lines {
        let line = line.replace("DIR", &photos.display().to_string());
        let mut words = line.split_whitespace();
        assert_eq!(words.next(), Some("waypost"));
        let mut command = Command::new(binaries::waypost());
        command
            .args(words)
            .envs(server.environment())
            .env("PATH", browser.path_variable())
            .env("DBUS_SESSION_BUS_ADDRESS", keychain.address())
            .env("WAYPOST_DATA_DIR", home.path().join("data"))
            .stdin(Stdio::null());
        let mut running = Guarded::spawn(&mut command);
        if line.contains("authenticate") {
            browser.decide(&browser.next_address(), "allow");
        }
        assert!(running.wait().success(), "{line}");
    }
    let clusters = server.state()["clusters"].as_array().expect("clusters").len();
    assert_eq!(clusters, 2, "both sequences are there, once");
}
