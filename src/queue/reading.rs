//! Reading a queue.

use napi_derive::napi;
use serde_json::json;
use synapse_queue_engine::error::{Error, Result};
use synapse_queue_engine::job::JobState;
use synapse_queue_engine::queue::QueueMeta;
use synapse_queue_engine::scripts::{FinishedState, JobRange, JobResult};

use super::NativeQueue;
use crate::encoding::{job_text, jobs_text};
use crate::native_error::Answer;

/// A part of the jobs of some states.
#[napi(object, object_to_js = false)]
pub struct NativeJobRange {
    /// BullMQ's names of the states; empty = all.
    pub types: Vec<String>,
    /// Position of the first job.
    pub start: i64,
    /// Position of the last job; -1 is the end.
    pub end: i64,
    /// Whether position 0 is the oldest or next job.
    pub asc: bool,
}

/// How a job has ended.
#[napi(object, object_from_js = false)]
pub struct NativeJobEnd {
    /// Whether it completed; otherwise it failed.
    pub completed: bool,
    /// The return value as JSON text, or the reason in plain text.
    pub value: String,
}

#[napi]
impl NativeQueue {
    /// A job as four lines, or `null`.
    #[napi]
    pub async fn get_job(&self, job_id: String) -> Answer<Option<String>> {
        self.handle.run(async { Ok(self.queue.job(&job_id).await?.as_ref().map(job_text)) }).await
    }

    /// Jobs as four lines each; empty for none.
    #[napi]
    pub async fn get_jobs(&self, range: NativeJobRange) -> Answer<String> {
        self.handle.run(async { Ok(jobs_text(&self.queue.jobs(&states(&range.types), range.of_state()).await?)) }).await
    }

    /// Ids of jobs, one state after the other.
    #[napi]
    pub async fn get_job_ids(&self, range: NativeJobRange) -> Answer<Vec<String>> {
        self.handle
            .run(async {
                let mut ids = Vec::new();
                for state in states(&range.types) {
                    ids.extend(self.queue.job_ids(state, range.of_state()).await?);
                }
                Ok(ids)
            })
            .await
    }

    /// Name of the state a job is in, or `unknown`.
    #[napi]
    pub async fn get_job_state(&self, job_id: String) -> Answer<String> {
        self.handle
            .run(async {
                let state = self.queue.job_state(&job_id).await?;
                Ok(state.map_or_else(|| "unknown".to_owned(), |state| state.to_string()))
            })
            .await
    }

    /// How a job has ended; `null` if it has not.
    #[napi]
    pub async fn get_job_end(&self, job_id: String) -> Answer<Option<NativeJobEnd>> {
        self.handle
            .run(async {
                Ok(match self.queue.job_result(&job_id).await? {
                    JobResult::Unfinished => None,
                    JobResult::Completed(value) => Some(NativeJobEnd { completed: true, value }),
                    JobResult::Failed(value) => Some(NativeJobEnd { completed: false, value }),
                })
            })
            .await
    }

    /// Number of jobs by state, a JSON object in the order asked for; without `types`: of every state. Names of no state count 0.
    #[napi]
    pub async fn get_job_counts(&self, types: Vec<String>) -> Answer<String> {
        self.handle
            .run(async {
                let counts = self.queue.counts().await?;
                let mut members = Vec::new();
                for (name, state) in given_names(&types) {
                    let jobs = match state {
                        Some(state) => counts.of(state),
                        None if name == "repeat" => self.queue.schedulers_count().await?,
                        None => 0,
                    };
                    members.push(format!("{}:{jobs}", serde_json::Value::from(name)));
                }
                Ok(format!("{{{}}}", members.join(",")))
            })
            .await
    }

    /// Number of waiting jobs of each priority, in the same order.
    #[napi]
    pub async fn get_counts_per_priority(&self, priorities: Vec<u32>) -> Answer<Vec<i64>> {
        self.handle
            .run(async { Ok(self.queue.counts_per_priority(&priorities).await?.into_iter().map(count).collect()) })
            .await
    }

