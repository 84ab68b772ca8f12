//! Which queues there are.

use std::collections::BTreeSet;

use crate::connection::Endpoint;
use crate::error::{Error, Result};
use crate::queue::Queue;
use crate::wire::{QueueKeys, Reply, escape_pattern};

/// Keys looked at per step.
const SCAN_COUNT: u32 = 1_000;

impl Queue {
    /// Names of all queues under this queue's prefix, sorted: those that some client has set up. Cost: a scan of the whole database.
    ///
    /// # Errors
    /// `InvalidOption` on a cluster, whose nodes cannot be scanned one by one from here.
    pub async fn names_under_prefix(&self) -> Result<Vec<String>> {
        let connection = self.connection();
        if matches!(connection.options().endpoint, Endpoint::Cluster { .. }) {
            return Err(Error::InvalidOption { message: "queues of a cluster must be named one by one".into() });
        }
        let pattern = QueueKeys::meta_pattern(&escape_pattern(self.keys().prefix()));
        let (mut names, mut cursor) = (BTreeSet::new(), "0".to_owned());
        loop {
            let mut command = redis::cmd("SCAN");
            command.arg(&cursor).arg("MATCH").arg(&pattern).arg("COUNT").arg(SCAN_COUNT).arg("TYPE").arg("hash");
            let mut step = Reply::new("SCAN", connection.call(&command).await?).into_items()?.into_iter();
            let next = Reply::new("SCAN cursor", step.next().unwrap_or(redis::Value::Nil)).into_text()?;
            let keys = Reply::new("SCAN keys", step.next().unwrap_or(redis::Value::Nil)).into_texts()?;
            names.extend(keys.iter().filter_map(|key| self.keys().queue_of_meta_key(key)).map(str::to_owned));
            if next == "0" {
                return Ok(names.into_iter().collect());
            }
            cursor = next;
        }
    }
}
