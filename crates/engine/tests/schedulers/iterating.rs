use super::support::{Fixture, NOW};
use super::{following, id_at};

#[tokio::test]
async fn the_next_job_is_added_once_per_job_that_is_taken() {
    let mut fixture = Fixture::new().await;
    let job = fixture.upsert(r#"{"every":5000}"#).await;
    fixture.fetch(1).await;
    let next = [following(&job, NOW)];
    assert_eq!(fixture.scripts.next_iterations(&next, NOW).await.unwrap(), 1);
    assert_eq!(fixture.scripts.next_iterations(&next, NOW).await.unwrap(), 0);
    assert_eq!(fixture.live().await, [id_at(0), id_at(5_000)]);
    assert_eq!(fixture.hash("repeat:s").await["ic"], "2");
}

#[tokio::test]
async fn an_interval_catches_up_with_its_slots() {
    for (late, slot) in [(0, 5_000), (5_000, 5_000), (5_001, 10_000), (10_000, 15_000), (23_456, 25_000)] {
        let mut fixture = Fixture::new().await;
        let job = fixture.upsert(r#"{"every":5000}"#).await;
        fixture.scripts.next_iterations(&[following(&job, NOW + late)], NOW + late).await.unwrap();
        assert_eq!(fixture.slot().await, Some(slot), "{late} ms late");
    }
}

#[tokio::test]
async fn a_removed_scheduler_adds_nothing() {
    let mut fixture = Fixture::new().await;
    let job = fixture.upsert(r#"{"every":5000}"#).await;
    fixture.queue.remove_scheduler("s").await.unwrap();
    assert_eq!(fixture.scripts.next_iterations(&[following(&job, NOW)], NOW).await.unwrap(), 0);
    assert_eq!(fixture.slot().await, None);
}

#[tokio::test]
async fn many_schedulers_go_on_in_few_calls() {
    let mut fixture = Fixture::new().await;
    let mut iterations = Vec::new();
    for n in 0..150 {
        let scheduler = synapse_queue_engine::queue::NewScheduler {
            id: format!("s{n}"),
            repeat: r#"{"every":5000}"#.into(),
            name: None,
            data: String::new(),
            options: String::new(),
            trace_context: None,
            chosen_ms: None,
        };
        let zone = synapse_queue_engine::scheduler::Zone::UTC;
        let job = fixture.queue.upsert_scheduler(scheduler, NOW, zone).await.unwrap().unwrap();
        iterations.push(following(&job, NOW));
    }
    assert_eq!(fixture.scripts.next_iterations(&iterations, NOW).await.unwrap(), 150);
    assert_eq!(fixture.sorted_set("delayed").await.len(), 150);
}

#[tokio::test]
async fn only_the_first_job_belongs_to_the_trace_of_the_call_that_made_its_scheduler() {
    for (options, later) in [("", None), (r#"{"telemetry":{"metadata":"mine"}}"#, Some("mine"))] {
        let mut fixture = Fixture::new().await;
        let scheduler = synapse_queue_engine::queue::NewScheduler {
            id: "s".into(),
            repeat: r#"{"every":5000}"#.into(),
            name: None,
            data: String::new(),
            options: options.into(),
            trace_context: Some("request".into()),
            chosen_ms: None,
        };
        let zone = synapse_queue_engine::scheduler::Zone::UTC;
        let job = fixture.queue.upsert_scheduler(scheduler, NOW, zone).await.unwrap().unwrap();
        fixture.scripts.next_iterations(&[following(&job, NOW)], NOW).await.unwrap();
        let mut contexts = Vec::new();
        for slot in [0, 5_000] {
            let opts: serde_json::Value = serde_json::from_str(&fixture.hash(&id_at(slot)).await["opts"]).unwrap();
            contexts.push(opts["tm"].as_str().map(str::to_owned));
        }
        assert_eq!(contexts, [Some("request".to_owned()), later.map(str::to_owned)]);
    }
}
