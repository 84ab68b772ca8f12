use tokio_util::sync::CancellationToken;

use super::*;
use crate::job::Retention;
use crate::worker::active_jobs::Stage;
use crate::worker::measurements::RunTimes;

const NOW_MS: i64 = 1_000_000;

fn job(opts: &str, attempts_made: u32) -> ActiveJob {
    ActiveJob {
        job_id: "7".into(),
        opts: opts.into(),
        attempts_made,
        attempts_started: attempts_made + 1,
        stacktrace: None,
        stage: Stage::Settling,
        is_native: true,
        cancellation: CancellationToken::new(),
        native: None,
        clock: None,
        times: RunTimes::begin(0),
        last_parts: Vec::new(),
    }
}

fn settle(job: &ActiveJob, options: &WorkerOptions, outcome: JobOutcome) -> Option<Settlement> {
    let result = JobResult { token: "w:1".into(), outcome };
    Settlement::of(job, result, Circumstances { options, now_ms: NOW_MS, random: || 0.0 })
}

fn kind_of(opts: &str, attempts_made: u32, outcome: JobOutcome) -> FinishKind {
    settle(&job(opts, attempts_made), &WorkerOptions::default(), outcome).expect("it is settled").finish.kind
}

fn failed_outcome() -> JobOutcome {
    JobOutcome::Failed { failure: Failure::new("BOOM", "it broke"), custom_backoff_ms: None }
}

#[test]
fn a_job_that_was_started_often_enough_fails_for_good() {
    let options = WorkerOptions { max_started_attempts: Some(2), ..WorkerOptions::default() };
    let kind = |attempts_made| {
        let settlement = settle(&job(r#"{"attempts":5}"#, attempts_made), &options, failed_outcome());
        settlement.expect("it is settled").finish.kind
    };
    assert!(matches!(kind(0), FinishKind::Retry { .. }));
    assert!(matches!(kind(1), FinishKind::Failed { .. }));
}

#[test]
fn the_jobs_retention_wins_over_the_workers() {
    let options = WorkerOptions { remove_on_complete: Some(Retention::keep(5)), ..WorkerOptions::default() };
    let retention = |opts: &str| match settle(&job(opts, 0), &options, JobOutcome::Completed("1".into())) {
        Some(Settlement { finish: Finish { kind: FinishKind::Completed { retention, .. }, .. }, .. }) => retention,
        other => panic!("{other:?}"),
    };
    assert_eq!(retention(r#"{"removeOnComplete":true}"#), Retention::keep(0));
    assert_eq!(retention("{}"), Retention::keep(5));
}

#[test]
fn a_failure_with_attempts_left_goes_back_or_waits() {
    assert!(matches!(kind_of(r#"{"attempts":2}"#, 0, failed_outcome()), FinishKind::Retry { lifo: false, .. }));
    let later = kind_of(r#"{"attempts":2,"backoff":{"type":"fixed","delay":500}}"#, 0, failed_outcome());
    assert!(matches!(later, FinishKind::RetryLater { until_ms: 1_000_500, delay_ms: 500, .. }));
}

#[test]
fn the_last_failure_is_final() {
    assert!(matches!(kind_of(r#"{"attempts":2}"#, 1, failed_outcome()), FinishKind::Failed { attempts: 2, .. }));
}

#[test]
fn being_put_off_is_not_an_attempt() {
    let kind = kind_of("{}", 0, JobOutcome::Delayed { until_ms: NOW_MS + 70 });
    assert_eq!(kind, FinishKind::Delay { until_ms: NOW_MS + 70, delay_ms: 70 });
    assert_eq!(kind_of("{}", 0, JobOutcome::Waiting), FinishKind::Release);
    assert_eq!(kind_of("{}", 0, JobOutcome::RateLimited), FinishKind::Release);
}

#[test]
fn a_job_its_runner_moved_is_left_alone() {
    assert!(settle(&job("{}", 0), &WorkerOptions::default(), JobOutcome::AlreadyMoved).is_none());
}

#[test]
fn completing_with_pending_children_fails_the_attempt() {
    let options = WorkerOptions::default();
    let job = job(r#"{"attempts":3}"#, 0);
    let refused = settle(&job, &options, JobOutcome::Completed("1".into())).expect("it is settled");
    let circumstances = Circumstances { options: &options, now_ms: NOW_MS, random: || 0.0 };
    let pending = Error::PendingDependencies { job_id: "7".into(), command: "moveToFinished" };
    let retried = refused.after_refusal(&job, &pending, circumstances).expect("it fails");
    assert!(matches!(retried.finish.kind, FinishKind::Retry { .. }));
    let failed = Error::FailedChildren { job_id: "7".into(), command: "moveToFinished" };
    let failed = refused.after_refusal(&job, &failed, circumstances).expect("it fails");
    assert!(matches!(failed.finish.kind, FinishKind::Failed { .. }));
    let lost = Error::LockMissing { job_id: "7".into(), command: "moveToFinished" };
    assert!(refused.after_refusal(&job, &lost, circumstances).is_none());
}

#[test]
fn the_event_tells_whether_another_attempt_follows() {
    let options = WorkerOptions::default();
    let event = |opts: &str| {
        settle(&job(opts, 0), &options, failed_outcome()).map(|settlement| settlement.into_event(1, NOW_MS))
    };
    assert!(matches!(event("{}"), Some(WorkerEvent::Failed { finished_on: Some(NOW_MS), delay_ms: 0, .. })));
    let retried = event(r#"{"attempts":2,"backoff":9}"#);
    assert!(matches!(retried, Some(WorkerEvent::Failed { finished_on: None, delay_ms: 9, .. })));
}
