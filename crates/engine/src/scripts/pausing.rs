//! Pausing a queue for all workers.

use super::{Scripts, new_call_id, source};
use crate::error::Result;
use crate::wire::Reply;

/// Ids an older BullMQ left behind that are moved per call.
const PAGE_SIZE: &str = "1000";

impl Scripts {
    pub(crate) async fn pause(&self) -> Result<()> {
        self.eval(&source::PAUSE, &[new_call_id()]).await.map(drop)
    }

    pub(crate) async fn resume(&self) -> Result<()> {
        loop {
            let reply = self.eval(&source::RESUME, &[new_call_id().as_str(), PAGE_SIZE]).await?;
            if Reply::new("reply of resume", reply).into_integer()? == 0 {
                return Ok(());
            }
        }
    }
}
