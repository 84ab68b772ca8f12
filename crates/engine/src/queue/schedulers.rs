//! Schedulers: writing, reading, removing.

use serde_json::{Map, Value};

use super::new_job::parse_options;
use super::option_names::pack;
use crate::error::{Error, Result};
use crate::job::Job;
use crate::queue::{Queue, ResolvedOptions};
use crate::scheduler::{Cadence, Repeat, Slot, Zone, chosen_slot, open_options};
use crate::scripts::{JobRange, SchedulerUpsert};
use crate::wire::{Reply, SchedulerRecord, TRACE_CONTEXT, is_legacy_repeatable, iteration_id};

/// Records read per round trip.
const LOAD_BATCH: usize = 500;

/// A scheduler as the user asks for it.
#[derive(Debug, Clone, PartialEq)]
pub struct NewScheduler {
    /// Its id.
    pub id: String,
    /// When it runs, a JSON object; dates are ms since the Unix epoch.
    pub repeat: String,
    /// Name of its jobs. `None` = its id.
    pub name: Option<String>,
    /// Payload of its jobs, JSON text; empty for none.
    pub data: String,
    /// Options of its jobs, a JSON object or empty; the queue's defaults count too.
    pub options: String,
    /// Context of the trace that the next job belongs to; jobs after that do not.
    pub trace_context: Option<String>,
    /// What the user's strategy chose as the next slot of a pattern, ms since the Unix epoch.
    pub chosen_ms: Option<f64>,
}

/// Where a range of schedulers begins and ends, and in which order.
pub type SchedulerRange = JobRange;

impl Queue {
    /// Creates or replaces a scheduler and adds its next job, which is returned; `None` if the schedule has no slot (any more).
    ///
    /// # Errors
    /// `InvalidOption` in BullMQ's words; `IterationExists` and `SlotsTaken` if other jobs have the ids of the next slots.
    pub async fn upsert_scheduler(&self, new: NewScheduler, now_ms: i64, local: Zone) -> Result<Option<Job>> {
        let asked = parse_options(&new.repeat)?;
        let repeat = Repeat::from_user(&asked)?;
        let options = self.template_options(&new.options)?;
        let first = match new.chosen_ms {
            Some(chosen_ms) => Some(Slot::At(chosen_slot(chosen_ms, now_ms)?)),
            None => repeat.first_slot(now_ms, local)?,
        };
        let Some(first) = first else { return Ok(None) };

        let resolved = ResolvedOptions::new(without_id(options.clone()))?;
        let name = new.name.unwrap_or_else(|| new.id.clone());
        let data = if new.data.is_empty() { "{}".to_owned() } else { new.data };
        let (every, offset) = match repeat.cadence {
            Cadence::Every { every, offset } => (Some(every), offset),
            Cadence::Pattern { .. } => (None, None),
        };
        let slot_ms = match first {
            Slot::At(slot_ms) => Some(slot_ms),
            Slot::Interval { first_ms } => first_ms,
        };
        let stored = pack(options);
        let mut first_options = stored.clone();
        if let Some(context) = new.trace_context {
            first_options.insert(TRACE_CONTEXT.into(), context.into());
        }
        let upsert = SchedulerUpsert {
            every,
            slot_ms,
            offset,
            opts: open_options(first_options, stored_repeat(&asked, &repeat), &new.id, now_ms),
            priority: resolved.priority(),
            lifo: resolved.lifo(),
            deduplication_id: resolved.deduplication_id(),
            fields: record_fields(&repeat, &data, &stored),
            name,
            data,
            id: new.id,
        };
        let slot_ms = self.scripts.upsert_scheduler(upsert.clone(), now_ms).await?;
        Ok(Some(job_of(upsert, slot_ms, now_ms)))
    }

    /// A scheduler, or `None` if there is none of this id.
    ///
    /// # Errors
    /// `LegacyRepeatable` for the id of an entry that only BullMQ 5 and earlier understand.
    pub async fn scheduler(&self, id: &str) -> Result<Option<SchedulerRecord>> {
        let key = self.keys().named("repeat");
        let mut pipeline = redis::pipe();
        pipeline.cmd("ZSCORE").arg(&key).arg(id).cmd("HGETALL").arg(self.keys().scheduler(id));
        let mut replies = self.connection().call_all(&pipeline).await?.into_iter();
        let (Some(score), Some(record)) = (replies.next(), replies.next()) else { return Ok(None) };
        let score = Reply::new("slot of a scheduler", score).into_optional_text()?;
        let record = SchedulerRecord::from_hash(id, score.as_deref().map_or(0, slot), record)?;
        match record {
            None if is_legacy_repeatable(id) => Err(Error::LegacyRepeatable { key: id.into() }),
            record => Ok(record.filter(|_| score.is_some())),
        }
    }

