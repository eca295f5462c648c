//! The two commands of the window.

use tauri::ipc::Channel;
use tauri::{AppHandle, Manager as _, State};
use tauri_plugin_dialog::{DialogExt as _, FilePath};
use waypost_wire::{Call, Event, HandOverSubject, Problem, Reply, TakeOutChoice};

use crate::open_files::{read, tell};
use crate::shell::Shell;

/// Answers a call.
#[tauri::command]
pub async fn call(app: AppHandle, shell: State<'_, Shell>, call: Call) -> Result<Reply, Problem> {
    match call {
        Call::ChooseFolder => choose_folder(&app),
        Call::ChooseTrack => choose_track(&app),
        Call::DryRun => dry_run(&app),
        Call::StartTakeOut { choice } => take_out(&app, choice),
        Call::SaveHandOver { subject } => save_hand_over(&app, subject),
        Call::StartPractice => shell.start_practice().await?,
        Call::StopPractice => shell.stop_practice().await?,
        other => return shell.waypost().await.call(other).await,
    }
    Ok(Reply::Done)
}

/// Notes how long the start took: `cargo xtask bench` reads it from the log.
#[tauri::command]
#[expect(clippy::needless_pass_by_value, reason = "tauri gives its arguments away")]
pub fn painted(shell: State<'_, Shell>) {
    tracing::info!(after_ms = shell.started_at().elapsed().as_millis(), "painted");
}

/// Sends every event from now on through `channel`; an earlier channel gets nothing more.
#[tauri::command]
#[expect(clippy::needless_pass_by_value, reason = "tauri gives its arguments away")]
pub fn connect(app: AppHandle, shell: State<'_, Shell>, channel: Channel<Event>) {
    let mut events = shell.bus().listen();
    tauri::async_runtime::spawn(async move {
        while let Some(event) = events.recv().await {
            app.state::<Shell>().notice(&event.body);
            if let Err(error) = channel.send(event) {
                tracing::warn!("an event did not reach the window: {error}");
                return;
            }
        }
    });
}

/// Asks for a folder and reads it; answered by events, because the person may take their time.
fn choose_folder(app: &AppHandle) {
    let handle = app.clone();
    app.dialog()
        .file()
        .set_title("Choose a folder of photos or videos")
        .pick_folder(move |folder| prepare(&handle, folder));
}

/// Asks for a track file and adds it to the plan.
fn choose_track(app: &AppHandle) {
    let handle = app.clone();
    app.dialog()
        .file()
        .set_title("Choose a GPX or NMEA track")
        .add_filter("GPX, NMEA", &["gpx", "GPX", "nmea", "NMEA", "txt", "log"])
        .pick_file(move |file| prepare(&handle, file));
}

/// Asks where the packages of a dry run go, then makes them there.
fn dry_run(app: &AppHandle) {
    let handle = app.clone();
    app.dialog()
        .file()
        .set_title("Choose a folder for the packages")
        .pick_folder(move |folder| {
            let Some(path) = folder.and_then(|path| path.into_path().ok()) else {
                return;
            };
            tauri::async_runtime::spawn(async move {
                let shell = handle.state::<Shell>();
                if let Err(error) = shell.waypost().await.dry_run_into(path).await {
                    tell(&shell, error.problem());
                }
            });
        });
}

/// Asks where a take-out goes, then takes out into it.
fn take_out(app: &AppHandle, choice: TakeOutChoice) {
    let handle = app.clone();
    app.dialog()
        .file()
        .set_title("Choose a folder for the take-out")
        .pick_folder(move |folder| {
            let Some(path) = folder.and_then(|path| path.into_path().ok()) else {
                return;
            };
            tauri::async_runtime::spawn(async move {
                let shell = handle.state::<Shell>();
                if let Err(error) = shell.waypost().await.take_out_into(path, choice) {
                    tell(&shell, error.problem());
                }
            });
        });
}

/// Asks where a hand-over record goes, then writes it there.
fn save_hand_over(app: &AppHandle, subject: HandOverSubject) {
    let handle = app.clone();
    app.dialog()
        .file()
        .set_title("Choose a folder for the record")
        .pick_folder(move |folder| {
            let Some(path) = folder.and_then(|path| path.into_path().ok()) else {
                return;
            };
            tauri::async_runtime::spawn(async move {
                let shell = handle.state::<Shell>();
                if let Err(error) = shell.waypost().await.save_hand_over(subject, &path).await {
                    tell(&shell, error.problem());
                }
            });
        });
}

/// Reads what was chosen in a dialog; `None` is a dialog that was put away.
fn prepare(app: &AppHandle, chosen: Option<FilePath>) {
    read(app, chosen.and_then(|path| path.into_path().ok()).into_iter().collect());
}
