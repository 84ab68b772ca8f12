//! One job at a time per deduplication id.
#![allow(clippy::unwrap_used, reason = "a test may fail by a panic")]

#[path = "../support/mod.rs"]
mod support;

mod claiming;
mod ending;
mod keeping;
mod replacing;

use redis::AsyncCommands;
use support::{Fixture, NOW, finish};
use synapse_queue_engine::options::Retention;
use synapse_queue_engine::scripts::{FetchedJob, FinishKind};

/// Options of a job with the deduplication id `x` and these other rules.
fn rules(rules: &str) -> String {
    format!(r#"{{"deduplication":{{"id":"x"{rules}}}}}"#)
}

impl Fixture {
    /// The job that holds the id `x`.
    async fn holder(&mut self) -> Option<String> {
        let key = self.key("de:x");
        self.redis.get(key).await.unwrap()
    }

    /// How much longer the id is held, s, rounded; -1 = until its job ends, -2 = nobody holds it.
    async fn held_for_s(&mut self) -> i64 {
        let key = self.key("de:x");
        let ms: i64 = self.redis.pttl(key).await.unwrap();
        if ms < 0 { ms } else { (ms + 500) / 1_000 }
    }

    async fn take(&self) -> FetchedJob {
        self.fetch(1).await.jobs.remove(0)
    }

    async fn complete(&self, job: &FetchedJob) {
        self.end(job, FinishKind::Completed { returnvalue: "1".into(), retention: Retention::keep_all() }).await;
    }

    async fn end(&self, job: &FetchedJob, kind: FinishKind) {
        let reply = self.settle(vec![finish(job, kind)], None, NOW).await;
        assert!(reply.finishes[0].is_ok());
    }
}
