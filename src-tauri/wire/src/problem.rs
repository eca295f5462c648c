//! What went wrong, in the one shape that crosses every border.

use serde::{Deserialize, Serialize};

/// Whether and when it helps to try again.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS), ts(export, export_to = "wire.gen.ts"))]
#[serde(rename_all = "snake_case")]
pub enum Retry {
    /// The same attempt will fail again.
    Never,
    /// Waypost tries again by itself.
    Automatic,
    /// It helps to try again once the person has done what `action` says.
    AfterAction,
}

/// An error as a person or a script sees it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS), ts(export, export_to = "wire.gen.ts"))]
#[serde(rename_all = "camelCase")]
pub struct Problem {
    /// Stable snake_case code; each has an entry in docs/errors.md.
    pub code: String,
    /// What happened, to which file or address. Never holds a secret.
    pub message: String,
    /// What the person can do; empty when there is nothing to do.
    pub action: String,
    /// Whether trying again helps.
    pub retry: Retry,
}
