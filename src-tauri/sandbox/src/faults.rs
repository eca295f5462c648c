//! Scripted trouble: which request of which endpoint goes wrong, and how. A fault counts the
//! requests that match it and strikes the chosen ones; where several would strike the same
//! request, the one that was set first does.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use serde::{Deserialize, Serialize};

use crate::canned::CannedAnswer;
use crate::endpoint::Endpoint;
use crate::known_error::KnownError;
use crate::sync::lock;

/// Answers that are no answers: what captive portals, proxies and broken services send.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Garbage {
    /// A sign-in page of a hotel network, status 200.
    HtmlPage,
    /// JSON that ends in the middle.
    TruncatedJson,
    /// `[]` where an object is expected.
    JsonArray,
    /// `null`.
    JsonNull,
    /// `42`.
    JsonNumber,
    /// A JSON string.
    JsonString,
    /// `{}`.
    EmptyObject,
    /// The expected fields with values of wrong types.
    WrongFieldTypes,
    /// The expected fields, all null.
    NullFields,
    /// No body at all.
    Empty,
    /// Bytes that are not UTF-8.
    NotUtf8,
    /// Ten million bytes of blanks.
    Huge,
}

impl Garbage {
    /// Every kind.
    pub const ALL: [Self; 12] = [
        Self::HtmlPage,
        Self::TruncatedJson,
        Self::JsonArray,
        Self::JsonNull,
        Self::JsonNumber,
        Self::JsonString,
        Self::EmptyObject,
        Self::WrongFieldTypes,
        Self::NullFields,
        Self::Empty,
        Self::NotUtf8,
        Self::Huge,
    ];
}

/// What becomes of a cluster that would otherwise go through all stages without trouble.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Outcome {
    /// Feed fields that keep the given value whatever the time, for example
    /// `anonymization_status: FAILED`, `error_code: …`, or a value nobody knows.
    #[serde(default)]
    pub feed_fields: BTreeMap<String, String>,
    /// How many images become visible at most; the rest is discarded. `None`: all.
    #[serde(default)]
    pub visible_images: Option<usize>,
    /// How many images are published besides those that were sent.
    #[serde(default)]
    pub extra_images: usize,
    /// Whether the cluster is missing from the feed.
    #[serde(default)]
    pub not_in_feed: bool,
}

/// How a request goes wrong.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum FaultAction {
    /// The line drops after this many bytes of the body. An upload session keeps these bytes;
    /// any other endpoint does nothing. A shorter body drops the line at its end.
    DropAfterBodyBytes {
        /// Bytes of the body that still arrive.
        bytes: u64,
    },
    /// The request is carried out, then the line drops without an answer.
    LoseAnswer,
    /// This answer instead of carrying the request out.
    Answer(CannedAnswer),
    /// The request is carried out, then answered with this instead of the truth.
    AnswerAfterCommit(CannedAnswer),
    /// A useless answer with status 200 instead of carrying the request out.
    Garbage {
        /// Which kind.
        garbage: Garbage,
    },
    /// The request waits until the service's clock has moved on, then goes its normal way.
    Delay {
        /// How far the clock must move, in milliseconds.
        wait_ms: u64,
    },
    /// The upload session of the request loses all its bytes first, then the request goes its
    /// normal way: a GET answers offset 0.
    ForgetSession,
    /// 307 to another place.
    Redirect {
        /// Value of the `Location` header.
        location: String,
    },
    /// "Too many requests", in the words of the endpoint.
    Throttle {
        /// `backoff` of an upload session's answer, in milliseconds.
        #[serde(default)]
        backoff_ms: Option<u64>,
        /// Value of the `Retry-After` header: seconds or an HTTP date.
        #[serde(default)]
        retry_after: Option<String>,
    },
    /// One of the errors that are known of the real service, instead of carrying the request out.
    Known {
        /// Which one.
        error: KnownError,
    },
    /// The request is carried out and its answer gets these headers as well, for example
    /// `x-app-usage`.
    AddHeaders {
        /// Header names and values.
        headers: Vec<(String, String)>,
    },
    /// The request is carried out; the cluster that it makes ends like this.
    Processing(Outcome),
}

fn first() -> u32 {
    1
}

/// One piece of scripted trouble.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Fault {
    /// Where it strikes.
    pub endpoint: Endpoint,
    /// The first request that is struck, counted from 1 among those that match.
    #[serde(default = "first")]
    pub nth: u32,
    /// How many requests are struck; 0 means every one from then on.
    #[serde(default = "first")]
    pub times: u32,
    /// Strikes only requests whose path contains this text.
    #[serde(default)]
    pub path_contains: Option<String>,
    /// What happens.
    pub action: FaultAction,
}

impl Fault {
    /// `action` on the first request of `endpoint`.
    pub fn new(endpoint: Endpoint, action: FaultAction) -> Self {
        Self {
            endpoint,
            nth: 1,
            times: 1,
            path_contains: None,
            action,
        }
    }

    /// Strikes the `nth` matching request first, counted from 1.
    #[must_use]
    pub fn nth(mut self, nth: u32) -> Self {
        self.nth = nth;
        self
    }

    /// Strikes this many requests.
    #[must_use]
    pub fn times(mut self, times: u32) -> Self {
        self.times = times;
        self
    }

