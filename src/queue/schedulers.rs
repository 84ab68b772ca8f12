//! Schedulers.

use napi_derive::napi;
use serde::Serialize;
use serde_json::value::RawValue;
use serde_json::{Map, Value};
use synapse_queue_engine::error::{Error, Result};
use synapse_queue_engine::job::Job;
use synapse_queue_engine::queue::{NewScheduler, SchedulerRange, SchedulerRecord, pack_options, unpack_options};
use synapse_queue_engine::scheduler::{
    CronPattern, NextIteration, Repeat, Slot, SlotSource, Zone, chosen_slot, next_iteration,
};

use super::NativeQueue;
use super::reading::count;
use crate::encoding::job_text;
use crate::native_error::{Answer, exception};
use crate::runtime;

/// A scheduler to be created or replaced.
#[napi(object, object_to_js = false)]
pub struct NativeNewScheduler {
    /// Its id.
    pub id: String,
    /// When it runs, JSON text; dates are ms since the Unix epoch.
    pub repeat: String,
    /// Name of its jobs; its id if absent.
    pub name: Option<String>,
    /// Payload of its jobs, JSON text; absent for none.
    pub data: Option<String>,
    /// Options of its jobs, JSON text.
    pub options: String,
    /// Context of the trace that the next job belongs to, unlike those after it.
    pub trace_context: Option<String>,
    /// The slot that the user's strategy chose, ms since the Unix epoch.
    pub chosen_ms: Option<f64>,
    /// Zone of patterns that name none.
    pub local_zone: String,
}

/// A job of a scheduler that was taken.
#[napi(object, object_from_js = true, object_to_js = false)]
pub struct NativeScheduledJob {
    /// Its id.
    pub id: String,
    /// Its scheduler.
    pub scheduler_id: String,
    /// Its options, JSON text.
    pub options: String,
    /// Deduplication it is marked with.
    pub deduplication_id: Option<String>,
}

/// A scheduler as users see it.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct SchedulerJson<'a> {
    key: &'a str,
    name: &'a str,
    next: i64,
    #[serde(skip_serializing_if = "Option::is_none")]
    iteration_count: Option<i64>,
    #[serde(flatten)]
    schedule: &'a Map<String, Value>,
    #[serde(skip_serializing_if = "Option::is_none")]
    template: Option<TemplateJson>,
}

#[derive(Serialize)]
struct TemplateJson {
    #[serde(skip_serializing_if = "Option::is_none")]
    data: Option<Box<RawValue>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    opts: Option<Box<RawValue>>,
}

#[napi]
impl NativeQueue {
    /// Creates or replaces a scheduler and answers its next job as four lines; `null` if it has none (any more).
    #[napi]
    pub async fn upsert_scheduler(&self, scheduler: NativeNewScheduler, now_ms: i64) -> Answer<Option<String>> {
        runtime::clock().follow(now_ms);
        let local = local_zone(&scheduler.local_zone);
        self.handle
            .run(async {
                let job = self.queue.upsert_scheduler(scheduler.into(), now_ms, local).await?;
                Ok(job.as_ref().map(job_text))
            })
            .await
    }

    /// Checks a schedule (JSON text); `false` if it has ended before it begins.
    #[napi]
    #[allow(clippy::unused_self, reason = "JavaScript asks the queue it holds")]
    pub fn check_schedule(&self, repeat: String, now_ms: i64) -> napi::Result<bool, String> {
        let repeat = read_object(&repeat).and_then(|options| Repeat::from_user(&options)).map_err(exception)?;
        Ok(repeat.goes_on(now_ms))
    }

    /// The time after which the user's strategy must find the next slot of the scheduler that `job` belongs to; `null` if that is
    /// not for a strategy to say.
    #[napi]
    #[allow(clippy::unused_self, reason = "JavaScript asks the queue it holds")]
    pub fn slot_to_ask(&self, job: NativeScheduledJob, now_ms: i64) -> napi::Result<Option<i64>, String> {
        match by_strategy(job, now_ms).map_err(exception)? {
            NextIteration::ByStrategy { after_ms, .. } => Ok(Some(after_ms)),
            NextIteration::Known(_) | NextIteration::Nothing => Ok(None),
        }
    }

    /// Adds the next job of the scheduler that `job` belongs to, at the slot that the user's strategy chose.
    #[napi]
    pub async fn add_iteration(&self, job: NativeScheduledJob, chosen_ms: f64, now_ms: i64) -> Answer<()> {
        runtime::clock().follow(now_ms);
        self.handle
            .run(async {
                if let NextIteration::ByStrategy { mut iteration, .. } = by_strategy(job, now_ms)? {
                    iteration.slot_ms = Some(chosen_slot(chosen_ms, now_ms)?);
                    self.queue.scripts().next_iterations(&[iteration], now_ms).await?;
                }
                Ok(())
            })
            .await
    }

    /// Adds the next job of a scheduler that has none, at the slot that the user's strategy chose.
    #[napi]
    pub async fn close_schedule(&self, scheduler_id: String, chosen_ms: f64, now_ms: i64) -> Answer<bool> {
        runtime::clock().follow(now_ms);
        self.handle
            .run(async {
                let slot_ms = chosen_slot(chosen_ms, now_ms)?;
                self.queue.close_schedule(&scheduler_id, slot_ms, now_ms).await
            })
            .await
    }

