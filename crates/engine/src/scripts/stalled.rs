//! Finding jobs whose worker has vanished.

use std::time::Duration;

use redis::Value;

use super::{Scripts, new_call_id, source};
use crate::error::Result;
use crate::wire::{Reply, malformed};

/// Suspects per call: each is searched for in `active`, so that one call holds Redis for a few milliseconds even with thousands.
const PAGE_SIZE: &str = "100";

impl Scripts {
    /// Sends jobs back to the queue that were active at the last check and whose lock has not been renewed since; returns their
    /// ids. Does nothing if a check was made within `interval`, by whatever worker.
    ///
    /// A job that stalls more than `max_stalled_count` times fails at its next pick-up, unless it belongs to a living scheduler.
    pub async fn move_stalled(&self, max_stalled_count: u32, interval: Duration, now_ms: i64) -> Result<Vec<String>> {
        Ok(self.move_stalled_if_due(max_stalled_count, interval, now_ms).await?.unwrap_or_default())
    }

    /// As [`Scripts::move_stalled`]; `None` if no check was due.
    pub(crate) async fn move_stalled_if_due(
        &self,
        max_stalled_count: u32,
        interval: Duration,
        now_ms: i64,
    ) -> Result<Option<Vec<String>>> {
        let (now_ms, max_stalled) = (now_ms.to_string(), max_stalled_count.to_string());
        let mut interval_ms = interval.as_millis().to_string();
        let mut stalled = Vec::new();
        loop {
            let call_id = new_call_id();
            let args = [call_id.as_str(), &now_ms, &interval_ms, &max_stalled, PAGE_SIZE];
            let reply = Reply::new("stalled jobs", self.eval(&source::MOVE_STALLED, &args).await?).into_items()?;
            let [is_more, page] =
                <[Value; 2]>::try_from(reply).map_err(|_| malformed("stalled jobs", "not a flag and a list"))?;
            stalled.extend(Reply::new("stalled jobs", page).into_texts()?);
            match Reply::new("stalled jobs", is_more).into_integer()? {
                0 => return Ok(Some(stalled)),
                code if code < 0 => return Ok(None),
                _ => {}
            }
            interval_ms.clear();
        }
    }
}
