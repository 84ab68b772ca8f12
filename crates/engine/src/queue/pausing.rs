//! Pausing the queue for all its workers.

use crate::error::Result;
use crate::queue::Queue;
use crate::wire::Reply;

impl Queue {
    /// Stops all workers from taking jobs; jobs that run go on. Announced as `paused`, also if the queue was paused already.
    pub async fn pause(&self) -> Result<()> {
        self.scripts.pause().await
    }

    /// Lets workers take jobs again. Jobs that BullMQ 5 has put aside meanwhile join the others, in their order.
    pub async fn resume(&self) -> Result<()> {
        self.scripts.resume().await
    }

    /// Whether workers are kept from taking jobs.
    pub async fn is_paused(&self) -> Result<bool> {
        let mut command = redis::cmd("HEXISTS");
        command.arg(self.keys().meta()).arg("paused");
        Ok(Reply::new("pause", self.connection().call(&command).await?).into_integer()? == 1)
    }
}
