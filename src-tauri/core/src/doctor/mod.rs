//! What is in order and what is not: the computer Waypost runs on, and, asked with a real account, how Mapillary behaves
//! where nobody has written it down (API notes §7).
//!
//! A report is made to be shown to others. It holds words, counts, times and codes, and never a token, a name, a number of
//! an account, an upload or an image, nor a path.

mod computer;
mod live;
mod search_questions;

use serde::Serialize;
use waypost_mapillary::MapillaryError;

use crate::error::CoreError;

pub use computer::{ComputerSetup, examine_computer};
pub use live::{LiveSetup, ask_live};

/// How a question ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// In order, or answered.
    Fine,
    /// Works, but somebody should look at it.
    Attention,
    /// Does not work.
    Failed,
    /// Could not be asked; the answer says what is missing.
    NotAsked,
}

/// One question and its answer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Finding {
    /// Stable name of the question.
    pub id: &'static str,
    /// The question, in words.
    pub question: &'static str,
    /// How it ended.
    pub verdict: Verdict,
    /// The answer, in words.
    pub answer: String,
}

impl Finding {
    fn new(id: &'static str, question: &'static str, verdict: Verdict, answer: impl Into<String>) -> Self {
        Self {
            id,
            question,
            verdict,
            answer: answer.into(),
        }
    }
}

/// An error as a report may hold it: its code and the service's numbers, no words that could name somebody.
fn bare_words(error: &CoreError) -> String {
    match error {
        CoreError::Service(error) => bare_service_words(error),
        error => error.code().to_owned(),
    }
}

fn bare_service_words(error: &MapillaryError) -> String {
    let (status, body) = match error {
        MapillaryError::Status { status, body, .. }
        | MapillaryError::Unauthorized { status, body, .. }
        | MapillaryError::FeedRefused { status, body }
        | MapillaryError::RateLimited { status, body, .. } => (status, body),
        error => return error.code().to_owned(),
    };
    let code = body.code.map_or_else(String::new, |code| format!(", code {code}"));
    format!("{} (HTTP {status}{code})", error.code())
}
