//! Children and what their end does to the job that waits for them.
#![allow(clippy::unwrap_used, reason = "a test may fail by a panic")]

#[path = "../support/mod.rs"]
mod support;

mod completion;
mod failure;
mod linking;

use redis::AsyncCommands;
use support::{Fixture, NOW, finish};
use synapse_queue_engine::options::Retention;
use synapse_queue_engine::scripts::{FetchedJob, Finish, FinishKind};

/// A job `parent` in this state, as BullMQ's flows leave it.
async fn parent_in(fixture: &mut Fixture, state: &str, options: &str) {
    fixture.add(&format!(r#"{{"jobId":"parent"{options}}}"#)).await;
    let (wait, delayed, prioritized) = (fixture.key("wait"), fixture.key("delayed"), fixture.key("prioritized"));
    let _: () = fixture.redis.lrem(wait, 1, "parent").await.unwrap();
    let _: () = fixture.redis.zrem(&prioritized, "parent").await.unwrap();
    if state != "delayed" {
        let _: () = fixture.redis.zrem(delayed, "parent").await.unwrap();
        let _: () = fixture.redis.zadd(fixture.key(state), "parent", 1).await.unwrap();
    }
    let _: () = fixture.redis.del(fixture.key("marker")).await.unwrap();
}

/// Options of a child of `parent`.
fn child_options(fixture: &Fixture, rule: &str) -> String {
    let queue = fixture.queue.keys().qualified_name();
    format!(r#"{{"jobId":"child","parent":{{"id":"parent","queue":"{queue}"}}{rule}}}"#)
}

async fn add_child(fixture: &Fixture, rule: &str) {
    assert_eq!(fixture.add(&child_options(fixture, rule)).await, "child");
}

/// A parent that waits for a child, and for another one that does not end.
async fn family(rule: &str) -> Fixture {
    let mut fixture = Fixture::new().await;
    parent_in(&mut fixture, "waiting-children", "").await;
    add_child(&fixture, rule).await;
    let dependencies = fixture.key("parent:dependencies");
    let _: () = fixture.redis.sadd(dependencies, "sibling").await.unwrap();
    fixture
}

/// A parent that waits for this child alone.
async fn family_of_one(state: &str, options: &str, rule: &str) -> Fixture {
    let mut fixture = Fixture::new().await;
    parent_in(&mut fixture, state, options).await;
    add_child(&fixture, rule).await;
    fixture
}

fn completed(job: &FetchedJob) -> Finish {
    finish(job, FinishKind::Completed { returnvalue: "{\"ok\":true}".into(), retention: Retention::keep_all() })
}

fn failed(job: &FetchedJob, retention: Retention) -> Finish {
    let (reason, stacktrace) = ("boom".into(), "[]".into());
    finish(job, FinishKind::Failed { reason, stacktrace, retention, attempts: 1 })
}

async fn complete_child(fixture: &Fixture) {
    let fetched = fixture.fetch(1).await;
    let reply = fixture.settle(vec![completed(&fetched.jobs[0])], None, NOW).await;
    assert!(reply.finishes[0].is_ok());
}

async fn fail_child(fixture: &Fixture) {
    fail_child_kept(fixture, Retention::keep_all()).await;
}

async fn fail_child_kept(fixture: &Fixture, retention: Retention) {
    let fetched = fixture.fetch(1).await;
    let reply = fixture.settle(vec![failed(&fetched.jobs[0], retention)], None, NOW).await;
    assert!(reply.finishes[0].is_ok());
}

async fn dependencies(fixture: &mut Fixture) -> Vec<String> {
    let key = fixture.key("parent:dependencies");
    fixture.redis.smembers(key).await.unwrap()
}

/// Where a job is.
async fn state(fixture: &Fixture, job_id: &str) -> String {
    fixture.queue.job_state(job_id).await.unwrap().unwrap().name().to_owned()
}

/// Where the parent is, and the reason it must fail with.
async fn parent_state(fixture: &mut Fixture) -> (String, Option<String>) {
    let reason = fixture.hash("parent").await.remove("defa");
    (state(fixture, "parent").await, reason)
}
