//! A job context in memory: the ledger, log and progress of one job over its attempts.

use std::collections::HashSet;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use async_trait::async_trait;
use synapse_queue_engine::error::{Error, Result};
use synapse_queue_engine::processor::{JobContext, LogLevel};
use tokio_util::sync::CancellationToken;

/// What the job's clock shows.
pub(crate) const NOW_MS: i64 = 1_000_000;

#[derive(Default)]
pub(crate) struct FakeContext {
    pub(crate) cancellation: CancellationToken,
    pub(crate) refuses_parts: AtomicBool,
    parts: Mutex<HashSet<String>>,
    /// How many calls recorded parts before the end of a run.
    records: AtomicUsize,
    lines: Mutex<Vec<(LogLevel, String)>>,
    progress: Mutex<Vec<String>>,
}

impl FakeContext {
    pub(crate) fn lines(&self) -> Vec<String> {
        self.lines.lock().unwrap().iter().map(|(_, line)| line.clone()).collect()
    }

    pub(crate) fn errors(&self) -> Vec<String> {
        let lines = self.lines.lock().unwrap();
        lines.iter().filter(|(level, _)| *level == LogLevel::Error).map(|(_, line)| line.clone()).collect()
    }

    pub(crate) fn progress(&self) -> Vec<String> {
        self.progress.lock().unwrap().clone()
    }

    pub(crate) fn records(&self) -> usize {
        self.records.load(Ordering::SeqCst)
    }

    pub(crate) fn parts(&self) -> usize {
        self.parts.lock().unwrap().len()
    }
}

#[async_trait]
impl JobContext for FakeContext {
    fn cancellation(&self) -> &CancellationToken {
        &self.cancellation
    }

    fn now_ms(&self) -> i64 {
        NOW_MS
    }

    async fn update_progress(&self, progress_json: String) -> Result<()> {
        self.progress.lock().unwrap().push(progress_json);
        Ok(())
    }

    fn log(&self, level: LogLevel, message: String) {
        self.lines.lock().unwrap().push((level, message));
    }

    async fn finished_parts(&self) -> Result<HashSet<String>> {
        Ok(self.parts.lock().unwrap().clone())
    }

    async fn record_parts(&self, parts: &[String]) -> Result<()> {
        self.records.fetch_add(1, Ordering::SeqCst);
        self.record_last_parts(parts).await
    }

    async fn record_last_parts(&self, parts: &[String]) -> Result<()> {
        if self.refuses_parts.load(Ordering::SeqCst) {
            return Err(Error::Closed);
        }
        self.parts.lock().unwrap().extend(parts.iter().cloned());
        Ok(())
    }
}
