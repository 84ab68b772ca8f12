//! Finishing jobs and fetching the next ones.

use std::time::Duration;

use redis::Value;

use super::settle_arguments::arguments;
use super::{Again, Scripts, source};
use crate::error::{Error, Result};
use crate::job::Job;
use crate::options::{RateLimit, Retention};
use crate::wire::{Reply, job_from_hash, malformed};

/// Finishes per call, so that one call holds Redis for one to two milliseconds.
pub const MAX_FINISHES: usize = 50;
/// Parts that one finish may carry.
pub const MAX_LAST_PARTS: usize = 50;
/// Fetches per call.
pub const MAX_FETCH: usize = 100;

/// What BullMQ calls the operation in error messages.
const COMMAND: &str = "moveToFinished";

/// One call: at most [`MAX_FINISHES`] finishes, then at most [`MAX_FETCH`] fetches.
#[derive(Debug, Clone, Default)]
pub struct SettleCall {
    /// Jobs that ended. A lost lock fails only its own entry.
    pub finishes: Vec<Finish>,
    /// What to fetch afterwards.
    pub fetch: Option<Fetch>,
    /// The time to write, ms since the Unix epoch.
    pub now_ms: i64,
    /// A fetch of its own follows at once: whether the queue counts as drained is then decided as if it were part of this call.
    pub followed_by_fetch: bool,
    /// Minutes of metrics to keep. `None` or 0 = finished jobs are not counted.
    pub metrics_max_points: Option<u32>,
}

/// One job that ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finish {
    /// The job.
    pub job_id: String,
    /// The token its lock was taken with.
    pub token: String,
    /// How it ended.
    pub kind: FinishKind,
    /// Parts to record as finished, whatever becomes of the rest. At most [`MAX_LAST_PARTS`].
    pub last_parts: Vec<String>,
}

/// How a job leaves the active state.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum FinishKind {
    /// Done.
    Completed {
        /// JSON text.
        returnvalue: String,
        /// How long the finished job is kept.
        retention: Retention,
    },
    /// Failed for good.
    Failed {
        /// Plain text.
        reason: String,
        /// JSON array of strings.
        stacktrace: String,
        /// How long the finished job is kept.
        retention: Retention,
        /// Attempts the job was allowed; reaching them is announced.
        attempts: u32,
    },
    /// Failed, and waits for its next attempt at once.
    Retry {
        /// Plain text.
        reason: String,
        /// JSON array of strings.
        stacktrace: String,
        /// Joins at the front.
        lifo: bool,
    },
    /// Failed, and waits for its next attempt until it is due.
    RetryLater {
        /// Plain text.
        reason: String,
        /// JSON array of strings.
        stacktrace: String,
        /// When it becomes due, ms since the Unix epoch.
        until_ms: i64,
        /// The same as a delay, ms.
        delay_ms: i64,
    },
    /// Put off without burning an attempt.
    Delay {
        /// When it becomes due, ms since the Unix epoch.
        until_ms: i64,
        /// The same as a delay, ms.
        delay_ms: i64,
    },
    /// Handed back to the front of the queue without burning an attempt.
    Release,
}

/// What to fetch, and under which rules.
#[derive(Debug, Clone)]
pub struct Fetch {
    /// One fresh lock token per wanted job.
    pub tokens: Vec<String>,
    /// How long the locks live without renewal.
    pub lock_duration: Duration,
    /// The worker's own rate limit; the queue's global one wins.
    pub limiter: Option<RateLimit>,
    /// Name recorded with the jobs.
    pub worker_name: Option<String>,
    /// A wake-up marker was taken since the last fetch, or may have been: while there are more jobs, another is left for the next worker.
    pub took_marker: bool,
}

/// What one call did.
#[derive(Debug, Default)]
pub struct SettleReply {
    /// One entry per finish, in order.
    pub finishes: Vec<Result<Finished>>,
    /// The fetched jobs, locked.
    pub jobs: Vec<FetchedJob>,
    /// How long the rate limit lasts, ms; 0 when there is none.
    pub rate_limit_ms: u64,
    /// When the next delayed job is due, ms since the Unix epoch; known only if less was fetched than asked for.
    pub next_delayed_ms: Option<i64>,
    /// Nothing was left to fetch.
    pub drained: bool,
}

/// A finish that took effect.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Finished {
    /// Attempts made, this one included.
    pub attempts_made: u32,
}

