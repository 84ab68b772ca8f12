use redis::AsyncCommands;
use synapse_queue_engine::options::Retention;
use synapse_queue_engine::scripts::{FinishKind, JobRange};

use super::support::{Fixture, NOW, finish};
use super::{following, id_at};

#[tokio::test]
async fn a_new_interval_runs_at_once_and_has_a_record() {
    let mut fixture = Fixture::new().await;
    let job = fixture.upsert(r#"{"every":5000}"#).await;
    assert_eq!((job.id.as_str(), job.delay, job.timestamp), (id_at(0).as_str(), 0, NOW));
    assert_eq!(fixture.list("wait").await, [id_at(0)]);
    let record = fixture.hash("repeat:s").await;
    let shown: Vec<_> = record.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    assert_eq!(shown, [("every", "5000"), ("ic", "1"), ("name", "tick"), ("offset", "0")]);
    let stored = fixture.queue.job(&job.id).await.unwrap().unwrap();
    assert_eq!(stored, job);
}

#[tokio::test]
async fn a_job_that_waits_already_makes_room_and_gives_its_slot() {
    let mut fixture = Fixture::new().await;
    fixture.upsert(r#"{"every":5000}"#).await;
    fixture.upsert_at(r#"{"every":5000}"#, NOW + 10).await.unwrap();
    assert_eq!(fixture.live().await, [id_at(0)]);
    fixture.upsert_at(r#"{"every":6000}"#, NOW + 20).await.unwrap();
    assert_eq!(fixture.live().await, [id_at(20)]);
}

#[tokio::test]
async fn a_pattern_whose_slot_another_job_has_is_refused_and_nothing_is_written() {
    let mut fixture = Fixture::new().await;
    let job = fixture.key(&id_at(0));
    let _: () = fixture.redis.hset(job, "name", "other").await.unwrap();
    let error = fixture.upsert_at(r#"{"pattern":"* * * * *","immediately":true}"#, NOW).await.unwrap_err();
    assert_eq!(error.bullmq_code(), Some(-10));
    assert_eq!(error.to_string(), "Cannot create job scheduler iteration - job ID already exists. addJobScheduler");
    assert!(fixture.hash("repeat:s").await.is_empty());
}

#[tokio::test]
async fn an_interval_takes_the_first_free_slot_of_thirty_three() {
    for (taken, slot) in [(3, Some(15_000)), (32, Some(160_000)), (33, None)] {
        let mut fixture = Fixture::new().await;
        for n in 0..taken {
            let job = fixture.key(&id_at(5_000 * n));
            let _: () = fixture.redis.hset(job, "name", "other").await.unwrap();
        }
        let upserted = fixture.upsert_at(r#"{"every":5000}"#, NOW).await;
        assert_eq!(upserted.err().and_then(|error| error.bullmq_code()), slot.is_none().then_some(-11));
        assert_eq!(fixture.slot().await, slot);
    }
}

#[tokio::test]
async fn a_running_job_of_the_same_slot_is_never_overwritten_and_a_finished_one_gives_way() {
    let mut fixture = Fixture::new().await;
    let immediately = r#"{"pattern":"* * * * *","immediately":true}"#;
    let job = fixture.upsert(immediately).await;
    let taken = fixture.fetch(1).await.jobs.remove(0);
    fixture.scripts.next_iterations(&[following(&job, NOW)], NOW).await.unwrap();
    assert_eq!(fixture.upsert_at(immediately, NOW).await.unwrap_err().bullmq_code(), Some(-10));

    let kind = FinishKind::Completed { returnvalue: "1".into(), retention: Retention::keep_all() };
    fixture.settle(vec![finish(&taken, kind)], None, NOW).await;
    fixture.upsert(immediately).await;
    assert_eq!(fixture.live().await, [id_at(0)]);
    assert!(fixture.sorted_set("completed").await.is_empty());
}

#[tokio::test]
async fn schedulers_are_listed_by_their_next_slot() {
    let fixture = Fixture::new().await;
    fixture.upsert(r#"{"pattern":"0 0 * * *","tz":"Europe/Athens","limit":3}"#).await;
    let range = JobRange { first: 0, last: -1, ascending: true };
    let listed = fixture.queue.schedulers(range).await.unwrap();
    assert_eq!(fixture.queue.scheduler("s").await.unwrap().as_ref(), listed.first());
    let schedule = serde_json::json!({ "pattern": "0 0 * * *", "tz": "Europe/Athens", "limit": 3, "offset": 0 });
    assert_eq!(serde_json::Value::Object(listed[0].schedule.clone()), schedule);
    assert_eq!((listed[0].name.as_str(), listed[0].iteration_count), ("tick", Some(1)));
    assert_eq!(fixture.queue.schedulers_count().await.unwrap(), 1);
    assert!(fixture.queue.is_scheduler("s").await.unwrap() && !fixture.queue.is_scheduler("t").await.unwrap());
}

#[tokio::test]
async fn removing_takes_a_delayed_job_along_and_leaves_one_that_could_run() {
    let mut fixture = Fixture::new().await;
    fixture.upsert(r#"{"pattern":"0 0 * * *"}"#).await;
    assert!(fixture.queue.remove_scheduler("s").await.unwrap());
    assert!(!fixture.queue.remove_scheduler("s").await.unwrap());
    assert!(fixture.live().await.is_empty());
    fixture.upsert(r#"{"every":5000}"#).await;
    assert!(fixture.queue.remove_scheduler("s").await.unwrap());
    assert_eq!(fixture.live().await, [id_at(0)]);
}
