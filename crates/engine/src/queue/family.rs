//! Changing what ties jobs to their parents and children.

use std::collections::HashSet;

use crate::error::{Error, Result};
use crate::queue::Queue;
use crate::scripts::{FinishedJobs, UNTIE_COMMAND};
use crate::wire::{JobAddress, QueueKeys, Reply};

use super::children::{ChildrenKind, ChildrenScan};

/// Jobs looked at per round trip.
const PAGE_SIZE: usize = 100;
/// Jobs removed per call: each may have to be searched for in a long list.
const REMOVAL_PAGE_SIZE: usize = 25;
/// Children asked for per scan.
const SCAN_COUNT: u32 = 500;

impl Queue {
    /// Lets an active job wait for its children, or for one of them; `false` if there is nothing to wait for.
    ///
    /// # Errors
    /// `JobMissing`, `LockMissing`, `LockMismatch`, `NotInState` if the job is not the token's any more; `FailedChildren`.
    pub async fn wait_for_children(
        &self,
        job_id: &str,
        token: &str,
        child: Option<&JobAddress>,
        now_ms: i64,
    ) -> Result<bool> {
        let child_key = child.map(JobAddress::key).unwrap_or_default();
        self.scripts.move_to_waiting_children(job_id, token, &child_key, now_ms).await
    }

    /// Unties a job from its parent, which goes on if it waited for nothing else; `false` if it did not wait for this job.
    ///
    /// # Errors
    /// `JobMissing`; `ParentMissing`, also for a job that has no parent (any more).
    pub async fn remove_child_dependency(&self, job_id: &str, now_ms: i64) -> Result<bool> {
        if let Some(untied) = self.scripts.remove_child_dependency(job_id, now_ms).await? {
            return Ok(untied);
        }
        let parent_key = self.job(job_id).await?.and_then(|job| job.parent_key).unwrap_or_else(|| "undefined".into());
        Err(Error::ParentMissing { parent_key, command: UNTIE_COMMAND })
    }

    /// Removes the jobs below this one that have not ended and that no worker owns, from the top down in pages. A job that stays keeps
    /// the jobs below it. The job itself goes on if it waits for nothing else.
    pub async fn remove_unprocessed_children(&self, job_id: &str, now_ms: i64) -> Result<()> {
        let mut cursor = 0;
        loop {
            let scan = ChildrenScan { kind: ChildrenKind::Unprocessed, cursor, count: SCAN_COUNT };
            let page = self.scan_children(job_id, &[scan]).await?.remove(0);
            let level = page.children.into_iter().map(|child| child.key).collect();
            self.remove_downwards(level, FinishedJobs::Keep, now_ms).await?;
            cursor = page.next_cursor;
            if cursor == 0 {
                return Ok(());
            }
        }
    }

    /// Removes a job and all below it, in pages; `false`, and nothing is removed, if a worker owns one of them.
    pub(super) async fn remove_large_flow(&self, job_id: &str, now_ms: i64) -> Result<bool> {
        let root = self.keys().job(job_id);
        if self.is_any_locked(root.clone()).await? {
            return Ok(false);
        }
        self.remove_downwards(vec![root.clone()], FinishedJobs::Remove, now_ms).await?;
        let mut command = redis::cmd("EXISTS");
        command.arg(root);
        // A worker may have taken the job after the look around; nothing has gone then.
        Ok(Reply::new("job", self.connection().call(&command).await?).into_integer()? == 0)
    }

    async fn remove_downwards(&self, mut level: Vec<String>, finished: FinishedJobs, now_ms: i64) -> Result<()> {
        while !level.is_empty() {
            let mut below = Vec::new();
            for page in level.chunks(REMOVAL_PAGE_SIZE) {
                below.extend(self.scripts.remove_page(page, finished, now_ms).await?);
            }
            level = below;
        }
        Ok(())
    }

    /// Whether a worker owns this job or one below it.
    async fn is_any_locked(&self, root: String) -> Result<bool> {
        let mut seen = HashSet::from([root.clone()]);
        let mut level = vec![root];
        while !level.is_empty() {
            let mut below = Vec::new();
            for page in level.chunks(PAGE_SIZE) {
                let jobs = page.iter().filter_map(|key| QueueKeys::split_job_key(key));
                let locks: Vec<String> = jobs.map(|(keys, job_id)| keys.job_lock(job_id)).collect();
                let mut command = redis::cmd("EXISTS");
                command.arg(&locks);
                if !locks.is_empty() && Reply::new("locks", self.connection().call(&command).await?).into_integer()? > 0
                {
                    return Ok(true);
                }
                for child in self.children_of(page).await? {
                    if seen.insert(child.clone()) {
                        below.push(child);
                    }
                }
            }
            level = below;
        }
        Ok(false)
    }

    /// Keys of all children of these jobs.
    async fn children_of(&self, job_keys: &[String]) -> Result<Vec<String>> {
        let mut pipeline = redis::pipe();
        for (keys, job_id) in job_keys.iter().filter_map(|key| QueueKeys::split_job_key(key)) {
            pipeline.cmd("SMEMBERS").arg(keys.job_dependencies(job_id));
            pipeline.cmd("HKEYS").arg(keys.job_processed(job_id));
            pipeline.cmd("HKEYS").arg(keys.job_ignored(job_id));
            pipeline.cmd("ZRANGE").arg(keys.job_unsuccessful(job_id)).arg(0).arg(-1);
        }
        if pipeline.is_empty() {
            return Ok(Vec::new());
        }
        let mut children = Vec::new();
        for reply in self.connection().call_all(&pipeline).await? {
            children.extend(Reply::new("children", reply).into_texts()?);
        }
        Ok(children)
    }
}
