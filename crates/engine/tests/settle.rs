//! Finishing and fetching against a real Redis: one test per result code and per way to leave the active state.

#![allow(clippy::unwrap_used, reason = "a failed step fails the test")]

mod support;

use std::time::Duration;

use redis::AsyncCommands;
use support::{Fixture, NOW, fetch, finish};
use synapse_queue_engine::error::Error;
use synapse_queue_engine::options::{RateLimit, Retention};
use synapse_queue_engine::scripts::{Fetch, FetchedJob, Finish, FinishKind};

fn completed(job: &FetchedJob) -> Finish {
    finish(job, FinishKind::Completed { returnvalue: "{\"ok\":true}".into(), retention: Retention::keep_all() })
}

fn failed(job: &FetchedJob, attempts: u32) -> Finish {
    let (reason, stacktrace) = ("boom".into(), "[\"Error: boom\"]".into());
    finish(job, FinishKind::Failed { reason, stacktrace, retention: Retention::keep_all(), attempts })
}

#[tokio::test]
async fn a_fetched_job_is_active_locked_and_announced() {
    let mut fixture = Fixture::new().await;
    fixture.add("").await;

    let reply = fixture.settle(vec![], Some(Fetch { worker_name: Some("w1".into()), ..fetch(5) }), NOW).await;

    assert_eq!(reply.jobs.len(), 1);
    let job = &reply.jobs[0].job;
    assert_eq!((job.id.as_str(), job.attempts_started, job.processed_on), ("1", 1, Some(NOW)));
    assert_eq!(fixture.list("active").await, ["1"]);
    let lock = fixture.key("1:lock");
    let token: String = fixture.redis.get(lock).await.unwrap();
    assert_eq!(token, reply.jobs[0].token);
    let hash = fixture.hash("1").await;
    assert_eq!((hash["processedOn"].as_str(), hash["ats"].as_str(), hash["pb"].as_str()), ("1800000000000", "1", "w1"));
    assert_eq!(fixture.events().await.last().unwrap(), "active jobId=1 prev=waiting");
}

#[tokio::test]
async fn finishing_and_fetching_share_a_call() {
    let mut fixture = Fixture::new().await;
    fixture.add_many(&["", "", ""]).await;
    let first = fixture.fetch(2).await;

    let finishes = first.jobs.iter().map(completed).collect();
    let reply = fixture.settle(finishes, Some(fetch(2)), NOW + 5).await;

    assert!(reply.finishes.iter().all(|finish| finish.as_ref().unwrap().attempts_made == 1));
    assert_eq!(reply.jobs.iter().map(|job| job.job.id.as_str()).collect::<Vec<_>>(), ["3"]);
    let hash = fixture.hash("1").await;
    assert_eq!((hash["returnvalue"].as_str(), hash["finishedOn"].as_str()), ("{\"ok\":true}", "1800000000005"));
    assert_eq!(fixture.sorted_set("completed").await.len(), 2);
    assert_eq!(fixture.list("active").await, ["3"]);
    let lock: Option<String> = fixture.redis.get(fixture.key("1:lock")).await.unwrap();
    assert_eq!(lock, None);
}

#[tokio::test]
async fn the_last_finish_announces_that_the_queue_is_drained() {
    let mut fixture = Fixture::new().await;
    fixture.add("").await;
    let fetched = fixture.fetch(1).await;

    let reply = fixture.settle(vec![completed(&fetched.jobs[0])], Some(fetch(1)), NOW).await;

    assert!(reply.drained);
    let events = fixture.events().await;
    assert_eq!(events[events.len() - 2..], ["completed jobId=1 prev=active returnvalue={\"ok\":true}", "drained"]);
    assert!(fixture.sorted_set("marker").await.is_empty() || fixture.list("wait").await.is_empty());
}

