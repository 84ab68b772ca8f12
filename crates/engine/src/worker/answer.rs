//! Takes the answer of a call apart: results that arrived, jobs that came.

use std::sync::Arc;
use std::time::Duration;

use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use crate::error::{Error, Result};
use crate::job::{Failure, Job};
use crate::scripts::{FetchedJob, SettleReply};

use super::active_jobs::{ActiveJob, Stage};
use super::measurements::RunTimes;
use super::result::{JobOutcome, JobResult};
use super::run_timeout::{self, EndedBy};
use super::settlement::Settlement;
use super::state::{Fetched, Plan};
use super::turn::Turn;
use super::{WorkerEvent, executor};

/// An answered call with what it carried.
pub(super) struct Answer {
    pub(super) plan: Plan,
    pub(super) settlements: Vec<Settlement>,
    pub(super) now_ms: i64,
    pub(super) sent_at: Instant,
    pub(super) reply: Result<SettleReply>,
}

/// Who runs a fetched job.
enum Runner {
    Native(Arc<dyn crate::processor::Processor>),
    Owner,
    /// Nobody: it ends like this at once.
    Nobody(JobOutcome),
}

impl Turn<'_> {
    /// Applies one answer. Its events reach the owner as one batch, endings before the jobs that take their slots.
    pub(super) fn apply(&mut self, answer: Answer) {
        let Answer { plan, settlements, now_ms, sent_at, reply } = answer;
        match reply {
            Ok(reply) => {
                let fetched = fetched(&reply, now_ms, self.shared.options.maximum_rate_limit_delay);
                self.became_ready();
                let bytes = reply.jobs.iter().map(|fetched| fetched.job.text_size()).sum();
                self.core.state.jobs_came(reply.jobs.len(), bytes);
                self.core.state.call_answered(plan, fetched, sent_at.elapsed(), Instant::now());
                if plan.fetch > 0 {
                    self.shared.controls.fetch_succeeded(now_ms);
                }
                let mut events = self.settled(settlements, reply.finishes, now_ms);
                for job in self.schedule_next(reply.jobs, now_ms, &mut events) {
                    self.accept(job, &mut events);
                }
                let unsettled = self.core.unsettled.len();
                if self.core.state.became_drained(fetched, unsettled) {
                    events.push(WorkerEvent::Drained);
                }
                self.shared.outbox.push_all(events);
            }
            Err(error) => {
                for settlement in settlements.into_iter().rev() {
                    self.core.unsettled.push_front(settlement);
                }
                self.core.state.call_failed(plan, self.shared.options.run_retry_delay, Instant::now());
                self.shared.tell(error);
            }
        }
    }

    /// Forgets the runs whose results arrived, or were refused for good.
    fn settled(
        &mut self,
        settlements: Vec<Settlement>,
        outcomes: Vec<Result<crate::scripts::Finished>>,
        now_ms: i64,
    ) -> Vec<WorkerEvent> {
        let mut events = Vec::with_capacity(settlements.len() + 1);
        for (settlement, outcome) in settlements.into_iter().zip(outcomes) {
            let token = settlement.finish.token.clone();
            match outcome {
                Ok(finished) => {
                    if let Some(run) = self.shared.active.take(&token) {
                        self.shared.measurements.ended(&settlement.ending, run.times, now_ms);
                    }
                    events.push(settlement.into_event(finished.attempts_made, now_ms));
                }
                Err(error) => {
                    if let Some(failed) = self.after_refusal(&settlement, &error) {
                        self.core.unsettled.push_back(failed);
                    } else {
                        self.shared.active.remove(&token);
                        events.push(WorkerEvent::Error { error });
                    }
                }
            }
        }
        events
    }

    fn after_refusal(&self, settlement: &Settlement, error: &Error) -> Option<Settlement> {
        let job = self.shared.active.get(&settlement.finish.token)?;
        settlement.after_refusal(&job, error, self.circumstances())
    }

    /// Starts a fetched job, or ends it at once where nobody may run it.
    fn accept(&mut self, fetched: FetchedJob, events: &mut Vec<WorkerEvent>) {
        let FetchedJob { token, job } = fetched;
        let job = Arc::new(job);
        let runner = self.runner_of(&job);
        let cancellation = CancellationToken::new();
        let times = self.shared.measurements.taken(&job, self.now_ms());
        let mut run = active_job(&job, &runner, &cancellation, times);
        let ended_by = if run.is_native { EndedBy::Engine } else { EndedBy::Owner };
        run.clock = run_timeout::start(self.shared, (&job, &token), ended_by, &cancellation);
        let superseded = self.shared.active.insert(token.clone(), run);
        if let Some(run) = superseded {
            let reason = Some(Error::LockNotRenewed { job_id: run.job_id.clone() }.to_string());
            events.push(WorkerEvent::Cancelled { job_id: run.job_id, token: run.token, reason });
        }
        self.core.state.job_started();
        // A job that comes while closing goes back unseen.
        if !self.is_closing() {
            let run = matches!(runner, Runner::Owner);
            events.push(WorkerEvent::Active { job: Arc::clone(&job), token: token.clone(), run });
        }
        match runner {
            Runner::Owner => {}
            Runner::Native(processor) => {
                let task = executor::start(self.shared, processor, (job, token.clone()), cancellation);
                self.shared.active.set_native(&token, task);
            }
            Runner::Nobody(outcome) => self.run_ended(JobResult { token, outcome }),
        }
    }

    fn runner_of(&self, job: &Job) -> Runner {
        if self.is_closing() {
            return Runner::Nobody(JobOutcome::Waiting);
        }
        let fails = |failure| Runner::Nobody(JobOutcome::Failed { failure, custom_backoff_ms: None });
        if let Some(reason) = &job.deferred_failure {
            return fails(Failure::unrecoverable("DEFERRED_FAILURE", reason.as_str()));
        }
        let max_started = self.shared.options.max_started_attempts.filter(|max| *max > 0);
        if max_started.is_some_and(|max| job.attempts_started > max) {
            return fails(Failure::unrecoverable("TOO_MANY_STARTS", "job started more than allowable limit"));
        }
        match self.shared.processors.get(&job.name) {
            Some(processor) => Runner::Native(Arc::clone(processor)),
            None if self.shared.fallback_to_javascript => Runner::Owner,
            None => fails(Failure::new("UNKNOWN_JOB_TYPE", format!("Unknown job type: {}", job.name))),
        }
    }
}

fn active_job(job: &Job, runner: &Runner, cancellation: &CancellationToken, times: RunTimes) -> ActiveJob {
    ActiveJob {
        job_id: job.id.clone(),
        opts: job.opts.clone(),
        attempts_made: job.attempts_made,
        attempts_started: job.attempts_started,
        stacktrace: job.stacktrace.clone(),
        stage: Stage::Running,
        is_native: matches!(runner, Runner::Native(_)),
        cancellation: cancellation.clone(),
        native: None,
        clock: None,
        times,
        last_parts: Vec::new(),
    }
}

fn fetched(reply: &SettleReply, now_ms: i64, longest_limit: Duration) -> Fetched {
    Fetched {
        jobs: reply.jobs.len(),
        rate_limit: Duration::from_millis(reply.rate_limit_ms).min(longest_limit),
        // One that was due already and did not come is withheld: the queue is paused or at its limit, and tells when that ends.
        next_delayed_ms: reply.next_delayed_ms.filter(|due_ms| *due_ms > now_ms),
        is_empty: reply.drained,
    }
}
