//! The commands of the window.

use std::path::PathBuf;
use std::sync::Arc;

use tauri::ipc::Channel;
use tauri::{AppHandle, Manager as _, State};
use tauri_plugin_dialog::{DialogExt as _, FilePath};
use waypost_core::app::Waypost;
use waypost_core::error::CoreError;
use waypost_core::native_words::NativeWords;
use waypost_wire::{Call, Event, Problem, Reply};

use crate::open_files::{read, tell};
use crate::shell::Shell;

/// Answers a call.
#[tauri::command]
pub async fn call(app: AppHandle, shell: State<'_, Shell>, call: Call) -> Result<Reply, Problem> {
    let words = shell.waypost().await.words();
    match call {
        Call::ChooseFolder => choose_folder(&app, words),
        Call::ChooseTrack => choose_track(&app, words),
        Call::DryRun => into_folder(&app, words.choose_packages, move |waypost, path| async move {
            waypost.dry_run_into(path).await
        }),
        Call::StartTakeOut { choice } => into_folder(&app, words.choose_take_out, move |waypost, path| async move {
            waypost.take_out_into(path, choice)
        }),
        Call::SaveHandOver { subject } => into_folder(&app, words.choose_record, move |waypost, path| async move {
            waypost.save_hand_over(subject, &path).await.map(drop)
        }),
        Call::SaveDiagnostics => into_folder(&app, words.choose_diagnostics, move |waypost, path| async move {
            waypost.save_diagnostics(&path).await.map(drop)
        }),
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
fn choose_folder(app: &AppHandle, words: &NativeWords) {
    let handle = app.clone();
    app.dialog()
        .file()
        .set_title(words.choose_folder)
        .pick_folder(move |folder| prepare(&handle, folder));
}

/// Asks for a track file and adds it to the plan.
fn choose_track(app: &AppHandle, words: &NativeWords) {
    let handle = app.clone();
    app.dialog()
        .file()
        .set_title(words.choose_track)
        .add_filter("GPX, NMEA", &["gpx", "GPX", "nmea", "NMEA", "txt", "log"])
        .pick_file(move |file| prepare(&handle, file));
}

/// Asks where something goes, then puts it there. A dialog that was put away does nothing; what goes wrong is said in
/// the window.
fn into_folder<F>(app: &AppHandle, title: &str, act: impl FnOnce(Arc<Waypost>, PathBuf) -> F + Send + 'static)
where
    F: Future<Output = Result<(), CoreError>> + Send,
{
    let handle = app.clone();
    app.dialog().file().set_title(title).pick_folder(move |folder| {
        let Some(path) = folder.and_then(|path| path.into_path().ok()) else {
            return;
        };
        tauri::async_runtime::spawn(async move {
            let shell = handle.state::<Shell>();
            if let Err(error) = act(shell.waypost().await, path).await {
                tell(&shell, error.problem());
            }
        });
    });
}

/// Reads what was chosen in a dialog; `None` is a dialog that was put away.
fn prepare(app: &AppHandle, chosen: Option<FilePath>) {
    read(app, chosen.and_then(|path| path.into_path().ok()).into_iter().collect());
}
