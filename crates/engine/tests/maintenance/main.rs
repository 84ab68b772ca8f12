//! What operators do to queues, against a real Redis: one test per result code and per rule.
#![allow(clippy::unwrap_used, reason = "a test may fail by a panic")]

#[path = "../support/mod.rs"]
mod support;

mod clean;
mod drain;
mod inspection;
mod job_data;
mod limits;
mod locks;
mod moves;
mod obliterate;
mod orphans;
mod pausing;
mod remove;
mod retry;
mod stalled;

use redis::AsyncCommands;
use support::{Fixture, NOW, finish};
use synapse_queue_engine::options::Retention;
use synapse_queue_engine::scripts::FinishKind;

impl Fixture {
    /// Runs the next job to its end and returns its id.
    async fn complete_next(&self, now_ms: i64) -> String {
        self.end_next(now_ms, FinishKind::Completed { returnvalue: "42".into(), retention: Retention::keep_all() })
            .await
    }

    /// Lets the next job fail for good and returns its id.
    async fn fail_next(&self, now_ms: i64) -> String {
        let (reason, stacktrace) = ("boom".into(), "[\"Error: boom\"]".into());
        let kind = FinishKind::Failed { reason, stacktrace, retention: Retention::keep_all(), attempts: 1 };
        self.end_next(now_ms, kind).await
    }

    async fn end_next(&self, now_ms: i64, kind: FinishKind) -> String {
        let fetched = self.fetch_at(1, now_ms).await.jobs.remove(0);
        self.settle(vec![finish(&fetched, kind)], None, now_ms).await.finishes.remove(0).unwrap();
        fetched.job.id
    }

    /// Takes the next job and lets its lock expire.
    async fn lose_next(&mut self) -> String {
        let job_id = self.fetch(1).await.jobs.remove(0).job.id;
        self.delete(&format!("{job_id}:lock")).await;
        job_id
    }

    async fn delete(&mut self, suffix: &str) {
        let key = self.key(suffix);
        let _: () = self.redis.del(key).await.unwrap();
    }

    async fn exists(&mut self, suffix: &str) -> bool {
        let key = self.key(suffix);
        self.redis.exists(key).await.unwrap()
    }

    async fn set_field(&mut self, suffix: &str, field: &str, value: &str) {
        let key = self.key(suffix);
        let _: () = self.redis.hset(key, field, value).await.unwrap();
    }

    /// Marks a job as the next iteration of a living scheduler.
    async fn schedule(&mut self, scheduler: &str, next_ms: i64) -> String {
        let job_id = format!("repeat:{scheduler}:{next_ms}");
        let (schedulers, wait) = (self.key("repeat"), self.key("wait"));
        let _: () = self.redis.zadd(schedulers, scheduler, next_ms).await.unwrap();
        self.set_field(&job_id, "name", "tick").await;
        self.set_field(&job_id, "rjk", scheduler).await;
        let _: () = self.redis.lpush(wait, &job_id).await.unwrap();
        job_id
    }

    /// Puts a job under a parent that waits for its children, in the queue `<prefix>:<queue>` of the full key `parent`.
    async fn give_parent(&mut self, job_id: &str, parent: &str) {
        let job = self.key(job_id);
        let (parent_base, parent_id) = parent.rsplit_once(':').unwrap();
        self.set_field(job_id, "parentKey", parent).await;
        let _: () = self.redis.hset(parent, "name", "parent").await.unwrap();
        let _: () = self.redis.sadd(format!("{parent}:dependencies"), job).await.unwrap();
        let _: () = self.redis.zadd(format!("{parent_base}:waiting-children"), parent_id, NOW).await.unwrap();
    }

    /// The events since the last call.
    async fn new_events(&mut self) -> Vec<String> {
        let events = self.events().await;
        self.delete("events").await;
        events
    }
}
