//! The endpoints as a scraper sees them, with real workers on a real Redis.

#![allow(clippy::unwrap_used, reason = "a failed step fails the test")]

use std::collections::HashMap;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use synapse_queue_engine::clock::Clock;
use synapse_queue_engine::connection::{Connection, ConnectionOptions};
use synapse_queue_engine::options::WorkerOptions;
use synapse_queue_engine::queue::{NewJob, Queue};
use synapse_queue_engine::scheduler::SlotSource;
use synapse_queue_engine::wire::QueueKeys;
use synapse_queue_engine::worker::{JobOutcome, JobResult, Worker, WorkerConfig, WorkerEvent};
use synapse_queue_monitoring::{HealthServer, HealthServerError, Monitor};
use synapse_queue_testing::{Durability, RedisServer, unique_prefix};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::timeout;

const PATIENCE: Duration = Duration::from_secs(10);
const LOOPBACK: SocketAddr = SocketAddr::new(std::net::IpAddr::V4(Ipv4Addr::LOCALHOST), 0);

/// A process with its workers and its endpoints.
struct Stage {
    monitor: Arc<Monitor>,
    server: HealthServer,
    queue: Queue,
}

impl Stage {
    async fn on(redis: &RedisServer) -> Self {
        let monitor = Arc::new(Monitor::default());
        let server = HealthServer::start(LOOPBACK, Arc::clone(&monitor), Arc::new(Clock::new())).await.unwrap();
        let connection = Connection::shared(&ConnectionOptions::from_url(&redis.url()).unwrap()).unwrap();
        let queue = Queue::new(connection, QueueKeys::new(&unique_prefix(), "paint").unwrap(), "").unwrap();
        Self { monitor, server, queue }
    }

    fn work(&self) -> Worker {
        let config = WorkerConfig {
            connection: self.queue.connection().clone(),
            keys: self.queue.keys().clone(),
            options: WorkerOptions::default(),
            id: "worker".into(),
            processors: HashMap::new(),
            fallback_to_javascript: true,
            clock: Arc::new(Clock::new()),
            slots: SlotSource::default(),
            events_arrived: None,
            measurements: self.monitor.measurements_of(self.queue.keys()),
        };
        let worker = Worker::start(config).unwrap();
        self.monitor.watch(worker.observer());
        worker
    }

    async fn add(&self, options: &str) {
        let job = NewJob { name: "paint".into(), data: "{}".into(), options: options.into() };
        let job = self.queue.prepare(job, Clock::new().now_ms()).unwrap();
        self.queue.add(vec![job]).await.unwrap().remove(0).unwrap();
    }

    /// Status line and body.
    async fn request(&self, method: &str, path: &str) -> (String, String) {
        let mut stream = TcpStream::connect(self.server.address()).await.unwrap();
        let request = format!("{method} {path} HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n");
        stream.write_all(request.as_bytes()).await.unwrap();
        let mut reply = String::new();
        timeout(PATIENCE, stream.read_to_string(&mut reply)).await.unwrap().unwrap();
        let (head, body) = reply.split_once("\r\n\r\n").unwrap();
        (head.lines().next().unwrap().to_owned(), body.to_owned())
    }

    async fn get(&self, path: &str) -> (String, String) {
        self.request("GET", path).await
    }

    /// Value of one series of the queue; labels but for prefix and queue as text.
    async fn metric(&self, name: &str, labels: &str) -> Option<String> {
        let (_, text) = self.get("/metrics").await;
        let prefix = self.queue.keys().prefix();
        let start = format!("{name}{{prefix=\"{prefix}\",queue=\"paint\"{labels}}} ");
        text.lines().find_map(|line| line.strip_prefix(&start)).map(str::to_owned)
    }
}

/// Runs the next job to its end.
async fn complete_next(worker: &Worker) {
    loop {
        for event in timeout(PATIENCE, worker.next()).await.unwrap() {
            match event {
                WorkerEvent::Active { token, .. } => {
                    let outcome = JobOutcome::Completed("1".into());
                    worker.settle(vec![JobResult { token, outcome }], Clock::new().now_ms());
                }
                WorkerEvent::Completed { .. } => return,
                _ => {}
            }
        }
    }
}

async fn until_ready(worker: &Worker) {
    while !timeout(PATIENCE, worker.next()).await.unwrap().iter().any(|event| matches!(event, WorkerEvent::Ready)) {}
    while worker.health().last_fetch_ms.is_none() {
        tokio::task::yield_now().await;
    }
}