    /// Schedulers ordered by their latest slot. Entries without a record are forgotten.
    ///
    /// # Errors
    /// `LegacyRepeatable` for an entry that only BullMQ 5 and earlier understand.
    pub async fn schedulers(&self, range: SchedulerRange) -> Result<Vec<SchedulerRecord>> {
        let mut command = redis::cmd(if range.ascending { "ZRANGE" } else { "ZREVRANGE" });
        command.arg(self.keys().named("repeat")).arg(range.first).arg(range.last).arg("WITHSCORES");
        let listed = Reply::new("schedulers", self.connection().call(&command).await?).into_pairs()?;
        let (mut records, mut dangling) = (Vec::with_capacity(listed.len()), Vec::new());
        for page in listed.chunks(LOAD_BATCH) {
            let mut pipeline = redis::pipe();
            for (id, _) in page {
                pipeline.cmd("HGETALL").arg(self.keys().scheduler(id));
            }
            for ((id, score), reply) in page.iter().zip(self.connection().call_all(&pipeline).await?) {
                match SchedulerRecord::from_hash(id, slot(score), reply)? {
                    Some(record) => records.push(record),
                    None if is_legacy_repeatable(id) => return Err(Error::LegacyRepeatable { key: id.clone() }),
                    None => dangling.push(id.clone()),
                }
            }
        }
        if !dangling.is_empty() {
            self.scripts.forget_schedulers(&dangling).await?;
        }
        Ok(records)
    }

    /// How many schedulers there are.
    pub async fn schedulers_count(&self) -> Result<u64> {
        let mut command = redis::cmd("ZCARD");
        command.arg(self.keys().named("repeat"));
        Reply::new("count of schedulers", self.connection().call(&command).await?).into_count()
    }

    /// Whether there is a scheduler of this id, and not an entry of BullMQ 5 or earlier.
    pub async fn is_scheduler(&self, id: &str) -> Result<bool> {
        Ok(self.scheduler(id).await?.is_some_and(|record| record.iteration_count.is_some()))
    }

    /// Removes a scheduler and its next job if that is delayed; `false` if there was none.
    pub async fn remove_scheduler(&self, id: &str) -> Result<bool> {
        self.scripts.remove_scheduler(id).await
    }

    /// The template's options over the queue's defaults.
    fn template_options(&self, options: &str) -> Result<Map<String, Value>> {
        let mut merged = self.job_options.defaults().clone();
        merged.extend(parse_options(options)?);
        merged.retain(|_, value| !value.is_null());
        Ok(merged)
    }
}

fn slot(score: &str) -> i64 {
    #[expect(clippy::cast_possible_truncation, reason = "slots are times in ms, far below 2^53")]
    score.parse::<f64>().map_or(0, |score| score as i64)
}

/// The id of a scheduler's job is never the user's choice.
fn without_id(mut options: Map<String, Value>) -> Map<String, Value> {
    options.remove("jobId");
    options
}

/// The option `repeat` as jobs keep it: what was asked for, as far as it matters to jobs that follow.
fn stored_repeat(asked: &Map<String, Value>, repeat: &Repeat) -> Map<String, Value> {
    let has_offset = matches!(repeat.cadence, Cadence::Every { offset: Some(_), .. });
    let is_kept = |name: &str, value: &Value| match name {
        "immediately" | "key" | "prevMillis" | "jobId" => false,
        "offset" => has_offset,
        _ => !value.is_null(),
    };
    asked
        .iter()
        .filter(|(name, value)| is_kept(name, value))
        .map(|(name, value)| (name.clone(), value.clone()))
        .collect()
}

fn record_fields(repeat: &Repeat, data: &str, opts: &Map<String, Value>) -> Vec<(&'static str, String)> {
    let (pattern, tz) = match &repeat.cadence {
        Cadence::Pattern { pattern, tz } => (Some(pattern.clone()), tz.clone()),
        Cadence::Every { .. } => (None, None),
    };
    let number = |number: Option<i64>| number.map(|number| number.to_string());
    let fields = [
        ("pattern", pattern),
        ("tz", tz),
        ("limit", number(repeat.limit)),
        ("startDate", number(repeat.start_ms)),
        ("endDate", number(repeat.end_ms)),
        ("data", (data != "{}").then(|| data.to_owned())),
        ("opts", (!opts.is_empty()).then(|| Value::Object(opts.clone()).to_string())),
    ];
    fields.into_iter().filter_map(|(name, value)| Some((name, value?))).collect()
}

/// The job as the script has written it.
fn job_of(upsert: SchedulerUpsert, slot_ms: i64, now_ms: i64) -> Job {
    let id = iteration_id(&upsert.id, slot_ms);
    let delay = (slot_ms - now_ms).max(0);
    let previous = if upsert.every.is_none() { format!(",\"prevMillis\":{slot_ms}") } else { String::new() };
    let opts = format!("{},\"jobId\":{},\"delay\":{delay}{previous}}}", upsert.opts, Value::from(id.as_str()));
    Job {
        id,
        name: upsert.name,
        data: upsert.data,
        opts,
        timestamp: now_ms,
        delay,
        priority: upsert.priority,
        repeat_job_key: Some(upsert.id),
        deduplication_id: upsert.deduplication_id,
        ..Job::default()
    }
}
