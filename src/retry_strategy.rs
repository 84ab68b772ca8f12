//! The user's own decision about the next attempt to connect.

use std::fmt;
use std::time::Duration;

use async_trait::async_trait;
use synapse_queue_engine::connection::{Reconnect, RetryStrategy};

use crate::callback::RetryCallback;

/// A blocked event loop must not keep native threads from reconnecting: they renew the locks of its jobs. After this long the
/// engine's own pauses go on.
const ANSWER_DEADLINE: Duration = Duration::from_secs(1);

/// A function in JavaScript, asked after every failed attempt.
pub(crate) struct JavaScriptRetryStrategy {
    callback: RetryCallback,
}

impl JavaScriptRetryStrategy {
    pub(crate) fn new(callback: RetryCallback) -> Self {
        Self { callback }
    }
}

#[async_trait]
impl RetryStrategy for JavaScriptRetryStrategy {
    async fn pause(&self, attempt: u32) -> Option<Duration> {
        match tokio::time::timeout(ANSWER_DEADLINE, self.callback.call_async(attempt)).await {
            Ok(Ok(pause_ms)) => {
                pause_ms.map(|ms| Duration::try_from_secs_f64(ms.max(0.0) / 1_000.0).unwrap_or(Duration::MAX))
            }
            // Its JavaScript environment has ended, and whoever waited there with it.
            Ok(Err(_)) => None,
            Err(_) => Reconnect::default().pause(attempt).await,
        }
    }
}

impl fmt::Debug for JavaScriptRetryStrategy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("JavaScriptRetryStrategy").finish_non_exhaustive()
    }
}
