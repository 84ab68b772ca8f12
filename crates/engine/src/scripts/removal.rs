//! Removing jobs: one, a page of a state, a page of everything.

use redis::Value;

use super::operation::Operation;
use super::{Scripts, new_call_id, source};
use crate::error::{Error, Result};
use crate::wire::{Reply, malformed};

/// Whether the jobs below a removed one go with it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Children {
    /// The whole flow below the job goes, or nothing does.
    Remove,
    /// They stay.
    Keep,
}

/// What came of removing a job.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Removal {
    /// It is gone.
    Done,
    /// A worker owns it or one that would go with it.
    Locked,
    /// More jobs would go with it than one call removes.
    TooLarge,
}

/// One call of the sweep of a state.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Sweep<'a> {
    /// Name of the state's key.
    pub(crate) key: &'a str,
    /// Jobs that earlier calls have spared.
    pub(crate) spared: u64,
    /// Jobs to look at; 0 to announce only.
    pub(crate) count: u64,
    /// Spares jobs younger than this, ms since the Unix epoch.
    pub(crate) max_ms: Option<i64>,
    pub(crate) now_ms: i64,
    /// Jobs that earlier calls have removed.
    pub(crate) removed: u64,
    /// Jobs to remove in all; 0 for no limit.
    pub(crate) limit: u64,
    /// The last call publishes how many jobs were removed in all.
    pub(crate) announces: bool,
}

impl<'a> Sweep<'a> {
    /// The first call for all jobs in `key`.
    pub(crate) fn new(key: &'a str, now_ms: i64) -> Self {
        Self { key, spared: 0, count: 0, max_ms: None, now_ms, removed: 0, limit: 0, announces: false }
    }
}

/// What one call of a sweep did.
#[derive(Debug)]
pub(crate) struct Swept {
    pub(crate) is_more: bool,
    pub(crate) spared: u64,
    pub(crate) removed: Vec<String>,
}

impl Scripts {
    /// Removes a job, with those below it if they are at most `max_jobs` in all.
    pub(crate) async fn remove(
        &self,
        job_id: &str,
        children: Children,
        max_jobs: usize,
        now_ms: i64,
    ) -> Result<Removal> {
        let removes_children = if children == Children::Remove { "1" } else { "" };
        let call_id = new_call_id();
        let args = [call_id.as_str(), job_id, removes_children, &now_ms.to_string(), &max_jobs.to_string()];
        let reply = self.eval(&source::REMOVE, &args).await?;
        Ok(match Operation::new("removeJob", job_id).code(reply)? {
            0 => Removal::Locked,
            2 => Removal::TooLarge,
            _ => Removal::Done,
        })
    }

    pub(crate) async fn sweep(&self, sweep: &Sweep<'_>) -> Result<Swept> {
        let args = [
            new_call_id(),
            sweep.key.to_owned(),
            sweep.spared.to_string(),
            sweep.count.to_string(),
            sweep.max_ms.map(|max_ms| max_ms.to_string()).unwrap_or_default(),
            sweep.now_ms.to_string(),
            sweep.removed.to_string(),
            sweep.limit.to_string(),
            if sweep.announces { "1" } else { "" }.to_owned(),
        ];
        let parts = Reply::new("reply of sweep", self.eval(&source::SWEEP, &args).await?).into_items()?;
        let [is_more, spared, removed] =
            <[Value; 3]>::try_from(parts).map_err(|_| malformed("reply of sweep", "not three parts"))?;
        Ok(Swept {
            is_more: Reply::new("reply of sweep", is_more).into_integer()? == 1,
            spared: Reply::new("reply of sweep", spared).into_count()?,
            removed: Reply::new("reply of sweep", removed).into_texts()?,
        })
    }

    /// Deletes a page of a paused queue; `true` if there is more.
    pub(crate) async fn obliterate_page(&self, force: bool, count: u64, now_ms: i64) -> Result<bool> {
        let args = [new_call_id(), if force { "1" } else { "" }.into(), count.to_string(), now_ms.to_string()];
        let reply = Reply::new("reply of obliterate", self.eval(&source::OBLITERATE, &args).await?);
        match reply.into_integer()? {
            -1 => Err(Error::NotPaused),
            -2 => Err(Error::ActiveJobs),
            code => Ok(code == 1),
        }
    }
}
