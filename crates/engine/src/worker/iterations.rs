//! Adds the next job of a scheduler when the one before is taken.

use std::sync::Arc;

use futures_util::FutureExt;
use futures_util::future::BoxFuture;

use crate::error::{Error, Result};
use crate::scheduler::{NextIteration, next_iteration};
use crate::scripts::FetchedJob;

use super::WorkerEvent;
use super::turn::Turn;

impl Turn<'_> {
    /// Sends the next jobs of the schedulers whose jobs came, before anyone can finish these. A job whose pattern cannot be read is
    /// not run: its lock runs out and it comes again, as with BullMQ.
    pub(super) fn schedule_next(
        &mut self,
        jobs: Vec<FetchedJob>,
        now_ms: i64,
        events: &mut Vec<WorkerEvent>,
    ) -> Vec<FetchedJob> {
        if jobs.iter().all(|fetched| fetched.job.repeat_job_key.is_none()) {
            return jobs;
        }
        let slots = self.shared.slots;
        let mut iterations = Vec::new();
        let mut runnable = Vec::with_capacity(jobs.len());
        for fetched in jobs {
            match next_iteration(&fetched.job, now_ms, slots) {
                Ok(next) => {
                    if let NextIteration::Known(iteration) = next {
                        iterations.push(iteration);
                    }
                    runnable.push(fetched);
                }
                Err(error) => events.push(failed(error)),
            }
        }
        if !iterations.is_empty() {
            let scripts = self.shared.scripts.clone();
            let mut call = Box::pin(async move { scripts.next_iterations(&iterations, now_ms).await.map(drop) });
            // Polled once, so that it is on its way before the results of these jobs are.
            match (&mut call).now_or_never() {
                Some(answer) => events.extend(answer.err().map(failed)),
                None => self.await_iterations(call),
            }
        }
        runnable
    }

    /// Waits for a call that adds next jobs. If it fails, the check for missing ones makes up for it.
    fn await_iterations(&mut self, call: BoxFuture<'static, Result<()>>) {
        self.core.iterations_in_flight += 1;
        let (shared, ended) = (Arc::clone(self.shared), self.shared.ended.clone());
        tokio::spawn(async move {
            if let Some(Err(error)) = ended.run_until_cancelled(call).await {
                shared.outbox.push(failed(error));
            }
            Turn::new(&shared).iterations_ended();
        });
    }
}

pub(super) fn failed(error: Error) -> WorkerEvent {
    WorkerEvent::Error { error: Error::NextIteration { source: Box::new(error) } }
}
