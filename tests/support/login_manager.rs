//! A login manager that plays systemd's: whoever asks it for an inhibitor gets one, and each is noted, with its end.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use crate::process::{Guarded, wait_for};

/// Owns `org.freedesktop.login1` on the bus of its environment. An inhibitor is a pipe: it ends when the other end closes.
const SERVICE: &str = r#"
import os, sys, gi
from gi.repository import Gio, GLib
log = open(sys.argv[1], "a", buffering=1)
held = {}
def ended(fd, condition, what):
    print("released", what, file=log)
    os.close(fd)
    return False
def call(connection, sender, path, interface, method, parameters, invocation):
    what, who, why, mode = parameters.unpack()
    ours, theirs = os.pipe()
    GLib.io_add_watch(ours, GLib.IO_HUP, ended, what)
    fds = Gio.UnixFDList.new_from_array([theirs])
    print("held", what, who, mode, file=log)
    invocation.return_value_with_unix_fd_list(GLib.Variant("(h)", (0,)), fds)
xml = """<node><interface name="org.freedesktop.login1.Manager"><method name="Inhibit">
<arg type="s" direction="in"/><arg type="s" direction="in"/><arg type="s" direction="in"/><arg type="s" direction="in"/>
<arg type="h" direction="out"/></method></interface></node>"""
node = Gio.DBusNodeInfo.new_for_xml(xml)
def acquired(connection, name):
    connection.register_object("/org/freedesktop/login1", node.interfaces[0], call, None, None)
def named(connection, name):
    print("ready", file=log)
Gio.bus_own_name(Gio.BusType.SESSION, "org.freedesktop.login1", Gio.BusNameOwnerFlags.NONE, acquired, named, None)
GLib.MainLoop().run()
"#;

/// The running login manager.
#[derive(Debug)]
pub struct LoginManager {
    log: PathBuf,
    _service: Guarded,
}

impl LoginManager {
    /// Starts it on the bus at `address`, with its notes below `home`.
    pub fn start(address: &str, home: &Path) -> Self {
        let log = home.join("login-manager.log");
        let service = Guarded::spawn(
            Command::new("/usr/bin/python3")
                .args(["-c", SERVICE])
                .arg(&log)
                .env("DBUS_SESSION_BUS_ADDRESS", address)
                .stdin(Stdio::null())
                .stdout(Stdio::null())
                .stderr(Stdio::null()),
        );
        let manager = Self { log, _service: service };
        wait_for("the login manager", || manager.notes().contains("ready").then_some(()));
        manager
    }

    /// What it noted, one line each: `held WHAT WHO MODE` and `released WHAT`.
    pub fn notes(&self) -> String {
        std::fs::read_to_string(&self.log).unwrap_or_default()
    }

    /// Whether Waypost keeps the computer awake now.
    pub fn is_held(&self) -> bool {
        let notes = self.notes();
        let count = |begin: &str| notes.lines().filter(|line| line.starts_with(begin)).count();
        count("held") > count("released")
    }
}
