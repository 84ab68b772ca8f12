//! Enforcing how long finished jobs are kept.

use std::time::Duration;

use redis::Value;

use super::{FinishedState, Scripts, source};
use crate::error::Result;
use crate::wire::Reply;

impl Scripts {
    /// Whether the caller is to look for finished jobs that are too old: one of all workers of the queue is, once per `interval`.
    pub(crate) async fn claim_retention_check(&self, interval: Duration) -> Result<bool> {
        let mut command = redis::cmd("SET");
        command.arg(self.keys().retention_check()).arg(1).arg("NX").arg("PX").arg(interval.as_millis().to_string());
        // A claim whose reply was lost is nobody's: the next round makes up for it.
        Ok(self.connection().call(&command).await? != Value::Nil)
    }

    /// Drops up to `limit` jobs that finished more than `age_s` seconds before `now_ms`; returns how many.
    pub(crate) async fn retire(&self, state: FinishedState, age_s: u64, limit: u64, now_ms: i64) -> Result<u64> {
        let args = [state.name().to_owned(), now_ms.to_string(), age_s.to_string(), limit.to_string()];
        Reply::new("retired jobs", self.eval(&source::RETIRE, &args).await?).into_count()
    }
}
