//! How a worker takes jobs, hands them out and settles them, on a real Redis.

#![allow(clippy::unwrap_used, reason = "a failed step fails the test")]

mod support;
mod worker_harness;

use std::time::Duration;

use redis::AsyncCommands;
use support::Fixture;
use synapse_queue_engine::options::WorkerOptions;
use synapse_queue_engine::worker::{JobOutcome, WorkerEvent};
use worker_harness::{Setup, add_now, start};

fn concurrency(concurrency: u32) -> WorkerOptions {
    WorkerOptions { concurrency, ..WorkerOptions::default() }
}

#[tokio::test]
async fn a_job_is_given_out_settled_and_completed() {
    let mut fixture = Fixture::new().await;
    let mut harness = start(&fixture, WorkerOptions { name: Some("w1".into()), ..WorkerOptions::default() });
    fixture.add("").await;

    let job = harness.active().await;
    assert_eq!((job.job.name.as_str(), job.job.attempts_started), ("paint", 1));
    assert_eq!(job.token, "worker:1");
    harness.complete(&job);

    assert_eq!(harness.completed().await, "1");
    let hash = fixture.hash("1").await;
    assert_eq!((hash["returnvalue"].as_str(), hash["atm"].as_str(), hash["pb"].as_str()), ("{\"ok\":true}", "1", "w1"));
    assert_eq!(fixture.sorted_set("completed").await.len(), 1);
    harness.close().await;
}

#[tokio::test]
async fn ready_comes_first_and_the_worker_shows_up_by_its_name() {
    let mut fixture = Fixture::new().await;
    let mut harness = start(&fixture, WorkerOptions { name: Some("w1".into()), ..WorkerOptions::default() });

    assert!(matches!(harness.next().await, WorkerEvent::Ready));

    let clients: String = redis::cmd("CLIENT").arg("LIST").query_async(&mut fixture.redis).await.unwrap();
    let name = format!("name={}:cXVldWU=:w:w1", fixture.queue.keys().prefix());
    assert!(clients.contains(&name), "{name} is not among {clients}");
    harness.close().await;
}

#[tokio::test]
async fn an_ended_job_is_told_before_the_job_that_takes_its_slot() {
    let fixture = Fixture::new().await;
    fixture.add_many(&["", ""]).await;
    let mut harness = start(&fixture, concurrency(1));

    let first = harness.active().await;
    harness.complete(&first);

    assert!(matches!(harness.next().await, WorkerEvent::Completed { job_id, .. } if job_id == "1"));
    assert!(matches!(harness.next().await, WorkerEvent::Active { job, .. } if job.id == "2"));
    harness.worker.close(Some(Duration::ZERO)).await;
}

#[tokio::test]
async fn raising_the_concurrency_takes_more_jobs_at_once() {
    let fixture = Fixture::new().await;
    fixture.add_many(&["", "", ""]).await;
    let mut harness = start(&fixture, concurrency(1));
    harness.active().await;

    harness.worker.set_concurrency(3).unwrap();

    harness.active().await;
    harness.active().await;
    assert_eq!(
        harness.worker.set_concurrency(0).unwrap_err().to_string(),
        "concurrency must be a finite number greater than 0"
    );
    harness.worker.close(Some(Duration::ZERO)).await;
}

#[tokio::test]
async fn a_paused_worker_takes_nothing_until_it_is_resumed() {
    let mut fixture = Fixture::new().await;
    fixture.add_many(&["", ""]).await;
    let mut harness = start(&fixture, concurrency(1));
    let first = harness.active().await;

    harness.worker.pause();
    harness.complete(&first);
    harness.completed().await;
    harness.worker.when_idle().await;
    assert_eq!(fixture.list("wait").await, ["2"]);
    assert!(harness.worker.health().is_paused);

    harness.worker.resume();
    assert_eq!(harness.active().await.job.id, "2");
    harness.worker.close(Some(Duration::ZERO)).await;
}

#[tokio::test]
async fn a_job_added_while_paused_is_taken_right_after_resuming() {
    let fixture = Fixture::new().await;
    let mut harness = start(&fixture, concurrency(1));
    harness.wait_for(|event| matches!(event, WorkerEvent::Drained).then_some(())).await;
    harness.worker.pause();
    fixture.add("").await;
    harness.worker.resume();

    let taken = tokio::time::timeout(Duration::from_secs(2), harness.active()).await;

    assert_eq!(taken.expect("long before the next look around").job.id, "1");
    harness.worker.close(Some(Duration::ZERO)).await;
}

