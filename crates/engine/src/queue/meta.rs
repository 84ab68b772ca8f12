//! The queue's settings as they stand in Redis.

use crate::error::Result;
use crate::queue::Queue;
use crate::wire::Reply;

/// Settings that all clients of the queue share; absent ones are not set.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct QueueMeta {
    /// Jobs that may run at once over all workers.
    pub concurrency: Option<u64>,
    /// Jobs that may be started per window over all workers.
    pub max: Option<u64>,
    /// Length of that window, ms.
    pub duration: Option<u64>,
    /// About how many entries the event stream keeps.
    pub max_len_events: Option<u64>,
    /// Whether workers are kept from taking jobs.
    pub paused: bool,
    /// Who wrote the settings, e.g. `bullmq:6.7.0`.
    pub version: Option<String>,
    /// Everything else, as text.
    pub other: Vec<(String, String)>,
}

impl Queue {
    /// The queue's settings.
    pub async fn meta(&self) -> Result<QueueMeta> {
        let mut command = redis::cmd("HGETALL");
        command.arg(self.keys().meta());
        let mut fields =
            Reply::new("queue settings", self.connection().call(&command).await?).into_texts()?.into_iter();
        let mut meta = QueueMeta::default();
        while let (Some(field), Some(value)) = (fields.next(), fields.next()) {
            match field.as_str() {
                "concurrency" => meta.concurrency = value.parse().ok(),
                "max" => meta.max = value.parse().ok(),
                "duration" => meta.duration = value.parse().ok(),
                "opts.maxLenEvents" => meta.max_len_events = value.parse().ok(),
                "paused" => meta.paused = true,
                "version" => meta.version = Some(value),
                _ => meta.other.push((field, value)),
            }
        }
        Ok(meta)
    }
}
