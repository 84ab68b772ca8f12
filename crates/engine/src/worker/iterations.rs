//! Adds the next job of a scheduler when the one before is taken.

use futures_util::FutureExt;

use crate::error::{Error, Result};
use crate::scheduler::{NextIteration, next_iteration};
use crate::scripts::FetchedJob;

use super::WorkerEvent;
use super::actor::Actor;

impl Actor {
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
                None => self.iterations.push(call),
            }
        }
        runnable
    }

    /// The next jobs were added, or could not be; the check for missing ones makes up for it then.
    pub(super) fn scheduled(&self, answer: Result<()>) {
        if let Err(error) = answer {
            self.shared.outbox.push(failed(error));
        }
    }
}

pub(super) fn failed(error: Error) -> WorkerEvent {
    WorkerEvent::Error { error: Error::NextIteration { source: Box::new(error) } }
}