#[tokio::test]
async fn a_failure_at_the_last_attempt_is_announced_as_such() {
    let mut fixture = Fixture::new().await;
    fixture.add("").await;
    let fetched = fixture.fetch(1).await;

    fixture.settle(vec![failed(&fetched.jobs[0], 1)], None, NOW).await;

    assert_eq!(fixture.sorted_set("failed").await.len(), 1);
    assert_eq!(fixture.hash("1").await["failedReason"], "boom");
    let events = fixture.events().await;
    assert_eq!(
        events[3..],
        ["failed failedReason=boom jobId=1 prev=active", "retries-exhausted attemptsMade=1 jobId=1", "drained"]
    );
}

#[tokio::test]
async fn a_retry_joins_at_the_back_and_burns_an_attempt() {
    let mut fixture = Fixture::new().await;
    fixture.add_many(&["", ""]).await;
    let fetched = fixture.fetch(1).await;

    let retry = FinishKind::Retry { reason: "boom".into(), stacktrace: "[]".into(), lifo: false };
    let reply = fixture.settle(vec![finish(&fetched.jobs[0], retry)], None, NOW).await;

    assert_eq!(reply.finishes[0].as_ref().unwrap().attempts_made, 1);
    assert_eq!(fixture.list("wait").await, ["1", "2"]);
    assert_eq!(fixture.sorted_set("marker").await, [("0".to_owned(), 0.0)]);
    assert_eq!(fixture.events().await.last().unwrap(), "waiting jobId=1 prev=active");
}

#[tokio::test]
async fn a_retry_with_backoff_is_delayed_and_fetched_when_due() {
    let mut fixture = Fixture::new().await;
    fixture.add("").await;
    let fetched = fixture.fetch(1).await;

    let until_ms = NOW + 2_000;
    let kind = FinishKind::RetryLater { reason: "boom".into(), stacktrace: "[]".into(), until_ms, delay_ms: 2_000 };
    fixture.settle(vec![finish(&fetched.jobs[0], kind)], None, NOW).await;

    let early = fixture.fetch_at(1, until_ms - 1).await;
    assert!(early.jobs.is_empty());
    assert_eq!(early.next_delayed_ms, Some(until_ms));
    assert_eq!(fixture.hash("1").await["delay"], "2000");
    let due = fixture.fetch_at(1, until_ms).await;
    assert_eq!((due.jobs.len(), due.jobs[0].job.attempts_made), (1, 1));
    assert_eq!(fixture.hash("1").await["delay"], "0");
}

