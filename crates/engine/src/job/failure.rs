//! Why an attempt failed.

use std::time::Duration;

/// An error as users see it in `failedReason` and `stacktrace`.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Failure {
    /// Error class, e.g. `Error` or `UnrecoverableError`.
    pub name: String,
    /// Stable machine-readable code, e.g. `CORRUPT_IMAGE`.
    pub code: Option<String>,
    /// Human-readable reason.
    pub message: String,
    /// JavaScript stack; absent for native processors.
    pub stack: Option<String>,
    /// Waits at least this long before the next attempt, instead of the job's backoff (a server's Retry-After).
    pub retry_after: Option<Duration>,
}

impl Failure {
    /// A failure that may be retried.
    pub fn new(code: impl Into<String>, message: impl Into<String>) -> Self {
        Self { name: "Error".into(), code: Some(code.into()), message: message.into(), ..Self::default() }
    }

    /// A failure that no retry can mend.
    pub fn unrecoverable(code: impl Into<String>, message: impl Into<String>) -> Self {
        Self { name: "UnrecoverableError".into(), ..Self::new(code, message) }
    }

    /// Whether retrying is pointless.
    pub fn is_unrecoverable(&self) -> bool {
        self.name == "UnrecoverableError"
    }
}
