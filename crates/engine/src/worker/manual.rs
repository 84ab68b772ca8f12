//! Working on jobs one at a time, under lock tokens of the caller's own.

use tokio::sync::Mutex;
use tokio_util::sync::CancellationToken;

use crate::connection::{BlockingConnection, Connection};
use crate::error::{Error, Result};
use crate::job::{Job, RetryDecision};
use crate::options::WorkerOptions;
use crate::scheduler::{NextIteration, SlotSource, next_iteration};
use crate::scripts::{Fetch, Finish, FinishKind, Scripts, SettleCall};
use crate::wire::{QueueKeys, worker_client_name};

use super::active_jobs::{ActiveJob, Stage};
use super::measurements::RunTimes;
use super::result::JobResult;
use super::settlement::{Circumstances, Ending, Settlement};
use super::turn::random;

/// Takes jobs and ends them without a loop, without lock renewal and without events.
#[derive(Debug)]
pub struct ManualWork {
    scripts: Scripts,
    options: WorkerOptions,
    slots: SlotSource,
    /// Held for the whole of a wait, so that two callers never share the socket.
    blocking: Mutex<BlockingConnection>,
}

/// The job that was taken, or why none was.
#[derive(Debug, Default)]
pub struct Taken {
    /// The job; its lock holds the caller's token.
    pub job: Option<Job>,
    /// How long no job may start, ms; 0 if not limited.
    pub rate_limit_ms: u64,
    /// When the next delayed job is due, ms since the Unix epoch, if known.
    pub next_delayed_ms: Option<i64>,
}

/// How a job was ended.
#[derive(Debug)]
pub struct ManualEnd {
    /// Attempts that have ended, this one included.
    pub attempts_made: u32,
    /// Ms since the Unix epoch; `None` when the job will be tried again.
    pub finished_on: Option<i64>,
    /// Stack traces of a job that failed, JSON array of strings.
    pub stacktrace: Option<String>,
    /// How long a failed job waits for its next attempt, ms.
    pub delay_ms: i64,
    /// The next job, if one was asked for.
    pub next: Option<Taken>,
}

impl ManualWork {
    /// Opens nothing yet.
    ///
    /// # Errors
    /// `InvalidOption` if the options cannot work.
    pub fn new(connection: Connection, keys: QueueKeys, options: WorkerOptions) -> Result<Self> {
        options.validate()?;
        let blocking = connection.blocking(&worker_client_name(&keys, options.name.as_deref()));
        let slots = SlotSource::default();
        Ok(Self { scripts: Scripts::new(connection, keys), options, slots, blocking: Mutex::new(blocking) })
    }

    /// Takes the slots of schedulers that follow jobs it takes from `slots`.
    #[must_use]
    pub fn with_slots(mut self, slots: SlotSource) -> Self {
        self.slots = slots;
        self
    }

    /// Takes the next job under `token`; with `waits`, after waiting up to the options' `drain_delay` for one.
    ///
    /// A job that is to fail at its pick-up (it stalled too often, a child failed) comes with its `deferred_failure`: whoever takes
    /// jobs by hand ends them by hand.
    ///
    /// # Errors
    /// `NextIteration` if the scheduler of the job cannot go on; the job comes again when its lock has run out.
    pub async fn take(&self, token: &str, waits: bool, now_ms: i64) -> Result<Option<Job>> {
        let mut next_job = self.take_now(token, now_ms).await?.job;
        if next_job.is_none() && waits {
            let marker = self.scripts.keys().marker();
            self.blocking.lock().await.wait_for_marker(&marker, self.options.drain_delay).await?;
            next_job = self.take_now(token, now_ms).await?.job;
        }
        if let Some(job) = &next_job {
            self.schedule_next(job, now_ms).await?;
        }
        Ok(next_job)
    }

    /// Adds the next job of the scheduler that `job` belongs to.
    async fn schedule_next(&self, job: &Job, now_ms: i64) -> Result<()> {
        let failed = |error| Error::NextIteration { source: Box::new(error) };
        if let NextIteration::Known(iteration) = next_iteration(job, now_ms, self.slots).map_err(failed)? {
            self.scripts.next_iterations(&[iteration], now_ms).await.map_err(failed)?;
        }
        Ok(())
    }

    /// Moves jobs whose worker vanished back to the queue and returns their ids. Of all workers of a queue one does per
    /// `stalled_interval`; the others find nothing.
    pub async fn check_stalled(&self, now_ms: i64) -> Result<Vec<String>> {
        let WorkerOptions { max_stalled_count, stalled_interval, .. } = self.options;
        self.scripts.move_stalled(max_stalled_count, stalled_interval, now_ms).await
    }

