//! What is late or abandoned in a queue.

use std::time::Duration;

use crate::error::Result;
use crate::job::due_ms;
use crate::queue::Queue;
use crate::wire::Reply;

/// Active jobs looked at; more than that many are not abandoned one by one.
const ACTIVE_PAGE: usize = 1_000;

/// What is late or abandoned, at one moment.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Inspection {
    /// Delayed jobs whose time has come. A worker that looks for work takes them along, so a few for a moment are nothing.
    pub overdue: u64,
    /// For how long the first of them has been due; zero without any.
    pub longest_overdue: Duration,
    /// Active jobs that no worker holds a lock of, oldest first; of 1000 active jobs at most.
    pub abandoned: Vec<String>,
    /// For how long the longest of the jobs that are next in line could have been taken; `None` if none waits.
    pub oldest_waiting: Option<Duration>,
}

impl Queue {
    /// Looks for what is late or abandoned. `now_ms`: ms since the Unix epoch. Changes nothing. Cost: bounded.
    pub async fn inspect(&self, now_ms: i64) -> Result<Inspection> {
        let [overdue, first_due_ms, abandoned, next_jobs] = self.scripts.inspect(now_ms, ACTIVE_PAGE).await?;
        let first_due_ms = Reply::new("due time of a delayed job", first_due_ms).into_text()?;
        let next_jobs = Reply::new("next jobs", next_jobs).into_texts()?;
        let waiting_since = next_jobs.chunks_exact(2).filter_map(|job| Some(due_ms(job[0].parse().ok()?, &job[1])));
        Ok(Inspection {
            overdue: Reply::new("overdue jobs", overdue).into_count()?,
            longest_overdue: first_due_ms.parse().map_or(Duration::ZERO, |due_ms| elapsed(due_ms, now_ms)),
            abandoned: Reply::new("abandoned jobs", abandoned).into_texts()?,
            oldest_waiting: waiting_since.min().map(|since_ms| elapsed(since_ms, now_ms)),
        })
    }

    /// Schedulers that go on although their next job is gone: it was removed by hand, say. Workers add it again at their next check
    /// for stalled jobs.
    pub async fn stuck_schedulers(&self) -> Result<Vec<String>> {
        let missing = self.scripts.missing_iterations().await?;
        Ok(missing.into_iter().map(|missing| missing.scheduler_id).collect())
    }
}

fn elapsed(since_ms: i64, now_ms: i64) -> Duration {
    Duration::from_millis(u64::try_from(now_ms - since_ms).unwrap_or_default())
}
