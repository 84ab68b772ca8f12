//! From how a run ended to what Redis and the owner are told (pure).

use crate::error::Error;
use crate::job::{FailedAttempt, Failure, JobOptions, RetryDecision, append_stacktrace, retry_decision};
use crate::options::WorkerOptions;
use crate::scripts::{Finish, FinishKind};

use super::WorkerEvent;
use super::active_jobs::ActiveJob;
use super::result::{JobOutcome, JobResult};

/// A result on its way to Redis, and the event that follows when it has arrived.
#[derive(Debug, Clone)]
pub(super) struct Settlement {
    pub(super) finish: Finish,
    pub(super) ending: Ending,
}

/// What the owner is told once Redis shows it.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Ending {
    Completed {
        returnvalue: Option<String>,
    },
    Failed {
        failure: Failure,
        stacktrace: String,
        decision: RetryDecision,
    },
    /// The job goes back without an attempt having ended.
    HandedBack,
}

/// What a decision depends on besides the run itself.
#[derive(Debug, Clone, Copy)]
pub(super) struct Circumstances<'a> {
    pub(super) options: &'a WorkerOptions,
    /// Ms since the Unix epoch, on JavaScript's clock.
    pub(super) now_ms: i64,
    /// In `[0, 1)`.
    pub(super) random: fn() -> f64,
}

impl Settlement {
    /// Decides what becomes of the job; `None` if its runner has already moved it.
    pub(super) fn of(job: &ActiveJob, result: JobResult, circumstances: Circumstances<'_>) -> Option<Self> {
        let (kind, ending) = match result.outcome {
            JobOutcome::Completed(returnvalue) => completed(job, returnvalue, circumstances),
            JobOutcome::Failed { failure, custom_backoff_ms } => failed(job, failure, custom_backoff_ms, circumstances),
            JobOutcome::Delayed { until_ms } => {
                let delay_ms = (until_ms - circumstances.now_ms).max(0);
                (FinishKind::Delay { until_ms, delay_ms }, Ending::HandedBack)
            }
            JobOutcome::Waiting | JobOutcome::RateLimited => (FinishKind::Release, Ending::HandedBack),
            JobOutcome::AlreadyMoved => return None,
        };
        let finish =
            Finish { job_id: job.job_id.clone(), token: result.token, kind, last_parts: job.last_parts.clone() };
        Some(Self { finish, ending })
    }

    /// What becomes of a completed job that Redis refuses to complete; `None` for refusals that are not the job's failure.
    pub(super) fn after_refusal(
        &self,
        job: &ActiveJob,
        error: &Error,
        circumstances: Circumstances<'_>,
    ) -> Option<Self> {
        let failure = match (&self.ending, error) {
            (Ending::Completed { .. }, Error::PendingDependencies { .. }) => {
                Failure::new(error.code(), error.to_string())
            }
            (Ending::Completed { .. }, Error::FailedChildren { .. }) => {
                Failure::unrecoverable(error.code(), error.to_string())
            }
            _ => return None,
        };
        let outcome = JobOutcome::Failed { failure, custom_backoff_ms: None };
        let result = JobResult { token: self.finish.token.clone(), outcome };
        Self::of(job, result, circumstances)
    }

    /// The event of an arrived result.
    pub(super) fn into_event(self, attempts_made: u32, now_ms: i64) -> WorkerEvent {
        let Finish { job_id, token, .. } = self.finish;
        match self.ending {
            Ending::Completed { returnvalue } => {
                WorkerEvent::Completed { job_id, token, returnvalue, finished_on: now_ms, attempts_made }
            }
            Ending::Failed { failure, stacktrace, decision } => {
                let finished_on = (decision == RetryDecision::Fail).then_some(now_ms);
                let delay_ms = if let RetryDecision::RetryAt { delay_ms } = decision { delay_ms } else { 0 };
                WorkerEvent::Failed { job_id, token, failure, stacktrace, attempts_made, finished_on, delay_ms }
            }
            Ending::HandedBack => WorkerEvent::HandedBack { job_id, token },
        }
    }
}

fn completed(job: &ActiveJob, returnvalue: String, circumstances: Circumstances<'_>) -> (FinishKind, Ending) {
    let own = JobOptions::parse(&job.opts).remove_on_complete;
    let retention = own.or(circumstances.options.remove_on_complete).unwrap_or_default();
    // JavaScript still has the value it returned.
    let ending = Ending::Completed { returnvalue: job.is_native.then(|| returnvalue.clone()) };
    (FinishKind::Completed { returnvalue, retention }, ending)
}

fn failed(
    job: &ActiveJob,
    failure: Failure,
    custom_delay_ms: Option<i64>,
    circumstances: Circumstances<'_>,
) -> (FinishKind, Ending) {
    let options = JobOptions::parse(&job.opts);
    let attempts_made = job.attempts_made + 1;
    let attempt = FailedAttempt { attempts_made, failure: &failure, custom_delay_ms, random: (circumstances.random)() };
    let max_started = circumstances.options.max_started_attempts.filter(|max| *max > 0);
    let decision = if max_started.is_some_and(|max| job.attempts_started >= max) {
        RetryDecision::Fail
    } else {
        retry_decision(attempt, &options)
    };
    let stacktrace = append_stacktrace(job.stacktrace.as_deref(), &failure, options.stack_trace_limit);
    let (reason, traces) = (failure.message.clone(), stacktrace.clone());
    let kind = match decision {
        RetryDecision::Fail => {
            let retention = options.remove_on_fail.or(circumstances.options.remove_on_fail);
            FinishKind::Failed {
                reason,
                stacktrace: traces,
                retention: retention.unwrap_or_default(),
                attempts: options.attempts,
            }
        }
        RetryDecision::RetryNow => FinishKind::Retry { reason, stacktrace: traces, lifo: options.lifo },
        RetryDecision::RetryAt { delay_ms } => {
            let until_ms = circumstances.now_ms.saturating_add(delay_ms);
            FinishKind::RetryLater { reason, stacktrace: traces, until_ms, delay_ms }
        }
    };
    (kind, Ending::Failed { failure, stacktrace, decision })
}

#[cfg(test)]
#[path = "settlement_tests.rs"]
mod tests;
