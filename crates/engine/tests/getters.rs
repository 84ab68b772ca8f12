//! Reading jobs and their numbers from a real Redis.
#![allow(clippy::unwrap_used, reason = "a test may fail by a panic")]

mod support;

use redis::AsyncCommands;
use support::{Fixture, NOW, finish};
use synapse_queue_engine::job::JobState;
use synapse_queue_engine::options::Retention;
use synapse_queue_engine::queue::{FinishedState, JobRange, JobResult, Metrics};
use synapse_queue_engine::scripts::FinishKind;

fn range(first: i64, last: i64, ascending: bool) -> JobRange {
    JobRange { first, last, ascending }
}

async fn ids(fixture: &Fixture, states: &[JobState], range: JobRange) -> Vec<String> {
    fixture.queue.jobs(states, range).await.unwrap().into_iter().map(|job| job.id).collect()
}

/// A queue with a job in every state but waiting-children: completed 1, failed 2, active 3, waiting 4, prioritized 5, delayed 6.
async fn with_all_states() -> Fixture {
    let mut fixture = Fixture::new().await;
    fixture.add_many(&["", "", "", "", "{\"priority\":5}", "{\"delay\":5000}"]).await;
    let fetched = fixture.fetch(3).await.jobs;
    let retention = Retention::keep_all();
    let completed = FinishKind::Completed { returnvalue: "42".into(), retention };
    let (reason, stacktrace) = ("boom".into(), "[]".into());
    let failed = FinishKind::Failed { reason, stacktrace, retention, attempts: 1 };
    let finishes = vec![finish(&fetched[0], completed), finish(&fetched[1], failed)];
    fixture.settle(finishes, None, NOW).await;
    let key = fixture.key("waiting-children");
    let _: () = fixture.redis.zadd(key, "dad", NOW).await.unwrap();
    fixture
}

#[tokio::test]
async fn every_state_is_counted() {
    let mut fixture = with_all_states().await;
    let paused = fixture.key("paused");
    let _: () = fixture.redis.lpush(paused, &["a", "b"]).await.unwrap();

    let counts = fixture.queue.counts().await.unwrap();

    // Active, completed, delayed, failed, prioritized, waiting (with what BullMQ 5 has put aside), waiting-children.
    assert_eq!(JobState::ALL.map(|state| counts.of(state)), [1, 1, 1, 1, 1, 3, 1]);
    assert_eq!(counts.pending(), 6);
}

#[tokio::test]
async fn priorities_are_counted_one_by_one() {
    let fixture = Fixture::new().await;
    fixture.add_many(&["", "{\"priority\":5}", "{\"priority\":5}", "{\"priority\":6}"]).await;
    assert_eq!(fixture.queue.counts_per_priority(&[5, 0, 7, 6]).await.unwrap(), [2, 1, 0, 1]);
    assert!(fixture.queue.counts_per_priority(&[]).await.unwrap().is_empty());
}

#[tokio::test]
async fn every_state_of_a_job_is_told() {
    let mut fixture = with_all_states().await;
    let paused = fixture.key("paused");
    let _: () = fixture.redis.lpush(paused, "old").await.unwrap();
    let expected = [
        ("1", Some(JobState::Completed)),
        ("2", Some(JobState::Failed)),
        ("3", Some(JobState::Active)),
        ("4", Some(JobState::Waiting)),
        ("5", Some(JobState::Prioritized)),
        ("6", Some(JobState::Delayed)),
        ("dad", Some(JobState::WaitingChildren)),
        ("old", Some(JobState::Waiting)),
        ("nobody", None),
    ];
    for (job_id, state) in expected {
        assert_eq!(fixture.queue.job_state(job_id).await.unwrap(), state, "job {job_id}");
    }
}

#[tokio::test]
async fn the_result_of_a_job_is_told() {
    let fixture = with_all_states().await;
    let queue = &fixture.queue;
    assert_eq!(queue.job_result("1").await.unwrap(), JobResult::Completed("42".into()));
    assert_eq!(queue.job_result("2").await.unwrap(), JobResult::Failed("boom".into()));
    assert_eq!(queue.job_result("3").await.unwrap(), JobResult::Unfinished);
    let error = queue.job_result("nobody").await.unwrap_err();
    assert_eq!(error.to_string(), format!("Missing key for job {}. isFinished", queue.keys().job("nobody")));
}

#[tokio::test]
async fn one_job_is_read_whole() {
    let fixture = with_all_states().await;
    let job = fixture.queue.job("5").await.unwrap().unwrap();
    assert_eq!((job.name.as_str(), job.priority, job.timestamp), ("paint", 5, NOW));
    assert_eq!(fixture.queue.job("nobody").await.unwrap(), None);
}

