//! Photos that were sent before, and what is done with them.

use serde::{Deserialize, Serialize};

/// What to do with photos that this account has sent to this organisation before.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS), ts(export, export_to = "wire.gen.ts"))]
#[serde(rename_all = "snake_case")]
pub enum AlreadySentChoice {
    /// Ask: nothing is queued where there are such photos, and [`crate::Reply::AlreadySent`] says how many.
    #[default]
    Ask,
    /// Leave them out.
    Skip,
    /// Send them again.
    SendAgain,
}

/// Photos that were sent before.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS), ts(export, export_to = "wire.gen.ts"))]
#[serde(rename_all = "camelCase")]
pub struct AlreadySentView {
    /// How many of them there are.
    pub sent_count: u64,
    /// Of how many.
    pub total_count: u64,
    /// Name of the account they were sent under.
    pub username: String,
    /// When the first of them was sent, milliseconds since 1970 UTC; `null` where only mapillary_tools knows.
    pub first_sent_at_ms: Option<i64>,
    /// When the last of them was sent, as above.
    pub last_sent_at_ms: Option<i64>,
}
