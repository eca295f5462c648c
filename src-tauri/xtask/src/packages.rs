//! What the system must have, and how it gets it.
//!
//! On Debian and Ubuntu missing packages are installed where that is allowed (as root, or by sudo without a
//! password), through whatever mirrors the machine has. Elsewhere, or offline, the exact command is named.

use std::process::Command;

use crate::command::run;
use crate::place::find_program;

/// To build the command line.
pub const COMMAND_LINE: &[&str] = &["build-essential", "pkg-config"];
/// To build and run the window.
pub const WINDOW: &[&str] = &["build-essential", "pkg-config", "libwebkit2gtk-4.1-dev"];
/// To run every test.
pub const TESTS: &[&str] = &[
    "build-essential",
    "pkg-config",
    "libwebkit2gtk-4.1-dev",
    "webkit2gtk-driver",
    "xvfb",
    "xauth",
    "xdotool",
    "openbox",
    "x11-utils",
    "dbus",
    "dbus-bin",
    "gnome-keyring",
    "libsecret-tools",
    "python3-gi",
    "gir1.2-gtk-3.0",
    "python3-venv",
    "chromium",
    "fonts-dejavu-core",
    "ffmpeg",
    "libimage-exiftool-perl",
    "unzip",
];

/// Makes sure that `wanted` is there.
pub fn install(wanted: &[&str]) -> Result<(), String> {
    if !cfg!(target_os = "linux") {
        return elsewhere();
    }
    if find_program("dpkg-query").is_none() {
        println!(
            "this is no Debian or Ubuntu; the packages are called there: {}",
            wanted.join(" ")
        );
        return Ok(());
    }
    let missing: Vec<&str> = wanted
        .iter()
        .copied()
        .filter(|package| !is_installed(package))
        .collect();
    if missing.is_empty() {
        return Ok(());
    }
    let by_hand = format!(
        "apt-get install -y --no-install-recommends {}",
        missing.join(" ")
    );
    let Some(prefix) = privilege() else {
        return Err(format!(
            "missing packages, and no right to install them. Run:\n  sudo {by_hand}"
        ));
    };
    println!("installing {}", missing.join(" "));
    let installed = apt(prefix, &["update", "-qq"]).and_then(|()| {
        apt(
            prefix,
            &[
                &["install", "-y", "--no-install-recommends"],
                missing.as_slice(),
            ]
            .concat(),
        )
    });
    installed.map_err(|error| {
        format!("{error}\nthe packages could not be installed. Run:\n  sudo {by_hand}")
    })
}

fn elsewhere() -> Result<(), String> {
    let (program, advice) = if cfg!(target_os = "macos") {
        (
            "cc",
            "install the command line tools: xcode-select --install",
        )
    } else {
        (
            "npm",
            "install Node.js, the Visual Studio C++ build tools and the WebView2 runtime",
        )
    };
    if find_program(program).is_some() || (cfg!(windows) && find_program("node").is_some()) {
        return Ok(());
    }
    Err(advice.to_owned())
}

fn is_installed(package: &str) -> bool {
    Command::new("dpkg-query")
        .args(["-W", "-f=${Status}", package])
        .output()
        .is_ok_and(|output| says_installed(&String::from_utf8_lossy(&output.stdout)))
}

fn says_installed(status: &str) -> bool {
    status.trim() == "install ok installed"
}

/// How to become root: not at all, by sudo, or `None` when neither works.
fn privilege() -> Option<&'static [&'static str]> {
    let answer =
        |program: &str, arguments: &[&str]| Command::new(program).args(arguments).output().ok();
    if answer("id", &["-u"]).is_some_and(|output| output.stdout.trim_ascii() == b"0") {
        return Some(&[]);
    }
    answer("sudo", &["-n", "true"])
        .filter(|output| output.status.success())
        .map(|_| &["sudo", "-n", "-E"][..])
}

fn apt(prefix: &[&str], arguments: &[&str]) -> Result<(), String> {
    let mut words = prefix.to_vec();
    words.extend(["apt-get", "-o", "DPkg::Lock::Timeout=400"]);
    words.extend(arguments);
    let mut command = Command::new(words[0]);
    run(command
        .args(&words[1..])
        .env("DEBIAN_FRONTEND", "noninteractive"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn half_removed_packages_count_as_missing() {
        assert!(says_installed("install ok installed"));
        assert!(!says_installed("deinstall ok config-files"));
        assert!(!says_installed(""));
    }

    #[test]
    fn everything_the_window_needs_is_there_for_the_tests_too() {
        assert!(
            WINDOW
                .iter()
                .chain(COMMAND_LINE)
                .all(|package| TESTS.contains(package))
        );
    }
}
