//! What becomes of jobs whose attempt failed.

#![allow(clippy::unwrap_used, reason = "a failed step fails the test")]

mod support;
mod worker_harness;

use std::time::Duration;

use support::Fixture;
use synapse_queue_engine::job::Failure;
use synapse_queue_engine::options::{Retention, WorkerOptions};
use synapse_queue_engine::worker::{JobOutcome, WorkerEvent};
use worker_harness::start;

#[tokio::test]
async fn a_failed_attempt_is_retried_after_its_backoff_until_attempts_run_out() {
    let mut fixture = Fixture::new().await;
    fixture.add(r#"{"attempts":3,"backoff":{"type":"exponential","delay":80}}"#).await;
    let mut harness = start(&fixture, WorkerOptions::default());

    let mut starts = Vec::new();
    for attempt in 1..=3 {
        let job = harness.active().await;
        assert_eq!(job.job.attempts_made, attempt - 1);
        starts.push(job.job.processed_on.unwrap());
        harness.fail(&job, &format!("attempt {attempt}"));
        let (failure, attempts_made, is_final) = harness.failed().await;
        assert_eq!((failure.message, attempts_made, is_final), (format!("attempt {attempt}"), attempt, attempt == 3));
    }

    let pauses = [starts[1] - starts[0], starts[2] - starts[1]];
    assert!((80..400).contains(&pauses[0]) && (160..600).contains(&pauses[1]), "{pauses:?}");
    let hash = fixture.hash("1").await;
    assert_eq!((hash["failedReason"].as_str(), hash["atm"].as_str()), ("attempt 3", "3"));
    let stacktrace: Vec<String> = serde_json::from_str(&hash["stacktrace"]).unwrap();
    let expected: Vec<String> = (1..=3).map(|attempt| format!("Error: attempt {attempt}\n    at run")).collect();
    assert_eq!(stacktrace, expected);
    assert_eq!(fixture.sorted_set("failed").await.len(), 1);
    let events = fixture.events().await;
    assert!(events.contains(&"retries-exhausted attemptsMade=3 jobId=1".to_owned()), "{events:?}");
    harness.close().await;
}

#[tokio::test]
async fn a_retry_without_backoff_comes_after_the_waiting_jobs() {
    let fixture = Fixture::new().await;
    fixture.add_many(&[r#"{"attempts":2}"#, ""]).await;
    let mut harness = start(&fixture, WorkerOptions::default());
    let first = harness.active().await;

    harness.fail(&first, "once");

    let next = harness.active().await;
    assert_eq!(next.job.id, "2");
    harness.complete(&next);
    let again = harness.active().await;
    assert_eq!((again.job.id.as_str(), again.job.attempts_made), ("1", 1));
    harness.complete(&again);
    harness.close().await;
}

#[tokio::test]
async fn a_lifo_job_is_retried_before_the_waiting_jobs() {
    let fixture = Fixture::new().await;
    fixture.add_many(&["", r#"{"attempts":2,"lifo":true}"#]).await;
    let mut harness = start(&fixture, WorkerOptions::default());
    let first = harness.active().await;
    assert_eq!(first.job.id, "2");

    harness.fail(&first, "once");

    assert_eq!(harness.active().await.job.id, "2");
    harness.worker.close(Some(Duration::ZERO)).await;
}

#[tokio::test]
async fn an_unrecoverable_failure_is_final_at_once() {
    let mut fixture = Fixture::new().await;
    fixture.add(r#"{"attempts":5,"backoff":10}"#).await;
    let mut harness = start(&fixture, WorkerOptions::default());
    let job = harness.active().await;

    let failure = Failure::unrecoverable("CORRUPT_IMAGE", "not a JPEG");
    harness.settle(&job, JobOutcome::Failed { failure, custom_backoff_ms: None });

    let (failure, attempts_made, is_final) = harness.failed().await;
    assert_eq!((failure.message.as_str(), attempts_made, is_final), ("not a JPEG", 1, true));
    assert_eq!(fixture.hash("1").await["stacktrace"], r#"["UnrecoverableError: not a JPEG"]"#);
    harness.close().await;
}

#[tokio::test]
async fn a_custom_strategy_decides_about_each_retry() {
    let fixture = Fixture::new().await;
    fixture.add(r#"{"attempts":9,"backoff":{"type":"mine"}}"#).await;
    let mut harness = start(&fixture, WorkerOptions::default());
    for (custom_backoff_ms, is_final, pause_ms) in [(0, false, 0), (30, false, 30), (-1, true, 0)] {
        let job = harness.active().await;

        let failure = Failure::new("BOOM", "again");
        harness.settle(&job, JobOutcome::Failed { failure, custom_backoff_ms: Some(custom_backoff_ms) });

        let told = harness
            .wait_for(|event| match event {
                WorkerEvent::Failed { finished_on, delay_ms, .. } => Some((finished_on.is_some(), *delay_ms)),
                _ => None,
            })
            .await;
        assert_eq!(told, (is_final, pause_ms));
    }
    harness.close().await;
}

#[tokio::test]
async fn only_the_newest_stack_traces_are_kept() {
    let mut fixture = Fixture::new().await;
    fixture.add(r#"{"attempts":3,"stackTraceLimit":1}"#).await;
    let mut harness = start(&fixture, WorkerOptions::default());
    for attempt in 1..=3 {
        let job = harness.active().await;
        harness.fail(&job, &format!("attempt {attempt}"));
        harness.failed().await;
    }

    assert_eq!(fixture.hash("1").await["stacktrace"], r#"["Error: attempt 3\n    at run"]"#);
    harness.close().await;
}

#[tokio::test]
async fn the_workers_retention_applies_to_jobs_without_their_own() {
    let mut fixture = Fixture::new().await;
    fixture.add_many(&["", r#"{"removeOnFail":false}"#]).await;
    let options = WorkerOptions { remove_on_fail: Some(Retention::keep(0)), ..WorkerOptions::default() };
    let mut harness = start(&fixture, options);
    for _ in 0..2 {
        let job = harness.active().await;
        harness.fail(&job, "for good");
        harness.failed().await;
    }

    let kept: Vec<String> = fixture.sorted_set("failed").await.into_iter().map(|(id, _)| id).collect();
    assert_eq!(kept, ["2"]);
    assert!(fixture.hash("1").await.is_empty());
    harness.close().await;
}
