//! What a native processor is given and what it answers. Processors implement this and know nothing of Redis.

use std::collections::HashSet;

use async_trait::async_trait;
use tokio_util::sync::CancellationToken;

use crate::error::Result;
use crate::job::{Failure, Job};

/// Runs jobs of one name in Rust, without touching JavaScript.
#[async_trait]
pub trait Processor: Send + Sync + 'static {
    /// Does the work of one job.
    ///
    /// May run many times at once and more than once for the same job (delivery is at-least-once). CPU-bound parts belong on a
    /// blocking thread. A panic fails the job, never the process.
    async fn process(&self, job: &Job, context: &dyn JobContext) -> Outcome;
}

/// What a running job may ask of the engine.
#[async_trait]
pub trait JobContext: Send + Sync {
    /// Fires when the job is cancelled or its lock is lost; check it between stages.
    fn cancellation(&self) -> &CancellationToken;

    /// Milliseconds since the Unix epoch on the job's clock.
    fn now_ms(&self) -> i64;

    /// Publishes progress: any JSON text, by convention a number from 0 to 100.
    async fn update_progress(&self, progress_json: String) -> Result<()>;

    /// Tells the operator a line about this job, in order with its other events.
    fn log(&self, level: LogLevel, message: String);

    /// Parts of this job that an earlier attempt has finished, see [`JobContext::record_parts`].
    async fn finished_parts(&self) -> Result<HashSet<String>>;

    /// Records parts as finished in Redis together with the job, so that no later attempt repeats them.
    async fn record_parts(&self, parts: &[String]) -> Result<()>;

    /// Like [`JobContext::record_parts`], for parts after which the run does nothing but end: a worker records them with the call that
    /// tells Redis how it ended. To be called once, immediately before the end of the run.
    async fn record_last_parts(&self, parts: &[String]) -> Result<()> {
        self.record_parts(parts).await
    }
}

/// How loud a log line is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LogLevel {
    /// Normal operation.
    Info,
    /// Something was skipped or degraded.
    Warn,
    /// Something failed.
    Error,
}

/// How a job ended this time.
#[derive(Debug, Clone, PartialEq)]
pub enum Outcome {
    /// Done; the return value as JSON text.
    Completed(String),
    /// This attempt failed; whether another follows is decided from the job's options.
    Failed(Failure),
    /// Not now: run again at `until_ms` (ms since the Unix epoch) without burning an attempt.
    Delayed {
        /// When the job becomes due.
        until_ms: i64,
    },
}
