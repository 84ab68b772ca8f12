//! Options of a worker.

use std::time::Duration;

use crate::error::{Error, Result};
use crate::options::Retention;

/// At most `max` jobs are started per `duration`, over all workers of the queue.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RateLimit {
    /// Jobs per window, at least 1. The queue's global rate limit wins over it.
    pub max: u64,
    /// Length of a window, at least 1 ms.
    pub duration: Duration,
}

impl RateLimit {
    /// The rule of a worker without a limit of its own that obeys one set by hand: the count that such a limit sets is reached, and
    /// jobs that start open no window.
    pub(crate) const SET_BY_HAND: Self = Self { max: 9_007_199_254_740_991, duration: Duration::ZERO };
}

/// How a worker takes and runs jobs.
#[derive(Debug, Clone, PartialEq)]
pub struct WorkerOptions {
    /// Recorded with every job the worker takes (`processedBy`). Defaults to none.
    pub name: Option<String>,
    /// Jobs run at once, at least 1; JavaScript and native ones together. Defaults to 1.
    pub concurrency: u32,
    /// Bound on starts per time. Defaults to none.
    pub limiter: Option<RateLimit>,
    /// How long a job's lock lives without renewal, at least 1 ms. A lock that ends before it is renewed, because it is shorter than
    /// `lock_renew_time` or Redis was away for longer, lets another worker take the job while it still runs. Defaults to 30 s.
    pub lock_duration: Duration,
    /// Interval of lock renewals. `None` (the default) = half of `lock_duration`, so that one missed renewal loses no lock.
    pub lock_renew_time: Option<Duration>,
    /// Leaves renewing the locks to the caller. Defaults to false.
    pub skip_lock_renewal: bool,
    /// How long the owner may not come back for events before its running jobs are given up: a blocked event loop keeps its jobs
    /// that long, then their locks are no longer renewed. Above 0. Defaults to 10 min.
    pub max_blocked: Duration,
    /// Interval of checks for jobs whose worker vanished, above 0. Defaults to 30 s.
    pub stalled_interval: Duration,
    /// Leaves the checks for stalled jobs to other workers. Defaults to false.
    pub skip_stalled_check: bool,
    /// How often a job may stall before it fails. Defaults to 1.
    pub max_stalled_count: u32,
    /// How often a job may be started, whatever became of it, before it fails. Defaults to no limit.
    pub max_started_attempts: Option<u32>,
    /// Longest wait for a wake-up before the worker looks for jobs by itself, above 0. Defaults to 5 s.
    pub drain_delay: Duration,
    /// Retention of completed jobs that do not bring their own. Defaults to keeping all.
    pub remove_on_complete: Option<Retention>,
    /// Retention of failed jobs that do not bring their own. Defaults to keeping all.
    pub remove_on_fail: Option<Retention>,
    /// Interval of looks for finished jobs that are older than their retention allows, above 0; one worker of a queue looks per
    /// interval. Defaults to 60 s.
    pub retention_interval: Duration,
    /// Minutes of metrics (finished jobs per minute) to keep. Defaults to none, as does 0: finished jobs are not counted.
    pub metrics_max_points: Option<u32>,
    /// Longest pause between attempts to reach Redis after an error; attempts start at 50 ms and never pause longer than 1 s, so
    /// that a worker consumes again soon after Redis is back. Defaults to 15 s.
    pub run_retry_delay: Duration,
    /// Longest sleep while rate limited, so that delayed jobs are still promoted. Defaults to 30 s.
    pub maximum_rate_limit_delay: Duration,
}

impl Default for WorkerOptions {
    fn default() -> Self {
        Self {
            name: None,
            concurrency: 1,
            limiter: None,
            lock_duration: Duration::from_secs(30),
            lock_renew_time: None,
            skip_lock_renewal: false,
            max_blocked: Duration::from_mins(10),
            stalled_interval: Duration::from_secs(30),
            skip_stalled_check: false,
            max_stalled_count: 1,
            max_started_attempts: None,
            drain_delay: Duration::from_secs(5),
            remove_on_complete: None,
            remove_on_fail: None,
            retention_interval: Duration::from_mins(1),
            metrics_max_points: None,
            run_retry_delay: Duration::from_secs(15),
            maximum_rate_limit_delay: Duration::from_secs(30),
        }
    }
}

impl WorkerOptions {
    /// Rejects values that cannot work, with BullMQ's messages where it has one.
    ///
    /// # Errors
    /// `InvalidOption` naming the option.
    pub fn validate(&self) -> Result<()> {
        let rules = [
            (self.stalled_interval.is_zero(), "stalledInterval must be greater than 0"),
            (self.drain_delay.is_zero(), "drainDelay must be greater than 0"),
            (self.concurrency == 0, "concurrency must be a finite number greater than 0"),
            (self.lock_duration.is_zero(), "lockDuration must be greater than 0"),
            (self.retention_interval.is_zero(), "retentionInterval must be greater than 0"),
            (self.lock_renew_time().is_zero(), "lockRenewTime must be greater than 0"),
            (self.max_blocked.is_zero(), "maxBlocked must be greater than 0"),
            (self.limiter.is_some_and(|limiter| limiter.max == 0), "limiter.max must be greater than 0"),
            (self.limiter.is_some_and(|limiter| limiter.duration.is_zero()), "limiter.duration must be greater than 0"),
        ];
        match rules.into_iter().find(|(is_broken, _)| *is_broken) {
            Some((_, message)) => Err(Error::InvalidOption { message: message.into() }),
            None => Ok(()),
        }
    }

    /// Interval of lock renewals with the default filled in.
    pub fn lock_renew_time(&self) -> Duration {
        self.lock_renew_time.unwrap_or(self.lock_duration / 2)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rejection(options: &WorkerOptions) -> Option<String> {
        options.validate().err().map(|error| error.to_string())
    }

    #[test]
    fn defaults_are_valid_and_those_of_bullmq() {
        let options = WorkerOptions::default();
        assert_eq!(rejection(&options), None);
        assert_eq!(options.lock_renew_time(), Duration::from_secs(15));
        assert_eq!((options.concurrency, options.max_stalled_count), (1, 1));
        assert_eq!(
            (options.lock_duration, options.stalled_interval),
            (Duration::from_secs(30), Duration::from_secs(30))
        );
    }

    #[test]
    fn values_that_cannot_work_are_rejected_by_name() {
        let options = WorkerOptions::default();
        let zero = Duration::ZERO;
        let cases = [
            (WorkerOptions { stalled_interval: zero, ..options.clone() }, "stalledInterval must be greater than 0"),
            (WorkerOptions { drain_delay: zero, ..options.clone() }, "drainDelay must be greater than 0"),
            (WorkerOptions { concurrency: 0, ..options.clone() }, "concurrency must be a finite number greater than 0"),
            (WorkerOptions { lock_duration: zero, ..options.clone() }, "lockDuration must be greater than 0"),
            (WorkerOptions { lock_renew_time: Some(zero), ..options.clone() }, "lockRenewTime must be greater than 0"),
            (WorkerOptions { max_blocked: zero, ..options.clone() }, "maxBlocked must be greater than 0"),
            (
                WorkerOptions {
                    limiter: Some(RateLimit { max: 0, duration: Duration::from_secs(1) }),
                    ..options.clone()
                },
                "limiter.max must be greater than 0",
            ),
            (
                WorkerOptions { limiter: Some(RateLimit { max: 1, duration: zero }), ..options.clone() },
                "limiter.duration must be greater than 0",
            ),
        ];
        for (options, message) in cases {
            assert_eq!(rejection(&options).as_deref(), Some(message));
        }
    }
}