    /// Strikes every matching request from the first struck one on.
    #[must_use]
    pub fn always(mut self) -> Self {
        self.times = 0;
        self
    }

    /// Strikes only requests whose path contains `text`, for example `.zip`.
    #[must_use]
    pub fn on_path(mut self, text: impl Into<String>) -> Self {
        self.path_contains = Some(text.into());
        self
    }

    /// The line drops after `bytes` bytes of the body.
    pub fn drop_after(endpoint: Endpoint, bytes: u64) -> Self {
        Self::new(endpoint, FaultAction::DropAfterBodyBytes { bytes })
    }

    /// `status` and `body` instead of carrying the request out.
    pub fn answer(endpoint: Endpoint, status: u16, body: impl Into<String>) -> Self {
        Self::new(
            endpoint,
            FaultAction::Answer(CannedAnswer {
                status,
                headers: Vec::new(),
                body: body.into(),
            }),
        )
    }

    /// Carried out, then answered with `status` and `body`.
    pub fn answer_after_commit(endpoint: Endpoint, status: u16, body: impl Into<String>) -> Self {
        Self::new(
            endpoint,
            FaultAction::AnswerAfterCommit(CannedAnswer {
                status,
                headers: Vec::new(),
                body: body.into(),
            }),
        )
    }

    /// Carried out, but the answer never arrives.
    pub fn lose_answer(endpoint: Endpoint) -> Self {
        Self::new(endpoint, FaultAction::LoseAnswer)
    }

    /// A useless answer.
    pub fn garbage(endpoint: Endpoint, garbage: Garbage) -> Self {
        Self::new(endpoint, FaultAction::Garbage { garbage })
    }

    /// Waits for the service's clock to move by `wait_ms` first.
    pub fn delay(endpoint: Endpoint, wait_ms: u64) -> Self {
        Self::new(endpoint, FaultAction::Delay { wait_ms })
    }

    /// The session loses its bytes before the request to `endpoint` is carried out.
    pub fn forget_session(endpoint: Endpoint) -> Self {
        Self::new(endpoint, FaultAction::ForgetSession)
    }

    /// Sends the client to `location`.
    pub fn redirect(endpoint: Endpoint, location: impl Into<String>) -> Self {
        Self::new(
            endpoint,
            FaultAction::Redirect {
                location: location.into(),
            },
        )
    }

    /// "Too many requests".
    pub fn throttle(endpoint: Endpoint, backoff_ms: Option<u64>, retry_after: Option<String>) -> Self {
        Self::new(
            endpoint,
            FaultAction::Throttle {
                backoff_ms,
                retry_after,
            },
        )
    }

    /// One of the known errors of the graph.
    pub fn known(endpoint: Endpoint, error: KnownError) -> Self {
        Self::new(endpoint, FaultAction::Known { error })
    }

    /// Carried out, and answered with an `x-app-usage` of this many percent.
    pub fn app_usage(endpoint: Endpoint, percent: u32) -> Self {
        let usage = format!(r#"{{"call_count":{percent},"call_volume":1}}"#);
        Self::new(
            endpoint,
            FaultAction::AddHeaders {
                headers: vec![("x-app-usage".to_owned(), usage)],
            },
        )
    }

    /// The next finished upload ends like `outcome`.
    pub fn processing(outcome: Outcome) -> Self {
        Self::new(Endpoint::FinishUpload, FaultAction::Processing(outcome))
    }

    fn matches(&self, endpoint: Endpoint, path: &str) -> bool {
        self.endpoint.covers(endpoint)
            && self
                .path_contains
                .as_ref()
                .is_none_or(|text| path.contains(text.as_str()))
    }
}

/// The trouble that is still to come. Clones share it.
#[derive(Debug, Clone, Default)]
pub struct Faults {
    waiting: Arc<Mutex<Vec<Waiting>>>,
}

#[derive(Debug)]
struct Waiting {
    fault: Fault,
    seen: u32,
    struck: u32,
}

impl Faults {
    /// Adds a fault.
    pub fn push(&self, fault: Fault) {
        lock(&self.waiting).push(Waiting {
            fault,
            seen: 0,
            struck: 0,
        });
    }

    /// Removes every fault that is still to come.
    pub fn clear(&self) {
        lock(&self.waiting).clear();
    }

    /// The faults that have not struck as often as they should.
    pub fn waiting(&self) -> Vec<Fault> {
        lock(&self.waiting)
            .iter()
            .map(|waiting| waiting.fault.clone())
            .collect()
    }

    /// Counts a request and says what strikes it.
    pub(crate) fn strike(&self, endpoint: Endpoint, path: &str) -> Option<FaultAction> {
        let mut all = lock(&self.waiting);
        let mut action = None;
        for waiting in all.iter_mut() {
            if !waiting.fault.matches(endpoint, path) {
                continue;
            }
            waiting.seen = waiting.seen.saturating_add(1);
            if action.is_none() && waiting.seen >= waiting.fault.nth {
                waiting.struck = waiting.struck.saturating_add(1);
                action = Some(waiting.fault.action.clone());
            }
        }
        all.retain(|waiting| waiting.fault.times == 0 || waiting.struck < waiting.fault.times);
        action
    }
}
