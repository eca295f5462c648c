//! This computer's own way to be kept awake: logind's inhibitors on Linux, a power assertion on macOS, the thread
//! execution state on Windows.

use std::sync::mpsc;

use keepawake::{Builder, KeepAwake};

/// Keeps this computer from going to sleep by itself until the returned value is dropped. The screen may go dark.
/// Blocking.
///
/// # Errors
/// What the system said.
pub fn hold_system_awake() -> Result<Box<dyn Send>, String> {
    let (answer, answered) = mpsc::channel();
    let (release, released) = mpsc::channel::<()>();
    // Windows binds the hold to the thread that asked for it, so that it gets one that lives as long as the hold.
    std::thread::Builder::new()
        .name("awake".into())
        .spawn(move || {
            let hold = take();
            let told = answer.send(hold.as_ref().map(|_| ()).map_err(Clone::clone));
            if told.is_ok() && hold.is_ok() {
                // Ends when the other end is dropped.
                let _ = released.recv();
            }
        })
        .map_err(|error| error.to_string())?;
    answered.recv().map_err(|error| error.to_string())??;
    Ok(Box::new(release))
}

fn take() -> Result<KeepAwake, String> {
    // On Linux some desktops look at idle inhibitors alone and others (GNOME) just ask logind to sleep, which a sleep
    // inhibitor refuses. On Windows `sleep` would mean away mode; on macOS it would hold against the person as well.
    let both = cfg!(target_os = "linux");
    take_against(both).or_else(|error| if both { take_against(false) } else { Err(error) })
}

fn take_against(sleep: bool) -> Result<KeepAwake, String> {
    Builder::default()
        .display(false)
        .idle(true)
        .sleep(sleep)
        .reason("Sending to Mapillary")
        .app_name("Waypost")
        .app_reverse_domain("org.waypost.desktop")
        .create()
        .map_err(|error| error.to_string())
}
