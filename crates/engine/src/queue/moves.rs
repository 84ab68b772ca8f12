//! Moving jobs by hand.

use crate::error::Result;
use crate::queue::Queue;
use crate::scripts::{FinishedState, PriorityChange, ResetAttempts};

use super::pages::all_pages;

/// Jobs sent back per call, at most, so that one call holds Redis for half a millisecond.
const PAGE_SIZE_MAX: u64 = 100;

/// Which finished jobs run again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RetryJobs {
    /// Where they are.
    pub state: FinishedState,
    /// Jobs per round, at least 1; all jobs are sent back, in rounds. BullMQ's default is 1000, rounds here are at most 100.
    pub count: u64,
    /// Only jobs that finished up to this time, ms since the Unix epoch. Absent: all.
    pub up_to_ms: Option<i64>,
}

impl Queue {
    /// Sends one finished job back to the queue; its parent, if any, waits for it again.
    ///
    /// # Errors
    /// `JobMissing`; `NotInState` if it is not in `state`.
    pub async fn retry(&self, job_id: &str, state: FinishedState, reset: ResetAttempts) -> Result<()> {
        self.scripts.reprocess(job_id, state, reset).await
    }

    /// Sends finished jobs back to `wait`, oldest first. Like in BullMQ they keep their priority but join those without one.
    pub async fn retry_jobs(&self, retry: RetryJobs) -> Result<()> {
        let max_score = retry.up_to_ms.map_or_else(|| "+inf".to_owned(), |up_to_ms| up_to_ms.to_string());
        self.requeue_all(retry.state.name(), &max_score, retry.count).await
    }

    /// Lets all delayed jobs run now, those due first first, in rounds of `count` (at least 1, at most 100 are made).
    pub async fn promote_jobs(&self, count: u64) -> Result<()> {
        self.requeue_all("delayed", "+inf", count).await
    }

    async fn requeue_all(&self, state: &str, max_score: &str, count: u64) -> Result<()> {
        let page_size = count.clamp(1, PAGE_SIZE_MAX);
        all_pages(|| self.scripts.requeue_page(state, max_score, page_size)).await
    }

    /// Lets a delayed job run now.
    ///
    /// # Errors
    /// `JobMissing`; `NotInState` if it is not delayed.
    pub async fn promote(&self, job_id: &str) -> Result<()> {
        self.scripts.promote(job_id).await
    }

    /// Makes a delayed job due `delay_ms` (at least 0) after `now_ms`.
    ///
    /// # Errors
    /// `JobMissing`; `NotInState` if it is not delayed.
    pub async fn change_delay(&self, job_id: &str, delay_ms: i64, now_ms: i64) -> Result<()> {
        self.scripts.change_delay(job_id, delay_ms, now_ms).await
    }

    /// Gives a job another priority; if it waits, it takes its new place at once.
    ///
    /// # Errors
    /// `JobMissing`.
    pub async fn change_priority(&self, job_id: &str, change: PriorityChange) -> Result<()> {
        self.scripts.change_priority(job_id, change).await
    }
}
