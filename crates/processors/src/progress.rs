//! Progress of one job, in per cent.

use std::convert::Infallible;
use std::future;

use synapse_queue_engine::job::Job;
use synapse_queue_engine::processor::{JobContext, LogLevel};
use tokio::sync::watch;

/// Published when everything is stored.
pub(crate) const DONE: u8 = 100;

/// Holds the latest value only: when Redis is slower than the work, values in between are skipped.
pub(crate) type Progress = watch::Sender<u8>;

/// Publishes every change; never ends, so that it can run beside the work, which never waits for it.
pub(crate) async fn report(job: &Job, context: &dyn JobContext, mut changes: watch::Receiver<u8>) -> Infallible {
    while changes.changed().await.is_ok() {
        let percent = *changes.borrow_and_update();
        if !publish(job, context, percent).await {
            break;
        }
    }
    future::pending().await
}

/// Whether Redis took it. If not, whether the job may go on is for its lock to decide.
pub(crate) async fn publish(job: &Job, context: &dyn JobContext, percent: u8) -> bool {
    match context.update_progress(percent.to_string()).await {
        Ok(()) => true,
        Err(error) => {
            context.log(LogLevel::Warn, format!("Progress of job {} could not be reported: {error}", job.id));
            false
        }
    }
}
