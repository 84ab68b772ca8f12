//! Reading a queue's event stream on a real Redis.

#![allow(clippy::unwrap_used, reason = "a failed step fails the test")]

mod support;

use std::time::Duration;

use support::Fixture;
use synapse_queue_engine::connection::{Connection, ConnectionOptions};
use synapse_queue_engine::queue_events::{QueueEvents, QueueEventsOptions, StreamEvent};
use synapse_queue_testing::{Durability, RedisServer};

const PATIENCE: Duration = Duration::from_secs(10);

fn reader(server: &RedisServer, fixture: &Fixture, options: QueueEventsOptions) -> QueueEvents {
    let server = ConnectionOptions::from_url(&server.url()).expect("the test server has a valid address");
    let connection = Connection::shared(&server).expect("the options are valid");
    QueueEvents::new(connection, fixture.queue.keys().clone(), options)
}

/// Reads until `count` events have come.
async fn read(events: &QueueEvents, count: usize) -> Vec<StreamEvent> {
    let mut read = Vec::new();
    while read.len() < count {
        read.extend(
            tokio::time::timeout(PATIENCE, events.next()).await.expect("an event comes").expect("Redis answers"),
        );
    }
    read
}

fn names(events: &[StreamEvent]) -> Vec<String> {
    events.iter().map(|event| format!("{} {}", event.fields[0].1, event.fields[1].1)).collect()
}

#[tokio::test]
async fn only_events_after_the_start_are_read_unless_asked_otherwise() {
    let server = RedisServer::shared();
    let fixture = Fixture::new().await;
    fixture.add("").await;
    let events = reader(server, &fixture, QueueEventsOptions::default());
    events.ready().await.unwrap();

    fixture.add("").await;

    let new = read(&events, 2).await;
    assert_eq!(names(&new), ["added 2", "waiting 2"]);
    assert_eq!(
        new[0].fields,
        [("event", "added"), ("jobId", "2"), ("name", "paint")].map(|(k, v)| (k.to_owned(), v.to_owned()))
    );
    let all = reader(server, &fixture, QueueEventsOptions { last_event_id: Some("0-0".into()), ..Default::default() });
    assert_eq!(names(&read(&all, 4).await), ["added 1", "waiting 1", "added 2", "waiting 2"]);
    let rest = QueueEventsOptions { last_event_id: Some(new[0].id.clone()), ..Default::default() };
    assert_eq!(names(&read(&reader(server, &fixture, rest), 1).await), ["waiting 2"]);
}

#[tokio::test]
async fn waiting_outlasts_the_blocking_timeout() {
    let fixture = Fixture::new().await;
    let options = QueueEventsOptions { blocking_timeout: Duration::from_millis(5), ..Default::default() };
    let events = reader(RedisServer::shared(), &fixture, options);
    events.ready().await.unwrap();
    let next = read(&events, 2);
    tokio::pin!(next);
    assert!(tokio::time::timeout(Duration::from_millis(50), &mut next).await.is_err());

    fixture.add("").await;

    assert_eq!(names(&next.await), ["added 1", "waiting 1"]);
}

#[tokio::test]
async fn closing_interrupts_a_read() {
    let fixture = Fixture::new().await;
    let events = reader(RedisServer::shared(), &fixture, QueueEventsOptions::default());
    events.ready().await.unwrap();

    let (read, ()) = tokio::join!(events.next(), async { events.close().await });

    assert_eq!(read.unwrap(), []);
    assert_eq!(events.next().await.unwrap(), []);
}

#[tokio::test]
async fn the_connection_shows_up_by_its_name() {
    let mut fixture = Fixture::new().await;
    let events = reader(RedisServer::shared(), &fixture, QueueEventsOptions::default());
    events.ready().await.unwrap();

    let clients: String = redis::cmd("CLIENT").arg("LIST").query_async(&mut fixture.redis).await.unwrap();

    assert!(clients.contains(&format!("name={}:cXVldWU=:qe", fixture.queue.keys().prefix())), "{clients}");
}

/// Waits until the reader's call waits in Redis.
async fn wait_for_blocked_reader(observer: &mut redis::aio::MultiplexedConnection) {
    loop {
        let clients: String = redis::cmd("INFO").arg("clients").query_async(observer).await.unwrap();
        if clients.contains("blocked_clients:1") {
            return;
        }
    }
}

#[tokio::test]
async fn reading_goes_on_after_a_restart_where_it_was() {
    let mut server = RedisServer::start(Durability::Always);
    let fixture = Fixture::on(&server).await;
    let events = reader(&server, &fixture, QueueEventsOptions::default());
    events.ready().await.unwrap();
    fixture.add("").await;
    assert_eq!(names(&read(&events, 2).await), ["added 1", "waiting 1"]);
    let mut observer = server.client().get_multiplexed_async_connection().await.unwrap();
    let (broken, ()) = tokio::join!(events.next(), async {
        wait_for_blocked_reader(&mut observer).await;
        server.kill();
    });
    assert!(broken.is_err());

    server.restart();
    fixture.add("").await;

    assert_eq!(names(&read(&events, 2).await), ["added 2", "waiting 2"]);
}
