//! Jobs that run in Rust.

#![allow(clippy::unwrap_used, reason = "a failed step fails the test")]

mod support;
mod worker_harness;

use std::collections::{HashMap, HashSet};
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use support::Fixture;
use synapse_queue_engine::job::{Failure, Job};
use synapse_queue_engine::options::{Retention, WorkerOptions};
use synapse_queue_engine::processor::{JobContext, LogLevel, Outcome, Processor};
use synapse_queue_engine::scripts::MAX_LAST_PARTS;
use synapse_queue_engine::worker::WorkerEvent;
use worker_harness::{Native, Setup, start};

/// Delivers to parts `a` and `b`; the second part works only from the second attempt on.
struct Deliver;

#[async_trait]
impl Processor for Deliver {
    async fn process(&self, job: &Job, context: &dyn JobContext) -> Outcome {
        let finished = context.finished_parts().await.expect("Redis answers");
        context.log(LogLevel::Info, format!("{} of 2 done before", finished.len()));
        context.record_parts(&["https://push.example/a".to_owned()]).await.expect("the job exists");
        context.update_progress("50".to_owned()).await.expect("the job exists");
        if job.attempts_made == 0 {
            return Outcome::Failed(Failure::new("UNAVAILABLE", "b is away"));
        }
        let expected = HashSet::from(["https://push.example/a".to_owned()]);
        if finished == expected {
            Outcome::Completed("{\"sent\":2}".to_owned())
        } else {
            Outcome::Failed(Failure::default())
        }
    }
}

#[tokio::test]
async fn a_native_job_runs_without_its_owner_and_tells_in_order() {
    let mut fixture = Fixture::new().await;
    fixture.add("").await;
    let processor = Native(|job: Job| async move { Outcome::Completed(job.data) });
    let mut harness = start(&fixture, Setup::native(WorkerOptions::default(), processor));

    let run = harness
        .wait_for(|event| match event {
            WorkerEvent::Active { run, .. } => Some(*run),
            _ => None,
        })
        .await;
    let WorkerEvent::Completed { returnvalue, attempts_made, .. } = harness.next().await else {
        panic!("it ends next")
    };

    assert!(!run);
    assert_eq!((returnvalue.as_deref(), attempts_made), (Some("{\"colour\":\"red\"}"), 1));
    assert_eq!(fixture.hash("1").await["returnvalue"], "{\"colour\":\"red\"}");
    harness.close().await;
}

