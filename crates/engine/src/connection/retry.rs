//! When a server that cannot be reached is tried again, and when it is given up.

use std::fmt::Debug;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;

use super::failure::{Recovery, recovery_of};
use crate::error::{Error, Result};

/// Decides about the next attempt to connect. Asked after every attempt that failed.
#[async_trait]
pub trait RetryStrategy: Debug + Send + Sync {
    /// The pause before the next attempt; `None` gives up. `attempt`: how many have failed since it last went well, from 1.
    async fn pause(&self, attempt: u32) -> Option<Duration>;
}

/// Pauses that double from one attempt to the next.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Reconnect {
    /// Pause after the first failed attempt. Defaults to 50 ms.
    pub min_delay: Duration,
    /// Longest pause. Defaults to 2 s.
    pub max_delay: Duration,
    /// Attempts before the server is given up; `None` (default) tries forever.
    pub max_attempts: Option<u32>,
}

impl Default for Reconnect {
    fn default() -> Self {
        Self { min_delay: Duration::from_millis(50), max_delay: Duration::from_secs(2), max_attempts: None }
    }
}

#[async_trait]
impl RetryStrategy for Reconnect {
    async fn pause(&self, attempt: u32) -> Option<Duration> {
        if self.max_attempts.is_some_and(|max| attempt >= max) {
            return None;
        }
        let doublings = attempt.saturating_sub(1).min(30);
        Some(self.min_delay.saturating_mul(1 << doublings).min(self.max_delay))
    }
}

/// How the calls of one handle bear that the server cannot be reached.
#[derive(Debug, Clone)]
pub struct Patience {
    /// Asked after every failed attempt.
    pub retry: Arc<dyn RetryStrategy>,
    /// Failed attempts that one call outlives; `None` (default) outlives all.
    pub max_retries: Option<u32>,
    /// Whether calls wait for a connection that was lost. Otherwise they fail at once, while it is opened again behind them.
    /// The first connection is always waited for. Defaults to true.
    pub queues_while_offline: bool,
}

impl Default for Patience {
    fn default() -> Self {
        Self { retry: Arc::new(Reconnect::default()), max_retries: None, queues_while_offline: true }
    }
}

impl Patience {
    /// The same strategy without bounds on a single call.
    pub(super) fn unbounded(&self) -> Self {
        Self { retry: Arc::clone(&self.retry), ..Self::default() }
    }

    /// What follows a failed attempt: a pause and another, or an error for the call, which has outlived `outlived` attempts now.
    pub(super) async fn after(&self, failed: &FailedAttempt, outlived: u32, answers: &Answers) -> Result<Duration> {
        let failure = || Error::Shared(Arc::clone(&failed.error));
        if recovery_of(&failed.error) == Recovery::Report {
            return Err(failure());
        }
        if !self.queues_while_offline {
            return Err(Error::Offline);
        }
        if let Some(max) = self.max_retries.filter(|max| outlived > *max) {
            return Err(Error::RetriesExhausted { max });
        }
        answers.pause(&*self.retry, failed).await.ok_or_else(failure)
    }
}

/// An attempt to connect that failed.
#[derive(Debug, Clone)]
pub(super) struct FailedAttempt {
    pub(super) error: Arc<Error>,
    /// How often a connection was opened before it.
    pub(super) opened: u64,
}

/// What the strategy of one handle answered last: calls that wait for the same attempt ask once.
#[derive(Debug, Default)]
pub(super) struct Answers {
    /// Held while the strategy is asked, so that others wait for its answer.
    last: tokio::sync::Mutex<Option<Answer>>,
}

#[derive(Debug)]
struct Answer {
    attempt: FailedAttempt,
    /// Attempts that failed since one went well.
    failures: u32,
    pause: Option<Duration>,
}

impl Answers {
    async fn pause(&self, retry: &dyn RetryStrategy, attempt: &FailedAttempt) -> Option<Duration> {
        let mut last = self.last.lock().await;
        let earlier = last.as_ref().filter(|answer| answer.attempt.opened == attempt.opened);
        if let Some(answer) = earlier.filter(|answer| Arc::ptr_eq(&answer.attempt.error, &attempt.error)) {
            return answer.pause;
        }
        let failures = earlier.map_or(1, |answer| answer.failures.saturating_add(1));
        let pause = retry.pause(failures).await;
        *last = Some(Answer { attempt: attempt.clone(), failures, pause });
        pause
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refused(opened: u64) -> FailedAttempt {
        let error = redis::RedisError::from(std::io::Error::from(std::io::ErrorKind::ConnectionRefused));
        let error = super::super::failure::connect_error(&super::super::ConnectionOptions::default(), error);
        FailedAttempt { error: Arc::new(error), opened }
    }

    /// Remembers what it was asked.
    #[derive(Debug, Default)]
    struct Asked(std::sync::Mutex<Vec<u32>>);

    #[async_trait]
    impl RetryStrategy for Asked {
        async fn pause(&self, attempt: u32) -> Option<Duration> {
            self.0.lock().unwrap().push(attempt);
            Some(Duration::ZERO)
        }
    }

    #[tokio::test]
    async fn pauses_double_up_to_the_longest() {
        let mut seen = Vec::new();
        for attempt in [1, 2, 3, 6, 7, 4_000_000] {
            seen.push(Reconnect::default().pause(attempt).await.unwrap().as_millis());
        }
        assert_eq!(seen, [50, 100, 200, 1_600, 2_000, 2_000]);
    }

    #[tokio::test]
    async fn a_strategy_is_asked_once_per_attempt_and_counts_from_the_last_success() {
        let (asked, answers) = (Arc::new(Asked::default()), Answers::default());
        let patience = Patience { retry: Arc::clone(&asked) as Arc<dyn RetryStrategy>, ..Patience::default() };
        let (first, second, after_success) = (refused(0), refused(0), refused(1));
        for attempt in [&first, &first, &second, &after_success] {
            patience.after(attempt, 1, &answers).await.unwrap();
        }
        assert_eq!(*asked.0.lock().unwrap(), [1, 2, 1]);
    }

    #[tokio::test]
    async fn a_call_outlives_as_many_attempts_as_it_is_allowed() {
        let patience = Patience { max_retries: Some(2), ..Patience::default() };
        assert!(patience.after(&refused(0), 2, &Answers::default()).await.is_ok());
        let error = patience.after(&refused(0), 3, &Answers::default()).await.unwrap_err();
        let message = "Reached the max retries per request limit (which is 2). Refer to \"maxRetriesPerRequest\" option for \
                       details.";
        assert_eq!(error.to_string(), message);
    }

    #[tokio::test]
    async fn a_strategy_that_gives_up_hands_on_why() {
        let retry = Arc::new(Reconnect { max_attempts: Some(1), ..Reconnect::default() });
        let patience = Patience { retry, ..Patience::default() };
        let error = patience.after(&refused(0), 1, &Answers::default()).await.unwrap_err();
        assert_eq!(error.to_string(), "connect ECONNREFUSED 127.0.0.1:6379");
    }
}
