//! What the end-to-end tests share: the built binaries, a private desktop, a fake browser, a WebDriver client.
//!
//! These tests start the programs a person starts, on real HTTP, a real keychain and a real window. They are a
//! package of their own so that their helpers never change how the app itself is built.

#![allow(clippy::missing_panics_doc, reason = "test support: a panic is how a test fails")]

#[path = "support/acts.rs"]
pub mod acts;
#[path = "support/binaries.rs"]
pub mod binaries;
#[path = "support/browser.rs"]
pub mod browser;
#[path = "support/desktop.rs"]
pub mod desktop;
#[path = "support/drag.rs"]
pub mod drag;
#[path = "support/login_manager.rs"]
pub mod login_manager;
#[path = "support/process.rs"]
pub mod process;
#[path = "support/quick_upload.rs"]
pub mod quick_upload;
#[path = "support/secrets.rs"]
pub mod secrets;
#[path = "support/server.rs"]
pub mod server;
#[path = "support/slow_line.rs"]
pub mod slow_line;
#[path = "support/stage.rs"]
pub mod stage;
#[path = "support/webdriver.rs"]
pub mod webdriver;