/// A job that is ours now.
#[derive(Debug, Clone)]
pub struct FetchedJob {
    /// The token of its lock.
    pub token: String,
    /// The job, with `processed_on`, `processed_by` and `attempts_started` as this fetch set them.
    pub job: Job,
}

impl Scripts {
    /// Finishes and fetches in one round trip. Repeated after a lost reply it takes effect once.
    pub async fn settle(&self, call: SettleCall) -> Result<SettleReply> {
        debug_assert!(call.finishes.len() <= MAX_FINISHES, "the worker splits larger batches");
        let name = self.name_call();
        let reply = self.eval(&source::SETTLE, &arguments(&call, &name)).await?;
        read_reply(call, reply)
    }

    /// Like [`Scripts::settle`], but sent at once, on the calling thread, if the connection stands; `done` gets the answer on a thread
    /// that must not be blocked. `bound` limits how long the call is repeated. Must be called within a tokio runtime.
    pub(crate) fn settle_then(
        &self,
        call: SettleCall,
        bound: impl FnOnce(Again) -> Again + Send + 'static,
        done: impl FnOnce(Result<SettleReply>) + Send + 'static,
    ) {
        let name = self.name_call();
        let args = arguments(&call, &name);
        let read = move |reply: Result<Value>| {
            drop(name);
            done(reply.and_then(|reply| read_reply(call, reply)));
        };
        self.eval_then(&source::SETTLE, args, bound, read);
    }
}

fn read_reply(call: SettleCall, reply: Value) -> Result<SettleReply> {
    let parts = Reply::new("reply of settle", reply).into_items()?;
    let [codes, jobs, limit, next_due, drained, repeated] = <[Value; 6]>::try_from(parts)
        .map_err(|parts| malformed("reply of settle", format!("{} parts", parts.len())))?;
    let codes = Reply::new("settle codes", codes).into_items()?;
    let mut finishes = Vec::with_capacity(codes.len());
    for (finish, code) in call.finishes.into_iter().zip(codes) {
        finishes.push(finished(finish.job_id, Reply::new("settle code", code).into_integer()?));
    }
    let next_due = Reply::new("next delayed", next_due).into_integer()?;
    let is_counted = Reply::new("repeated", repeated).into_integer()? == 1;
    Ok(SettleReply {
        finishes,
        jobs: fetched_jobs(call.fetch, Start { now_ms: call.now_ms, is_counted }, jobs)?,
        rate_limit_ms: u64::try_from(Reply::new("rate limit", limit).into_integer()?).unwrap_or(0),
        next_delayed_ms: (next_due > 0).then_some(next_due),
        drained: Reply::new("drained", drained).into_integer()? == 1,
    })
}

fn finished(job_id: String, code: i64) -> Result<Finished> {
    match code {
        -1 => Err(Error::JobMissing { job_id, command: COMMAND }),
        -2 => Err(Error::LockMissing { job_id, command: COMMAND }),
        -3 => Err(Error::NotInState { job_id, state: "active", command: COMMAND }),
        -4 => Err(Error::PendingDependencies { job_id, command: COMMAND }),
        -6 => Err(Error::LockMismatch { job_id, command: COMMAND, state: "active" }),
        -9 => Err(Error::FailedChildren { job_id, command: COMMAND }),
        made => match u32::try_from(made) {
            Ok(attempts_made) => Ok(Finished { attempts_made }),
            Err(_) => Err(malformed("settle code", made.to_string())),
        },
    }
}

/// When fetched jobs were started, and whether their hashes show this start already.
#[derive(Clone, Copy)]
struct Start {
    now_ms: i64,
    is_counted: bool,
}

fn fetched_jobs(fetch: Option<Fetch>, start: Start, jobs: Value) -> Result<Vec<FetchedJob>> {
    let Some(fetch) = fetch else { return Ok(Vec::new()) };
    let mut fetched = Vec::new();
    for (job, token) in Reply::new("fetched jobs", jobs).into_items()?.into_iter().zip(fetch.tokens) {
        let parts = Reply::new("fetched job", job).into_items()?;
        let [id, hash] = <[Value; 2]>::try_from(parts).map_err(|_| malformed("fetched job", "not an id and a hash"))?;
        let id = Reply::new("job id", id).into_text()?;
        let Some(mut job) = job_from_hash(&id, hash)? else { continue };
        job.processed_on = Some(start.now_ms);
        job.attempts_started += u32::from(!start.is_counted);
        if fetch.worker_name.is_some() {
            job.processed_by.clone_from(&fetch.worker_name);
        }
        fetched.push(FetchedJob { token, job });
    }
    Ok(fetched)
}
