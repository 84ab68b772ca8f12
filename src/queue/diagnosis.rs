//! What operators want to know of a queue and of its server.

use napi_derive::napi;
use serde_json::json;
use synapse_queue_engine::error::{Error, Result};
use synapse_queue_monitoring::doctor::{Finding, Thoroughness, examine_queue, examine_server};

use super::NativeQueue;
use crate::native_error::Answer;
use crate::runtime;

#[napi]
impl NativeQueue {
    /// Names of the queues that were set up under the same prefix.
    #[napi]
    pub async fn names_under_prefix(&self) -> Answer<Vec<String>> {
        self.handle.run(self.queue.names_under_prefix()).await
    }

    /// Findings about the server, a JSON list.
    #[napi]
    pub async fn examine_server(&self, now_ms: i64) -> Answer<String> {
        runtime::clock().follow(now_ms);
        self.handle
            .run(async { findings_text(&examine_server(&self.queue, || runtime::clock().now_ms()).await?) })
            .await
    }

    /// Findings about the queue, a JSON list. `with_orphans`: scan all keys for jobs in no state.
    #[napi]
    pub async fn examine_queue(&self, with_orphans: bool, now_ms: i64) -> Answer<String> {
        runtime::clock().follow(now_ms);
        let thoroughness = if with_orphans { Thoroughness::Full } else { Thoroughness::Quick };
        self.handle.run(async { findings_text(&examine_queue(&self.queue, now_ms, thoroughness).await?) }).await
    }

    /// What is late or abandoned, a JSON object; times in ms.
    #[napi]
    pub async fn inspect(&self, now_ms: i64) -> Answer<String> {
        runtime::clock().follow(now_ms);
        self.handle
            .run(async {
                let inspection = self.queue.inspect(now_ms).await?;
                let oldest = inspection.oldest_waiting.map(|age| age.as_millis());
                Ok(json!({
                    "overdue": inspection.overdue,
                    "longestOverdueMs": inspection.longest_overdue.as_millis(),
                    "abandoned": inspection.abandoned,
                    "oldestWaitingMs": oldest,
                })
                .to_string())
            })
            .await
    }
}

fn findings_text(findings: &[Finding]) -> Result<String> {
    serde_json::to_string(findings)
        .map_err(|error| Error::MalformedState { subject: "findings", detail: error.to_string() })
}