#[tokio::test]
async fn drained_is_told_once_after_the_last_job() {
    let fixture = Fixture::new().await;
    fixture.add_many(&["", "", ""]).await;
    let mut harness = start(&fixture, concurrency(2));
    for _ in 0..3 {
        let job = harness.active().await;
        harness.complete(&job);
    }

    let events = harness.events_within(Duration::from_millis(300)).await;

    let drained = events.iter().filter(|event| matches!(event, WorkerEvent::Drained)).count();
    assert_eq!(drained, 1, "{events:?}");
    assert!(matches!(events.last(), Some(WorkerEvent::Drained)), "{events:?}");
    harness.close().await;
}

#[tokio::test]
async fn a_delayed_job_is_taken_when_it_is_due_and_not_before() {
    let fixture = Fixture::new().await;
    let mut harness = start(&fixture, concurrency(1));
    harness.wait_for(|event| matches!(event, WorkerEvent::Drained).then_some(())).await;
    let added_ms = harness.clock.now_ms();
    add_now(&fixture, &harness.clock, r#"{"delay":300}"#).await;

    let job = harness.active().await;

    let waited_ms = job.job.processed_on.unwrap() - added_ms;
    assert!((300..1_000).contains(&waited_ms), "{waited_ms} ms");
    harness.worker.close(Some(Duration::ZERO)).await;
}

#[tokio::test]
async fn a_job_put_off_comes_again_and_burns_no_attempt() {
    let mut fixture = Fixture::new().await;
    fixture.add(r#"{"attempts":2}"#).await;
    let mut harness = start(&fixture, concurrency(1));
    let job = harness.active().await;

    harness.settle(&job, JobOutcome::Delayed { until_ms: harness.clock.now_ms() + 50 });

    let again = harness.active().await;
    assert_eq!((again.job.attempts_started, again.job.attempts_made), (2, 0));
    harness.settle(&again, JobOutcome::Waiting);
    let again = harness.active().await;
    assert_eq!((again.job.attempts_started, again.job.attempts_made), (3, 0));
    harness.complete(&again);
    harness.completed().await;
    assert_eq!(fixture.hash("1").await["atm"], "1");
    harness.close().await;
}

#[tokio::test]
async fn a_job_its_runner_moved_only_frees_the_slot() {
    let mut fixture = Fixture::new().await;
    fixture.add_many(&["", ""]).await;
    let mut harness = start(&fixture, concurrency(1));
    let job = harness.active().await;

    harness.settle(&job, JobOutcome::AlreadyMoved);

    assert_eq!(harness.active().await.job.id, "2");
    assert_eq!(fixture.list("active").await, ["2", "1"]);
    harness.worker.close(Some(Duration::ZERO)).await;
}

#[tokio::test]
async fn a_run_is_settled_once_whatever_is_reported_later() {
    let mut fixture = Fixture::new().await;
    fixture.add("").await;
    let mut harness = start(&fixture, concurrency(1));
    let job = harness.active().await;

    harness.complete(&job);
    harness.fail(&job, "too late");
    harness.completed().await;
    harness.fail(&job, "far too late");

    let events = harness.events_within(Duration::from_millis(100)).await;
    assert!(events.iter().all(|event| matches!(event, WorkerEvent::Drained)), "{events:?}");
    assert_eq!(fixture.sorted_set("failed").await, []);
    harness.close().await;
}

#[tokio::test]
async fn a_cancelled_run_is_told_to_stop_and_ends_as_its_runner_says() {
    let fixture = Fixture::new().await;
    fixture.add("").await;
    let mut harness = start(&fixture, concurrency(1));
    let job = harness.active().await;

    assert!(harness.worker.cancel("1", Some("no longer wanted")));
    assert!(!harness.worker.cancel("2", None));

    let WorkerEvent::Cancelled { job_id, token, reason } = harness.next().await else { panic!("it is told first") };
    assert_eq!((job_id.as_str(), token, reason.as_deref()), ("1", job.token.clone(), Some("no longer wanted")));
    harness.fail(&job, "aborted");
    assert_eq!(harness.failed().await.0.message, "aborted");
    harness.close().await;
}

#[tokio::test]
async fn a_job_of_an_unknown_type_fails_by_name() {
    let mut fixture = Fixture::new().await;
    fixture.add("").await;
    let mut harness = start(&fixture, Setup { fallback_to_javascript: false, ..Setup::default() });

    let (failure, attempts_made, is_final) = harness.failed().await;

    assert_eq!((failure.message.as_str(), attempts_made, is_final), ("Unknown job type: paint", 1, true));
    assert_eq!(fixture.hash("1").await["failedReason"], "Unknown job type: paint");
    harness.close().await;
}

#[tokio::test]
async fn a_job_started_too_often_fails_at_its_pick_up() {
    let mut fixture = Fixture::new().await;
    fixture.add(r#"{"attempts":5}"#).await;
    let () = fixture.redis.hset(fixture.key("1"), "ats", 2).await.unwrap();
    let mut harness = start(&fixture, WorkerOptions { max_started_attempts: Some(2), ..WorkerOptions::default() });

    let (failure, _, is_final) = harness.failed().await;

    assert_eq!((failure.message.as_str(), is_final), ("job started more than allowable limit", true));
    harness.close().await;
}

#[tokio::test]
async fn while_the_clock_is_faked_the_worker_asks_for_the_time_before_it_promotes() {
    let fixture = Fixture::new().await;
    let mut harness =
        start(&fixture, WorkerOptions { drain_delay: Duration::from_millis(50), ..WorkerOptions::default() });
    harness.wait_for(|event| matches!(event, WorkerEvent::Drained).then_some(())).await;
    harness.worker.tick(support::NOW);
    add_now(&fixture, &harness.clock, r#"{"delay":60000}"#).await;

    harness.wait_for(|event| matches!(event, WorkerEvent::AskTime).then_some(())).await;
    harness.worker.tick(support::NOW + 59_000);
    harness.wait_for(|event| matches!(event, WorkerEvent::AskTime).then_some(())).await;
    harness.worker.tick(support::NOW + 61_000);

    assert_eq!(harness.active().await.job.processed_on, Some(support::NOW + 61_000));
    harness.worker.close(Some(Duration::ZERO)).await;
}

#[tokio::test]
async fn two_idle_workers_share_jobs_that_are_added_together() {
    let fixture = Fixture::new().await;
    let mut first = start(&fixture, concurrency(1));
    let mut second = start(&fixture, concurrency(1));
    for harness in [&mut first, &mut second] {
        harness.wait_for(|event| matches!(event, WorkerEvent::Drained).then_some(())).await;
    }

    fixture.add_many(&["", ""]).await;

    let both = async { tokio::join!(first.active(), second.active()) };
    let taken = tokio::time::timeout(Duration::from_secs(2), both).await;
    let (first_job, second_job) = taken.expect("long before either looks around by itself");
    assert_ne!(first_job.job.id, second_job.job.id);
    first.worker.close(Some(Duration::ZERO)).await;
    second.worker.close(Some(Duration::ZERO)).await;
}

#[tokio::test]
async fn a_delayed_job_is_not_missed_by_a_worker_that_runs_another() {
    let fixture = Fixture::new().await;
    let mut other = start(&fixture, concurrency(1));
    other.wait_for(|event| matches!(event, WorkerEvent::Drained).then_some(())).await;
    add_now(&fixture, &other.clock, r#"{"delay":400}"#).await;
    // The marker of the delayed job is taken by a worker that ends before the job is due.
    other.events_within(Duration::from_millis(50)).await;
    other.close().await;
    fixture.add("").await;

    let mut harness = start(&fixture, concurrency(2));
    assert_eq!(harness.active().await.job.id, "2");

    let taken = tokio::time::timeout(Duration::from_secs(2), harness.active()).await;
    assert_eq!(taken.expect("long before the next look around").job.id, "1");
    harness.worker.close(Some(Duration::ZERO)).await;
}

#[tokio::test]
async fn a_due_time_learnt_from_an_answer_shortens_a_wait_that_runs() {
    let mut fixture = Fixture::new().await;
    let options = WorkerOptions { drain_delay: Duration::from_mins(1), ..concurrency(2) };
    let mut harness = start(&fixture, options);
    fixture.add("").await;
    let first = harness.active().await;
    // A delayed job whose marker another worker took and never used.
    let due_ms = harness.clock.now_ms() + 200;
    let (job, delayed) = (fixture.key("late"), fixture.key("delayed"));
    let fields = [("name", "paint"), ("data", "{}"), ("opts", "{}"), ("timestamp", "1")];
    let () = fixture.redis.hset_multiple(job, &fields).await.unwrap();
    let () = fixture.redis.zadd(delayed, "late", due_ms * 4096).await.unwrap();

    harness.complete(&first);

    let late = harness.active().await;
    assert_eq!(late.job.id, "late");
    harness.complete(&late);
    assert_eq!(harness.completed().await, "late");
    harness.close().await;
}
