//! Answers that are given whatever was asked.

use serde::{Deserialize, Serialize};

/// An answer put in the place of the true one.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct CannedAnswer {
    /// HTTP status, 200 to 599.
    pub status: u16,
    /// Header names and values.
    #[serde(default)]
    pub headers: Vec<(String, String)>,
    /// The body as it goes out.
    #[serde(default)]
    pub body: String,
}
