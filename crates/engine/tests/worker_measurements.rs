//! What a worker counts of its jobs.

#![allow(clippy::unwrap_used, reason = "a failed step fails the test")]

mod support;
mod worker_harness;

use std::sync::Arc;
use std::time::Duration;

use support::Fixture;
use synapse_queue_engine::options::WorkerOptions;
use synapse_queue_engine::worker::Measurements;
use worker_harness::{Setup, add_now, start};

const MINUTE: Duration = Duration::from_mins(1);

fn measured(measurements: &Arc<Measurements>) -> Setup {
    Setup { measurements: Arc::clone(measurements), ..Setup::default() }
}

#[tokio::test]
async fn every_attempt_is_a_run_and_only_the_last_ends_the_job() {
    let fixture = Fixture::new().await;
    let measurements = Arc::new(Measurements::default());
    let mut harness = start(&fixture, measured(&measurements));
    add_now(&fixture, &harness.clock, "{\"attempts\":2}").await;

    let first = harness.active().await;
    harness.fail(&first, "boom");
    harness.failed().await;
    let retried = measurements.read();
    assert_eq!((retried.retried, retried.completed, retried.failed), (1, 0, 0));
    assert_eq!((retried.runs.count, retried.waits.count, retried.turnarounds.count), (1, 1, 0));

    let second = harness.active().await;
    harness.complete(&second);
    harness.completed().await;
    let completed = measurements.read();
    assert_eq!((completed.retried, completed.completed, completed.failed), (1, 1, 0));
    assert_eq!((completed.runs.count, completed.waits.count, completed.turnarounds.count), (2, 1, 1));
    assert!(completed.runs.sum > Duration::ZERO && completed.turnarounds.sum < MINUTE);
    harness.close().await;
}

#[tokio::test]
async fn a_wait_begins_when_the_job_is_due() {
    let fixture = Fixture::new().await;
    let measurements = Arc::new(Measurements::default());
    let mut harness = start(&fixture, measured(&measurements));
    let due_late = format!("{{\"timestamp\":{},\"delay\":3600000}}", harness.clock.now_ms() - 3_660_000);
    add_now(&fixture, &harness.clock, &due_late).await;
    let job = harness.active().await;
    harness.fail(&job, "boom");
    let (_, _, is_final) = harness.failed().await;
    assert!(is_final);
    let measured = measurements.read();
    assert_eq!((measured.failed, measured.waits.count), (1, 1));
    assert!(measured.waits.sum >= MINUTE && measured.waits.sum < 2 * MINUTE, "{:?}", measured.waits.sum);
    assert!(measured.turnarounds.sum > 60 * MINUTE);
    harness.close().await;
}

#[tokio::test]
async fn jobs_that_lost_their_worker_and_locks_that_are_gone_are_counted() {
    let mut fixture = Fixture::new().await;
    let measurements = Arc::new(Measurements::default());
    let options = WorkerOptions {
        concurrency: 2,
        lock_renew_time: Some(Duration::from_millis(20)),
        stalled_interval: Duration::from_millis(20),
        ..WorkerOptions::default()
    };
    let mut harness = start(&fixture, Setup { options, ..measured(&measurements) });
    add_now(&fixture, &harness.clock, "").await;
    let first = harness.active().await;
    let lock = fixture.key("1:lock");
    let _: () = redis::AsyncCommands::del(&mut fixture.redis, lock).await.unwrap();
    // The job comes again because the check found it without a lock.
    let again = harness.active().await;
    assert_eq!(again.job.id, "1");
    let measured = measurements.read();
    assert_eq!((measured.stalled, measured.locks_lost > 0), (1, true));
    harness.complete(&again);
    harness.completed().await;
    // A run that lost its lock holds its slot until it ends.
    harness.complete(&first);
    harness.close().await;
}

#[tokio::test]
async fn an_observer_sees_the_worker_until_it_is_gone() {
    let fixture = Fixture::new().await;
    let mut harness = start(&fixture, Setup::default());
    let observer = harness.worker.observer();
    add_now(&fixture, &harness.clock, "").await;
    let job = harness.active().await;
    let health = observer.health().unwrap();
    assert_eq!((health.concurrency, health.is_connected, health.is_closing), (1, true, false));
    assert_eq!(observer.queue().keys().queue(), "queue");
    harness.complete(&job);
    harness.completed().await;
    harness.close().await;
    assert_eq!(observer.health(), None);
}
