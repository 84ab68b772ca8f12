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
        let listed = self.listed_ids().await?;
        let (mut removed, mut seen, mut cursor) = (0, HashSet::new(), "0".to_owned());
        loop {
            let (next, keys) = self.scripts.scan_keys("", &cursor, scan_count.max(1)).await?;
            let ids = keys.iter().filter_map(|key| self.keys().job_id_of(key));
            let fresh: Vec<String> =
                ids.filter(|id| !listed.contains(*id) && seen.insert((*id).to_owned())).map(str::to_owned).collect();
            for ids in self.unsorted_ids(fresh).await?.chunks(ORPHANS_PER_CALL) {
                let room = if limit == 0 { ids.len() } else { usize::try_from(limit - removed).unwrap_or(usize::MAX) };
                removed += self.scripts.remove_orphans(&ids[..room.min(ids.len())]).await?;
                if limit > 0 && removed >= limit {
                    return Ok(removed);
                }
            }
            if next == "0" {
                return Ok(removed);
            }
            cursor = next;
        }
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