#[tokio::test]
async fn a_process_without_workers_lives_and_is_not_ready() {
    let stage = Stage::on(RedisServer::shared()).await;
    assert_eq!(stage.get("/healthz").await.0, "HTTP/1.1 200 OK");
    let (status, body) = stage.get("/readyz").await;
    assert_eq!(status, "HTTP/1.1 503 Service Unavailable");
    assert_eq!(body.trim(), r#"{"reasons":["no worker is open"],"status":"not ready"}"#);
}

#[tokio::test]
async fn a_worker_that_reached_redis_makes_the_process_ready_until_it_closes() {
    let stage = Stage::on(RedisServer::shared()).await;
    let worker = stage.work();
    until_ready(&worker).await;
    assert_eq!(stage.get("/readyz").await.0, "HTTP/1.1 200 OK");
    let (_, health) = stage.get("/healthz?verbose").await;
    assert!(health.contains(r#""queue":"paint""#) && health.contains(r#""connected":true"#), "{health}");

    stage.add("").await;
    let token = loop {
        let mut events = worker.next().await.into_iter();
        if let Some(found) = events.find_map(|event| match event {
            WorkerEvent::Active { token, .. } => Some(token),
            _ => None,
        }) {
            break found;
        }
    };
    let closing = worker.close(None);
    tokio::pin!(closing);
    assert!(futures_util::poll!(&mut closing).is_pending());
    let (status, body) = stage.get("/readyz").await;
    assert_eq!(status, "HTTP/1.1 503 Service Unavailable");
    assert!(body.contains("paint: the worker is closing"), "{body}");
    let outcome = JobOutcome::Completed("1".into());
    worker.settle(vec![JobResult { token, outcome }], Clock::new().now_ms());
    timeout(PATIENCE, closing).await.unwrap();
}

#[tokio::test]
async fn a_scrape_shows_what_was_counted_and_what_redis_holds() {
    let stage = Stage::on(RedisServer::shared()).await;
    let worker = stage.work();
    stage.add("").await;
    stage.add("{\"delay\":3600000}").await;
    complete_next(&worker).await;

    let now = |name: &'static str, labels: &'static str| stage.metric(name, labels);
    assert_eq!(now("synapse_queue_jobs_completed_total", "").await.as_deref(), Some("1"));
    assert_eq!(now("synapse_queue_jobs_failed_total", "").await.as_deref(), Some("0"));
    assert_eq!(now("synapse_queue_job_run_seconds_count", "").await.as_deref(), Some("1"));
    assert_eq!(now("synapse_queue_job_run_seconds_bucket", ",le=\"+Inf\"").await.as_deref(), Some("1"));
    assert!(now("synapse_queue_job_run_seconds_bucket", ",le=\"0.001\"").await.is_some());
    assert_eq!(now("synapse_queue_jobs", ",state=\"completed\"").await.as_deref(), Some("1"));
    assert_eq!(now("synapse_queue_jobs", ",state=\"delayed\"").await.as_deref(), Some("1"));
    assert_eq!(now("synapse_queue_overdue_jobs", "").await.as_deref(), Some("0"));
    assert_eq!(now("synapse_queue_redis_up", "").await.as_deref(), Some("1"));
    assert_eq!(now("synapse_queue_concurrency", "").await.as_deref(), Some("1"));
    assert!(now("synapse_queue_redis_round_trip_seconds", "").await.is_some());
}

#[tokio::test]
async fn a_server_that_died_costs_a_scrape_its_metrics_and_not_its_answer() {
    let redis = RedisServer::start(Durability::Volatile);
    let stage = Stage::on(&redis).await;
    let worker = stage.work();
    until_ready(&worker).await;
    drop(redis);
    assert_eq!(stage.metric("synapse_queue_redis_up", "").await.as_deref(), Some("0"));
    assert_eq!(stage.metric("synapse_queue_jobs", ",state=\"waiting\"").await, None);
    assert_eq!(stage.metric("synapse_queue_jobs_completed_total", "").await.as_deref(), Some("0"));
    let (status, body) = stage.get("/readyz").await;
    assert_eq!(status, "HTTP/1.1 503 Service Unavailable");
    assert!(body.contains("paint: no answer from Redis"), "{body}");
    assert_eq!(stage.get("/healthz").await.0, "HTTP/1.1 200 OK");
}

#[tokio::test]
async fn what_is_not_served_is_refused() {
    let stage = Stage::on(RedisServer::shared()).await;
    assert_eq!(stage.get("/").await.0, "HTTP/1.1 404 Not Found");
    assert_eq!(stage.request("POST", "/healthz").await.0, "HTTP/1.1 405 Method Not Allowed");
    assert_eq!(stage.request("HEAD", "/healthz").await, ("HTTP/1.1 200 OK".into(), String::new()));
}

#[tokio::test]
async fn an_address_that_is_taken_is_told() {
    let stage = Stage::on(RedisServer::shared()).await;
    let again = HealthServer::start(stage.server.address(), Arc::default(), Arc::new(Clock::new())).await;
    let HealthServerError::AddressUnavailable { address, .. } = again.unwrap_err();
    assert_eq!(address, stage.server.address());
}

#[tokio::test]
async fn stopping_frees_the_address() {
    let stage = Stage::on(RedisServer::shared()).await;
    stage.server.stop().await;
    assert!(TcpStream::connect(stage.server.address()).await.is_err());
}
