//! The server behind the queue.

use crate::error::Result;
use crate::queue::Queue;
use crate::wire::Reply;

impl Queue {
    /// What the server says about itself: lines of `field:value`, as `INFO` prints them. Of a cluster, one node's.
    pub async fn server_info(&self) -> Result<String> {
        Reply::new("server information", self.connection().call(&redis::cmd("INFO")).await?).into_text()
    }
}
