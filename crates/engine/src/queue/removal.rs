//! Removing jobs.

use futures_util::StreamExt;
use futures_util::stream::FuturesOrdered;

use crate::error::Result;
use crate::queue::Queue;
use crate::scripts::{Children, Removal, Sweep};
use crate::wire::{CALLS, Reply};

use super::pages::{PAGES_AT_ONCE, all_pages};

/// Jobs looked at per call, so that one call holds Redis for a millisecond.
const PAGE_SIZE: u64 = 100;
/// Jobs of a flow that one call removes, so that it holds Redis for a few milliseconds at most.
const MAX_FAMILY: usize = 500;
/// Jobs that BullMQ cleans per step, which shows in the order of the ids.
const BULLMQ_CHUNK: usize = 10_000;
/// Keys looked at per SCAN call.
const SCAN_COUNT: u64 = 1_000;

/// Which jobs [`Queue::clean`] removes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Clean {
    /// Where they are.
    pub state: CleanState,
    /// Spares jobs that finished (or else were taken, or else added) less than this long ago, ms.
    pub grace_ms: i64,
    /// Jobs to remove at most; 0 for all.
    pub limit: u64,
}

/// States that can be cleaned.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CleanState {
    /// Jobs that no worker owns although they are active.
    Active,
    /// Jobs that ended well.
    Completed,
    /// Delayed jobs.
    Delayed,
    /// Jobs that failed for good.
    Failed,
    /// Jobs that BullMQ 5 has put aside while the queue was paused.
    Paused,
    /// Waiting jobs with a priority.
    Prioritized,
    /// Waiting jobs without a priority.
    Waiting,
}

/// Which jobs [`Queue::drain`] removes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Drain {
    /// Jobs that could run now.
    Waiting,
    /// Delayed jobs too.
    WaitingAndDelayed,
}

/// How [`Queue::obliterate`] goes about it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Obliterate {
    /// Active jobs go too; their workers will miss their locks.
    pub force: bool,
    /// Jobs per round, at least 1. BullMQ's default is 1000, rounds here are at most 100.
    pub count: u64,
}

impl CleanState {
    /// Names of the keys it stands for, the part that is served first in front.
    fn keys(self) -> &'static [&'static str] {
        match self {
            Self::Active => &["active"],
            Self::Completed => &["completed"],
            Self::Delayed => &["delayed"],
            Self::Failed => &["failed"],
            Self::Paused => &["paused"],
            Self::Prioritized => &["prioritized"],
            Self::Waiting => &["paused", "wait"],
        }
    }

    /// Whether its keys are lists.
    fn is_list(self) -> bool {
        matches!(self, Self::Active | Self::Paused | Self::Waiting)
    }

    /// The state BullMQ calls `name` in `clean`.
    pub fn from_name(name: &str) -> Option<Self> {
        Some(match name {
            "active" => Self::Active,
            "completed" => Self::Completed,
            "delayed" => Self::Delayed,
            "failed" => Self::Failed,
            "paused" => Self::Paused,
            "prioritized" => Self::Prioritized,
            "wait" | "waiting" => Self::Waiting,
            _ => return None,
        })
    }
}

impl Queue {
    /// Removes a job, and with [`Children::Remove`] the flow below it; `false` if a worker owns one of these jobs.
    ///
    /// A job that does not exist counts as removed. A parent that waited for this job alone goes on. A flow of more than 500 jobs is
    /// looked through first and then removed from the top down in several calls: a job that a worker takes meanwhile stays.
    ///
    /// # Errors
    /// `BelongsToScheduler` for the next iteration of a scheduler.
    pub async fn remove(&self, job_id: &str, children: Children, now_ms: i64) -> Result<bool> {
        match self.scripts.remove(job_id, children, MAX_FAMILY, now_ms).await? {
            Removal::Done => Ok(true),
            Removal::Locked => Ok(false),
            Removal::TooLarge => self.remove_large_flow(job_id, now_ms).await,
        }
    }

    /// Removes jobs of one state, oldest first, and returns their ids. Announced as `cleaned` with their number.
    ///
    /// Spares jobs that a worker owns and the next iterations of schedulers.
    pub async fn clean(&self, clean: Clean, now_ms: i64) -> Result<Vec<String>> {
        let keys = clean.state.keys();
        let max_ms = Some(now_ms.saturating_sub(clean.grace_ms));
        let mut removed = Vec::new();
        for (index, key) in keys.iter().enumerate() {
            let sweep =
                Sweep { max_ms, limit: clean.limit, announces: index + 1 == keys.len(), ..Sweep::new(key, now_ms) };
            let first = removed.len();
            self.sweep_key(sweep, &mut removed).await?;
            if clean.state.is_list() {
                // BullMQ reads a list from the end that is served last, this many at a time.
                removed[first..].chunks_mut(BULLMQ_CHUNK).for_each(<[String]>::reverse);
            }
        }
        Ok(removed)
    }

