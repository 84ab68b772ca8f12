use std::time::Duration;

use redis::AsyncCommands;
use synapse_queue_engine::options::WorkerOptions;
use synapse_queue_engine::processor::Outcome;

use super::support::Fixture;
use super::worker_harness::{Native, Setup, start};

fn now() -> i64 {
    i64::try_from(std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap().as_millis()).unwrap()
}

#[tokio::test]
async fn a_worker_adds_the_next_job_and_runs_it_when_its_time_has_come() {
    let fixture = Fixture::new().await;
    let first = fixture.upsert_at(r#"{"every":200}"#, now()).await.unwrap().unwrap();
    let mut worker = start(&fixture, WorkerOptions::default());
    let mut slots = Vec::new();
    for _ in 0..3 {
        let given = worker.active().await;
        slots.push(given.job.id.clone());
        worker.complete(&given);
    }
    assert_eq!(slots[0], first.id);
    slots.sort();
    slots.dedup();
    assert_eq!(slots.len(), 3);
    worker.close().await;
}

#[tokio::test]
async fn a_native_processor_keeps_a_schedule_going() {
    let fixture = Fixture::new().await;
    fixture.upsert_at(r#"{"every":100,"limit":4}"#, now()).await.unwrap();
    let processor = Native(|_job| async { Outcome::Completed("1".into()) });
    let mut setup = Setup::native(WorkerOptions::default(), processor);
    let processor = setup.processors.remove("paint").unwrap();
    setup.processors.insert("tick".into(), processor);
    let mut worker = start(&fixture, setup);
    for _ in 0..4 {
        worker.completed().await;
    }
    assert!(fixture.queue.scheduler("s").await.unwrap().is_some_and(|record| record.iteration_count == Some(4)));
    worker.close().await;
}

#[tokio::test]
async fn a_job_whose_pattern_cannot_be_read_is_not_run() {
    let mut fixture = Fixture::new().await;
    let pattern = r#"{"pattern":"* * * * *","immediately":true}"#;
    let job = fixture.upsert_at(pattern, now()).await.unwrap().unwrap();
    let key = fixture.key(&job.id);
    let _: () = fixture.redis.hset(key, "opts", r#"{"repeat":{"pattern":"bogus","count":1}}"#).await.unwrap();
    let mut worker = start(&fixture, WorkerOptions::default());
    assert!(worker.error().await.starts_with("Failed to add repeatable job for next iteration: Invalid cron pattern"));
    assert_eq!(fixture.list("active").await, [job.id]);
    worker.close().await;
}

#[tokio::test]
async fn a_worker_makes_up_for_a_job_that_vanished() {
    let mut fixture = Fixture::new().await;
    let job = fixture.upsert_at(r#"{"every":300}"#, now()).await.unwrap().unwrap();
    fixture.lose(&job.id).await;
    let options = WorkerOptions { stalled_interval: Duration::from_millis(100), ..WorkerOptions::default() };
    let mut worker = start(&fixture, options);
    let given = worker.active().await;
    assert_eq!(given.job.name, "tick");
    worker.complete(&given);
    worker.close().await;
}
