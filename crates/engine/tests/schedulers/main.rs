//! Schedulers: what is written for them, when their next jobs come, and how missing ones are made up for.
#![allow(clippy::unwrap_used, reason = "a test may fail by a panic")]

#[path = "../support/mod.rs"]
mod support;
#[path = "../worker_harness/mod.rs"]
mod worker_harness;

mod healing;
mod iterating;
mod repeating;
mod upserting;
mod working;

use redis::AsyncCommands;
use synapse_queue_engine::error::Error;
use synapse_queue_engine::job::Job;
use synapse_queue_engine::queue::NewScheduler;
use synapse_queue_engine::scheduler::{NextIteration, SlotSource, Zone, next_iteration};
use synapse_queue_engine::scripts::Iteration;

use support::{Fixture, NOW};

impl Fixture {
    /// Creates or replaces the scheduler `s` at a time.
    async fn upsert_at(&self, repeat: &str, now_ms: i64) -> Result<Option<Job>, Error> {
        let scheduler = NewScheduler {
            id: "s".into(),
            repeat: repeat.into(),
            name: Some("tick".into()),
            data: String::new(),
            options: String::new(),
            trace_context: None,
            chosen_ms: None,
        };
        self.queue.upsert_scheduler(scheduler, now_ms, Zone::UTC).await
    }

    async fn upsert(&self, repeat: &str) -> Job {
        self.upsert_at(repeat, NOW).await.unwrap().unwrap()
    }

    /// The latest slot of the scheduler `s`, relative to [`NOW`].
    async fn slot(&mut self) -> Option<i64> {
        let key = self.key("repeat");
        let slot: Option<i64> = self.redis.zscore(key, "s").await.unwrap();
        slot.map(|slot| slot - NOW)
    }

    /// Forgets a job of which only the id in a state is left, or nothing at all.
    async fn lose(&mut self, job_id: &str) {
        let (job, delayed, wait) = (self.key(job_id), self.key("delayed"), self.key("wait"));
        let _: () = self.redis.del(job).await.unwrap();
        let _: () = self.redis.zrem(delayed, job_id).await.unwrap();
        let _: () = self.redis.lrem(wait, 0, job_id).await.unwrap();
    }

    /// Every id of a job that waits, is delayed or active.
    async fn live(&mut self) -> Vec<String> {
        let mut ids = self.list("wait").await;
        ids.extend(self.list("active").await);
        ids.extend(self.sorted_set("delayed").await.into_iter().map(|(id, _)| id));
        ids.extend(self.sorted_set("prioritized").await.into_iter().map(|(id, _)| id));
        ids
    }
}

/// Id of the job of scheduler `s` at a slot relative to [`NOW`].
fn id_at(slot: i64) -> String {
    format!("repeat:s:{}", NOW + slot)
}

/// What follows `job` if it is taken at `now_ms`.
fn following(job: &Job, now_ms: i64) -> Iteration {
    match next_iteration(job, now_ms, SlotSource::default()).unwrap() {
        NextIteration::Known(iteration) => iteration,
        other => panic!("{other:?}"),
    }
}
