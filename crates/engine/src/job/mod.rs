//! A job as it stands in Redis, and the pure decisions about it.

mod backoff;
mod due;
mod failure;
mod options;
mod record;
mod retry;
mod stacktrace;
mod state;

pub use backoff::{Backoff, BackoffKind};
pub(crate) use due::due_ms;
pub use failure::Failure;
pub use options::JobOptions;
pub use record::Job;
pub use retry::{FailedAttempt, RetryDecision, retry_decision};
pub use stacktrace::append_stacktrace;
pub use state::JobState;

pub use crate::options::Retention;
