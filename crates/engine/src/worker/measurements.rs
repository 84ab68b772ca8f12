//! What workers count: how many jobs ended and how, and how long they waited and ran.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use tokio::time::Instant;

use crate::job::{Job, RetryDecision, due_ms};

use super::histogram::{Distribution, Histogram};
use super::settlement::Ending;

/// Counts of one queue's jobs, by all workers that share them. Plain atomics: nothing here waits or allocates.
#[derive(Debug, Default)]
pub struct Measurements {
    completed: AtomicU64,
    failed: AtomicU64,
    retried: AtomicU64,
    stalled: AtomicU64,
    locks_lost: AtomicU64,
    waits: Histogram,
    runs: Histogram,
    turnarounds: Histogram,
}

/// What was measured so far.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Measured {
    /// Jobs that completed.
    pub completed: u64,
    /// Jobs that failed for good.
    pub failed: u64,
    /// Attempts that failed and are followed by another.
    pub retried: u64,
    /// Jobs that were found to have lost their worker, whichever process that was in.
    pub stalled: u64,
    /// Locks of jobs running here that could not be renewed.
    pub locks_lost: u64,
    /// From when a job was due until a worker took it, first attempts only.
    pub waits: Distribution,
    /// From when a job was taken until its processor ended, each attempt.
    pub runs: Distribution,
    /// From when a job was added until it completed or failed for good.
    pub turnarounds: Distribution,
}

/// The times of one run.
#[derive(Debug, Clone, Copy)]
pub(super) struct RunTimes {
    added_ms: i64,
    taken: Instant,
    ended: Option<Instant>,
}

impl RunTimes {
    /// A run that begins now, of a job that was added at `added_ms`.
    pub(super) fn begin(added_ms: i64) -> Self {
        Self { added_ms, taken: Instant::now(), ended: None }
    }

    /// The processor has ended; Redis is told next.
    pub(super) fn end(&mut self) {
        self.ended = Some(Instant::now());
    }
}

impl Measurements {
    /// A job was taken.
    pub(super) fn taken(&self, job: &Job, now_ms: i64) -> RunTimes {
        if job.attempts_started <= 1 {
            self.waits.observe(elapsed(due_ms(job.timestamp, &job.opts), now_ms));
        }
        RunTimes::begin(job.timestamp)
    }

    /// Redis shows how a run ended.
    pub(super) fn ended(&self, ending: &Ending, times: RunTimes, now_ms: i64) {
        let (counter, is_final) = match ending {
            Ending::Completed { .. } => (&self.completed, true),
            Ending::Failed { decision: RetryDecision::Fail, .. } => (&self.failed, true),
            Ending::Failed { .. } => (&self.retried, false),
            Ending::HandedBack => return,
        };
        counter.fetch_add(1, Ordering::Relaxed);
        if let Some(ended) = times.ended {
            self.runs.observe(ended - times.taken);
        }
        if is_final {
            self.turnarounds.observe(elapsed(times.added_ms, now_ms));
        }
    }

    /// Jobs were found without their worker.
    pub(super) fn stalled(&self, jobs: usize) {
        self.stalled.fetch_add(jobs as u64, Ordering::Relaxed);
    }

    /// Locks of jobs that run here are gone.
    pub(super) fn locks_lost(&self, jobs: usize) {
        self.locks_lost.fetch_add(jobs as u64, Ordering::Relaxed);
    }

    /// What was measured so far.
    pub fn read(&self) -> Measured {
        let count = |counter: &AtomicU64| counter.load(Ordering::Relaxed);
        Measured {
            completed: count(&self.completed),
            failed: count(&self.failed),
            retried: count(&self.retried),
            stalled: count(&self.stalled),
            locks_lost: count(&self.locks_lost),
            waits: self.waits.distribution(),
            runs: self.runs.distribution(),
            turnarounds: self.turnarounds.distribution(),
        }
    }
}

fn elapsed(since_ms: i64, now_ms: i64) -> Duration {
    Duration::from_millis(u64::try_from(now_ms - since_ms).unwrap_or_default())
}
