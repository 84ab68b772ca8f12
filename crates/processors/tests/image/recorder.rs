//! An engine that writes down what it is told.

use std::collections::HashSet;
use std::sync::Mutex;

use async_trait::async_trait;
use synapse_queue_engine::error::Result;
use synapse_queue_engine::processor::{JobContext, LogLevel};
use tokio_util::sync::CancellationToken;

/// What a processor told the engine.
#[derive(Default)]
pub(crate) struct Recorder {
    pub(crate) cancel: CancellationToken,
    /// Cancels the job as soon as this progress is published.
    pub(crate) cancel_at_progress: Option<&'static str>,
    pub(crate) progress: Mutex<Vec<String>>,
    logs: Mutex<Vec<(LogLevel, String)>>,
    parts: Mutex<HashSet<String>>,
}

#[async_trait]
impl JobContext for Recorder {
    fn cancellation(&self) -> &CancellationToken {
        &self.cancel
    }

    fn now_ms(&self) -> i64 {
        0
    }

    async fn update_progress(&self, progress_json: String) -> Result<()> {
        if self.cancel_at_progress == Some(progress_json.as_str()) {
            self.cancel.cancel();
        }
        self.progress.lock().unwrap().push(progress_json);
        Ok(())
    }

    fn log(&self, level: LogLevel, message: String) {
        self.logs.lock().unwrap().push((level, message));
    }

    async fn finished_parts(&self) -> Result<HashSet<String>> {
        Ok(self.parts.lock().unwrap().clone())
    }

    async fn record_parts(&self, parts: &[String]) -> Result<()> {
        self.parts.lock().unwrap().extend(parts.iter().cloned());
        Ok(())
    }
}

impl Recorder {
    #[allow(dead_code, reason = "not every binary with this recorder looks at its lines")]
    pub(crate) fn logs(&self) -> Vec<(LogLevel, String)> {
        self.logs.lock().unwrap().clone()
    }
}