#[tokio::test]
async fn finished_parts_progress_and_log_lines_outlive_the_attempt() {
    let mut fixture = Fixture::new().await;
    fixture.add(r#"{"attempts":2}"#).await;
    let mut harness = start(&fixture, Setup::native(WorkerOptions::default(), Deliver));

    let mut told = Vec::new();
    harness.wait_for(|event| matches!(event, WorkerEvent::Ready).then_some(())).await;
    while !matches!(told.last(), Some(WorkerEvent::Completed { .. })) {
        told.push(harness.next().await);
    }

    let lines: Vec<String> = told
        .iter()
        .map(|event| match event {
            WorkerEvent::Active { job, .. } => format!("active {}", job.attempts_made),
            WorkerEvent::Log { message, .. } => message.clone(),
            WorkerEvent::Progress { progress, .. } => format!("progress {progress}"),
            WorkerEvent::Failed { failure, .. } => failure.message.clone(),
            WorkerEvent::Completed { .. } => "completed".to_owned(),
            other => format!("{other:?}"),
        })
        .collect();
    let expected = [
        "active 0",
        "0 of 2 done before",
        "progress 50",
        "b is away",
        "active 1",
        "1 of 2 done before",
        "progress 50",
        "completed",
    ];
    assert_eq!(lines, expected);
    let hash = fixture.hash("1").await;
    assert_eq!((hash["progress"].as_str(), hash["ldg:https://push.example/a"].as_str()), ("50", "1"));
    assert!(fixture.events().await.contains(&"progress data=50 jobId=1".to_owned()));
    harness.close().await;
}

/// Finishes all parts in an attempt that fails; completes when there is nothing left to do.
struct EndWithParts {
    parts: usize,
}

#[async_trait]
impl Processor for EndWithParts {
    async fn process(&self, job: &Job, context: &dyn JobContext) -> Outcome {
        let finished = context.finished_parts().await.expect("Redis answers");
        if finished.len() == self.parts {
            return Outcome::Completed(format!("\"attempt {}\"", job.attempts_made));
        }
        let parts: Vec<String> = (0..self.parts).map(|part| part.to_string()).collect();
        context.record_last_parts(&parts).await.expect("the job exists");
        Outcome::Failed(Failure::new("UNAVAILABLE", "away"))
    }
}

#[tokio::test]
async fn the_last_parts_of_a_run_are_known_to_the_next_attempt() {
    // The larger number does not travel with the result.
    for parts in [2, MAX_LAST_PARTS + 1] {
        let mut fixture = Fixture::new().await;
        fixture.add(r#"{"attempts":2}"#).await;
        let mut harness = start(&fixture, Setup::native(WorkerOptions::default(), EndWithParts { parts }));

        assert_eq!(harness.completed().await, "1");

        let hash = fixture.hash("1").await;
        assert_eq!(hash["returnvalue"], "\"attempt 1\"");
        assert_eq!(hash.keys().filter(|field| field.starts_with("ldg:")).count(), parts);
        harness.close().await;
    }
}

#[tokio::test]
async fn a_panic_fails_the_job_and_nothing_else() {
    let mut fixture = Fixture::new().await;
    fixture.add_many(&["", ""]).await;
    let processor = Native(|job: Job| async move {
        assert_ne!(job.id, "1", "job 1 cannot be painted");
        Outcome::Completed("null".into())
    });
    let mut harness = start(&fixture, Setup::native(WorkerOptions::default(), processor));

    let (failure, _, is_final) = harness.failed().await;

    assert!(failure.message.contains("job 1 cannot be painted"), "{failure:?}");
    assert!(is_final);
    assert_eq!(harness.completed().await, "2");
    assert!(fixture.hash("1").await["failedReason"].contains("job 1 cannot be painted"));
    harness.close().await;
}

#[tokio::test]
async fn native_and_given_out_jobs_share_the_slots_of_a_worker() {
    let fixture = Fixture::new().await;
    fixture.add("").await;
    let processor = Native(|_| std::future::pending::<Outcome>());
    let processors = HashMap::from([("engrave".to_owned(), Arc::new(processor) as Arc<dyn Processor>)]);
    let mut harness = start(&fixture, Setup { processors, ..Setup::default() });
    harness.active().await;
    fixture.add("").await;

    let events = harness.events_within(Duration::from_millis(150)).await;

    assert!(!events.iter().any(|event| matches!(event, WorkerEvent::Active { .. })), "{events:?}");
    harness.worker.close(Some(Duration::ZERO)).await;
}

/// Ends when it is cancelled.
struct Cancellable;

#[async_trait]
impl Processor for Cancellable {
    async fn process(&self, _job: &Job, context: &dyn JobContext) -> Outcome {
        context.cancellation().cancelled().await;
        Outcome::Failed(Failure::new("CANCELLED", "cancelled between stages"))
    }
}

#[tokio::test]
async fn cancelling_reaches_a_native_processor() {
    let fixture = Fixture::new().await;
    fixture.add("").await;
    let mut harness = start(&fixture, Setup::native(WorkerOptions::default(), Cancellable));
    harness.wait_for(|event| matches!(event, WorkerEvent::Active { .. }).then_some(())).await;

    assert!(harness.worker.cancel("1", None));

    assert_eq!(harness.failed().await.0.message, "cancelled between stages");
    harness.close().await;
}

#[tokio::test]
async fn a_native_job_over_its_timeout_is_stopped_and_fails_the_attempt() {
    let mut fixture = Fixture::new().await;
    fixture.add("{\"timeout\":20,\"attempts\":2}").await;
    let processor = Native(|_| std::future::pending());
    let mut harness = start(&fixture, Setup::native(WorkerOptions::default(), processor));

    let (failure, attempts_made, is_final) = harness.failed().await;
    assert_eq!((failure.name.as_str(), failure.code.as_deref()), ("JobTimeoutError", Some("JOB_TIMEOUT")));
    assert_eq!(failure.message, "job 1 did not end within its timeout of 20 ms");
    assert_eq!((attempts_made, is_final), (1, false));
    let (_, attempts_made, is_final) = harness.failed().await;
    assert_eq!((attempts_made, is_final), (2, true));

    assert_eq!(fixture.sorted_set("failed").await.len(), 1);
    harness.close().await;
}

#[tokio::test]
async fn a_run_is_stopped_from_any_process_and_a_job_that_nobody_holds_is_not() {
    let fixture = Fixture::new().await;
    assert!(!fixture.queue.cancel("1", "enough").await.unwrap());
    fixture.add("").await;
    let processor = Native(|_| std::future::pending());
    let mut harness = start(&fixture, Setup::native(WorkerOptions::default(), processor));
    harness.wait_for(|event| matches!(event, WorkerEvent::Active { .. }).then_some(())).await;

    assert!(fixture.queue.cancel("1", "enough").await.unwrap());

    let reason = harness
        .wait_for(|event| match event {
            WorkerEvent::Cancelled { job_id, reason, .. } => Some((job_id.clone(), reason.clone())),
            _ => None,
        })
        .await;
    assert_eq!(reason, ("1".to_owned(), Some("enough".to_owned())));
    harness.worker.close(Some(Duration::ZERO)).await;
}

#[tokio::test]
async fn finished_jobs_that_are_too_old_go_while_nothing_else_finishes() {
    let mut fixture = Fixture::new().await;
    let completed = fixture.key("completed");
    let old: Vec<(i64, String)> = (0..600).map(|n| (1_000, format!("old{n}"))).collect();
    let _: () = redis::AsyncCommands::zadd_multiple(&mut fixture.redis, completed, &old).await.unwrap();
    let day = Retention { age_s: Some(86_400), ..Retention::keep_all() };
    let options = WorkerOptions {
        remove_on_complete: Some(day),
        retention_interval: Duration::from_millis(20),
        ..WorkerOptions::default()
    };
    let harness = start(&fixture, options);

    let emptied = async { while !fixture.sorted_set("completed").await.is_empty() {} };
    tokio::time::timeout(Duration::from_secs(10), emptied).await.expect("old jobs go");
    harness.close().await;
}
