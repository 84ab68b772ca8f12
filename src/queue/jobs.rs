//! Changing one job.

use std::time::Duration;

use napi_derive::napi;
use synapse_queue_engine::error::{Error, Result};
use synapse_queue_engine::scripts::{Children, PriorityChange, ResetAttempts};

use super::NativeQueue;
use super::reading::{count, finished_state};
use crate::native_error::Answer;
use crate::runtime;

/// Counters that start from 0 again.
#[napi(object, object_to_js = false)]
pub struct NativeResetAttempts {
    /// Attempts made.
    pub made: bool,
    /// Attempts started.
    pub started: bool,
}

#[napi]
impl NativeQueue {
    /// Replaces a job's payload (JSON text).
    #[napi]
    pub async fn update_job_data(&self, job_id: String, data: String) -> Answer<()> {
        self.handle.run(self.queue.update_data(&job_id, &data)).await
    }

    /// Publishes a job's progress (JSON text).
    #[napi]
    pub async fn update_job_progress(&self, job_id: String, progress: String) -> Answer<()> {
        self.handle.run(self.queue.update_progress(&job_id, &progress)).await
    }

    /// Adds a log row and answers how many there are; only the newest `keep` stay.
    #[napi]
    pub async fn add_job_log(&self, job_id: String, row: String, keep: Option<u32>) -> Answer<i64> {
        self.handle.run(async { Ok(count(self.queue.add_log(&job_id, &row, keep.map(u64::from)).await?)) }).await
    }

    /// Removes log rows, all but the newest `keep`.
    #[napi]
    pub async fn clear_job_logs(&self, job_id: String, keep: Option<u32>) -> Answer<()> {
        self.handle.run(self.queue.clear_logs(&job_id, keep.unwrap_or(0).into())).await
    }

    /// Removes a job; 0 if a worker has it, else 1.
    #[napi]
    pub async fn remove_job(&self, job_id: String, remove_children: bool, now_ms: i64) -> Answer<i64> {
        runtime::clock().follow(now_ms);
        let children = if remove_children { Children::Remove } else { Children::Keep };
        self.handle.run(async { Ok(self.queue.remove(&job_id, children, now_ms).await?.into()) }).await
    }

    /// Ends the deduplication that a job holds; `false` if it does not hold it.
    #[napi]
    pub async fn release_deduplication(&self, job_id: String, deduplication_id: String) -> Answer<bool> {
        self.handle.run(self.queue.release_deduplication(&job_id, &deduplication_id)).await
    }

    /// Makes a delayed job run now.
    #[napi]
    pub async fn promote_job(&self, job_id: String) -> Answer<()> {
        self.handle.run(self.queue.promote(&job_id)).await
    }

    /// Runs a finished job again.
    #[napi]
    pub async fn retry_job(&self, job_id: String, state: String, reset: NativeResetAttempts) -> Answer<()> {
        self.handle
            .run(async {
                let reset = ResetAttempts { made: reset.made, started: reset.started };
                self.queue.retry(&job_id, finished_state(&state)?, reset).await
            })
            .await
    }

    /// Makes a delayed job due `delay_ms` from now.
    #[napi]
    pub async fn change_job_delay(&self, job_id: String, delay_ms: i64, now_ms: i64) -> Answer<()> {
        runtime::clock().follow(now_ms);
        self.handle.run(self.queue.change_delay(&job_id, delay_ms, now_ms)).await
    }

    /// Gives a job another priority.
    #[napi]
    pub async fn change_job_priority(&self, job_id: String, priority: f64, lifo: bool) -> Answer<()> {
        self.handle
            .run(async {
                let change = PriorityChange { priority: checked_priority(priority)?, lifo };
                self.queue.change_priority(&job_id, change).await
            })
            .await
    }

    /// Keeps locks, given by job ids and their tokens, for `duration_ms` from now; answers the jobs whose lock is gone.
    #[napi]
    pub async fn extend_job_locks(
        &self,
        job_ids: Vec<String>,
        tokens: Vec<String>,
        duration_ms: f64,
    ) -> Answer<Vec<String>> {
        let locks: Vec<_> = job_ids.into_iter().zip(tokens).collect();
        self.handle.run(async { self.queue.scripts().renew_locks(&locks, lock_duration(duration_ms)?).await }).await
    }

    /// Keeps a lock for `duration_ms` from now; 1 if `token` held it, else 0.
    #[napi]
    pub async fn extend_job_lock(&self, job_id: String, token: String, duration_ms: f64) -> Answer<i64> {
        self.handle
            .run(async {
                let lost = self.queue.scripts().renew_locks(&[(job_id, token)], lock_duration(duration_ms)?).await?;
                Ok(lost.is_empty().into())
            })
            .await
    }
}

fn lock_duration(ms: f64) -> Result<Duration> {
    Duration::try_from_secs_f64(ms / 1_000.0)
        .map_err(|_| Error::InvalidOption { message: "duration must be greater than 0".into() })
}

/// The check that adding a job makes, on its own.
fn checked_priority(priority: f64) -> Result<u32> {
    let message = if priority.fract() != 0.0 {
        "Priority should not be float"
    } else if (0.0..=2_097_151.0).contains(&priority) {
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "checked just above")]
        return Ok(priority as u32);
    } else {
        "Priority should be between 0 and 2097151"
    };
    Err(Error::InvalidOption { message: message.into() })
}
