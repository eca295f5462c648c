//! A real drag: a small window with something to drag, real mouse moves, a real drop (XDND).

use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Duration;

use crate::desktop::Screen;
use crate::process::{Guarded, wait_for};

/// A GTK window from which the path in its argument can be dragged, as from a file manager.
const SOURCE: &str = r#"
import sys, pathlib, gi
gi.require_version("Gtk", "3.0")
gi.require_version("Gdk", "3.0")
from gi.repository import Gtk, Gdk
uri = pathlib.Path(sys.argv[1]).resolve().as_uri()
window = Gtk.Window(title="Folder to drag")
handle = Gtk.EventBox()
handle.add(Gtk.Label(label="drag me"))
handle.set_size_request(160, 120)
window.add(handle)
handle.drag_source_set(Gdk.ModifierType.BUTTON1_MASK, [], Gdk.DragAction.COPY)
handle.drag_source_add_uri_targets()
handle.connect("drag-data-get", lambda w, c, data, i, t: data.set_uris([uri]))
window.connect("destroy", Gtk.main_quit)
window.show_all()
Gtk.main()
"#;

/// Drags `path` onto the window called `title` and drops it.
///
/// The pauses are part of the protocol, not of the test: source and target talk while the pointer stands still.
pub fn drop_onto(screen: &Screen, title: &str, path: &Path) {
    let _source = Guarded::spawn(
        Command::new("/usr/bin/python3")
            .args(["-c", SOURCE])
            .arg(path)
            .env("DISPLAY", screen.display())
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null()),
    );
    let source = find(screen, "Folder to drag");
    let target = find(screen, title);
    screen.xdotool(&["windowmove", "--sync", &target, "20", "30"]);
    screen.xdotool(&["windowmove", "--sync", &source, "1160", "60"]);
    screen.xdotool(&["windowraise", &source]);
    pause(500);
    let (from_x, from_y) = position(screen, &source);
    let (to_x, to_y) = position(screen, &target);
    let (from_x, from_y, to_x, to_y) = (from_x + 80, from_y + 60, to_x + 500, to_y + 380);
    move_to(screen, from_x, from_y);
    pause(200);
    screen.xdotool(&["mousedown", "1"]);
    pause(200);
    let steps = 30;
    for step in 1..=steps {
        move_to(
            screen,
            from_x + (to_x - from_x) * step / steps,
            from_y + (to_y - from_y) * step / steps,
        );
        pause(30);
    }
    pause(400);
    move_to(screen, to_x + 4, to_y + 4);
    pause(300);
    screen.xdotool(&["mouseup", "1"]);
    pause(500);
}

fn find(screen: &Screen, title: &str) -> String {
    let pattern = format!("^{title}$");
    wait_for(title, || {
        let found = screen.xdotool(&["search", "--onlyvisible", "--name", &pattern]);
        found.lines().last().filter(|line| !line.is_empty()).map(str::to_owned)
    })
}

fn position(screen: &Screen, window: &str) -> (i32, i32) {
    let text = screen.xdotool(&["getwindowgeometry", "--shell", window]);
    let value = |name: &str| {
        text.lines()
            .find_map(|line| line.strip_prefix(name)?.strip_prefix('=')?.parse().ok())
            .unwrap_or_else(|| panic!("xdotool does not say {name}: {text}"))
    };
    (value("X"), value("Y"))
}

fn move_to(screen: &Screen, x: i32, y: i32) {
    screen.xdotool(&["mousemove", &x.to_string(), &y.to_string()]);
}

fn pause(wait_ms: u64) {
    std::thread::sleep(Duration::from_millis(wait_ms));
}
