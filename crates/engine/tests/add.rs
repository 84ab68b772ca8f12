//! Adding jobs against a real Redis.

#![allow(clippy::unwrap_used, reason = "a failed step fails the test")]

mod support;

use redis::AsyncCommands;
use support::{Fixture, NOW};
use synapse_queue_engine::connection::{Connection, ConnectionOptions};
use synapse_queue_engine::queue::{NewJob, Queue};
use synapse_queue_engine::wire::QueueKeys;
use synapse_queue_testing::{Durability, RedisServer};

#[tokio::test]
async fn a_job_waits_with_its_hash_events_and_marker() {
    let mut fixture = Fixture::new().await;

    let id = fixture.add("").await;

    assert_eq!(id, "1");
    assert_eq!(fixture.list("wait").await, ["1"]);
    let hash = fixture.hash("1").await;
    let fields: Vec<_> = hash.iter().map(|(field, value)| format!("{field}={value}")).collect();
    let now = format!("timestamp={NOW}");
    assert_eq!(
        fields,
        ["data={\"colour\":\"red\"}", "delay=0", "name=paint", "opts={\"attempts\":0}", "priority=0", &now]
    );
    assert_eq!(fixture.events().await, ["added jobId=1 name=paint", "waiting jobId=1"]);
    assert_eq!(fixture.sorted_set("marker").await, [("0".to_owned(), 0.0)]);
    assert_eq!(fixture.hash("meta").await["opts.maxLenEvents"], "10000");
}

#[tokio::test]
async fn jobs_of_one_call_keep_their_order() {
    let mut fixture = Fixture::new().await;

    let ids = fixture.add_many(&["", "", r#"{"lifo":true}"#]).await;

    assert_eq!(ids, ["1", "2", "3"]);
    // Taken from the right: the job at the front first, then in order.
    assert_eq!(fixture.list("wait").await, ["2", "1", "3"]);
}

#[tokio::test]
async fn more_jobs_than_one_call_takes_arrive_in_order() {
    let fixture = Fixture::new().await;

    let ids = fixture.add_many(&[""; 1_000]).await;

    assert_eq!(ids, (1..=1_000).map(|n| n.to_string()).collect::<Vec<_>>());
    let fetched = fixture.fetch(100).await;
    let order: Vec<_> = fetched.jobs.iter().map(|job| job.job.id.parse::<u32>().unwrap()).collect();
    assert_eq!(order, (1..=100).collect::<Vec<_>>());
}

/// As in the addon: one thread, which runs the task it was last given first.
#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn jobs_that_wait_for_the_connection_arrive_in_order() {
    let server = RedisServer::start(Durability::Volatile);
    let url = format!("{}/1", server.url()); // Another connection; the server knows the script from then on.
    let other = Connection::shared(&ConnectionOptions::from_url(&url).unwrap()).unwrap();
    let other = Queue::new(other, QueueKeys::new("bull", "other").unwrap(), "").unwrap();
    let job = NewJob { name: "paint".into(), data: "{}".into(), options: String::new() };
    let job = other.prepare(job, NOW).unwrap();
    other.add(vec![job.clone()]).await.unwrap();
    let mut fixture = Fixture::on(&server).await;
    let queue = fixture.queue.clone();

    let adding = tokio::spawn(async move {
        let connection = queue.connection().clone();
        tokio::spawn(async move { connection.ready().await });
        tokio::task::yield_now().await; // Somebody else opens the connection.
        assert!(!queue.connection().is_connected());
        queue.add(vec![job; 300]).await.unwrap()
    });

    let ids: Vec<String> = adding.await.unwrap().into_iter().map(Result::unwrap).collect();
    assert_eq!(ids, (1..=300).map(|id| id.to_string()).collect::<Vec<_>>());
    assert_eq!(fixture.list("wait").await, ids.into_iter().rev().collect::<Vec<_>>());
}

#[tokio::test]
async fn a_delayed_job_is_scored_by_its_due_time_and_sequence() {
    let mut fixture = Fixture::new().await;

    fixture.add_many(&[r#"{"delay":5000}"#, r#"{"delay":5000}"#]).await;

    let due = NOW + 5_000;
    #[expect(clippy::cast_precision_loss, reason = "scores are doubles")]
    let score = (due * 4096) as f64;
    assert_eq!(fixture.sorted_set("delayed").await, [("1".to_owned(), score), ("2".to_owned(), score + 1.0)]);
    #[expect(clippy::cast_precision_loss, reason = "scores are doubles")]
    let marker = due as f64;
    assert_eq!(fixture.sorted_set("marker").await, [("1".to_owned(), marker)]);
    assert_eq!(fixture.events().await[1], format!("delayed delay={due} jobId=1"));
}

#[tokio::test]
async fn priorities_are_ordered_by_urgency_then_arrival() {
    let mut fixture = Fixture::new().await;

    fixture.add_many(&[r#"{"priority":3}"#, r#"{"priority":1}"#, r#"{"priority":3}"#]).await;

    let order: Vec<_> = fixture.sorted_set("prioritized").await.into_iter().map(|(id, _)| id).collect();
    assert_eq!(order, ["2", "1", "3"]);
}

#[tokio::test]
async fn an_id_in_use_names_the_existing_job() {
    let mut fixture = Fixture::new().await;
    let paint_once = r#"{"jobId":"paint-once"}"#;

    let first = fixture.add(paint_once).await;
    let again = fixture.add_many(&[paint_once, r#"{"jobId":"other"}"#, r#"{"jobId":"other"}"#]).await;

    assert_eq!((first.as_str(), again), ("paint-once", vec!["paint-once".into(), "other".into(), "other".into()]));
    assert_eq!(fixture.list("wait").await, ["other", "paint-once"]);
    let duplicates = fixture.events().await.into_iter().filter(|event| event.starts_with("duplicated")).count();
    assert_eq!(duplicates, 2);
}

#[tokio::test]
async fn a_paused_queue_takes_jobs_without_waking_workers() {
    let mut fixture = Fixture::new().await;
    let meta = fixture.key("meta");
    let _: () = fixture.redis.hset(meta, "paused", 1).await.unwrap();

    fixture.add("").await;

    assert_eq!(fixture.list("wait").await, ["1"]);
    assert!(fixture.sorted_set("marker").await.is_empty());
}

#[tokio::test]
async fn adds_made_at_once_all_arrive() {
    let fixture = Fixture::new().await;

    let adds = (0..500).map(|_| fixture.add(""));
    let mut ids = futures_util::future::join_all(adds).await;

    ids.sort_by_key(|id| id.parse::<u32>().unwrap());
    assert_eq!(ids, (1..=500).map(|n| n.to_string()).collect::<Vec<_>>());
}

#[tokio::test]
async fn scripts_survive_script_flush() {
    let mut fixture = Fixture::new().await;
    fixture.add("").await;

    let _: () = redis::cmd("SCRIPT").arg("FLUSH").query_async(&mut fixture.redis).await.unwrap();

    assert_eq!(fixture.add("").await, "2");
}
