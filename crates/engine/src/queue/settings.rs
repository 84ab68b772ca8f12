//! Settings that every client of the queue shares, in its `meta` hash.

use crate::error::Result;
use crate::queue::Queue;

impl Queue {
    /// Records which BullMQ release's state this client writes (e.g. `bullmq:6.7.0`) and how long the event stream may grow.
    ///
    /// `max_events`: about how many entries the stream keeps, at least 0; BullMQ's default is 10000.
    pub async fn announce(&self, version: &str, max_events: u64) -> Result<()> {
        let mut command = redis::cmd("HSET");
        command.arg(self.keys().meta()).arg("opts.maxLenEvents").arg(max_events).arg("version").arg(version);
        self.connection().call(&command).await.map(|_| ())
    }
}
