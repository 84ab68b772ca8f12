//! What a native processor may ask of the engine while it runs.

use std::collections::HashSet;
use std::sync::Arc;

use async_trait::async_trait;
use tokio_util::sync::CancellationToken;

use crate::error::Result;
use crate::job::Job;
use crate::processor::{JobContext, LogLevel};

use super::WorkerEvent;
use super::shared::Shared;

/// The context of one run.
pub(super) struct RunContext {
    shared: Arc<Shared>,
    job: Arc<Job>,
    token: String,
    cancellation: CancellationToken,
}

impl RunContext {
    pub(super) fn new(shared: Arc<Shared>, run: (Arc<Job>, String), cancellation: CancellationToken) -> Self {
        let (job, token) = run;
        Self { shared, job, token, cancellation }
    }
}

#[async_trait]
impl JobContext for RunContext {
    fn cancellation(&self) -> &CancellationToken {
        &self.cancellation
    }

    fn now_ms(&self) -> i64 {
        self.shared.clock.now_ms()
    }

    async fn update_progress(&self, progress_json: String) -> Result<()> {
        self.shared.scripts.update_progress(&self.job.id, &progress_json).await?;
        self.shared.outbox.push(WorkerEvent::Progress { token: self.token.clone(), progress: progress_json });
        Ok(())
    }

    fn log(&self, level: LogLevel, message: String) {
        self.shared.outbox.push(WorkerEvent::Log { level, token: self.token.clone(), message });
    }

    async fn finished_parts(&self) -> Result<HashSet<String>> {
        // They came with the job, and nobody but this run adds to them.
        Ok(self.job.finished_parts.iter().cloned().collect())
    }

    async fn record_parts(&self, parts: &[String]) -> Result<()> {
        self.shared.scripts.record_parts(&self.job.id, parts).await
    }

    async fn record_last_parts(&self, parts: &[String]) -> Result<()> {
        if self.shared.active.leave_parts(&self.token, parts) {
            return Ok(());
        }
        self.record_parts(parts).await
    }
}
