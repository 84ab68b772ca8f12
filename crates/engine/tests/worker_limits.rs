//! What a worker never exceeds: its concurrency and its rate.

#![allow(clippy::unwrap_used, reason = "a failed step fails the test")]

mod support;
mod worker_harness;

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use redis::AsyncCommands;
use support::Fixture;
use synapse_queue_engine::options::{RateLimit, WorkerOptions};
use synapse_queue_engine::processor::Outcome;
use synapse_queue_engine::worker::JobOutcome;
use worker_harness::{Native, Setup, start};

#[tokio::test]
async fn never_more_jobs_run_at_once_than_the_concurrency_allows() {
    let fixture = Fixture::new().await;
    fixture.add_many(&[""; 60]).await;
    let (running, most) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicUsize::new(0)));
    let processor = {
        let (running, most) = (Arc::clone(&running), Arc::clone(&most));
        Native(move |_| {
            let (running, most) = (Arc::clone(&running), Arc::clone(&most));
            async move {
                most.fetch_max(running.fetch_add(1, Ordering::SeqCst) + 1, Ordering::SeqCst);
                tokio::time::sleep(Duration::from_millis(2)).await;
                running.fetch_sub(1, Ordering::SeqCst);
                Outcome::Completed("null".into())
            }
        })
    };
    let options = WorkerOptions { concurrency: 4, ..WorkerOptions::default() };
    let mut harness = start(&fixture, Setup::native(options, processor));

    for _ in 0..60 {
        harness.completed().await;
    }

    assert_eq!(most.load(Ordering::SeqCst), 4);
    harness.close().await;
}

#[tokio::test]
async fn more_jobs_than_one_call_carries_run_at_once() {
    let fixture = Fixture::new().await;
    fixture.add_many(&[""; 150]).await;
    let mut harness = start(&fixture, WorkerOptions { concurrency: 150, ..WorkerOptions::default() });

    let mut jobs = Vec::new();
    for _ in 0..150 {
        jobs.push(harness.active().await);
    }
    for job in &jobs {
        harness.complete(job);
    }

    for job in &jobs {
        assert_eq!(harness.completed().await, job.job.id);
    }
    harness.close().await;
}

#[tokio::test]
async fn never_more_jobs_start_in_a_window_than_the_limiter_allows() {
    let fixture = Fixture::new().await;
    fixture.add_many(&[""; 7]).await;
    let duration = Duration::from_millis(200);
    let limiter = Some(RateLimit { max: 2, duration });
    let mut harness = start(&fixture, WorkerOptions { concurrency: 5, limiter, ..WorkerOptions::default() });

    let mut starts = Vec::new();
    for _ in 0..7 {
        let job = harness.active().await;
        starts.push(job.job.processed_on.unwrap());
        harness.complete(&job);
    }

    // Windows begin with their first job, so the third job after any start is at least a window away from it, to the millisecond
    // with which Redis and the worker read different clocks.
    for (start, third_after) in starts.iter().zip(starts.iter().skip(2)) {
        assert!(third_after - start >= 199 - 50, "{starts:?}");
    }
    let windows = starts.last().unwrap() - starts[0];
    assert!((600 - 5..1_500).contains(&windows), "{starts:?}");
    harness.close().await;
}

#[tokio::test]
async fn a_limited_worker_settles_and_closes_at_once() {
    let fixture = Fixture::new().await;
    fixture.add_many(&["", ""]).await;
    let limiter = Some(RateLimit { max: 1, duration: Duration::from_mins(1) });
    let mut harness = start(&fixture, WorkerOptions { limiter, ..WorkerOptions::default() });
    let job = harness.active().await;

    harness.complete(&job);

    assert_eq!(harness.completed().await, "1");
    harness.close().await;
}

#[tokio::test]
async fn a_job_that_meets_a_rate_limit_goes_back_unburned() {
    let mut fixture = Fixture::new().await;
    fixture.add("").await;
    let mut harness = start(&fixture, WorkerOptions::default());
    let job = harness.active().await;

    harness.settle(&job, JobOutcome::RateLimited);

    let again = harness.active().await;
    assert_eq!((again.job.attempts_started, again.job.attempts_made), (2, 0));
    harness.worker.close(Some(Duration::ZERO)).await;
    assert_eq!(fixture.list("wait").await, ["1"]);
}

#[tokio::test]
async fn a_limit_that_a_job_has_met_holds_for_a_worker_without_a_limit_of_its_own() {
    let mut fixture = Fixture::new().await;
    fixture.add("").await;
    let mut harness = start(&fixture, WorkerOptions::default());
    let job = harness.active().await;
    fixture.queue.rate_limit(Duration::from_millis(300)).await.unwrap();

    harness.settle(&job, JobOutcome::RateLimited);
    let again = harness.active().await;

    assert!(!fixture.redis.exists::<_, bool>(fixture.key("limiter")).await.unwrap(), "the limit is over");
    harness.complete(&again);
    harness.completed().await;
    harness.close().await;
}
