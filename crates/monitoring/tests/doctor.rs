//! The diagnosis of a real server and a real queue.

#![allow(clippy::unwrap_used, reason = "a failed step fails the test")]

use redis::AsyncCommands;
use synapse_queue_engine::clock::Clock;
use synapse_queue_engine::connection::{Connection, ConnectionOptions};
use synapse_queue_engine::queue::{NewJob, NewScheduler, Queue};
use synapse_queue_engine::scheduler::Zone;
use synapse_queue_engine::wire::QueueKeys;
use synapse_queue_monitoring::doctor::{Finding, Severity, Thoroughness, examine_queue, examine_server};
use synapse_queue_testing::{Durability, RedisServer, unique_prefix};

async fn queue_on(redis: &RedisServer) -> Queue {
    let connection = Connection::shared(&ConnectionOptions::from_url(&redis.url()).unwrap()).unwrap();
    let queue = Queue::new(connection, QueueKeys::new(&unique_prefix(), "paint").unwrap(), "").unwrap();
    queue.announce("bullmq:6.7.0", 10_000).await.unwrap();
    queue
}

fn severity_of(check: &str, findings: &[Finding]) -> Severity {
    findings.iter().find(|finding| finding.check == check).unwrap().severity
}

#[tokio::test]
async fn a_server_that_throws_jobs_away_is_a_problem() {
    let redis = RedisServer::start(Durability::Volatile);
    let queue = queue_on(&redis).await;
    let now_ms = || Clock::new().now_ms();
    let before = examine_server(&queue, now_ms).await.unwrap();
    assert_eq!(severity_of("maxmemory-policy", &before), Severity::Ok);
    assert_eq!(severity_of("version", &before), Severity::Ok);
    assert_eq!(severity_of("clock", &before), Severity::Ok);

    let mut client = redis.client().get_multiplexed_async_connection().await.unwrap();
    let set = ["SET", "maxmemory-policy", "allkeys-lru"];
    let _: () = redis::cmd("CONFIG").arg(&set).query_async(&mut client).await.unwrap();
    let after = examine_server(&queue, || Clock::new().now_ms() + 60_000).await.unwrap();
    assert_eq!(severity_of("maxmemory-policy", &after), Severity::Problem);
    assert_eq!(severity_of("clock", &after), Severity::Problem);
}

#[tokio::test]
async fn what_is_stuck_in_a_queue_is_found() {
    let redis = RedisServer::shared();
    let queue = queue_on(redis).await;
    let now_ms = Clock::new().now_ms();
    let job = NewJob { name: "paint".into(), data: "{}".into(), options: String::new() };
    let id = queue.add(vec![queue.prepare(job, now_ms).unwrap()]).await.unwrap().remove(0).unwrap();
    let scheduler = NewScheduler {
        id: "nightly".into(),
        repeat: "{\"every\":3600000}".into(),
        name: None,
        data: String::new(),
        options: String::new(),
        trace_context: None,
        chosen_ms: None,
    };
    let next = queue.upsert_scheduler(scheduler, now_ms, Zone::UTC).await.unwrap().unwrap();
    let mut client = redis.client().get_multiplexed_async_connection().await.unwrap();
    let base = queue.keys().base();
    let _: () = client.del(format!("{base}{}", next.id)).await.unwrap();
    let _: () = client.lpush(format!("{base}active"), &id).await.unwrap();
    let _: () = client.del(format!("{base}wait")).await.unwrap();
    let _: () = client.hset(format!("{base}lost"), "name", "paint").await.unwrap();

    let findings = examine_queue(&queue, now_ms, Thoroughness::Full).await.unwrap();
    assert_eq!(severity_of("stalled", &findings), Severity::Problem);
    assert_eq!(severity_of("schedulers", &findings), Severity::Problem);
    assert_eq!(severity_of("orphans", &findings), Severity::Warning);
    assert_eq!(severity_of("written by", &findings), Severity::Ok);
}
