//! How a run ended, as its runner reports it.

use crate::job::Failure;
use crate::processor::Outcome;

/// The end of one run.
#[derive(Debug, Clone, PartialEq)]
pub struct JobResult {
    /// The run, from [`crate::worker::WorkerEvent::Active`].
    pub token: String,
    /// How it ended.
    pub outcome: JobOutcome,
}

/// How a run ended.
#[derive(Debug, Clone, PartialEq)]
pub enum JobOutcome {
    /// Done; the return value as JSON text.
    Completed(String),
    /// The attempt failed; the job's options decide whether another follows.
    Failed {
        /// Why.
        failure: Failure,
        /// Answer of the user's backoff strategy, ms: -1 = no retry, 0 = at once. `None` = the job's own backoff applies.
        custom_backoff_ms: Option<i64>,
    },
    /// Not now: due again at `until_ms` (ms since the Unix epoch). Burns no attempt.
    Delayed {
        /// When the job becomes due.
        until_ms: i64,
    },
    /// Back to the front of the waiting jobs. Burns no attempt.
    Waiting,
    /// The queue was rate limited while the job ran: like `Waiting`, and the next fetch meets the limit.
    RateLimited,
    /// The runner has moved the job itself: only its slot is free again.
    AlreadyMoved,
}

impl From<Outcome> for JobOutcome {
    fn from(outcome: Outcome) -> Self {
        match outcome {
            Outcome::Completed(returnvalue) => Self::Completed(returnvalue),
            Outcome::Failed(failure) => Self::Failed { failure, custom_backoff_ms: None },
            Outcome::Delayed { until_ms } => Self::Delayed { until_ms },
        }
    }
}
