//! What the system must have, and how it gets it.
//!
//! On Debian and Ubuntu missing packages are installed where that is allowed (as root, or by sudo without a
//! password), through whatever mirrors the machine has. Elsewhere, or offline, the exact command is named.

use std::process::Command;

use crate::command::run;
use crate::place::find_program;

/// How it is known that a package is there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Sign {
    /// This program is in `PATH`, wherever it came from.
    Program(&'static str),
    /// `pkg-config` knows this library.
    Library(&'static str),
    /// The package database says so.
    Package,
}

/// A package of Debian.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Need {
    package: &'static str,
    sign: Sign,
}

const fn program(package: &'static str, program: &'static str) -> Need {
    Need {
        package,
        sign: Sign::Program(program),
    }
}

const C_COMPILER: Need = program("build-essential", "cc");
const PKG_CONFIG: Need = program("pkg-config", "pkg-config");
const WEB_VIEW: Need = Need {
    package: "libwebkit2gtk-4.1-dev",
    sign: Sign::Library("webkit2gtk-4.1"),
};

/// To build the command line: its crates hold C code and no foreign library.
pub const COMMAND_LINE: &[Need] = &[C_COMPILER];
/// To build and run the window.
pub const WINDOW: &[Need] = &[C_COMPILER, PKG_CONFIG, WEB_VIEW];
/// To run every test.
pub const TESTS: &[Need] = &[
    C_COMPILER,
    PKG_CONFIG,
    WEB_VIEW,
    // The real window without a screen, driven, dragged onto.
    program("xvfb", "Xvfb"),
    program("openbox", "openbox"),
    program("xdotool", "xdotool"),
    program("webkit2gtk-driver", "WebKitWebDriver"),
    Need {
        package: "python3-gi",
        sign: Sign::Package,
    },
    Need {
        package: "gir1.2-gtk-3.0",
        sign: Sign::Package,
    },
    // A real keychain.
    program("dbus", "dbus-run-session"),
    program("gnome-keyring", "gnome-keyring-daemon"),
    program("libsecret-tools", "secret-tool"),
    // The views in a browser, with fonts.
    program("chromium", "chromium"),
    Need {
        package: "fonts-dejavu-core",
        sign: Sign::Package,
    },
    // Others that read what Waypost writes.
    Need {
        package: "python3-venv",
        sign: Sign::Package,
    },
    program("ffmpeg", "ffprobe"),
    program("libimage-exiftool-perl", "exiftool"),
    program("unzip", "unzip"),
];

/// Makes sure that everything `wanted` is there.
pub fn install(wanted: &[Need]) -> Result<(), String> {
    if cfg!(target_os = "linux") {
        on_linux(wanted)
    } else {
        elsewhere()
    }
}

fn on_linux(wanted: &[Need]) -> Result<(), String> {
    let is_debian = find_program("dpkg-query").is_some() && find_program("apt-get").is_some();
    let missing: Vec<&str> = wanted
        .iter()
        .filter(|need| !is_there(**need, is_debian))
        .map(|need| need.package)
        .collect();
    if missing.is_empty() {
        return Ok(());
    }
    let command = by_hand(&missing);
    if !is_debian {
        return Err(format!(
            "missing. On Debian or Ubuntu:\n  {command}\nand here the packages with the same contents."
        ));
    }
    let Some(prefix) = privilege() else {
        return Err(format!(
            "missing packages, and no right to install them. Run:\n  {command}"
        ));
    };
    println!("installing {}", missing.join(" "));
    // Offline the lists that are there may be enough.
    if let Err(error) = apt(prefix, &["update", "-qq"]) {
        println!("{error}");
    }
    let install = ["install", "-y", "-qq", "--no-install-recommends"];
    apt(prefix, &[&install, missing.as_slice()].concat())
        .map_err(|error| format!("{error}\nthe packages could not be installed. Run:\n  {command}"))
}

fn by_hand(missing: &[&str]) -> String {
    format!(
        "sudo apt-get update && sudo apt-get install -y --no-install-recommends {}",
        missing.join(" ")
    )
}

fn elsewhere() -> Result<(), String> {
    let (program, advice) = if cfg!(target_os = "macos") {
        ("cc", "install the command line tools: xcode-select --install")
    } else {
        (
            "node",
            "install Node.js, the Visual Studio C++ build tools and the WebView2 runtime",
        )
    };
    if find_program(program).is_some() {
        Ok(())
    } else {
        Err(advice.to_owned())
    }
}

/// Where there is no package database, a package that shows itself in no other way counts as there.
fn is_there(need: Need, is_debian: bool) -> bool {
    match need.sign {
        Sign::Program(name) => find_program(name).is_some(),
        Sign::Library(name) => {
            let answer = Command::new("pkg-config").args(["--exists", name]).status();
            answer.is_ok_and(|status| status.success())
        }
        Sign::Package => !is_debian || is_installed(need.package),
    }
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
    let answer = |program: &str, arguments: &[&str]| Command::new(program).args(arguments).output().ok();
    if answer("id", &["-u"]).is_some_and(|output| output.stdout.trim_ascii() == b"0") {
        return Some(&[]);
    }
    answer("sudo", &["-n", "true"])
        .filter(|output| output.status.success())
        .map(|_| &["sudo", "-n", "-E"][..])
}

fn apt(prefix: &[&str], arguments: &[&str]) -> Result<(), String> {
    let mut words = prefix.to_vec();
    // Another installation may be running.
    words.extend(["apt-get", "-o", "DPkg::Lock::Timeout=400"]);
    words.extend(arguments);
    let mut command = Command::new(words[0]);
    run(command.args(&words[1..]).env("DEBIAN_FRONTEND", "noninteractive"))
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
        assert!(WINDOW.iter().chain(COMMAND_LINE).all(|need| TESTS.contains(need)));
    }

    #[test]
    fn what_is_not_there_is_noticed_however_it_shows_itself() {
        let name = "waypost-no-such-thing";
        for sign in [Sign::Program(name), Sign::Library(name), Sign::Package] {
            assert!(!is_there(Need { package: name, sign }, true), "{sign:?}");
        }
        assert!(is_there(program("cargo", "cargo"), true));
    }

    #[test]
    fn the_command_to_run_by_hand_names_every_missing_package() {
        let command = by_hand(&["xvfb", "unzip"]);
        assert!(
            command.ends_with("apt-get install -y --no-install-recommends xvfb unzip"),
            "{command}"
        );
    }
}
