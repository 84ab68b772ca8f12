//! Whether and when a failed attempt is followed by another.

use crate::job::{Failure, JobOptions};

/// What becomes of a job whose attempt failed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RetryDecision {
    /// No further attempt: the job has failed.
    Fail,
    /// Back among the waiting jobs at once.
    RetryNow,
    /// Due again after a pause.
    RetryAt {
        /// Length of the pause, ms, above 0.
        delay_ms: i64,
    },
}

/// A failed attempt, with all that the decision depends on.
#[derive(Debug, Clone, Copy)]
pub struct FailedAttempt<'a> {
    /// Attempts that ended, this one included.
    pub attempts_made: u32,
    /// Why it failed.
    pub failure: &'a Failure,
    /// Answer of the user's backoff strategy, ms: -1 = no retry, 0 = at once. `None` = the job's own backoff applies.
    pub custom_delay_ms: Option<i64>,
    /// In `[0, 1)`.
    pub random: f64,
}

/// Decides about the next attempt.
///
/// A failure that names a time to wait (a server's Retry-After) pauses at least that long.
pub fn retry_decision(attempt: FailedAttempt<'_>, options: &JobOptions) -> RetryDecision {
    if attempt.attempts_made >= options.attempts || attempt.failure.is_unrecoverable() {
        return RetryDecision::Fail;
    }
    let pause_ms = attempt.custom_delay_ms.unwrap_or_else(|| {
        options.backoff.as_ref().map_or(0, |backoff| backoff.pause_ms(attempt.attempts_made, attempt.random))
    });
    if pause_ms < 0 {
        return RetryDecision::Fail;
    }
    let asked = attempt.failure.retry_after.unwrap_or_default();
    match pause_ms.max(i64::try_from(asked.as_millis()).unwrap_or(i64::MAX)) {
        0 => RetryDecision::RetryNow,
        delay_ms => RetryDecision::RetryAt { delay_ms },
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::job::Backoff;

    fn options(attempts: u32, backoff: Option<Backoff>) -> JobOptions {
        JobOptions { attempts, backoff, ..JobOptions::default() }
    }

    fn decide(
        attempts_made: u32,
        custom_delay_ms: Option<i64>,
        failure: &Failure,
        options: &JobOptions,
    ) -> RetryDecision {
        retry_decision(FailedAttempt { attempts_made, failure, custom_delay_ms, random: 0.0 }, options)
    }

    #[test]
    fn a_job_without_attempts_fails_at_the_first() {
        let failure = Failure::default();
        assert_eq!(decide(1, None, &failure, &options(0, None)), RetryDecision::Fail);
        assert_eq!(decide(1, None, &failure, &options(1, None)), RetryDecision::Fail);
    }

    #[test]
    fn attempts_are_used_up_exactly() {
        let options = options(3, None);
        let failure = Failure::default();
        let decisions = [1, 2, 3, 4].map(|made| decide(made, None, &failure, &options));
        assert_eq!(
            decisions,
            [RetryDecision::RetryNow, RetryDecision::RetryNow, RetryDecision::Fail, RetryDecision::Fail]
        );
    }

    #[test]
    fn backoff_grows_with_the_attempts_made() {
        let options = options(5, Some(Backoff::exponential(2_000)));
        let failure = Failure::default();
        assert_eq!(decide(1, None, &failure, &options), RetryDecision::RetryAt { delay_ms: 2_000 });
        assert_eq!(decide(3, None, &failure, &options), RetryDecision::RetryAt { delay_ms: 8_000 });
    }

    #[test]
    fn unrecoverable_failures_are_never_retried() {
        let failure = Failure::unrecoverable("CORRUPT_IMAGE", "not a JPEG");
        assert_eq!(decide(1, Some(5), &failure, &options(5, None)), RetryDecision::Fail);
    }

    #[test]
    fn a_custom_strategy_decides_alone() {
        let options = options(5, Some(Backoff::fixed(2_000)));
        let failure = Failure::default();
        assert_eq!(decide(1, Some(-1), &failure, &options), RetryDecision::Fail);
        assert_eq!(decide(1, Some(0), &failure, &options), RetryDecision::RetryNow);
        assert_eq!(decide(1, Some(70), &failure, &options), RetryDecision::RetryAt { delay_ms: 70 });
    }

    #[test]
    fn a_failure_that_names_a_time_pauses_at_least_that_long() {
        let failure = Failure { retry_after: Some(Duration::from_secs(9)), ..Failure::default() };
        assert_eq!(decide(1, None, &failure, &options(5, None)), RetryDecision::RetryAt { delay_ms: 9_000 });
        let patient = options(5, Some(Backoff::fixed(60_000)));
        assert_eq!(decide(1, None, &failure, &patient), RetryDecision::RetryAt { delay_ms: 60_000 });
    }
}
