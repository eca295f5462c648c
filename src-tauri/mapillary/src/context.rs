//! What every step of one call needs to know, to put its failure into words without a secret in them.

use url::Url;

use crate::endpoints::host_of;
use crate::error::{ContentProblem, MapillaryError};
use crate::operation::Operation;
use crate::redact::Redactor;

/// What every step of one call needs to know.
#[derive(Clone, Debug)]
pub(crate) struct Context {
    pub(crate) operation: Operation,
    pub(crate) host: String,
    pub(crate) redactor: Redactor,
}

impl Context {
    pub(crate) fn new(operation: Operation, url: &Url, redactor: Redactor) -> Self {
        Self {
            operation,
            host: host_of(url),
            redactor,
        }
    }

    pub(crate) fn content(&self, problem: ContentProblem) -> MapillaryError {
        MapillaryError::Content {
            operation: self.operation,
            host: self.host.clone(),
            problem,
        }
    }

    pub(crate) fn missing(&self, field: &'static str) -> MapillaryError {
        self.content(ContentProblem::MissingField { field })
    }
}