    /// Removes all jobs that wait for a worker. Spares the next iterations of schedulers; active jobs go on.
    pub async fn drain(&self, drain: Drain, now_ms: i64) -> Result<()> {
        let keys: &[&str] = match drain {
            Drain::Waiting => &["paused", "wait", "prioritized"],
            Drain::WaitingAndDelayed => &["paused", "wait", "prioritized", "delayed"],
        };
        for key in keys {
            self.sweep_key(Sweep::new(key, now_ms), &mut Vec::new()).await?;
        }
        Ok(())
    }

    /// Sweeps one key to its end, or until as many ids as the limit allows are in `removed`.
    async fn sweep_key(&self, mut sweep: Sweep<'_>, removed: &mut Vec<String>) -> Result<()> {
        loop {
            sweep.removed = removed.len() as u64;
            sweep.count = page_size(sweep.limit, sweep.removed);
            let swept = self.scripts.sweep(&sweep).await?;
            removed.extend(swept.removed);
            sweep.spared += swept.spared;
            if !swept.is_more {
                return Ok(());
            }
            if sweep.limit == 0 {
                return self.sweep_rest(sweep, removed).await;
            }
        }
    }

    /// Sweeps a key to its end with a call under way while the answer of another is read, so that Redis does not wait.
    ///
    /// A call that is sent before the one ahead has told how many jobs it spared looks at those again: where its own page ends counts.
    async fn sweep_rest(&self, mut sweep: Sweep<'_>, removed: &mut Vec<String>) -> Result<()> {
        let announces = std::mem::take(&mut sweep.announces);
        let page = |spared: u64| async move {
            let sweep = Sweep { spared, ..sweep };
            self.scripts.sweep(&sweep).await.map(|swept| (spared + swept.spared, swept))
        };
        let mut calls = FuturesOrdered::new();
        let mut is_more = true;
        loop {
            while is_more && calls.len() < PAGES_AT_ONCE {
                calls.push_back(page(sweep.spared));
            }
            let Some(answer) = calls.next().await else { break };
            let (spared, swept) = answer?;
            sweep.spared = spared;
            is_more &= swept.is_more;
            removed.extend(swept.removed);
        }
        if announces {
            self.scripts.sweep(&Sweep { count: 0, removed: removed.len() as u64, announces, ..sweep }).await?;
        }
        Ok(())
    }

    /// Deletes a paused queue with everything in it, in rounds; one that was interrupted can be started again.
    ///
    /// # Errors
    /// `NotPaused`; `ActiveJobs` without `force`.
    pub async fn obliterate(&self, obliterate: Obliterate, now_ms: i64) -> Result<()> {
        let count = obliterate.count.clamp(1, PAGE_SIZE);
        all_pages(|| self.scripts.obliterate_page(obliterate.force, count, now_ms)).await?;
        self.forget_calls().await
    }

    /// Deletes what BullMQ before version 4 kept about priorities; whether there was something.
    pub async fn remove_legacy_priorities(&self) -> Result<bool> {
        let mut command = redis::cmd("UNLINK");
        command.arg(self.keys().legacy_priorities());
        Ok(Reply::new("removed keys", self.connection().call(&command).await?).into_integer()? == 1)
    }

    /// Shortens the event stream to about its newest `max_events` entries and returns how many went.
    pub async fn trim_events(&self, max_events: u64) -> Result<u64> {
        let mut command = redis::cmd("XTRIM");
        command.arg(self.keys().events()).arg("MAXLEN").arg("~").arg(max_events);
        Reply::new("trimmed events", self.connection().call(&command).await?).into_count()
    }

    /// Deletes the remembered answers of calls, which would otherwise be gone in a minute.
    async fn forget_calls(&self) -> Result<()> {
        let mut cursor = "0".to_owned();
        loop {
            let (next, keys) = self.scripts.scan_keys(CALLS, &cursor, SCAN_COUNT).await?;
            if !keys.is_empty() {
                self.connection().call(redis::cmd("UNLINK").arg(keys)).await?;
            }
            if next == "0" {
                return Ok(());
            }
            cursor = next;
        }
    }
}

fn page_size(limit: u64, removed: u64) -> u64 {
    if limit == 0 { PAGE_SIZE } else { PAGE_SIZE.min(limit.saturating_sub(removed)).max(1) }
}
