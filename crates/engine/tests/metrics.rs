//! Counting finished jobs, minute by minute.
#![allow(clippy::unwrap_used, reason = "a test may fail by a panic")]

mod support;

use support::{Fixture, NOW, fetch, finish};
use synapse_queue_engine::options::Retention;
use synapse_queue_engine::queue::Metrics;
use synapse_queue_engine::scripts::{FinishKind, FinishedState, SettleCall};

/// Start of a minute.
const MINUTE: i64 = NOW - NOW % 60_000;

fn completed() -> FinishKind {
    FinishKind::Completed { returnvalue: "1".into(), retention: Retention::keep_all() }
}

fn failed() -> FinishKind {
    let (reason, stacktrace) = ("boom".into(), "[]".into());
    FinishKind::Failed { reason, stacktrace, retention: Retention::keep_all(), attempts: 1 }
}

/// Finishes `jobs` new jobs in one call, `after_s` after the minute began, with a history of `points` minutes.
async fn finish_jobs(fixture: &Fixture, jobs: (usize, FinishKind), after_s: i64, points: u32) {
    let (count, kind) = jobs;
    fixture.add_many(&vec![""; count]).await;
    let fetched = fixture.fetch(count).await;
    let finishes = fetched.jobs.iter().map(|job| finish(job, kind.clone())).collect();
    let now_ms = MINUTE + after_s * 1_000;
    let call = SettleCall { finishes, now_ms, metrics_max_points: Some(points), ..SettleCall::default() };
    let reply = fixture.scripts.settle(call).await.unwrap();
    assert!(reply.finishes.iter().all(Result::is_ok));
}

async fn metrics(fixture: &Fixture, state: FinishedState) -> Metrics {
    fixture.queue.metrics(state, 0, -1).await.unwrap()
}

#[tokio::test]
async fn jobs_of_the_first_minute_are_counted_without_history() {
    let fixture = Fixture::new().await;

    finish_jobs(&fixture, (2, completed()), 1, 10).await;
    finish_jobs(&fixture, (1, completed()), 59, 10).await;

    let expected = Metrics { count: 3, prev_timestamp: MINUTE + 1_000, ..Metrics::default() };
    assert_eq!(metrics(&fixture, FinishedState::Completed).await, expected);
    assert_eq!(metrics(&fixture, FinishedState::Failed).await, Metrics::default());
}

#[tokio::test]
async fn a_new_minute_adds_what_was_counted_before_it() {
    let fixture = Fixture::new().await;
    finish_jobs(&fixture, (3, completed()), 1, 10).await;

    finish_jobs(&fixture, (2, completed()), 61, 10).await;
    finish_jobs(&fixture, (1, completed()), 130, 10).await;

    let expected = Metrics { count: 6, prev_timestamp: MINUTE + 130_000, prev_count: 5, data: vec![2, 3], points: 2 };
    assert_eq!(metrics(&fixture, FinishedState::Completed).await, expected);
}

#[tokio::test]
async fn minutes_without_jobs_are_zeros() {
    let fixture = Fixture::new().await;
    finish_jobs(&fixture, (2, completed()), 0, 10).await;

    finish_jobs(&fixture, (1, completed()), 180, 10).await;

    assert_eq!(metrics(&fixture, FinishedState::Completed).await.data, [0, 0, 2]);
}

#[tokio::test]
async fn the_history_is_as_long_as_the_worker_says() {
    let fixture = Fixture::new().await;
    for (minute, jobs) in [(0, 4), (1, 2), (2, 1)] {
        finish_jobs(&fixture, (jobs, completed()), minute * 60, 4).await;
    }

    finish_jobs(&fixture, (1, completed()), 5 * 60, 4).await;
    assert_eq!(metrics(&fixture, FinishedState::Completed).await.data, [0, 0, 1, 2]);

    finish_jobs(&fixture, (1, completed()), 99 * 60, 4).await;
    assert_eq!(metrics(&fixture, FinishedState::Completed).await.data, [0, 0, 0, 1]);
}

#[tokio::test]
async fn a_gap_longer_than_a_lua_call_takes_arguments_is_filled() {
    let fixture = Fixture::new().await;
    finish_jobs(&fixture, (1, completed()), 0, 20_160).await;

    finish_jobs(&fixture, (1, completed()), 60 * 30_000, 20_160).await;

    let metrics = metrics(&fixture, FinishedState::Completed).await;
    assert_eq!((metrics.points, metrics.data.last()), (20_160, Some(&1)));
}

#[tokio::test]
async fn a_clock_that_goes_back_only_counts() {
    let fixture = Fixture::new().await;
    finish_jobs(&fixture, (1, completed()), 120, 10).await;

    finish_jobs(&fixture, (1, completed()), 0, 10).await;

    let expected = Metrics { count: 2, prev_timestamp: MINUTE + 120_000, ..Metrics::default() };
    assert_eq!(metrics(&fixture, FinishedState::Completed).await, expected);
}

#[tokio::test]
async fn failures_have_their_own_metrics() {
    let fixture = Fixture::new().await;

    finish_jobs(&fixture, (2, failed()), 0, 10).await;
    finish_jobs(&fixture, (1, failed()), 60, 10).await;

    let failures = metrics(&fixture, FinishedState::Failed).await;
    assert_eq!((failures.count, failures.data), (3, vec![2]));
    assert_eq!(metrics(&fixture, FinishedState::Completed).await, Metrics::default());
}

#[tokio::test]
async fn a_job_that_is_removed_at_once_is_counted() {
    let fixture = Fixture::new().await;

    let kind = FinishKind::Completed { returnvalue: "1".into(), retention: Retention::keep(0) };
    finish_jobs(&fixture, (1, kind), 0, 10).await;

    assert_eq!(metrics(&fixture, FinishedState::Completed).await.count, 1);
}

#[tokio::test]
async fn an_attempt_that_is_retried_is_not_counted() {
    let fixture = Fixture::new().await;

    let retry = FinishKind::Retry { reason: "boom".into(), stacktrace: "[]".into(), lifo: false };
    finish_jobs(&fixture, (1, retry), 0, 10).await;

    assert_eq!(metrics(&fixture, FinishedState::Failed).await, Metrics::default());
}

#[tokio::test]
async fn nothing_is_counted_without_the_option() {
    let mut fixture = Fixture::new().await;
    fixture.add("").await;
    let fetched = fixture.fetch(1).await;

    fixture.settle(vec![finish(&fetched.jobs[0], completed())], Some(fetch(1)), NOW).await;

    assert!(fixture.hash("metrics:completed").await.is_empty());
}

#[tokio::test]
async fn zero_minutes_are_no_metrics() {
    let mut fixture = Fixture::new().await;

    finish_jobs(&fixture, (1, completed()), 0, 0).await;

    assert!(fixture.hash("metrics:completed").await.is_empty());
}
