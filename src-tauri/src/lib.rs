//! The shell: starts the application, forwards calls and events, and does what only a desktop program can.
//!
//! It decides nothing that a test would want to check; that is `waypost-core`.

mod commands;
mod desktop;
mod look;
mod menu;
mod name;
mod navigation;
mod notify;
mod open_files;
mod pictures;
mod practice;
mod shell;
mod window;

use std::path::Path;
use std::process::ExitCode;

use tauri::Manager as _;
use tauri_plugin_dialog::{DialogExt as _, MessageDialogKind};

use waypost_core::desktop::Start;

use shell::Shell;

/// Opens the window and stays until it is closed.
pub fn run() -> ExitCode {
    let started_at = std::time::Instant::now();
    start_log();
    // Without a folder of its own a start by hand cannot name relative paths.
    let folder = std::env::current_dir().unwrap_or_default();
    let start = Start::read(std::env::args_os().skip(1), &folder);
    let mut builder = tauri::Builder::default();
    if cfg!(target_os = "macos") {
        builder = builder.menu(menu::bar).on_menu_event(menu::on_event);
    }
    let app = builder
        .plugin(tauri_plugin_single_instance::init(|app, arguments, folder| {
            look::bring_to_front(app);
            let start = Start::read(arguments.into_iter().skip(1), Path::new(&folder));
            open_files::read(app, start.paths);
        }))
        .plugin(navigation::guard())
        .plugin(tauri_plugin_dialog::init())
        .plugin(tauri_plugin_notification::init())
        .plugin(look::kept_state())
        .register_asynchronous_uri_scheme_protocol(pictures::SCHEME, pictures::answer)
        .invoke_handler(tauri::generate_handler![
            commands::call,
            commands::connect,
            commands::painted
        ])
        .setup(move |app| {
            look::create(app.handle())?;
            match tauri::async_runtime::block_on(Shell::open(app.handle(), start.practice, started_at)) {
                Ok(shell) => {
                    app.manage(shell);
                    notify::listen(app.handle());
                    open_files::read(app.handle(), start.paths);
                }
                Err(problem) => {
                    // There is no window yet to say it in.
                    tracing::error!(code = problem.code, "{}", problem.message);
                    app.dialog()
                        .message(format!("{}\n\n{}", problem.message, problem.action))
                        .title(look::kept_words().cannot_start)
                        .kind(MessageDialogKind::Error)
                        .blocking_show();
                    std::process::exit(1);
                }
            }
            Ok(())
        })
        .on_page_load(look::on_page_load)
        .on_window_event(window::on_event)
        .build(tauri::generate_context!());
    match app {
        Ok(app) => {
            app.run(open_files::on_run_event);
            ExitCode::SUCCESS
        }
        Err(error) => {
            tracing::error!("the window cannot be opened: {error}");
            ExitCode::FAILURE
        }
    }
}

/// Logs to standard error. `WAYPOST_LOG` takes a filter; the keychain's library names entries at debug level, so
/// that it stays at info whatever is asked.
fn start_log() {
    let filter = std::env::var("WAYPOST_LOG").unwrap_or_else(|_| "warn".into());
    let filter =
        tracing_subscriber::EnvFilter::builder().parse_lossy(format!("{filter},keyring=info,keyring_core=info"));
    tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(std::io::stderr)
        .init();
}

#[cfg(test)]
mod permissions_tests;
