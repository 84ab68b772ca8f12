//! A native processor called from JavaScript: one job of somebody else's worker.

use std::collections::HashSet;
use std::sync::Arc;

use async_trait::async_trait;
use napi::bindgen_prelude::FnArgs;
use napi::threadsafe_function::ThreadsafeFunctionCallMode;
use napi_derive::napi;
use synapse_queue_engine::error::Result;
use synapse_queue_engine::job::Job;
use synapse_queue_engine::processor::{JobContext, LogLevel, Outcome, Processor};
use synapse_queue_engine::scripts::Scripts;
use tokio_util::sync::CancellationToken;

use super::NativeProcessor;
use crate::callback::NoticeCallback;
use crate::queue::NativeQueue;
use crate::runtime;

/// The parts of a job that native processors read.
#[napi(object, object_to_js = false)]
pub struct NativeJob {
    /// Unique within the queue.
    pub id: String,
    /// What kind of work this is.
    pub name: String,
    /// The payload, JSON text.
    pub data: String,
    /// When it was added, ms since the Unix epoch.
    pub timestamp: i64,
    /// Attempts that have ended.
    pub attempts_made: u32,
}

/// How a run ended; exactly one field is set.
#[napi(object, object_from_js = false)]
pub struct NativeRunEnd {
    /// The return value, JSON text.
    pub returnvalue: Option<String>,
    /// Why it failed.
    pub failure: Option<NativeFailure>,
    /// When the job is to be tried again, ms since the Unix epoch.
    pub delayed_until: Option<i64>,
}

/// Why a run failed.
#[napi(object, object_from_js = false)]
pub struct NativeFailure {
    /// Error class.
    pub name: String,
    /// Stable name of the error.
    pub code: Option<String>,
    /// What happened.
    pub message: String,
    /// The next attempt should come no sooner than this, ms.
    pub retry_after: Option<i64>,
}

/// One run of a native processor.
#[napi]
pub struct NativeRun {
    processor: Arc<dyn Processor>,
    job: Job,
    context: Context,
}

#[napi]
impl NativeRun {
    /// A run of `job`, which belongs to `queue`. `notify` is told of log lines (`info`, `warn` or `error` and the line) and of
    /// progress (`progress` and its JSON text).
    #[napi(constructor)]
    pub fn new(
        processor: &NativeProcessor,
        queue: &NativeQueue,
        job: NativeJob,
        #[napi(ts_arg_type = "(kind: string, text: string) => void")] notify: NoticeCallback,
    ) -> Self {
        let NativeJob { id, name, data, timestamp, attempts_made } = job;
        let job = Job { id, name, data, timestamp, attempts_made, ..Job::default() };
        let scripts = queue.queue.scripts().clone();
        let context = Context { scripts, job_id: job.id.clone(), cancellation: CancellationToken::new(), notify };
        Self { processor: processor.shared(), job, context }
    }

    /// Does the work.
    #[napi]
    pub async fn run(&self) -> NativeRunEnd {
        self.processor.process(&self.job, &self.context).await.into()
    }

    /// Asks the work to stop.
    #[napi]
    pub fn cancel(&self) {
        self.context.cancellation.cancel();
    }
}

impl From<Outcome> for NativeRunEnd {
    fn from(outcome: Outcome) -> Self {
        let none = Self { returnvalue: None, failure: None, delayed_until: None };
        match outcome {
            Outcome::Completed(returnvalue) => Self { returnvalue: Some(returnvalue), ..none },
            Outcome::Delayed { until_ms } => Self { delayed_until: Some(until_ms), ..none },
            Outcome::Failed(failure) => {
                let retry_after = failure.retry_after.map(|after| i64::try_from(after.as_millis()).unwrap_or(i64::MAX));
                let (name, code, message) = (failure.name, failure.code, failure.message);
                Self { failure: Some(NativeFailure { name, code, message, retry_after }), ..none }
            }
        }
    }
}

/// What the processor may ask for: Redis through the job's queue, listeners through JavaScript.
struct Context {
    scripts: Scripts,
    job_id: String,
    cancellation: CancellationToken,
    notify: NoticeCallback,
}

impl Context {
    fn notify(&self, kind: &str, text: String) {
        // A notice that comes after its JavaScript context has ended has nobody to read it.
        self.notify.call(FnArgs::from((kind.to_owned(), text)), ThreadsafeFunctionCallMode::NonBlocking);
    }
}

#[async_trait]
impl JobContext for Context {
    fn cancellation(&self) -> &CancellationToken {
        &self.cancellation
    }

    fn now_ms(&self) -> i64 {
        runtime::clock().now_ms()
    }

    async fn update_progress(&self, progress_json: String) -> Result<()> {
        self.scripts.update_progress(&self.job_id, &progress_json).await?;
        self.notify("progress", progress_json);
        Ok(())
    }

    fn log(&self, level: LogLevel, message: String) {
        let kind = match level {
            LogLevel::Info => "info",
            LogLevel::Warn => "warn",
            LogLevel::Error => "error",
        };
        self.notify(kind, message);
    }

    async fn finished_parts(&self) -> Result<HashSet<String>> {
        self.scripts.finished_parts(&self.job_id).await
    }

    async fn record_parts(&self, parts: &[String]) -> Result<()> {
        self.scripts.record_parts(&self.job_id, parts).await
    }
}
