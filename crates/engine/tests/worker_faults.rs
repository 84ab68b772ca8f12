//! What a worker does when Redis goes away.

#![allow(clippy::unwrap_used, reason = "a failed step fails the test")]

mod support;
mod worker_harness;

use std::time::Duration;

use redis::AsyncCommands;
use support::Fixture;
use synapse_queue_engine::options::WorkerOptions;
use synapse_queue_engine::worker::WorkerEvent;
use synapse_queue_testing::{Durability, RedisServer};
use worker_harness::{GivenJob, Harness, Setup, start_on};

async fn waiting_worker(server: &RedisServer, fixture: &Fixture) -> Harness {
    let mut harness = start_on(server, fixture.queue.keys().clone(), Setup::default());
    harness.wait_for(|event| matches!(event, WorkerEvent::Drained).then_some(())).await;
    harness
}

#[tokio::test]
async fn a_waiting_worker_takes_jobs_again_within_two_seconds_of_a_restart() {
    let mut server = RedisServer::start(Durability::Volatile);
    let fixture = Fixture::on(&server).await;
    let mut harness = waiting_worker(&server, &fixture).await;

    server.kill();
    server.restart();
    fixture.add("").await;

    let taken = tokio::time::timeout(Duration::from_secs(2), harness.active()).await;
    let job = taken.expect("within two seconds");
    harness.complete(&job);
    harness.completed().await;
    harness.close().await;
}

#[tokio::test]
async fn a_result_reported_while_redis_is_away_arrives_when_it_is_back() {
    let mut server = RedisServer::start(Durability::Always);
    let mut fixture = Fixture::on(&server).await;
    fixture.add(r#"{"attempts":2}"#).await;
    let mut harness = start_on(&server, fixture.queue.keys().clone(), Setup::default());
    let job = harness.active().await;

    server.kill();
    harness.complete(&job);
    harness.error().await;
    server.restart();

    assert_eq!(harness.completed().await, "1");
    fixture.redis = server.client().get_multiplexed_async_connection().await.unwrap();
    let hash = fixture.hash("1").await;
    assert_eq!((hash["atm"].as_str(), hash["ats"].as_str()), ("1", "1"));
    harness.close().await;
}

#[tokio::test]
async fn a_worker_started_before_redis_takes_jobs_when_it_comes() {
    let mut server = RedisServer::start(Durability::Always);
    let fixture = Fixture::on(&server).await;
    fixture.add("").await;
    server.kill();
    let mut harness = start_on(&server, fixture.queue.keys().clone(), Setup::default());
    harness.error().await;

    server.restart();

    assert_eq!(harness.active().await.job.id, "1");
    harness.worker.close(Some(Duration::ZERO)).await;
}

#[tokio::test]
async fn forgotten_scripts_are_loaded_again() {
    let server = RedisServer::start(Durability::Volatile);
    let mut fixture = Fixture::on(&server).await;
    let mut harness = waiting_worker(&server, &fixture).await;
    let () = redis::cmd("SCRIPT").arg("FLUSH").query_async(&mut fixture.redis).await.unwrap();

    fixture.add("").await;

    let job = harness.active().await;
    harness.complete(&job);
    assert_eq!(harness.completed().await, "1");
    harness.close().await;
}

#[tokio::test]
async fn a_killed_blocking_connection_is_told_once_and_opened_again() {
    let server = RedisServer::start(Durability::Volatile);
    let mut fixture = Fixture::on(&server).await;
    let options = WorkerOptions { name: Some("w1".into()), ..WorkerOptions::default() };
    let mut harness = start_on(&server, fixture.queue.keys().clone(), options.into());
    harness.wait_for(|event| matches!(event, WorkerEvent::Drained).then_some(())).await;
    let () = redis::cmd("CLIENT")
        .arg(&["KILL", "TYPE", "normal", "SKIPME", "yes"])
        .query_async(&mut fixture.redis)
        .await
        .unwrap();

    harness.error().await;
    fixture.add("").await;

    let taken = tokio::time::timeout(Duration::from_secs(2), harness.active()).await;
    assert_eq!(taken.expect("within two seconds").job.id, "1");
    harness.worker.close(Some(Duration::ZERO)).await;
}

/// A worker with one running job whose owner does not come back for events.
async fn blocked_owner(fixture: &mut Fixture, options: WorkerOptions) -> (Harness, GivenJob) {
    fixture.add("").await;
    let options = WorkerOptions { lock_duration: Duration::from_secs(1), skip_stalled_check: true, ..options };
    let mut harness = start_on(RedisServer::shared(), fixture.queue.keys().clone(), options.into());
    let job = harness.active().await;
    (harness, job)
}

#[tokio::test]
async fn an_owner_that_does_not_come_back_keeps_its_jobs() {
    let mut fixture = Fixture::new().await;
    let (mut harness, job) = blocked_owner(&mut fixture, WorkerOptions::default()).await;
    let lock = fixture.key("1:lock");

    let started = tokio::time::Instant::now();
    while started.elapsed() < Duration::from_secs(3) {
        assert!(fixture.redis.exists::<_, bool>(&lock).await.unwrap());
        tokio::time::sleep(Duration::from_millis(10)).await;
    }

    harness.complete(&job);
    assert_eq!(harness.completed().await, "1");
    harness.close().await;
}

#[tokio::test]
async fn an_owner_that_is_away_for_too_long_is_given_up_and_told() {
    let mut fixture = Fixture::new().await;
    let options = WorkerOptions { max_blocked: Duration::from_millis(300), ..WorkerOptions::default() };
    let (mut harness, _) = blocked_owner(&mut fixture, options).await;
    let lock = fixture.key("1:lock");

    while fixture.redis.exists::<_, bool>(&lock).await.unwrap() {
        tokio::time::sleep(Duration::from_millis(10)).await;
    }

    let error = harness.error().await;
    assert_eq!(error, "gave up job 1: the event loop has not turned for more than 300 ms (maxBlocked)");
    harness.worker.close(Some(Duration::ZERO)).await;
}
