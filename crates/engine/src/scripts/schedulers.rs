//! Schedulers and their next jobs.

use super::{Scripts, new_call_id, source};
use crate::error::{Error, Result};
use crate::wire::{Reply, iteration_id_head, malformed};

/// What BullMQ calls the operation in error messages.
const COMMAND: &str = "addJobScheduler";

/// Schedulers looked at, or jobs added, per call, so that one call holds Redis for a few milliseconds.
const PAGE_SIZE: usize = 100;

/// A scheduler to be written, with its next job.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct SchedulerUpsert {
    /// Its id.
    pub id: String,
    /// Interval, ms. `None` = `slot_ms` says when the next job is due.
    pub every: Option<i64>,
    /// When the next job is due, ms since the Unix epoch; with `every`, when the first one is.
    pub slot_ms: Option<i64>,
    /// Offset of the slots from multiples of `every`, ms. `None` = that of the first slot.
    pub offset: Option<i64>,
    /// Name of the jobs.
    pub name: String,
    /// Payload of the jobs, JSON text.
    pub data: String,
    /// JSON text of the next job's options without its last brace: the script adds what depends on the slot.
    pub opts: String,
    /// 0 = none, else 1 to 2097151.
    pub priority: u32,
    /// Joins at the front of the queue.
    pub lifo: bool,
    /// Recorded with the job.
    pub deduplication_id: Option<String>,
    /// Further fields of the record: name and value.
    pub fields: Vec<(&'static str, String)>,
}

/// The next job of a scheduler that exists.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Iteration {
    /// The scheduler.
    pub scheduler_id: String,
    /// Its latest slot, ms since the Unix epoch; if it has moved on, nothing is added.
    pub previous_ms: i64,
    /// When the job is due. `None` = one interval on.
    pub slot_ms: Option<i64>,
    /// Only if the job of the latest slot has vanished. Otherwise that job has been taken.
    pub replaces_missing: bool,
    /// JSON text of the job's options without its last brace: the script adds what depends on the slot.
    pub opts: String,
    /// 0 = none, else 1 to 2097151.
    pub priority: u32,
    /// Joins at the front of the queue.
    pub lifo: bool,
    /// Recorded with the job.
    pub deduplication_id: Option<String>,
    /// The job before carried a trace context, which may be that of the call that made the scheduler: this job takes the template's.
    pub takes_template_context: bool,
}

/// A scheduler whose next job will not run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct MissingIteration {
    pub(crate) scheduler_id: String,
    /// Its latest slot, ms since the Unix epoch.
    pub(crate) slot_ms: i64,
    /// The job of that slot has run; otherwise it has vanished.
    pub(crate) is_finished: bool,
}

impl Scripts {
    /// Writes a scheduler and adds its next job; returns that job's slot.
    ///
    /// # Errors
    /// `IterationExists` or `SlotsTaken` if other jobs have the ids that the next one could get.
    pub async fn upsert_scheduler(&self, upsert: SchedulerUpsert, now_ms: i64) -> Result<i64> {
        let text = |number: Option<i64>| number.map(|number| number.to_string()).unwrap_or_default();
        let mut args = vec![
            new_call_id(),
            upsert.id.clone(),
            now_ms.to_string(),
            text(upsert.every),
            text(upsert.slot_ms),
            text(upsert.offset),
            upsert.name,
            upsert.data,
            upsert.opts,
            iteration_id_head(&upsert.id),
            upsert.priority.to_string(),
            flag(upsert.lifo),
            upsert.deduplication_id.unwrap_or_default(),
        ];
        args.extend(upsert.fields.into_iter().flat_map(|(name, value)| [name.to_owned(), value]));
        let reply = self.eval(&source::UPSERT_SCHEDULER, &args).await?;
        match Reply::new("slot of a scheduler", reply).into_integer()? {
            -10 => Err(Error::IterationExists { command: COMMAND }),
            -11 => Err(Error::SlotsTaken { command: COMMAND }),
            slot_ms => Ok(slot_ms),
        }
    }

    /// Adds the next jobs of schedulers that still wait for them; returns how many were added.
    pub async fn next_iterations(&self, iterations: &[Iteration], now_ms: i64) -> Result<u64> {
        let mut added = 0;
        for page in iterations.chunks(PAGE_SIZE) {
            let mut args = vec![new_call_id(), now_ms.to_string()];
            for iteration in page {
                args.extend([
                    iteration.scheduler_id.clone(),
                    iteration.previous_ms.to_string(),
                    iteration.slot_ms.map(|slot_ms| slot_ms.to_string()).unwrap_or_default(),
                    flag(iteration.replaces_missing),
                    iteration.opts.clone(),
                    iteration_id_head(&iteration.scheduler_id),
                    iteration.priority.to_string(),
                    flag(iteration.lifo),
                    iteration.deduplication_id.clone().unwrap_or_default(),
                    flag(iteration.takes_template_context),
                ]);
            }
            let reply = Reply::new("next iterations", self.eval(&source::NEXT_ITERATIONS, &args).await?);
            for answer in reply.into_items()? {
                added += Reply::new("next iteration", answer).into_count()?;
            }
        }
        Ok(added)
    }

    /// Removes a scheduler and its delayed job; `false` if there was none.
    pub(crate) async fn remove_scheduler(&self, scheduler_id: &str) -> Result<bool> {
        let args = [new_call_id(), scheduler_id.to_owned()];
        let reply = self.eval(&source::REMOVE_SCHEDULER, &args).await?;
        Ok(Reply::new("removed scheduler", reply).into_integer()? == 1)
    }

    /// Schedulers whose next job will not run. Looks through all schedulers, a page at a time.
    pub(crate) async fn missing_iterations(&self) -> Result<Vec<MissingIteration>> {
        let (mut missing, mut offset) = (Vec::new(), 0);
        loop {
            let args = [offset.to_string(), PAGE_SIZE.to_string()];
            let reply = self.eval(&source::MISSING_ITERATIONS, &args).await?;
            let mut items = Reply::new("missing iterations", reply).into_texts()?.into_iter();
            let looked_at = items.next().and_then(|count| count.parse::<usize>().ok());
            let looked_at = looked_at.ok_or_else(|| malformed("missing iterations", "no count"))?;
            while let (Some(scheduler_id), Some(slot), Some(why)) = (items.next(), items.next(), items.next()) {
                let slot_ms = slot.parse().map_err(|_| malformed("slot of a scheduler", slot))?;
                missing.push(MissingIteration { scheduler_id, slot_ms, is_finished: why == "finished" });
            }
            if looked_at < PAGE_SIZE {
                return Ok(missing);
            }
            offset += PAGE_SIZE;
        }
    }

    /// Forgets scheduler ids that have no record.
    pub(crate) async fn forget_schedulers(&self, ids: &[String]) -> Result<()> {
        self.eval(&source::FORGET_SCHEDULERS, ids).await.map(drop)
    }
}

fn flag(is_set: bool) -> String {
    if is_set { "1".into() } else { String::new() }
}
