//! A session bus with a private keychain for tests, so that nobody's own keychain is touched.

use std::process::Command;

use crate::command::command;
use crate::place::find_program;

/// The script that unlocks a fresh keychain and then runs the arguments. The folders go away with it.
const SCRIPT: &str = r#"
set -eu
private=$(mktemp -d)
trap 'rm -rf "$private"' EXIT
mkdir "$private/data" "$private/run"
chmod 700 "$private/run"
printf '\n' | XDG_DATA_HOME="$private/data" XDG_RUNTIME_DIR="$private/run" \
  gnome-keyring-daemon --unlock --components=secrets >/dev/null
for _ in $(seq 100); do
  if dbus-send --session --dest=org.freedesktop.DBus --print-reply / org.freedesktop.DBus.NameHasOwner \
      string:org.freedesktop.secrets 2>/dev/null | grep -q 'boolean true'; then break; fi
  sleep 0.1
done
"$@"
"#;

/// Wraps a command, so that it runs with a real keychain; `None` where the system has none to offer.
pub fn with_keychain(program: &str, arguments: &[&str]) -> Option<Command> {
    for needed in ["dbus-run-session", "gnome-keyring-daemon", "dbus-send"] {
        find_program(needed)?;
    }
    let mut wrapped = command("dbus-run-session", &["--", "bash", "-c", SCRIPT, "bash", program]);
    wrapped.args(arguments).env("WAYPOST_TEST_KEYCHAIN", "1");
    Some(wrapped)
}
