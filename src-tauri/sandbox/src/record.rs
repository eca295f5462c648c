//! The memory of what clients did: every request, without secrets, and every violation of what a
//! strict service would accept.

use std::collections::VecDeque;
use std::path::PathBuf;
use std::sync::Mutex;

use serde::{Deserialize, Serialize};

use crate::error::SandboxError;
use crate::folder::{Folder, read_json, write_json};
use crate::sync::lock;

/// Requests that are remembered; older ones are forgotten first.
const REQUESTS_KEPT: usize = 100_000;

/// Violations that are remembered; later ones only repeat.
const VIOLATIONS_KEPT: usize = 10_000;

/// One request as the service saw it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RequestRecord {
    /// When it arrived, in milliseconds since 1970-01-01 UTC.
    pub at_ms: u64,
    /// HTTP method.
    pub method: String,
    /// Path without the query.
    pub path: String,
    /// Query parameters; the value of a token or code is replaced by `…`.
    pub query: Vec<(String, String)>,
    /// Headers, lowercase names, without `authorization` and `cookie`.
    pub headers: Vec<(String, String)>,
    /// First word of the `Authorization` header.
    pub authorization_word: Option<String>,
    /// Whose token it was: `client`, `secret`, `user NAME`, `unknown`; `None` without one.
    pub caller: Option<String>,
    /// The `Offset` header as a number.
    pub offset: Option<u64>,
    /// Bytes of the body that arrived.
    pub body_bytes: u64,
    /// Status of the answer; `None` while it is open or when the line was dropped.
    pub status: Option<u16>,
    /// The fault that struck it, as its JSON `kind`.
    pub fault: Option<String>,
}

#[derive(Debug, Default)]
struct Requests {
    kept: VecDeque<RequestRecord>,
    /// Number of the first kept request.
    first: u64,
}

/// Requests and violations.
#[derive(Debug)]
pub(crate) struct Record {
    path: PathBuf,
    requests: Mutex<Requests>,
    violations: Mutex<Vec<String>>,
}

impl Record {
    pub(crate) fn load(folder: &Folder) -> Result<Self, SandboxError> {
        let path = folder.path("violations.json");
        let violations = read_json(&path)?.unwrap_or_default();
        Ok(Self {
            path,
            requests: Mutex::default(),
            violations: Mutex::new(violations),
        })
    }

    /// Notes a request; the number is for [`Self::end`].
    pub(crate) fn begin(&self, request: RequestRecord) -> u64 {
        let mut requests = lock(&self.requests);
        requests.kept.push_back(request);
        if requests.kept.len() > REQUESTS_KEPT {
            requests.kept.pop_front();
            requests.first += 1;
        }
        requests.first + requests.kept.len() as u64 - 1
    }

    /// Notes how the request with this number went.
    pub(crate) fn end(&self, number: u64, status: Option<u16>, body_bytes: u64) {
        let mut requests = lock(&self.requests);
        let index = number
            .checked_sub(requests.first)
            .and_then(|index| usize::try_from(index).ok());
        if let Some(request) = index.and_then(|index| requests.kept.get_mut(index)) {
            request.status = status;
            request.body_bytes = body_bytes;
        }
    }

    pub(crate) fn requests(&self) -> Vec<RequestRecord> {
        lock(&self.requests).kept.iter().cloned().collect()
    }

    /// Notes something that a strict service would not have liked.
    pub(crate) fn violation(&self, text: String) {
        let mut violations = lock(&self.violations);
        if violations.len() < VIOLATIONS_KEPT {
            violations.push(text);
            // A full disk must not turn a refused request into a lost one; the list in memory
            // still has it.
            let _ = write_json(&self.path, &*violations);
        }
    }

    pub(crate) fn violations(&self) -> Vec<String> {
        lock(&self.violations).clone()
    }
}
