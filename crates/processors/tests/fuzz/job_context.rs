//! A context without Redis, for jobs whose data is under test.

use std::collections::HashSet;

use async_trait::async_trait;
use synapse_queue_engine::error::Result;
use synapse_queue_engine::processor::{JobContext, LogLevel};
use tokio_util::sync::CancellationToken;

/// Remembers nothing, and is cancelled: what is sent at the end is not.
pub(crate) struct CancelledContext(CancellationToken);

impl CancelledContext {
    pub(crate) fn new() -> Self {
        let token = CancellationToken::new();
        token.cancel();
        Self(token)
    }
}

#[async_trait]
impl JobContext for CancelledContext {
    fn cancellation(&self) -> &CancellationToken {
        &self.0
    }

    fn now_ms(&self) -> i64 {
        0
    }

    async fn update_progress(&self, _progress_json: String) -> Result<()> {
        Ok(())
    }

    fn log(&self, _level: LogLevel, _message: String) {}

    async fn finished_parts(&self) -> Result<HashSet<String>> {
        Ok(HashSet::new())
    }

    async fn record_parts(&self, _parts: &[String]) -> Result<()> {
        Ok(())
    }
}
