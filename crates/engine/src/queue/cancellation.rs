//! Stopping a run from anywhere.

use crate::error::Result;
use crate::queue::Queue;

impl Queue {
    /// Asks the worker that holds the job, in whatever process, to stop its run: the run's cancellation fires within about a
    /// second. How the job ends is up to its processor. `false` if no worker holds the job; workers of BullMQ do not listen.
    pub async fn cancel(&self, job_id: &str, reason: &str) -> Result<bool> {
        self.scripts.request_cancel(job_id, reason).await
    }
}
