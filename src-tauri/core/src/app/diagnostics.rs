//! A text for a report of a fault: what runs where, how it is set, and how the uploads stand.
//!
//! It is made of a closed list of facts, none of which can hold a name, a path, a place or a secret, rather than of
//! everything with parts taken out: what nobody puts in cannot be forgotten to be taken out. The person sees all of it
//! before it leaves the window.

use std::collections::BTreeMap;
use std::fmt::{Display, Write};
use std::path::{Path, PathBuf};

use waypost_wire::{AccountView, SettingsView, SignInState, TokenPlace, UploadRow};

use super::waypost::Waypost;
use crate::error::CoreError;
use crate::new_file::write_new;

impl Waypost {
    /// Writes the text into a folder, as a new file. Returns where.
    ///
    /// # Errors
    /// [`CoreError::Journal`], [`CoreError::FileInTheWay`] within the same second, [`CoreError::Io`].
    pub async fn save_diagnostics(&self, folder: &Path) -> Result<PathBuf, CoreError> {
        let text = self.diagnostics().await?;
        let now = jiff::Timestamp::from_millisecond(self.clock.now_ms()).unwrap_or_default();
        let path = folder.join(now.strftime("waypost-diagnostics-%Y%m%d-%H%M%S.txt").to_string());
        let written = path.clone();
        tokio::task::spawn_blocking(move || write_new(&written, text.as_bytes()))
            .await
            .unwrap_or(Err(CoreError::Stopped))?;
        Ok(path)
    }

    /// The text.
    ///
    /// # Errors
    /// [`CoreError::Journal`] when the list of uploads cannot be read.
    pub(super) async fn diagnostics(&self) -> Result<String, CoreError> {
        let rows = self.rows().await?;
        let account = self.desk.view().await;
        let settings = self.settings_view().await;
        Ok(diagnostics(&self.version, self.practice, &settings, &account, &rows))
    }
}

fn diagnostics(
    version: &str,
    practice: bool,
    settings: &SettingsView,
    account: &AccountView,
    rows: &[UploadRow],
) -> String {
    let mut text = String::new();
    let mut line = |name: &str, value: &dyn Display| {
        // Writing into a String cannot fail.
        let _ = writeln!(text, "{name}: {value}");
    };
    line("waypost", &version);
    line(
        "system",
        &format_args!("{} {}", std::env::consts::OS, std::env::consts::ARCH),
    );
    line("practice", &practice);
    line("package", &settings.package);
    line("parallel_uploads", &settings.parallel_uploads);
    line("image_workers", &settings.image_workers);
    line("bandwidth_limit_bytes_per_s", &settings.bandwidth_limit_bytes_per_s);
    line("schedule_rows", &settings.schedule.len());
    line("keep_awake", &settings.keep_awake);
    line("streets", &settings.streets);
    line("theme", &settings.theme);
    line("language", &settings.language);
    line("cutoff_distance_m", &settings.cutoff_distance_m);
    line("cutoff_time_s", &settings.cutoff_time_s);
    line("duplicate_distance_m", &settings.duplicate_distance_m);
    line("duplicate_angle_deg", &settings.duplicate_angle_deg);
    // A zone tells where somebody lives, an organisation for whom they work.
    line("time_zone_set", &!settings.time_zone.is_empty());
    line("organisation_set", &!settings.organization_id.is_empty());
    line("own_app", &!settings.app_id.is_empty());
    line("app_identity_set", &account.app_identity_set);
    line("sign_in", &sign_in_word(&account.sign_in));
    line("accounts", &account.accounts.len());
    for row in &account.accounts {
        line(
            "account",
            &format_args!(
                "current={} may_upload={:?} kept={} ended={}",
                account.current_user_id.as_deref() == Some(row.user_id.as_str()),
                row.may_upload,
                kept_word(row.kept),
                row.needs_sign_in
            ),
        );
    }
    line("uploads", &rows.len());
    for (what, count) in tally(rows) {
        line(&what, &count);
    }
    text
}

/// How many uploads are in each state, wait for each reason and have each problem.
fn tally(rows: &[UploadRow]) -> BTreeMap<String, u64> {
    let mut counts = BTreeMap::new();
    let mut add = |what: String| *counts.entry(what).or_default() += 1;
    for row in rows {
        add(format!("uploads.state.{:?}.{}", row.state, row.package));
        if let Some(waiting) = &row.waiting {
            add(format!("uploads.waiting.{:?}", waiting.reason));
        }
        if let Some(problem) = &row.problem {
            add(format!("uploads.problem.{}", problem.code));
        }
        if row.overdue {
            add("uploads.overdue".into());
        }
        if row.resending {
            add("uploads.resending".into());
        }
    }
    counts
}

fn sign_in_word(state: &SignInState) -> &str {
    match state {
        SignInState::Idle => "idle",
        SignInState::Waiting { .. } => "waiting",
        SignInState::Failed { problem } | SignInState::NoKeychain { problem } => &problem.code,
    }
}

fn kept_word(place: TokenPlace) -> &'static str {
    match place {
        TokenPlace::Keychain => "keychain",
        TokenPlace::ThisRun => "this_run",
        TokenPlace::Environment => "environment",
        TokenPlace::ProfileFile => "profile_file",
    }
}
