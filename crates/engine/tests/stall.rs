//! Jobs whose worker vanished, and workers that lose a lock.

#![allow(clippy::unwrap_used, reason = "a failed step fails the test")]

mod support;
mod worker_harness;

use std::time::Duration;

use redis::AsyncCommands;
use support::{Fixture, NOW, fetch};
use synapse_queue_engine::options::WorkerOptions;
use synapse_queue_engine::scripts::Fetch;
use synapse_queue_engine::worker::WorkerEvent;
use synapse_queue_testing::{Proxy, RedisServer};
use worker_harness::{GivenJob, Setup, start, start_at};

/// A worker that checks often; its own locks live long.
fn watchful() -> WorkerOptions {
    WorkerOptions { stalled_interval: Duration::from_millis(60), ..WorkerOptions::default() }
}

/// Takes a job like a worker that vanishes right after it.
async fn take_and_vanish(fixture: &Fixture) {
    let lock_duration = Duration::from_millis(1);
    let reply = fixture.settle(vec![], Some(Fetch { lock_duration, ..fetch(1) }), NOW).await;
    assert_eq!(reply.jobs.len(), 1);
}

#[tokio::test]
async fn a_job_whose_worker_vanished_is_run_by_another() {
    let mut fixture = Fixture::new().await;
    fixture.add("").await;
    take_and_vanish(&fixture).await;
    let mut harness = start(&fixture, watchful());

    // Its own check tells of the stall, its own fetch of the job: either may be heard first.
    let (mut is_stalled, mut job) = (false, None);
    while !is_stalled || job.is_none() {
        match harness.next().await {
            WorkerEvent::Stalled { job_id } => is_stalled = job_id == "1",
            WorkerEvent::Active { job: taken, token, run: true } => job = Some(GivenJob { job: taken, token }),
            _ => {}
        }
    }
    let job = job.unwrap();
    assert_eq!((job.job.stalled_counter, job.job.attempts_made), (1, 0));
    harness.complete(&job);
    harness.completed().await;
    assert_eq!(fixture.list("active").await, Vec::<String>::new());
    harness.close().await;
}

#[tokio::test]
async fn a_worker_that_ends_while_it_checks_tells_of_what_it_moved() {
    let mut fixture = Fixture::new().await;
    fixture.add(r#"{"jobId":"abandoned"}"#).await;
    take_and_vanish(&fixture).await;
    fixture.queue.pause().await.unwrap();
    let () = fixture.redis.del(fixture.key("abandoned:lock")).await.unwrap();
    let () = fixture.redis.sadd(fixture.key("stalled"), "abandoned").await.unwrap();
    let proxy = Proxy::start(RedisServer::shared().port()).await.unwrap();
    proxy.hold_reply_with(b"abandoned");
    let mut harness = start_at(&proxy.url(), fixture.queue.keys().clone(), Setup::default());
    proxy.reply_held().await;

    let closing = harness.worker.close(Some(Duration::ZERO));
    // Longer than a worker takes that does not wait for its check.
    let late = async {
        tokio::time::sleep(Duration::from_millis(100)).await;
        proxy.release_reply();
    };
    tokio::join!(closing, late);

    let told = harness.wait_for(|event| match event {
        WorkerEvent::Stalled { job_id } => Some(Some(job_id.clone())),
        WorkerEvent::Closed => Some(None),
        _ => None,
    });
    assert_eq!(told.await.as_deref(), Some("abandoned"));
    assert_eq!(fixture.list("wait").await, ["abandoned"]);
}

#[tokio::test]
async fn a_job_that_stalls_too_often_fails_at_its_next_pick_up_without_running() {
    let mut fixture = Fixture::new().await;
    fixture.add(r#"{"attempts":5}"#).await;
    take_and_vanish(&fixture).await;
    let mut harness = start(&fixture, WorkerOptions { max_stalled_count: 0, ..watchful() });

    let run = harness
        .wait_for(|event| match event {
            WorkerEvent::Active { run, .. } => Some(*run),
            _ => None,
        })
        .await;
    let (failure, _, is_final) = harness.failed().await;

    assert!(!run);
    assert_eq!((failure.message.as_str(), is_final), ("job stalled more than allowable limit", true));
    assert_eq!(fixture.hash("1").await["failedReason"], "job stalled more than allowable limit");
    harness.close().await;
}

#[tokio::test]
async fn a_running_job_whose_lock_is_renewed_does_not_stall() {
    let fixture = Fixture::new().await;
    fixture.add("").await;
    let options = WorkerOptions { lock_duration: Duration::from_secs(1), ..watchful() };
    let mut harness = start(&fixture, options);
    let job = harness.active().await;

    // Longer than a lock lives that is not renewed.
    for _ in 0..3 {
        let renewed = harness.wait_for(|event| match event {
            WorkerEvent::LocksRenewed { job_ids } => Some(job_ids.clone()),
            WorkerEvent::Stalled { .. } => Some(Vec::new()),
            _ => None,
        });
        assert_eq!(renewed.await, ["1"]);
    }
    harness.complete(&job);
    harness.completed().await;
    harness.close().await;
}

#[tokio::test]
async fn a_lost_lock_stops_the_run_and_keeps_its_attempt_count() {
    let mut fixture = Fixture::new().await;
    fixture.add(r#"{"attempts":3}"#).await;
    let options = WorkerOptions { lock_renew_time: Some(Duration::from_millis(50)), ..WorkerOptions::default() };
    let mut harness = start(&fixture, options);
    let job = harness.active().await;

    let () = fixture.redis.set(fixture.key("1:lock"), "somebody else").await.unwrap();

    let lost = harness
        .wait_for(|event| match event {
            WorkerEvent::LockRenewalFailed { job_ids } => Some(job_ids.clone()),
            _ => None,
        })
        .await;
    assert_eq!(lost, ["1"]);
    assert_eq!(harness.error().await, "could not renew lock for job 1");
    assert!(matches!(harness.next().await, WorkerEvent::Cancelled { job_id, .. } if job_id == "1"));
    harness.fail(&job, "aborted");
    assert_eq!(harness.error().await, "Lock mismatch for job 1. Cmd moveToFinished from active");
    assert_eq!(fixture.hash("1").await.get("atm"), None);
    harness.close().await;
}

#[tokio::test]
async fn a_result_after_the_lock_expired_is_refused_and_frees_the_slot() {
    let mut fixture = Fixture::new().await;
    fixture.add_many(&["", ""]).await;
    let mut harness = start(&fixture, WorkerOptions { skip_lock_renewal: true, ..WorkerOptions::default() });
    let job = harness.active().await;
    let () = fixture.redis.del(fixture.key("1:lock")).await.unwrap();

    harness.complete(&job);

    assert_eq!(harness.error().await, "Missing lock for job 1. moveToFinished");
    assert_eq!(harness.active().await.job.id, "2");
    harness.worker.close(Some(Duration::ZERO)).await;
}

#[tokio::test]
async fn a_lost_lock_does_not_fail_the_results_that_travel_with_it() {
    let mut fixture = Fixture::new().await;
    fixture.add_many(&["", ""]).await;
    let mut harness = start(&fixture, WorkerOptions { concurrency: 2, ..WorkerOptions::default() });
    let (first, second) = (harness.active().await, harness.active().await);
    let () = fixture.redis.del(fixture.key("1:lock")).await.unwrap();

    harness.complete(&first);
    harness.complete(&second);

    assert_eq!(harness.error().await, "Missing lock for job 1. moveToFinished");
    assert_eq!(harness.completed().await, "2");
    harness.close().await;
}
