//! Ends runs that take longer than their job's `timeout`.

use std::sync::Arc;
use std::time::Duration;

use tokio::task::AbortHandle;
use tokio_util::sync::CancellationToken;

use crate::job::{Failure, Job, JobOptions};

use super::WorkerEvent;
use super::result::{JobOutcome, JobResult};
use super::shared::Shared;
use super::turn::Turn;

/// The clock of one run; it stops when it is dropped.
#[derive(Debug)]
pub(super) struct RunClock(AbortHandle);

impl Drop for RunClock {
    fn drop(&mut self) {
        self.0.abort();
    }
}

/// Who ends a run whose time is up.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum EndedBy {
    /// The engine, because it runs the job.
    Engine,
    /// The owner, who still has to ask for the pause before the next attempt.
    Owner,
}

/// Starts the clock of a run; `None` if its job has no timeout.
pub(super) fn start(
    shared: &Arc<Shared>,
    run: (&Job, &str),
    ended_by: EndedBy,
    cancellation: &CancellationToken,
) -> Option<Arc<RunClock>> {
    let (job, token) = run;
    // Options are parsed at a run's end only; most jobs have no timeout.
    if !job.opts.contains("\"timeout\"") {
        return None;
    }
    let timeout = JobOptions::parse(&job.opts).timeout?;
    let (shared, job_id, token) = (Arc::clone(shared), job.id.clone(), token.to_owned());
    let cancellation = cancellation.clone();
    let clock = tokio::spawn(async move {
        tokio::time::sleep(timeout).await;
        cancellation.cancel();
        let failure = failure(&job_id, timeout);
        match ended_by {
            EndedBy::Owner => shared.outbox.push(WorkerEvent::TimedOut { job_id, token, failure }),
            EndedBy::Engine => {
                let outcome = JobOutcome::Failed { failure, custom_backoff_ms: None };
                Turn::new(&shared).settle(vec![JobResult { token, outcome }]);
            }
        }
    });
    Some(Arc::new(RunClock(clock.abort_handle())))
}

fn failure(job_id: &str, timeout: Duration) -> Failure {
    let message = format!("job {job_id} did not end within its timeout of {} ms", timeout.as_millis());
    Failure { name: "JobTimeoutError".into(), ..Failure::new("JOB_TIMEOUT", message) }
}
