//! Changing a whole queue.

use std::time::Duration;

use napi_derive::napi;
use synapse_queue_engine::options::RateLimit;
use synapse_queue_engine::queue::{Clean, CleanState, Drain, Obliterate, RetryJobs};

use super::NativeQueue;
use super::reading::{count, finished_state};
use crate::native_error::Answer;
use crate::options;
use crate::runtime;

/// Which jobs `clean` removes.
#[napi(object, object_to_js = false)]
pub struct NativeClean {
    /// BullMQ's name of the state.
    #[napi(js_name = "type")]
    pub state: String,
    /// Spares jobs younger than this, ms.
    pub grace: f64,
    /// Jobs to remove at most; 0 for all.
    pub limit: f64,
}

#[napi]
impl NativeQueue {
    /// Keeps all workers from taking jobs.
    #[napi]
    pub async fn pause(&self) -> Answer<()> {
        self.handle.run(self.queue.pause()).await
    }

    /// Lets workers take jobs again.
    #[napi]
    pub async fn resume(&self) -> Answer<()> {
        self.handle.run(self.queue.resume()).await
    }

    /// Removes waiting and, if `delayed`, delayed jobs.
    #[napi]
    pub async fn drain(&self, delayed: bool, now_ms: i64) -> Answer<()> {
        runtime::clock().follow(now_ms);
        let what = if delayed { Drain::WaitingAndDelayed } else { Drain::Waiting };
        self.handle.run(self.queue.drain(what, now_ms)).await
    }

    /// Removes jobs of one state and answers their ids; none for a name of no state that can be cleaned, as in BullMQ.
    #[napi]
    pub async fn clean(&self, clean: NativeClean, now_ms: i64) -> Answer<Vec<String>> {
        runtime::clock().follow(now_ms);
        self.handle
            .run(async {
                match clean.of_state() {
                    Some(clean) => self.queue.clean(clean, now_ms).await,
                    None => Ok(Vec::new()),
                }
            })
            .await
    }

    /// Removes everything, `count` jobs a step.
    #[napi]
    pub async fn obliterate(&self, force: bool, count: u32, now_ms: i64) -> Answer<()> {
        runtime::clock().follow(now_ms);
        self.handle.run(self.queue.obliterate(Obliterate { force, count: count.into() }, now_ms)).await
    }

    /// Runs finished jobs again that finished up to `up_to_ms`.
    #[napi]
    pub async fn retry_jobs(&self, state: String, count: u32, up_to_ms: i64) -> Answer<()> {
        self.handle
            .run(async {
                let state = finished_state(&state)?;
                self.queue.retry_jobs(RetryJobs { state, count: count.into(), up_to_ms: Some(up_to_ms) }).await
            })
            .await
    }

    /// Makes all delayed jobs run now.
    #[napi]
    pub async fn promote_jobs(&self, count: u32) -> Answer<()> {
        self.handle.run(self.queue.promote_jobs(count.into())).await
    }

    /// Deletes what is left of jobs that are in no state and answers how many there were.
    #[napi]
    pub async fn remove_orphaned_jobs(&self, scan_count: u32, limit: u32) -> Answer<i64> {
        self.handle.run(async { Ok(count(self.queue.remove_orphans(scan_count.into(), limit.into()).await?)) }).await
    }

    /// Deletes what old releases of BullMQ kept about priorities; 1 if there was something.
    #[napi]
    pub async fn remove_deprecated_priority_key(&self) -> Answer<i64> {
        self.handle.run(async { Ok(self.queue.remove_legacy_priorities().await?.into()) }).await
    }

    /// Trims the event stream and answers how many entries went.
    #[napi]
    pub async fn trim_events(&self, max_events: u32) -> Answer<i64> {
        self.handle.run(async { Ok(count(self.queue.trim_events(max_events.into()).await?)) }).await
    }

    /// Keeps jobs from starting for this long, ms.
    #[napi]
    pub async fn rate_limit(&self, duration_ms: f64) -> Answer<()> {
        self.handle.run(async { self.queue.rate_limit(at_least_1_ms(duration_ms)).await }).await
    }

    /// Ends the rate window; 1 if there was one.
    #[napi]
    pub async fn remove_rate_limit(&self) -> Answer<i64> {
        self.handle.run(async { Ok(self.queue.remove_rate_limit().await?.into()) }).await
    }

    /// Limits the jobs active at once over all workers; the number of new settings.
    #[napi]
    pub async fn set_global_concurrency(&self, concurrency: f64) -> Answer<i64> {
        self.handle
            .run(async {
                let concurrency = options::count("concurrency", Some(concurrency))?.unwrap_or_default();
                Ok(count(self.queue.set_global_concurrency(concurrency.into()).await?))
            })
            .await
    }

    /// Lifts that limit; the number of settings removed.
    #[napi]
    pub async fn remove_global_concurrency(&self) -> Answer<i64> {
        self.handle.run(async { Ok(count(self.queue.remove_global_concurrency().await?)) }).await
    }

    /// Limits the jobs started over all workers to `max` per `duration_ms`; the number of new settings.
    #[napi]
    pub async fn set_global_rate_limit(&self, max: f64, duration_ms: f64) -> Answer<i64> {
        self.handle
            .run(async {
                let max = options::count("max", Some(max))?.unwrap_or_default().into();
                let limit = RateLimit { max, duration: at_least_1_ms(duration_ms) };
                Ok(count(self.queue.set_global_rate_limit(limit).await?))
            })
            .await
    }

    /// Lifts that limit; the number of settings removed.
    #[napi]
    pub async fn remove_global_rate_limit(&self) -> Answer<i64> {
        self.handle.run(async { Ok(count(self.queue.remove_global_rate_limit().await?)) }).await
    }

    /// The job that holds a deduplication, or `null`.
    #[napi]
    pub async fn get_deduplication_job_id(&self, deduplication_id: String) -> Answer<Option<String>> {
        self.handle.run(self.queue.deduplication_job_id(&deduplication_id)).await
    }

    /// Ends a deduplication; 1 if there was one.
    #[napi]
    pub async fn remove_deduplication_key(&self, deduplication_id: String) -> Answer<i64> {
        self.handle.run(async { Ok(self.queue.remove_deduplication_key(&deduplication_id).await?.into()) }).await
    }
}

impl NativeClean {
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "saturates")]
    fn of_state(&self) -> Option<Clean> {
        let state = CleanState::from_name(&self.state)?;
        Some(Clean { state, grace_ms: self.grace as i64, limit: self.limit as u64 })
    }
}

fn at_least_1_ms(ms: f64) -> Duration {
    Duration::try_from_secs_f64(ms / 1_000.0).unwrap_or_default().max(Duration::from_millis(1))
}