    /// Ends a run of `job` under `token` as the job's options say, and with `takes_next` takes the next job under the same token,
    /// unless this one is to be tried again at once.
    ///
    /// # Errors
    /// `JobMissing`, `LockMissing`, `LockMismatch`, `NotInState` if the job is not the token's any more.
    pub async fn finish(&self, job: &Job, result: JobResult, takes_next: bool, now_ms: i64) -> Result<ManualEnd> {
        let circumstances = Circumstances { options: &self.options, now_ms, random };
        let token = result.token.clone();
        let Some(settlement) = Settlement::of(&active_job(job), result, circumstances) else {
            let attempts_made = job.attempts_made;
            return Ok(ManualEnd { attempts_made, finished_on: None, stacktrace: None, delay_ms: 0, next: None });
        };
        let command = command_of(&settlement.finish.kind);
        let settled = self.settle(settlement.finish, takes_next, now_ms).await;
        let attempts_made = settled.map_err(|error| error.of_command(command))?;
        let (stacktrace, finished_on, delay_ms, is_retried_now) = match settlement.ending {
            Ending::Completed { .. } => (None, Some(now_ms), 0, false),
            Ending::HandedBack => (None, None, 0, false),
            Ending::Failed { stacktrace, decision, .. } => match decision {
                RetryDecision::Fail => (Some(stacktrace), Some(now_ms), 0, false),
                RetryDecision::RetryNow => (Some(stacktrace), None, 0, true),
                RetryDecision::RetryAt { delay_ms } => (Some(stacktrace), None, delay_ms, false),
            },
        };
        // Not in the same call: a refused finish must not take a job that nobody would then run.
        let next = if takes_next && !is_retried_now { Some(self.take_now(&token, now_ms).await?) } else { None };
        Ok(ManualEnd { attempts_made, finished_on, stacktrace, delay_ms, next })
    }

    /// Closes the connection that waits, if none does.
    pub fn disconnect(&self) {
        if let Ok(mut blocking) = self.blocking.try_lock() {
            blocking.close();
        }
    }

    async fn take_now(&self, token: &str, now_ms: i64) -> Result<Taken> {
        let call = SettleCall { fetch: Some(self.fetch(token)), now_ms, ..SettleCall::default() };
        let mut reply = self.scripts.settle(call).await?;
        Ok(Taken {
            job: reply.jobs.pop().map(|fetched| fetched.job),
            rate_limit_ms: reply.rate_limit_ms,
            next_delayed_ms: reply.next_delayed_ms,
        })
    }

    /// Attempts made, the ended one included.
    async fn settle(&self, finish: Finish, followed_by_fetch: bool, now_ms: i64) -> Result<u32> {
        let metrics_max_points = self.options.metrics_max_points;
        let call = SettleCall { finishes: vec![finish], fetch: None, followed_by_fetch, now_ms, metrics_max_points };
        let mut reply = self.scripts.settle(call).await?;
        let finished = reply.finishes.pop().expect("the reply has an entry for every finish");
        finished.map(|finished| finished.attempts_made)
    }

    fn fetch(&self, token: &str) -> Fetch {
        Fetch {
            tokens: vec![token.into()],
            lock_duration: self.options.lock_duration,
            limiter: self.options.limiter,
            worker_name: self.options.name.clone(),
            took_marker: true,
        }
    }
}

/// What BullMQ calls each way to end a run.
fn command_of(kind: &FinishKind) -> &'static str {
    match kind {
        FinishKind::Completed { .. } | FinishKind::Failed { .. } => "moveToFinished",
        FinishKind::Retry { .. } => "retryJob",
        FinishKind::RetryLater { .. } | FinishKind::Delay { .. } => "moveToDelayed",
        FinishKind::Release => "moveJobFromActiveToWait",
    }
}

fn active_job(job: &Job) -> ActiveJob {
    ActiveJob {
        job_id: job.id.clone(),
        opts: job.opts.clone(),
        attempts_made: job.attempts_made,
        attempts_started: job.attempts_started,
        stacktrace: job.stacktrace.clone(),
        stage: Stage::Running,
        is_native: false,
        cancellation: CancellationToken::new(),
        native: None,
        clock: None,
        times: RunTimes::begin(job.timestamp),
        last_parts: Vec::new(),
    }
}
