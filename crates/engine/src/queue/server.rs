//! The server behind the queue.

use crate::error::{Error, Result};
use crate::queue::Queue;
use crate::wire::Reply;

impl Queue {
    /// What the server says about itself: lines of `field:value`, as `INFO` prints them. Of a cluster, one node's.
    pub async fn server_info(&self) -> Result<String> {
        Reply::new("server information", self.connection().call(&redis::cmd("INFO")).await?).into_text()
    }

    /// One setting of the server; `None` where the user may not ask for it or the server has no such setting.
    pub async fn server_setting(&self, name: &str) -> Result<Option<String>> {
        let mut command = redis::cmd("CONFIG");
        command.arg("GET").arg(name);
        match self.connection().call(&command).await {
            Ok(reply) => Ok(Reply::new("CONFIG GET", reply).into_texts()?.into_iter().nth(1)),
            Err(Error::Redis(_)) => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// The server's time, ms since the Unix epoch. Nothing but its comparison with another clock may depend on it.
    pub async fn server_time_ms(&self) -> Result<i64> {
        let reply = Reply::new("TIME", self.connection().call(&redis::cmd("TIME")).await?).into_texts()?;
        let mut numbers = reply.iter().map(|number| number.parse::<i64>().unwrap_or_default());
        let (seconds, microseconds) = (numbers.next().unwrap_or_default(), numbers.next().unwrap_or_default());
        Ok(seconds * 1_000 + microseconds / 1_000)
    }

    /// Asks the server for nothing, which takes one round trip.
    pub async fn ping(&self) -> Result<()> {
        self.connection().call(&redis::cmd("PING")).await.map(drop)
    }
}
