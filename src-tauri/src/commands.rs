//! The two commands of the window.

use std::path::PathBuf;

use tauri::ipc::Channel;
use tauri::{AppHandle, Manager as _, State};
use tauri_plugin_dialog::DialogExt as _;
use waypost_wire::{Call, Event, Problem, Reply};

use crate::shell::Shell;

/// Answers a call.
#[tauri::command]
pub async fn call(app: AppHandle, shell: State<'_, Shell>, call: Call) -> Result<Reply, Problem> {
    match call {
        Call::ChooseFolder => choose_folder(&app),
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
        .set_title("Choose a folder of photos")
        .pick_folder(move |folder| {
            let Some(path) = folder.and_then(|folder| folder.into_path().ok()) else {
                return;
            };
            tauri::async_runtime::spawn(async move {
                let paths = vec![PathBuf::from(&path).to_string_lossy().into_owned()];
                let waypost = handle.state::<Shell>().waypost().await;
                if let Err(problem) = waypost.call(Call::Prepare { paths }).await {
                    tracing::error!(code = problem.code, "{}", problem.message);
                    handle
                        .state::<Shell>()
                        .bus()
                        .send(waypost_wire::EventBody::Notice(problem));
                }
            });
        });
}
