//! What the worker's tests share: a worker on a queue of its own, and its events in order.
#![allow(dead_code, unreachable_pub, reason = "each test binary uses its own part of this")]
#![allow(clippy::unwrap_used, reason = "a test that cannot set itself up has failed")]

use std::collections::{HashMap, VecDeque};
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use synapse_queue_engine::clock::Clock;
use synapse_queue_engine::connection::{Connection, ConnectionOptions};
use synapse_queue_engine::job::{Failure, Job};
use synapse_queue_engine::options::WorkerOptions;
use synapse_queue_engine::processor::{JobContext, Outcome, Processor};
use synapse_queue_engine::queue::NewJob;
use synapse_queue_engine::scheduler::SlotSource;
use synapse_queue_engine::wire::QueueKeys;
use synapse_queue_engine::worker::{JobOutcome, JobResult, Measurements, Worker, WorkerConfig, WorkerEvent};
use synapse_queue_testing::RedisServer;

use super::support::Fixture;

/// A test that waits longer than this for an event has failed.
const PATIENCE: Duration = Duration::from_secs(10);

/// A worker with what it told so far.
pub struct Harness {
    pub worker: Arc<Worker>,
    pub clock: Arc<Clock>,
    waiting: VecDeque<WorkerEvent>,
}

/// A job the worker gave out to be run.
#[derive(Debug, Clone)]
pub struct GivenJob {
    pub job: Arc<Job>,
    pub token: String,
}

/// How a worker for a test differs from the usual one.
pub struct Setup {
    pub options: WorkerOptions,
    pub processors: HashMap<String, Arc<dyn Processor>>,
    pub fallback_to_javascript: bool,
    pub measurements: Arc<Measurements>,
}

impl Default for Setup {
    fn default() -> Self {
        Self {
            options: WorkerOptions::default(),
            processors: HashMap::new(),
            fallback_to_javascript: true,
            measurements: Arc::default(),
        }
    }
}

impl Setup {
    /// A worker that runs `paint` jobs natively.
    pub fn native<P: Processor>(options: WorkerOptions, processor: P) -> Self {
        let processors = HashMap::from([("paint".to_owned(), Arc::new(processor) as Arc<dyn Processor>)]);
        Self { options, processors, fallback_to_javascript: false, ..Self::default() }
    }
}

impl From<WorkerOptions> for Setup {
    fn from(options: WorkerOptions) -> Self {
        Self { options, ..Self::default() }
    }
}

/// Starts a worker on the fixture's queue.
pub fn start(fixture: &Fixture, setup: impl Into<Setup>) -> Harness {
    start_on(RedisServer::shared(), fixture.queue.keys().clone(), setup.into())
}

pub fn start_on(server: &RedisServer, keys: QueueKeys, setup: Setup) -> Harness {
    start_at(&server.url(), keys, setup)
}

pub fn start_at(url: &str, keys: QueueKeys, setup: Setup) -> Harness {
    let clock = Arc::new(Clock::new());
    let config = WorkerConfig {
        connection: Connection::shared(&ConnectionOptions::from_url(url).unwrap()).unwrap(),
        keys,
        options: setup.options,
        id: "worker".into(),
        processors: setup.processors,
        fallback_to_javascript: setup.fallback_to_javascript,
        clock: Arc::clone(&clock),
        events_arrived: None,
        slots: SlotSource::default(),
        measurements: setup.measurements,
    };
    Harness { worker: Arc::new(Worker::start(config).unwrap()), clock, waiting: VecDeque::new() }
}

impl Harness {
    /// The next event that `pick` recognises; those before it are passed over.
    pub async fn wait_for<T>(&mut self, pick: impl Fn(&WorkerEvent) -> Option<T>) -> T {
        let search = async {
            loop {
                while let Some(event) = self.waiting.pop_front() {
                    if let Some(found) = pick(&event) {
                        return found;
                    }
                }
                let batch = self.worker.next().await;
                assert!(!batch.is_empty(), "the worker closed before the awaited event");
                self.waiting.extend(batch);
            }
        };
        tokio::time::timeout(PATIENCE, search).await.expect("the awaited event comes")
    }

    /// The very next event.
    pub async fn next(&mut self) -> WorkerEvent {
        while self.waiting.is_empty() {
            let batch = tokio::time::timeout(PATIENCE, self.worker.next()).await.expect("an event comes");
            self.waiting.extend(batch);
        }
        self.waiting.pop_front().unwrap()
    }

    /// Events that have come and were not looked at, after `within` without waiting for particular ones.
    pub async fn events_within(&mut self, within: Duration) -> Vec<WorkerEvent> {
        let deadline = tokio::time::Instant::now() + within;
        while let Ok(batch) = tokio::time::timeout_at(deadline, self.worker.next()).await {
            self.waiting.extend(batch);
        }
        self.waiting.drain(..).collect()
    }

    pub async fn active(&mut self) -> GivenJob {
        self.wait_for(|event| match event {
            WorkerEvent::Active { job, token, run: true } => {
                Some(GivenJob { job: Arc::clone(job), token: token.clone() })
            }
            _ => None,
        })
        .await
    }

    /// Id of the next job that completed.
    pub async fn completed(&mut self) -> String {
        self.wait_for(|event| match event {
            WorkerEvent::Completed { job_id, .. } => Some(job_id.clone()),
            _ => None,
        })
        .await
    }

    /// Failure of the next job that failed, attempts it has made, and whether it is final.
    pub async fn failed(&mut self) -> (Failure, u32, bool) {
        self.wait_for(|event| match event {
            WorkerEvent::Failed { failure, attempts_made, finished_on, .. } => {
                Some((failure.clone(), *attempts_made, finished_on.is_some()))
            }
            _ => None,
        })
        .await
    }

    pub async fn error(&mut self) -> String {
        self.wait_for(|event| match event {
            WorkerEvent::Error { error } => Some(error.to_string()),
            _ => None,
        })
        .await
    }

    pub fn settle(&self, job: &GivenJob, outcome: JobOutcome) {
        let result = JobResult { token: job.token.clone(), outcome };
        self.worker.settle(vec![result], self.clock.now_ms());
    }

    pub fn complete(&self, job: &GivenJob) {
        self.settle(job, JobOutcome::Completed("{\"ok\":true}".into()));
    }

    pub fn fail(&self, job: &GivenJob, message: &str) {
        let failure = Failure { stack: Some(format!("Error: {message}\n    at run")), ..Failure::new("BOOM", message) };
        self.settle(job, JobOutcome::Failed { failure, custom_backoff_ms: None });
    }

    pub async fn close(self) {
        tokio::time::timeout(PATIENCE, self.worker.close(None)).await.expect("the worker closes");
    }
}

/// Adds a `paint` job as of now, with options as JSON text.
pub async fn add_now(fixture: &Fixture, clock: &Clock, options: &str) -> String {
    let job = NewJob { name: "paint".into(), data: "{}".into(), options: options.into() };
    let job = fixture.queue.prepare(job, clock.now_ms()).unwrap();
    fixture.queue.add(vec![job]).await.unwrap().remove(0).unwrap()
}

/// A processor made of a closure.
pub struct Native<F>(pub F);

#[async_trait]
impl<F, Fut> Processor for Native<F>
where
    F: Fn(Job) -> Fut + Send + Sync + 'static,
    Fut: Future<Output = Outcome> + Send,
{
    async fn process(&self, job: &Job, _context: &dyn JobContext) -> Outcome {
        (self.0)(job.clone()).await
    }
}
