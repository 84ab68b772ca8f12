//! Events that users publish themselves.

use crate::error::Result;
use crate::queue::Queue;

impl Queue {
    /// Appends an entry to the event stream, which keeps about its newest `max_events`. BullMQ's readers take the field `event` for
    /// the entry's name.
    pub async fn publish_event(&self, fields: &[(String, String)], max_events: u64) -> Result<()> {
        self.scripts.publish_event(fields, max_events).await
    }
}
