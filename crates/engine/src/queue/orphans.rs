//! What is left of jobs that are in no state, for instance after a state key was deleted by hand.

use std::collections::HashSet;

use crate::error::Result;
use crate::queue::Queue;
use crate::wire::Reply;

/// Entries read per LRANGE.
const LIST_PAGE: usize = 5_000;
/// Jobs checked per script call: each can cost a search through the lists.
const ORPHANS_PER_CALL: usize = 50;

impl Queue {
    /// Deletes hashes, logs and other keys of jobs that are in no state; returns how many jobs that were.
    ///
    /// `scan_count`: keys looked at per step, at least 1; BullMQ's default is 1000. `limit`: jobs at most; 0 for all. Jobs of
    /// schedulers, and ids that contain a colon, are left alone as BullMQ does. Cost: a scan of the whole database.
    pub async fn remove_orphans(&self, scan_count: u64, limit: u64) -> Result<u64> {
        let mut search = OrphanSearch::begin(self, scan_count).await?;
        let mut removed = 0;
        while let Some(orphans) = search.next().await? {
            for ids in orphans.chunks(ORPHANS_PER_CALL) {
                let room = if limit == 0 { ids.len() } else { usize::try_from(limit - removed).unwrap_or(usize::MAX) };
                removed += self.scripts.remove_orphans(&ids[..room.min(ids.len())]).await?;
                if limit > 0 && removed >= limit {
                    return Ok(removed);
                }
            }
        }
        Ok(removed)
    }

    /// How many jobs [`Queue::remove_orphans`] would find, about: jobs that move while it looks may be counted. Same cost.
    pub async fn count_orphans(&self, scan_count: u64) -> Result<u64> {
        let mut search = OrphanSearch::begin(self, scan_count).await?;
        let mut found = 0;
        while let Some(orphans) = search.next().await? {
            found += orphans.len() as u64;
        }
        Ok(found)
    }

    /// Ids in the lists, which a script could only search one by one.
    async fn listed_ids(&self) -> Result<HashSet<String>> {
        let mut ids = HashSet::new();
        for list in ["wait", "paused", "active"] {
            let key = self.keys().named(list);
            for first in (0..).step_by(LIST_PAGE) {
                let mut command = redis::cmd("LRANGE");
                command.arg(&key).arg(first).arg(first + LIST_PAGE - 1);
                let page = Reply::new("job ids", self.connection().call(&command).await?).into_texts()?;
                let is_last = page.len() < LIST_PAGE;
                ids.extend(page);
                if is_last {
                    break;
                }
            }
        }
        Ok(ids)
    }

    /// Those of `ids` that are in no sorted set.
    async fn unsorted_ids(&self, mut ids: Vec<String>) -> Result<Vec<String>> {
        for state in ["completed", "failed", "delayed", "prioritized", "waiting-children"] {
            if ids.is_empty() {
                break;
            }
            let mut command = redis::cmd("ZMSCORE");
            command.arg(self.keys().named(state)).arg(&ids);
            let scores = Reply::new("scores", self.connection().call(&command).await?).into_items()?;
            let mut scores = scores.into_iter();
            ids.retain(|_| matches!(scores.next(), None | Some(redis::Value::Nil)));
        }
        Ok(ids)
    }
}

/// A walk over the queue's keys, looking for ids that are in no state.
struct OrphanSearch<'q> {
    queue: &'q Queue,
    scan_count: u64,
    /// Ids in the lists when the search began.
    listed: HashSet<String>,
    /// Ids looked at: a job has several keys.
    seen: HashSet<String>,
    /// Of the next step; `None` after the last.
    cursor: Option<String>,
}

impl<'q> OrphanSearch<'q> {
    async fn begin(queue: &'q Queue, scan_count: u64) -> Result<Self> {
        let (listed, cursor) = (queue.listed_ids().await?, Some("0".to_owned()));
        Ok(Self { queue, scan_count: scan_count.max(1), listed, seen: HashSet::new(), cursor })
    }

    /// Orphans of the next step, maybe none; `None` at the end. The script that deletes looks again.
    async fn next(&mut self) -> Result<Option<Vec<String>>> {
        let Some(cursor) = self.cursor.take() else { return Ok(None) };
        let (next, keys) = self.queue.scripts.scan_keys("", &cursor, self.scan_count).await?;
        let mut fresh = Vec::new();
        for id in keys.iter().filter_map(|key| self.queue.keys().job_id_of(key)) {
            if !self.listed.contains(id) && self.seen.insert(id.to_owned()) {
                fresh.push(id.to_owned());
            }
        }
        self.cursor = (next != "0").then_some(next);
        self.queue.unsorted_ids(fresh).await.map(Some)
    }
}
