//! Runs native processors.

use std::any::Any;
use std::panic::AssertUnwindSafe;
use std::sync::Arc;

use futures_util::FutureExt;
use tokio::task::AbortHandle;
use tokio_util::sync::CancellationToken;

use crate::job::{Failure, Job};
use crate::processor::Processor;

use super::job_context::RunContext;
use super::native_results::NativeResults;
use super::result::{JobOutcome, JobResult};
use super::shared::Shared;

/// Starts `processor` on its own task; the result goes to the worker. A panic fails the job and nothing else.
pub(super) fn start(
    shared: &Arc<Shared>,
    processor: Arc<dyn Processor>,
    run: (Arc<Job>, String),
    cancellation: CancellationToken,
) -> AbortHandle {
    let shared = Arc::clone(shared);
    let (job, token) = run;
    let task = tokio::spawn(async move {
        let context = RunContext::new(Arc::clone(&shared), (Arc::clone(&job), token.clone()), cancellation);
        let outcome = AssertUnwindSafe(processor.process(&job, &context)).catch_unwind().await;
        let outcome = outcome.map_or_else(|panic| failed_by_panic(panic.as_ref()), JobOutcome::from);
        NativeResults::add(&shared, JobResult { token, outcome });
    });
    task.abort_handle()
}

fn failed_by_panic(panic: &(dyn Any + Send)) -> JobOutcome {
    let text = panic.downcast_ref::<&str>().copied().or_else(|| panic.downcast_ref::<String>().map(String::as_str));
    let failure = Failure::new("PROCESSOR_PANIC", format!("the processor panicked: {}", text.unwrap_or("no message")));
    JobOutcome::Failed { failure, custom_backoff_ms: None }
}
