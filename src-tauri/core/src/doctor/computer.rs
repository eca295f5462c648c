//! Whether this computer has what Waypost needs.

use std::path::Path;
use std::sync::Arc;

use waypost_mapillary::Client;

use super::{Finding, Verdict, bare_service_words};
use crate::error::CoreError;
use crate::journal::Journal;
use crate::ports::{Clock, Keychain};

/// A clock may be off by so much, milliseconds: the Date header is cut to seconds, and an answer takes its time.
const CLOCK_SLACK_MS: u64 = 5_000;

/// A name nobody uses: reading it shows whether the keychain answers.
const KEYCHAIN_QUESTION: &str = "waypost-doctor";

/// What is examined.
pub struct ComputerSetup<'a> {
    /// The data folder.
    pub data_dir: &'a Path,
    /// The keychain.
    pub keychain: Arc<dyn Keychain>,
    /// The client of the service.
    pub client: &'a Client,
    /// The time.
    pub clock: Arc<dyn Clock>,
    /// Whether an app is known to sign in with; an error says why none could be read.
    pub has_app: Result<bool, CoreError>,
}

/// Examines the computer. Nothing is changed but for a small file in the data folder that is deleted again.
pub async fn examine_computer(setup: ComputerSetup<'_>) -> Vec<Finding> {
    let (folder, keychain) = (setup.data_dir.to_path_buf(), Arc::clone(&setup.keychain));
    let local = tokio::task::spawn_blocking(move || {
        vec![
            data_folder(&folder),
            journal(&folder),
            keychain_answers(keychain.as_ref()),
        ]
    });
    let mut findings = local.await.unwrap_or_default();
    findings.push(app(&setup.has_app));
    findings.extend(network(setup.client, setup.clock.as_ref()).await);
    findings
}

fn data_folder(folder: &Path) -> Finding {
    let finding =
        |verdict, answer: String| Finding::new("data_folder", "Can the data folder be written?", verdict, answer);
    let file = folder.join(format!("doctor-{}.tmp", std::process::id()));
    let written = std::fs::write(&file, b"waypost").and_then(|()| std::fs::remove_file(&file));
    match written {
        Ok(()) => finding(Verdict::Fine, "yes".into()),
        Err(error) => finding(Verdict::Failed, format!("no: {}", error.kind())),
    }
}

fn journal(folder: &Path) -> Finding {
    let finding =
        |verdict, answer: String| Finding::new("journal", "Is the journal of uploads sound?", verdict, answer);
    match Journal::open_read_only(folder).and_then(|journal| journal.map(|journal| journal.unsound()).transpose()) {
        Ok(None) => finding(Verdict::Fine, "there is none yet".into()),
        Ok(Some(found)) if found.is_empty() => finding(Verdict::Fine, "yes".into()),
        Ok(Some(found)) => finding(Verdict::Failed, format!("no: {} places are damaged", found.len())),
        Err(error) => finding(Verdict::Failed, format!("it cannot be read: {}", error.code())),
    }
}

fn keychain_answers(keychain: &dyn Keychain) -> Finding {
    let question = "Can tokens be kept in the system's keychain?";
    match keychain.load(KEYCHAIN_QUESTION) {
        Ok(_) => Finding::new("keychain", question, Verdict::Fine, "yes"),
        Err(error) => Finding::new(
            "keychain",
            question,
            Verdict::Attention,
            format!("no, sign in for one run only, or give a token in the environment: {error}"),
        ),
    }
}

fn app(has_app: &Result<bool, CoreError>) -> Finding {
    let question = "Is an app known to sign in with?";
    match has_app {
        Ok(true) => Finding::new("app_identity", question, Verdict::Fine, "yes"),
        Ok(false) => Finding::new(
            "app_identity",
            question,
            Verdict::Attention,
            "no: only a token can be pasted",
        ),
        Err(error) => Finding::new("app_identity", question, Verdict::Failed, error.code()),
    }
}

async fn network(client: &Client, clock: &dyn Clock) -> [Finding; 2] {
    let reach = "Does Mapillary answer?";
    let time = "Is the computer's clock right?";
    let asked_at_ms = clock.now_ms();
    match client.service_clock_ms().await {
        Err(error) => [
            Finding::new("network", reach, Verdict::Failed, bare_service_words(&error)),
            Finding::new("clock", time, Verdict::NotAsked, "only Mapillary's clock could tell"),
        ],
        Ok(None) => [
            Finding::new("network", reach, Verdict::Fine, "yes"),
            Finding::new("clock", time, Verdict::NotAsked, "its answer names no time"),
        ],
        Ok(Some(service_ms)) => {
            // The answer was made somewhere between question and receipt.
            let middle_ms = asked_at_ms.midpoint(clock.now_ms());
            let off_ms = middle_ms.saturating_sub(service_ms);
            let words = format!("{} s from Mapillary's", off_ms / 1_000);
            let verdict = if off_ms.unsigned_abs() <= CLOCK_SLACK_MS {
                Verdict::Fine
            } else {
                Verdict::Attention
            };
            [
                Finding::new("network", reach, Verdict::Fine, "yes"),
                Finding::new("clock", time, verdict, words),
            ]
        }
    }
}
