use redis::AsyncCommands;
use synapse_queue_engine::error::Error;
use synapse_queue_engine::queue::{FinishedState, ResetAttempts, RetryJobs};

use crate::support::{Fixture, NOW};

const KEEP: ResetAttempts = ResetAttempts { made: false, started: false };

#[tokio::test]
async fn a_failed_job_runs_again_with_its_attempts_counted_on() {
    let mut fixture = Fixture::new().await;
    fixture.add("").await;
    fixture.fail_next(NOW).await;
    fixture.new_events().await;

    fixture.queue.retry("1", FinishedState::Failed, KEEP).await.unwrap();

    let hash = fixture.hash("1").await;
    for gone in ["failedReason", "finishedOn", "processedOn", "returnvalue"] {
        assert!(!hash.contains_key(gone), "{gone} is left");
    }
    assert_eq!((hash["atm"].as_str(), hash["ats"].as_str()), ("1", "1"));
    assert_eq!(fixture.list("wait").await, ["1"]);
    assert!(!fixture.exists("failed").await);
    assert_eq!(fixture.sorted_set("marker").await.len(), 1);
    assert_eq!(fixture.new_events().await, ["waiting jobId=1 prev=failed"]);
}

#[tokio::test]
async fn a_retry_can_reset_both_attempt_counters() {
    let mut fixture = Fixture::new().await;
    fixture.add("").await;
    fixture.complete_next(NOW).await;

    let reset = ResetAttempts { made: true, started: true };
    fixture.queue.retry("1", FinishedState::Completed, reset).await.unwrap();

    let hash = fixture.hash("1").await;
    assert!(!hash.contains_key("atm") && !hash.contains_key("ats"));
}

#[tokio::test]
async fn a_retried_job_keeps_its_priority_and_its_place_at_the_front() {
    let mut fixture = Fixture::new().await;
    fixture.add_many(&["{\"lifo\":true}", "{\"priority\":3}"]).await;
    fixture.fail_next(NOW).await;
    fixture.fail_next(NOW).await;
    fixture.add("").await;

    fixture.queue.retry("1", FinishedState::Failed, KEEP).await.unwrap();
    fixture.queue.retry("2", FinishedState::Failed, KEEP).await.unwrap();

    assert_eq!(fixture.list("wait").await, ["3", "1"]);
    assert_eq!(fixture.sorted_set("prioritized").await[0].0, "2");
}

#[tokio::test]
async fn a_job_that_does_not_exist_cannot_be_retried() {
    let fixture = Fixture::new().await;
    let error = fixture.queue.retry("7", FinishedState::Failed, KEEP).await.unwrap_err();
    assert_eq!(error.to_string(), "Missing key for job 7. reprocessJob");
    assert_eq!(error.bullmq_code(), Some(-1));
}

#[tokio::test]
async fn a_job_in_another_state_cannot_be_retried() {
    let fixture = Fixture::new().await;
    fixture.add("").await;
    fixture.fail_next(NOW).await;
    let error = fixture.queue.retry("1", FinishedState::Completed, KEEP).await.unwrap_err();
    assert_eq!(error.to_string(), "Job 1 is not in the completed state. reprocessJob");
    assert!(matches!(error, Error::NotInState { .. }));
}

#[tokio::test]
async fn a_retry_in_a_paused_queue_wakes_nobody() {
    let mut fixture = Fixture::new().await;
    fixture.add("").await;
    fixture.fail_next(NOW).await;
    fixture.queue.pause().await.unwrap();

    fixture.queue.retry("1", FinishedState::Failed, KEEP).await.unwrap();

    assert_eq!(fixture.list("wait").await, ["1"]);
    assert!(!fixture.exists("marker").await);
}

#[tokio::test]
async fn a_parent_waits_again_for_a_child_that_is_retried() {
    let mut fixture = Fixture::new().await;
    fixture.add("").await;
    fixture.fail_next(NOW).await;
    let (parent, child) = (fixture.key("dad"), fixture.key("1"));
    fixture.set_field("1", "parentKey", &parent).await;
    fixture.set_field("dad", "name", "parent").await;
    fixture.set_field("dad:failed", &child, "boom").await;
    let _: () = fixture.redis.zadd(format!("{parent}:unsuccessful"), &child, NOW).await.unwrap();

    fixture.queue.retry("1", FinishedState::Failed, KEEP).await.unwrap();

    let pending: Vec<String> = fixture.redis.smembers(format!("{parent}:dependencies")).await.unwrap();
    assert_eq!(pending, [child]);
    assert!(!fixture.exists("dad:failed").await && !fixture.exists("dad:unsuccessful").await);
}

#[tokio::test]
async fn a_parent_that_is_gone_is_not_brought_back_by_a_retry() {
    let mut fixture = Fixture::new().await;
    fixture.add("").await;
    fixture.fail_next(NOW).await;
    let parent = fixture.key("dad");
    fixture.set_field("1", "parentKey", &parent).await;

    fixture.queue.retry("1", FinishedState::Failed, KEEP).await.unwrap();

    assert!(!fixture.exists("dad:dependencies").await);
}

#[tokio::test]
async fn retrying_all_goes_through_every_round_oldest_first() {
    let mut fixture = Fixture::new().await;
    for n in 0..5 {
        fixture.add("").await;
        fixture.fail_next(NOW + n).await;
    }
    fixture.new_events().await;

    let retry = RetryJobs { state: FinishedState::Failed, count: 2, up_to_ms: None };
    fixture.queue.retry_jobs(retry).await.unwrap();

    assert_eq!(fixture.list("wait").await, ["5", "4", "3", "2", "1"]);
    assert!(!fixture.hash("5").await.contains_key("failedReason"));
    assert_eq!(fixture.new_events().await[0], "waiting jobId=1 prev=failed");
    assert_eq!(fixture.sorted_set("marker").await.len(), 1);
}

#[tokio::test]
async fn retrying_by_time_leaves_younger_jobs_finished() {
    let mut fixture = Fixture::new().await;
    for n in 0..3 {
        fixture.add("").await;
        fixture.complete_next(NOW + n).await;
    }

    let retry = RetryJobs { state: FinishedState::Completed, count: 1_000, up_to_ms: Some(NOW + 1) };
    fixture.queue.retry_jobs(retry).await.unwrap();

    assert_eq!(fixture.list("wait").await, ["2", "1"]);
    assert_eq!(fixture.sorted_set("completed").await[0].0, "3");
}