    /// Log rows of a job and how many there are, JSON text.
    #[napi]
    pub async fn get_job_logs(&self, job_id: String, start: i64, end: i64, asc: bool) -> Answer<String> {
        self.handle
            .run(async {
                let logs = self.queue.logs(&job_id, JobRange { first: start, last: end, ascending: asc }).await?;
                Ok(json!({ "logs": logs.rows, "count": logs.count }).to_string())
            })
            .await
    }

    /// Finished jobs per minute, JSON text. `state`: `completed` or `failed`.
    #[napi]
    pub async fn get_metrics(&self, state: String, start: i64, end: i64) -> Answer<String> {
        self.handle
            .run(async {
                let metrics = self.queue.metrics(finished_state(&state)?, start, end).await?;
                let meta = json!({
                    "count": metrics.count, "prevTS": metrics.prev_timestamp, "prevCount": metrics.prev_count,
                });
                Ok(json!({ "meta": meta, "data": metrics.data, "count": metrics.points }).to_string())
            })
            .await
    }

    /// Queue-wide settings, JSON text.
    #[napi]
    pub async fn get_meta(&self) -> Answer<String> {
        self.handle.run(async { Ok(meta_text(self.queue.meta().await?)) }).await
    }

    /// Whether the whole queue is paused.
    #[napi]
    pub async fn is_paused(&self) -> Answer<bool> {
        self.handle.run(self.queue.is_paused()).await
    }

    /// Whether as many jobs run as the global concurrency allows.
    #[napi]
    pub async fn is_maxed(&self) -> Answer<bool> {
        self.handle.run(self.queue.is_maxed()).await
    }

    /// How long no job starts because of the rate limit, ms.
    #[napi]
    pub async fn get_rate_limit_ttl(&self, max_jobs: Option<u32>) -> Answer<i64> {
        self.handle.run(self.queue.rate_limit_ttl(max_jobs.map(u64::from))).await
    }
}

impl NativeJobRange {
    fn of_state(&self) -> JobRange {
        JobRange { first: self.start, last: self.end, ascending: self.asc }
    }
}

/// BullMQ's names and their states; unknown names stand for no state, as in BullMQ. Empty = all.
fn given_names(types: &[String]) -> impl Iterator<Item = (&str, Option<JobState>)> {
    let all = JobState::ALL.iter().map(|state| (state.name(), Some(*state))).filter(|_| types.is_empty());
    all.chain(types.iter().map(|name| (name.as_str(), JobState::from_name(name))))
}

fn states(types: &[String]) -> Vec<JobState> {
    given_names(types).filter_map(|(_, state)| state).collect()
}

/// The state BullMQ calls `name`.
pub(super) fn finished_state(name: &str) -> Result<FinishedState> {
    match name {
        "completed" => Ok(FinishedState::Completed),
        "failed" => Ok(FinishedState::Failed),
        other => Err(Error::InvalidOption { message: format!("the state must be completed or failed, got {other}") }),
    }
}

/// JavaScript's numbers hold more than any queue has jobs.
pub(super) fn count(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}

fn meta_text(meta: QueueMeta) -> String {
    let numbers = [
        ("concurrency", meta.concurrency),
        ("max", meta.max),
        ("duration", meta.duration),
        ("maxLenEvents", meta.max_len_events),
    ];
    let mut fields: serde_json::Map<_, _> =
        numbers.into_iter().filter_map(|(name, value)| Some((name.to_owned(), value?.into()))).collect();
    fields.insert("paused".into(), meta.paused.into());
    fields.extend(meta.version.map(|version| ("version".to_owned(), version.into())));
    fields.extend(meta.other.into_iter().map(|(name, value)| (name, value.into())));
    serde_json::Value::Object(fields).to_string()
}