#[tokio::test]
async fn lists_are_read_from_either_end() {
    let fixture = Fixture::new().await;
    fixture.add_many(&[""; 4]).await;
    let waiting = [JobState::Waiting];

    assert_eq!(ids(&fixture, &waiting, range(0, -1, true)).await, ["1", "2", "3", "4"]);
    assert_eq!(ids(&fixture, &waiting, range(1, 2, true)).await, ["2", "3"]);
    assert_eq!(ids(&fixture, &waiting, range(0, 1, false)).await, ["4", "3"]);
    assert_eq!(ids(&fixture, &waiting, range(-2, -1, true)).await, ["3", "4"]);
    assert!(ids(&fixture, &waiting, range(4, 9, true)).await.is_empty());

    fixture.fetch(3).await;
    assert_eq!(ids(&fixture, &[JobState::Active], range(0, 1, true)).await, ["1", "2"]);
    assert_eq!(ids(&fixture, &[JobState::Active], range(0, 1, false)).await, ["3", "2"]);
    assert!(ids(&fixture, &[JobState::Active], range(3, 9, true)).await.is_empty());
}

#[tokio::test]
async fn what_bullmq_5_has_put_aside_is_served_before_the_other_waiting_jobs() {
    let mut fixture = Fixture::new().await;
    fixture.add_many(&["", ""]).await;
    let paused = fixture.key("paused");
    let _: () = fixture.redis.lpush(paused, &["a", "b"]).await.unwrap();

    let waiting = async |range| fixture.queue.job_ids(JobState::Waiting, range).await.unwrap();

    assert_eq!(waiting(range(0, -1, true)).await, ["a", "b", "1", "2"]);
    assert_eq!(waiting(range(1, 2, true)).await, ["b", "1"]);
    assert_eq!(waiting(range(0, -1, false)).await, ["2", "1", "b", "a"]);
    assert_eq!(waiting(range(2, 3, false)).await, ["b", "a"]);
    assert_eq!(waiting(range(0, 0, false)).await, ["2"]);
}

#[tokio::test]
async fn sorted_states_are_read_from_either_end() {
    let fixture = Fixture::new().await;
    fixture.add_many(&["{\"delay\":9000}", "{\"delay\":5000}", "{\"delay\":7000}"]).await;
    let delayed = [JobState::Delayed];
    assert_eq!(ids(&fixture, &delayed, range(0, -1, true)).await, ["2", "3", "1"]);
    assert_eq!(ids(&fixture, &delayed, range(0, 1, false)).await, ["1", "3"]);
}

#[tokio::test]
async fn the_range_applies_to_every_state_and_every_job_comes_once() {
    let fixture = Fixture::new().await;
    fixture.add_many(&["", "", "{\"priority\":5}", "{\"priority\":2}"]).await;
    let states = [JobState::Waiting, JobState::Prioritized, JobState::Waiting];
    assert_eq!(ids(&fixture, &states, range(0, 0, true)).await, ["1", "4"]);
    assert_eq!(ids(&fixture, &states, range(0, -1, true)).await, ["1", "2", "4", "3"]);
}

#[tokio::test]
async fn jobs_whose_hash_is_gone_are_made_up_for() {
    let mut fixture = Fixture::new().await;
    fixture.add_many(&[""; 6]).await;
    let gone = [fixture.key("2"), fixture.key("3")];
    let _: () = fixture.redis.del(&gone).await.unwrap();
    let waiting = [JobState::Waiting];
    assert_eq!(ids(&fixture, &waiting, range(0, 2, true)).await, ["1", "4", "5"]);
    assert_eq!(ids(&fixture, &waiting, range(0, -1, true)).await, ["1", "4", "5", "6"]);
    assert_eq!(ids(&fixture, &waiting, range(0, 9, false)).await, ["6", "5", "4", "1"]);
}

#[tokio::test]
async fn making_up_for_lost_jobs_ends_after_five_rounds() {
    let mut fixture = Fixture::new().await;
    fixture.add_many(&[""; 8]).await;
    let gone: Vec<String> = (1..=7).map(|n| fixture.key(&n.to_string())).collect();
    let _: () = fixture.redis.del(&gone).await.unwrap();
    assert!(ids(&fixture, &[JobState::Waiting], range(0, 0, true)).await.is_empty());
}

#[tokio::test]
async fn metrics_are_read_by_minute() {
    let mut fixture = Fixture::new().await;
    assert_eq!(fixture.queue.metrics(FinishedState::Failed, 0, -1).await.unwrap(), Metrics::default());
    let (totals, minutes) = (fixture.key("metrics:completed"), fixture.key("metrics:completed:data"));
    let fields = [("count", "9"), ("prevTS", "1800000000000"), ("prevCount", "7")];
    let _: () = fixture.redis.hset_multiple(totals, &fields).await.unwrap();
    let _: () = fixture.redis.rpush(minutes, &[6, 5, 4, 3]).await.unwrap();

    let metrics = fixture.queue.metrics(FinishedState::Completed, 1, 2).await.unwrap();

    let expected = Metrics { count: 9, prev_timestamp: NOW, prev_count: 7, data: vec![5, 4], points: 4 };
    assert_eq!(metrics, expected);
}

#[tokio::test]
async fn the_event_stream_can_be_shortened() {
    let mut fixture = Fixture::new().await;
    fixture.add_many(&vec![""; 128]).await;
    assert!(fixture.queue.trim_events(0).await.unwrap() >= 200);
    assert!(fixture.events().await.len() < 100);
}

#[tokio::test]
async fn server_info_tells_the_version() {
    let fixture = Fixture::new().await;

    let info = fixture.queue.server_info().await.unwrap();

    assert!(info.lines().any(|line| line.starts_with("redis_version:")), "{info}");
}
