//! The next job of a scheduler, made from the one before.

use serde_json::{Map, Value, json};

use super::{Cadence, Repeat, Slot, Zone};
use crate::error::{Error, Result};
use crate::job::{Job, JobOptions};
use crate::scripts::Iteration;
use crate::wire::{SchedulerRecord, TRACE_CONTEXT, slot_of};

/// Options that belong to one job of a scheduler, not to all.
const OWN_OPTIONS: [&str; 6] = ["jobId", "delay", "timestamp", "prevMillis", "repeat", "repeatJobKey"];

/// Where the slots of patterns come from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SlotSource {
    /// Zone of patterns that name none. Defaults to UTC.
    pub local_zone: Zone,
    /// The user's own strategy knows the slots of patterns. Defaults to false.
    pub asks_strategy: bool,
}

impl Default for SlotSource {
    fn default() -> Self {
        Self { local_zone: Zone::UTC, asks_strategy: false }
    }
}

/// What follows a scheduler's job that was taken.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum NextIteration {
    /// Nothing: it is no job of a scheduler, or the schedule has ended.
    Nothing,
    /// This job.
    Known(Iteration),
    /// A job whose slot only the user's strategy knows; asked for a slot after `after_ms`.
    ByStrategy {
        /// The job, its slot still open.
        iteration: Iteration,
        /// Ms since the Unix epoch.
        after_ms: i64,
    },
}

/// What follows `job`, which was taken at `now_ms`.
///
/// # Errors
/// `InvalidOption` for a pattern or a zone that cannot be read.
pub fn next_iteration(job: &Job, now_ms: i64, slots: SlotSource) -> Result<NextIteration> {
    let Some(scheduler_id) = &job.repeat_job_key else { return Ok(NextIteration::Nothing) };
    let mut options: Map<String, Value> = serde_json::from_str(&job.opts).unwrap_or_default();
    let takes_template_context = options.remove(TRACE_CONTEXT).is_some();
    let Some(Value::Object(repeat)) = options.get("repeat") else { return Ok(NextIteration::Nothing) };
    let Some(previous_ms) = slot_of(&job.id, scheduler_id) else { return Ok(NextIteration::Nothing) };
    let (repeat, parsed) = (repeat.clone(), Repeat::read(repeat)?);
    if !parsed.goes_on(now_ms) {
        return Ok(NextIteration::Nothing);
    }
    let stored = JobOptions::parse(&job.opts);
    let iteration = Iteration {
        scheduler_id: scheduler_id.clone(),
        previous_ms,
        slot_ms: None,
        replaces_missing: false,
        opts: open_options(with_full_defaults(options), repeat, scheduler_id, now_ms),
        priority: stored.priority,
        lifo: stored.lifo,
        deduplication_id: job.deduplication_id.clone(),
        takes_template_context,
    };
    at_next_slot(iteration, &parsed, now_ms, slots)
}

/// Finds the slot, or who knows it.
fn at_next_slot(mut iteration: Iteration, repeat: &Repeat, now_ms: i64, slots: SlotSource) -> Result<NextIteration> {
    let previous_ms = iteration.previous_ms;
    if slots.asks_strategy && matches!(repeat.cadence, Cadence::Pattern { .. }) {
        return Ok(NextIteration::ByStrategy { iteration, after_ms: previous_ms.max(now_ms) });
    }
    match repeat.next_slot(previous_ms, now_ms, slots.local_zone)? {
        None => Ok(NextIteration::Nothing),
        Some(Slot::Interval { .. }) => Ok(NextIteration::Known(iteration)),
        Some(Slot::At(slot_ms)) => {
            iteration.slot_ms = Some(slot_ms);
            Ok(NextIteration::Known(iteration))
        }
    }
}

/// The stored options of a scheduler's job, without what depends on its slot and without the last brace. `repeat` counts up.
pub(crate) fn open_options(
    mut options: Map<String, Value>,
    mut repeat: Map<String, Value>,
    scheduler_id: &str,
    now_ms: i64,
) -> String {
    options.retain(|name, _| !OWN_OPTIONS.contains(&name.as_str()));
    let count = repeat.get("count").and_then(Value::as_f64).unwrap_or(0.0);
    #[expect(clippy::cast_possible_truncation, reason = "a count is far below 2^53")]
    repeat.insert("count".into(), json!(count as i64 + 1));
    options.insert("repeat".into(), Value::Object(repeat));
    options.insert("repeatJobKey".into(), scheduler_id.into());
    options.insert("timestamp".into(), now_ms.into());
    let mut text = Value::Object(options).to_string();
    text.pop();
    text
}

/// What a job that was read back shows: all attempts counted, and the backoff as an object.
fn with_full_defaults(mut options: Map<String, Value>) -> Map<String, Value> {
    options.entry("attempts").or_insert_with(|| 0.into());
    if let Some(delay) = options.get("backoff").filter(|backoff| backoff.is_number()).cloned() {
        options.insert("backoff".into(), json!({ "type": "fixed", "delay": delay }));
    }
    options
}

/// The next job of a scheduler whose latest one will not run: it has finished, or vanished.
///
/// A slot that is still to come is kept. Jobs added so far count towards the limit.
///
/// # Errors
/// `InvalidOption` for a pattern or a zone that cannot be read.
pub fn restored_iteration(
    record: &SchedulerRecord,
    is_finished: bool,
    now_ms: i64,
    slots: SlotSource,
) -> Result<NextIteration> {
    let previous_ms = record.next_ms;
    let mut repeat = record.schedule.clone();
    repeat.remove("offset");
    repeat.insert("count".into(), record.iteration_count.unwrap_or(0).into());
    let parsed = Repeat::read(&repeat)?;
    if !parsed.goes_on(now_ms) {
        return Ok(NextIteration::Nothing);
    }
    let options: Map<String, Value> =
        record.opts.as_deref().and_then(|opts| serde_json::from_str(opts).ok()).unwrap_or_default();
    let stored = record.opts.as_deref().map(JobOptions::parse).unwrap_or_default();
    let deduplication_id = options.get("de").and_then(|rules| rules.get("id")).and_then(Value::as_str).map(Into::into);
    let mut iteration = Iteration {
        scheduler_id: record.id.clone(),
        previous_ms,
        slot_ms: None,
        replaces_missing: true,
        opts: open_options(with_full_defaults(options), repeat, &record.id, now_ms),
        priority: stored.priority,
        lifo: stored.lifo,
        deduplication_id,
        takes_template_context: false,
    };
    let is_pattern = matches!(parsed.cadence, Cadence::Pattern { .. });
    if is_pattern && previous_ms >= now_ms && !is_finished {
        iteration.slot_ms = Some(previous_ms);
        return Ok(NextIteration::Known(iteration));
    }
    at_next_slot(iteration, &parsed, now_ms, slots)
}

/// The slot that the user's strategy chose, never before now.
///
/// # Errors
/// `InvalidOption` for an answer that is no time.
pub fn chosen_slot(slot_ms: f64, now_ms: i64) -> Result<i64> {
    if !slot_ms.is_finite() {
        let message = format!("repeatStrategy must answer a time in ms, got {slot_ms}");
        return Err(Error::InvalidOption { message });
    }
    #[expect(clippy::cast_possible_truncation, reason = "a saturating cast is the wanted reading")]
    let slot_ms = slot_ms as i64;
    Ok(slot_ms.max(now_ms))
}

#[cfg(test)]
#[path = "iteration_tests.rs"]
mod tests;