#[tokio::test]
async fn a_delay_or_a_release_burns_no_attempt() {
    let mut fixture = Fixture::new().await;
    fixture.add_many(&["", "", r#"{"priority":2}"#]).await;
    let fetched = fixture.fetch(3).await;

    let delay = FinishKind::Delay { until_ms: NOW + 10, delay_ms: 10 };
    let finishes = vec![
        finish(&fetched.jobs[0], delay),
        finish(&fetched.jobs[1], FinishKind::Release),
        finish(&fetched.jobs[2], FinishKind::Release),
    ];
    let reply = fixture.settle(finishes, None, NOW).await;

    assert!(reply.finishes.iter().all(|finish| finish.as_ref().unwrap().attempts_made == 0));
    assert_eq!(fixture.sorted_set("delayed").await.len(), 1);
    assert_eq!(fixture.list("wait").await, ["2"]);
    assert_eq!(fixture.sorted_set("prioritized").await, [("3".to_owned(), f64::from(2) * 4_294_967_296.0)]);
}

#[tokio::test]
async fn one_lost_lock_does_not_fail_its_neighbours() {
    let mut fixture = Fixture::new().await;
    fixture.add_many(&["", "", "", "", ""]).await;
    let fetched = fixture.fetch(5).await;
    let _: () = fixture.redis.del(fixture.key("1:lock")).await.unwrap();
    let _: () = fixture.redis.set(fixture.key("2:lock"), "somebody").await.unwrap();
    let _: () = fixture.redis.del(fixture.key("3")).await.unwrap();
    let _: () = fixture.redis.lrem(fixture.key("active"), 1, "4").await.unwrap();

    let reply = fixture.settle(fetched.jobs.iter().map(completed).collect(), None, NOW).await;

    let messages: Vec<_> =
        reply.finishes.iter().map(|finish| finish.as_ref().map_or_else(ToString::to_string, |_| "ok".into())).collect();
    assert_eq!(
        messages,
        [
            "Missing lock for job 1. moveToFinished",
            "Lock mismatch for job 2. Cmd moveToFinished from active",
            "Missing key for job 3. moveToFinished",
            "Job 4 is not in the active state. moveToFinished",
            "ok",
        ]
    );
}

#[tokio::test]
async fn the_last_parts_of_a_run_are_recorded_with_its_end_even_where_that_is_refused() {
    let mut fixture = Fixture::new().await;
    fixture.add_many(&["", "", ""]).await;
    let fetched = fixture.fetch(3).await;
    let _: () = fixture.redis.set(fixture.key("2:lock"), "of another worker").await.unwrap();
    let _: () = fixture.redis.del(fixture.key("3")).await.unwrap();
    let last_parts = vec!["sent:\"a\"".to_owned(), "sent:ä".to_owned()];

    let finishes = fetched.jobs.iter().map(|job| Finish { last_parts: last_parts.clone(), ..completed(job) });
    let reply = fixture.settle(finishes.collect(), None, NOW).await;

    assert!(reply.finishes[0].is_ok());
    assert!(matches!(reply.finishes[1], Err(Error::LockMismatch { .. })));
    assert!(matches!(reply.finishes[2], Err(Error::JobMissing { .. })));
    for job in ["1", "2"] {
        let hash = fixture.hash(job).await;
        assert_eq!((hash["ldg:sent:\"a\""].as_str(), hash["ldg:sent:ä"].as_str()), ("1", "1"), "job {job}");
    }
    assert!(fixture.hash("3").await.is_empty());
}

#[tokio::test]
async fn a_parent_with_open_or_failed_children_cannot_complete() {
    let mut fixture = Fixture::new().await;
    fixture.add_many(&["", ""]).await;
    let fetched = fixture.fetch(2).await;
    let _: () = fixture.redis.sadd(fixture.key("1:dependencies"), "child").await.unwrap();
    let _: () = fixture.redis.zadd(fixture.key("2:unsuccessful"), "child", 1).await.unwrap();

    let reply = fixture.settle(fetched.jobs.iter().map(completed).collect(), None, NOW).await;

    assert!(matches!(reply.finishes[0], Err(Error::PendingDependencies { .. })));
    assert!(matches!(reply.finishes[1], Err(Error::FailedChildren { .. })));
}

#[tokio::test]
async fn retention_by_count_and_age_drops_the_oldest() {
    let mut fixture = Fixture::new().await;
    fixture.add_many(&[""; 6]).await;
    let by_count = Retention::keep(2);
    for offset in 0..4 {
        let fetched = fixture.fetch(1).await;
        let kind = FinishKind::Completed { returnvalue: "1".into(), retention: by_count };
        fixture.settle(vec![finish(&fetched.jobs[0], kind)], None, NOW + offset).await;
    }
    let kept: Vec<_> = fixture.sorted_set("completed").await.into_iter().map(|(id, _)| id).collect();
    assert_eq!(kept, ["3", "4"]);
    assert!(fixture.hash("1").await.is_empty());

    let by_age = Retention { age_s: Some(10), ..Retention::keep_all() };
    let fetched = fixture.fetch(1).await;
    let kind = FinishKind::Completed { returnvalue: "1".into(), retention: by_age };
    fixture.settle(vec![finish(&fetched.jobs[0], kind)], None, NOW + 11_000).await;
    let kept: Vec<_> = fixture.sorted_set("completed").await.into_iter().map(|(id, _)| id).collect();
    assert_eq!(kept, ["5"]);

    let fetched = fixture.fetch(1).await;
    let kind = FinishKind::Completed { returnvalue: "1".into(), retention: Retention::keep(0) };
    fixture.settle(vec![finish(&fetched.jobs[0], kind)], None, NOW + 12_000).await;
    assert!(fixture.hash("6").await.is_empty());
}

#[tokio::test]
async fn the_rate_limit_bounds_a_batch_and_tells_how_long_it_lasts() {
    let fixture = Fixture::new().await;
    fixture.add_many(&[""; 10]).await;
    let limiter = Some(RateLimit { max: 3, duration: Duration::from_mins(1) });

    let first = fixture.settle(vec![], Some(Fetch { limiter, ..fetch(8) }), NOW).await;
    let second = fixture.settle(vec![], Some(Fetch { limiter, ..fetch(8) }), NOW).await;

    assert_eq!((first.jobs.len(), first.rate_limit_ms), (3, 0));
    assert!(second.jobs.is_empty() && !second.drained);
    assert!((50_000..=60_000).contains(&second.rate_limit_ms), "{}", second.rate_limit_ms);
}

#[tokio::test]
async fn the_global_rate_limit_wins_over_the_workers() {
    let mut fixture = Fixture::new().await;
    fixture.add_many(&[""; 10]).await;
    let _: () = fixture.redis.hset_multiple(fixture.key("meta"), &[("max", "2"), ("duration", "60000")]).await.unwrap();
    let limiter = Some(RateLimit { max: 5, duration: Duration::from_mins(1) });

    let reply = fixture.settle(vec![], Some(Fetch { limiter, ..fetch(8) }), NOW).await;

    assert_eq!(reply.jobs.len(), 2);
}

#[tokio::test]
async fn the_global_concurrency_bounds_all_workers_together() {
    let mut fixture = Fixture::new().await;
    fixture.add_many(&[""; 10]).await;
    let _: () = fixture.redis.hset(fixture.key("meta"), "concurrency", 3).await.unwrap();

    let (first, second) = (fixture.fetch(2).await, fixture.fetch(5).await);

    assert_eq!((first.jobs.len(), second.jobs.len()), (2, 1));
    let third = fixture.settle(vec![completed(&first.jobs[0])], Some(fetch(5)), NOW).await;
    assert_eq!(third.jobs.len(), 1);
}

#[tokio::test]
async fn a_paused_queue_hands_out_nothing() {
    let mut fixture = Fixture::new().await;
    fixture.add("").await;
    let _: () = fixture.redis.hset(fixture.key("meta"), "paused", 1).await.unwrap();

    let reply = fixture.fetch(5).await;

    assert!(reply.jobs.is_empty() && !reply.drained);
}

#[tokio::test]
async fn waiting_jobs_go_before_prioritised_ones() {
    let mut fixture = Fixture::new().await;
    fixture.add_many(&[r#"{"priority":2}"#, r#"{"priority":1}"#, ""]).await;

    let reply = fixture.fetch(5).await;

    assert_eq!(reply.jobs.iter().map(|job| job.job.id.as_str()).collect::<Vec<_>>(), ["3", "2", "1"]);
    assert_eq!(fixture.list("active").await, ["1", "2", "3"]);
}

#[tokio::test]
async fn an_id_without_a_job_is_dropped() {
    let mut fixture = Fixture::new().await;
    fixture.add("").await;
    let _: () = fixture.redis.rpush(fixture.key("wait"), "ghost").await.unwrap();

    let reply = fixture.fetch(5).await;

    assert_eq!(reply.jobs.iter().map(|job| job.job.id.as_str()).collect::<Vec<_>>(), ["1"]);
    assert_eq!(fixture.list("active").await, ["1"]);
}