    /// A scheduler as JSON text, or `null`.
    #[napi]
    pub async fn get_scheduler(&self, id: String) -> Answer<Option<String>> {
        self.handle.run(async { self.queue.scheduler(&id).await?.as_ref().map(scheduler_json).transpose() }).await
    }

    /// Schedulers from position `start` to `end`, by their next slot, as a JSON array.
    #[napi]
    pub async fn get_schedulers(&self, start: i64, end: i64, asc: bool) -> Answer<String> {
        self.handle
            .run(async {
                let range = SchedulerRange { first: start, last: end, ascending: asc };
                let records = self.queue.schedulers(range).await?;
                let texts = records.iter().map(scheduler_json).collect::<Result<Vec<_>>>()?;
                Ok(format!("[{}]", texts.join(",")))
            })
            .await
    }

    /// How many schedulers there are.
    #[napi]
    pub async fn get_schedulers_count(&self) -> Answer<i64> {
        self.handle.run(async { Ok(count(self.queue.schedulers_count().await?)) }).await
    }

    /// Whether there is a scheduler of this id.
    #[napi]
    pub async fn is_scheduler(&self, id: String) -> Answer<bool> {
        self.handle.run(self.queue.is_scheduler(&id)).await
    }

    /// Removes a scheduler; `false` if there was none.
    #[napi]
    pub async fn remove_scheduler(&self, id: String) -> Answer<bool> {
        self.handle.run(self.queue.remove_scheduler(&id)).await
    }
}

/// The first time after `from_ms` that a cron pattern matches in a zone; `null` if there is none.
#[napi]
pub fn next_cron_time(pattern: String, from_ms: i64, zone: String) -> napi::Result<Option<i64>, String> {
    let invalid = |message| exception(Error::InvalidOption { message });
    let zone = Zone::parse(&zone).ok_or_else(|| invalid(format!("Unknown time zone \"{zone}\"")))?;
    Ok(CronPattern::parse(&pattern).map_err(invalid)?.next_after(from_ms, zone))
}

/// The slot that follows `after_ms` in a schedule with a pattern (JSON text); `null` if there is none.
#[napi]
pub fn next_slot(repeat: String, after_ms: i64, zone: String) -> napi::Result<Option<i64>, String> {
    let repeat = read_object(&repeat).and_then(|options| Repeat::read(&options)).map_err(exception)?;
    match repeat.next_slot(after_ms, after_ms, local_zone(&zone)).map_err(exception)? {
        Some(Slot::At(slot_ms)) => Ok(Some(slot_ms)),
        Some(Slot::Interval { .. }) | None => Ok(None),
    }
}

/// Name of the time zone that this process runs in, by `TZ` or else by the system's setting; `null` if that is not in the zone
/// database. To ask JavaScript loads the data of all its locales: 8 MB.
#[napi]
pub fn system_zone() -> Option<String> {
    let name = match std::env::var_os("TZ") {
        Some(name) => name.into_string().ok(),
        None => iana_time_zone::get_timezone().ok(),
    };
    name.filter(|name| Zone::parse(name).is_some())
}

/// The zone that JavaScript names as its own; UTC if it is not in the zone database.
pub(crate) fn local_zone(name: &str) -> Zone {
    Zone::parse(name).unwrap_or(Zone::UTC)
}

fn by_strategy(job: NativeScheduledJob, now_ms: i64) -> Result<NextIteration> {
    let job = Job {
        id: job.id,
        opts: pack_options(&job.options)?,
        repeat_job_key: Some(job.scheduler_id),
        deduplication_id: job.deduplication_id,
        ..Job::default()
    };
    next_iteration(&job, now_ms, SlotSource { local_zone: Zone::UTC, asks_strategy: true })
}

fn read_object(json: &str) -> Result<Map<String, Value>> {
    serde_json::from_str(json).map_err(|error| Error::InvalidOption { message: error.to_string() })
}

fn scheduler_json(record: &SchedulerRecord) -> Result<String> {
    let raw = |text: String| RawValue::from_string(text).ok();
    let opts = record.opts.as_deref().map(unpack_options).transpose()?;
    let (data, opts) = (record.data.clone().and_then(raw), opts.and_then(raw));
    let json = SchedulerJson {
        key: &record.id,
        name: &record.name,
        next: record.next_ms,
        iteration_count: record.iteration_count,
        schedule: &record.schedule,
        template: (data.is_some() || opts.is_some()).then_some(TemplateJson { data, opts }),
    };
    Ok(serde_json::to_string(&json).expect("maps with text keys and texts that are JSON already"))
}

impl From<NativeNewScheduler> for NewScheduler {
    fn from(new: NativeNewScheduler) -> Self {
        let NativeNewScheduler { id, repeat, name, data, options, trace_context, chosen_ms, local_zone: _ } = new;
        Self { id, repeat, name, data: data.unwrap_or_default(), options, trace_context, chosen_ms }
    }
}
