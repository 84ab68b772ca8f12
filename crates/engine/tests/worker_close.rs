//! How a worker ends.

#![allow(clippy::unwrap_used, reason = "a failed step fails the test")]

mod support;
mod worker_harness;

use std::sync::Arc;
use std::time::{Duration, Instant};

use support::Fixture;
use synapse_queue_engine::options::WorkerOptions;
use synapse_queue_engine::processor::Outcome;
use synapse_queue_engine::worker::WorkerEvent;
use synapse_queue_testing::{Durability, RedisServer};
use worker_harness::{Native, Setup, start, start_on};

fn concurrency(concurrency: u32) -> WorkerOptions {
    WorkerOptions { concurrency, ..WorkerOptions::default() }
}

#[tokio::test]
async fn close_waits_for_running_jobs_and_takes_no_further_ones() {
    let mut fixture = Fixture::new().await;
    fixture.add_many(&["", ""]).await;
    let mut harness = start(&fixture, concurrency(1));
    let job = harness.active().await;
    let worker = Arc::clone(&harness.worker);
    let close = worker.close(None);
    tokio::pin!(close);
    assert!(tokio::time::timeout(Duration::from_millis(100), &mut close).await.is_err(), "a job runs");

    harness.complete(&job);

    tokio::time::timeout(Duration::from_secs(5), close).await.expect("the job has ended");
    assert_eq!(fixture.sorted_set("completed").await.len(), 1);
    assert_eq!((fixture.list("wait").await, fixture.list("active").await), (vec!["2".to_owned()], vec![]));
}

#[tokio::test]
async fn close_tells_the_last_results_and_then_closed() {
    let fixture = Fixture::new().await;
    fixture.add("").await;
    let mut harness = start(&fixture, concurrency(1));
    let job = harness.active().await;
    harness.complete(&job);
    harness.worker.close(None).await;

    assert!(matches!(harness.next().await, WorkerEvent::Completed { .. }));
    harness.wait_for(|event| matches!(event, WorkerEvent::Closed).then_some(())).await;
    assert!(harness.worker.next().await.is_empty());
    harness.worker.close(None).await;
}

#[tokio::test]
async fn a_closed_worker_stays_closed_whatever_it_is_told_afterwards() {
    let mut fixture = Fixture::new().await;
    fixture.add_many(&["", ""]).await;
    let mut harness = start(&fixture, concurrency(1));
    let job = harness.active().await;
    harness.worker.close(Some(Duration::ZERO)).await;

    harness.complete(&job);
    harness.worker.resume();
    harness.worker.tick(harness.clock.now_ms());

    tokio::time::timeout(Duration::from_secs(5), harness.worker.close(None)).await.expect("it has ended already");
    assert_eq!((fixture.list("wait").await.len(), fixture.list("active").await), (2, vec![]));
}

#[tokio::test]
async fn at_the_deadline_unfinished_jobs_are_handed_back_without_burning_an_attempt() {
    let mut fixture = Fixture::new().await;
    fixture.add_many(&["", ""]).await;
    let mut harness = start(&fixture, concurrency(2));
    let (first, _second) = (harness.active().await, harness.active().await);

    harness.worker.close(Some(Duration::from_millis(50))).await;

    harness.wait_for(|event| matches!(event, WorkerEvent::Cancelled { .. }).then_some(())).await;
    assert_eq!(fixture.list("active").await, Vec::<String>::new());
    let mut wait = fixture.list("wait").await;
    wait.sort();
    assert_eq!(wait, ["1", "2"]);
    let hash = fixture.hash("1").await;
    assert_eq!((hash.get("atm"), hash["ats"].as_str()), (None, "1"));
    // The runner ends after all, and is not heard any more.
    harness.complete(&first);
    assert_eq!(fixture.sorted_set("completed").await, []);
}

#[tokio::test]
async fn at_the_deadline_native_jobs_that_ignore_cancellation_are_handed_back_too() {
    let mut fixture = Fixture::new().await;
    fixture.add("").await;
    let processor = Native(|_| std::future::pending::<Outcome>());
    let mut harness = start(&fixture, Setup::native(concurrency(1), processor));
    harness.wait_for(|event| matches!(event, WorkerEvent::Active { .. }).then_some(())).await;

    harness.worker.close(Some(Duration::from_millis(20))).await;

    assert_eq!(fixture.list("wait").await, ["1"]);
}

#[tokio::test]
async fn close_keeps_renewing_locks_while_it_waits() {
    let fixture = Fixture::new().await;
    fixture.add("").await;
    let options = WorkerOptions { lock_duration: Duration::from_secs(1), ..WorkerOptions::default() };
    let mut harness = start(&fixture, options);
    let job = harness.active().await;
    let worker = Arc::clone(&harness.worker);
    let close = worker.close(None);
    tokio::pin!(close);
    assert!(tokio::time::timeout(Duration::from_secs(3), &mut close).await.is_err(), "a job runs");

    harness.complete(&job);
    close.await;

    assert_eq!(harness.completed().await, "1");
}

#[tokio::test]
async fn close_works_while_redis_is_down() {
    let mut server = RedisServer::start(Durability::Volatile);
    let fixture = Fixture::on(&server).await;
    let mut harness = start_on(&server, fixture.queue.keys().clone(), Setup::default());
    harness.wait_for(|event| matches!(event, WorkerEvent::Drained).then_some(())).await;
    server.kill();

    let started = Instant::now();
    harness.close().await;

    assert!(started.elapsed() < Duration::from_secs(4));
}

#[tokio::test]
async fn a_worker_that_never_reached_redis_closes() {
    let mut server = RedisServer::start(Durability::Volatile);
    let fixture = Fixture::on(&server).await;
    server.kill();
    let harness = start_on(&server, fixture.queue.keys().clone(), Setup::default());

    let started = Instant::now();
    harness.close().await;

    assert!(started.elapsed() < Duration::from_secs(1));
}
