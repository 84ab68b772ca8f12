//! Moving jobs between states, other than by working on them.

use super::operation::Operation;
use super::{Scripts, new_call_id, source};
use crate::error::Result;
use crate::wire::Reply;

/// States a job ends in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FinishedState {
    /// It ended well.
    Completed,
    /// It ended badly, for good.
    Failed,
}

impl FinishedState {
    /// BullMQ's name of the state.
    pub fn name(self) -> &'static str {
        match self {
            Self::Completed => "completed",
            Self::Failed => "failed",
        }
    }
}

/// Counters that start from 0 again when a finished job is sent back.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct ResetAttempts {
    /// Attempts made, which count against the job's `attempts`.
    pub made: bool,
    /// Attempts started.
    pub started: bool,
}

/// A new place among waiting jobs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct PriorityChange {
    /// 0 = none, else 1 (most urgent) to 2097151.
    pub priority: u32,
    /// Before all others of this priority instead of behind them.
    pub lifo: bool,
}

impl Scripts {
    pub(crate) async fn reprocess(&self, job_id: &str, state: FinishedState, reset: ResetAttempts) -> Result<()> {
        let forget = match (reset.made, reset.started) {
            (true, true) => "both",
            (true, false) => "made",
            (false, true) => "started",
            (false, false) => "",
        };
        let call_id = new_call_id();
        let args = [call_id.as_str(), job_id, state.name(), forget];
        let reply = self.eval(&source::REPROCESS, &args).await?;
        Operation { job_id, command: "reprocessJob", state: state.name() }.done(reply)
    }

    /// Sends a page of jobs of `state` with at most `max_score` back to `wait`; `true` if there are more.
    pub(crate) async fn requeue_page(&self, state: &str, max_score: &str, page_size: u64) -> Result<bool> {
        let args = [state, max_score, &page_size.to_string()];
        let reply = self.eval(&source::REQUEUE_PAGE, &args).await?;
        Ok(Reply::new("reply of requeue_page", reply).into_integer()? == 1)
    }

    pub(crate) async fn promote(&self, job_id: &str) -> Result<()> {
        let reply = self.eval(&source::PROMOTE, &[new_call_id().as_str(), job_id]).await?;
        Operation { job_id, command: "promote", state: "delayed" }.done(reply)
    }

    pub(crate) async fn change_delay(&self, job_id: &str, delay_ms: i64, now_ms: i64) -> Result<()> {
        let due_ms = now_ms.saturating_add(delay_ms);
        let call_id = new_call_id();
        let args = [call_id.as_str(), job_id, &delay_ms.to_string(), &due_ms.to_string()];
        let reply = self.eval(&source::CHANGE_DELAY, &args).await?;
        Operation { job_id, command: "changeDelay", state: "delayed" }.done(reply)
    }

    pub(crate) async fn change_priority(&self, job_id: &str, change: PriorityChange) -> Result<()> {
        let call_id = new_call_id();
        let args = [call_id.as_str(), job_id, &change.priority.to_string(), if change.lifo { "1" } else { "" }];
        let reply = self.eval(&source::CHANGE_PRIORITY, &args).await?;
        Operation::new("changePriority", job_id).done(reply)
    }
}
