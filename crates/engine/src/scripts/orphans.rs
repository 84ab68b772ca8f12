//! Finding and deleting keys that belong to nothing.

use redis::Value;

use super::{Scripts, new_call_id, source};
use crate::error::Result;
use crate::wire::Reply;

impl Scripts {
    /// Deletes what is left of those of `ids` that are in no state; returns how many that were.
    pub(crate) async fn remove_orphans(&self, ids: &[String]) -> Result<u64> {
        let call_id = new_call_id();
        let args: Vec<&str> = [call_id.as_str()].into_iter().chain(ids.iter().map(String::as_str)).collect();
        Reply::new("removed orphans", self.eval(&source::REMOVE_ORPHANS, &args).await?).into_count()
    }

    /// One step of a scan over the queue's keys that begin, below the base, with `start`: the cursor of the next step (`0` after
    /// the last), and keys.
    pub(crate) async fn scan_keys(&self, start: &str, cursor: &str, count: u64) -> Result<(String, Vec<String>)> {
        let args = [start, cursor, &count.to_string()];
        let mut reply = Reply::new("SCAN", self.eval(&source::SCAN_KEYS, &args).await?).into_items()?.into_iter();
        let next = Reply::new("SCAN cursor", reply.next().unwrap_or(Value::Nil)).into_text()?;
        Ok((next, Reply::new("SCAN keys", reply.next().unwrap_or(Value::Nil)).into_texts()?))
    }
}
