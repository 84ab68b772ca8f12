//! The native side of `Worker`.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, OnceLock};
use std::time::Duration;

use napi::bindgen_prelude::within_runtime_if_available;
use napi::threadsafe_function::ThreadsafeFunctionCallMode;
use napi_derive::napi;
use synapse_queue_engine::connection::Connection;
use synapse_queue_engine::options::WorkerOptions;
use synapse_queue_engine::processor::Processor;
use synapse_queue_engine::scheduler::SlotSource;
use synapse_queue_engine::wire::QueueKeys;
use synapse_queue_engine::worker::{JobResult, Worker, WorkerConfig, token_of};

use crate::callback::EventsCallback;
use crate::encoding::{read_results, worker_events_text};
use crate::handle::{CallsUnderWay, Handle};
use crate::monitoring;
use crate::native_error::exception;
use crate::options::{NativeWorkerOptions, whole_concurrency};
use crate::processors::NativeProcessor;
use crate::queue::NativeQueue;
use crate::queue::schedulers::local_zone;
use crate::runtime;

/// A consumer of one queue. It takes no jobs before [`NativeWorker::start`].
#[napi]
pub struct NativeWorker {
    id: String,
    connection: Connection,
    keys: QueueKeys,
    options: Mutex<WorkerOptions>,
    /// By job name. Moved into the worker when it starts. Never held across an await.
    processors: Mutex<HashMap<String, Arc<dyn Processor>>>,
    running: OnceLock<Worker>,
    handle: Handle,
}

/// How a worker is doing.
#[napi(object, object_from_js = false)]
pub struct NativeWorkerHealth {
    /// Whether the command connection stands.
    pub connected: bool,
    /// Age of the last fetch that succeeded, ms; absent before the first.
    pub last_fetch_age_ms: Option<i64>,
    /// Jobs running now.
    pub active_jobs: u32,
    /// How long, at most in the last minute, JavaScript took to come back for more events, ms.
    pub event_loop_lag_ms: f64,
}

/// Where the slots of schedulers come from.
#[napi(object, object_to_js = false)]
pub struct NativeSlotSource {
    /// Zone of patterns that name none.
    pub local_zone: String,
    /// Whether the user has a strategy for patterns.
    pub asks_strategy: bool,
}

impl From<NativeSlotSource> for SlotSource {
    fn from(source: NativeSlotSource) -> Self {
        Self { local_zone: local_zone(&source.local_zone), asks_strategy: source.asks_strategy }
    }
}

/// What `worker.opts` shows for options that were not given.
#[napi(object, object_from_js = false)]
pub struct NativeWorkerDefaults {
    /// Longest wait for a wake-up, s.
    pub drain_delay: f64,
    /// Jobs run at once.
    pub concurrency: u32,
    /// Life of a lock without renewal, ms.
    pub lock_duration: i64,
    /// Interval of lock renewals, ms.
    pub lock_renew_time: i64,
    /// Longest sleep while rate limited, ms.
    pub maximum_rate_limit_delay: i64,
    /// How often a job may stall before it fails.
    pub max_stalled_count: u32,
    /// Interval of checks for stalled jobs, ms.
    pub stalled_interval: i64,
    /// Whether the worker starts by itself.
    pub autorun: bool,
    /// Longest pause between attempts to reach Redis, ms.
    pub run_retry_delay: i64,
}

/// The defaults of a worker whose locks live `lock_duration` ms (absent: as long as by default).
#[napi]
pub fn worker_defaults(lock_duration: Option<f64>) -> NativeWorkerDefaults {
    let default = WorkerOptions::default();
    let ms = |duration: Duration| i64::try_from(duration.as_millis()).unwrap_or(i64::MAX);
    let chosen = lock_duration.and_then(|ms| Duration::try_from_secs_f64(ms / 1_000.0).ok());
    let lock_duration = chosen.unwrap_or(default.lock_duration);
    NativeWorkerDefaults {
        drain_delay: default.drain_delay.as_secs_f64(),
        concurrency: default.concurrency,
        lock_duration: ms(lock_duration),
        lock_renew_time: ms(WorkerOptions { lock_duration, ..default.clone() }.lock_renew_time()),
        maximum_rate_limit_delay: ms(default.maximum_rate_limit_delay),
        max_stalled_count: default.max_stalled_count,
        stalled_interval: ms(default.stalled_interval),
        autorun: true,
        run_retry_delay: ms(default.run_retry_delay),
    }
}

#[napi]
impl NativeWorker {
    /// A worker on this queue, reached as the queue is.
    #[napi(constructor)]
    pub fn new(id: String, queue: &NativeQueue, options: NativeWorkerOptions) -> napi::Result<Self, String> {
        let (connection, keys) = (queue.queue.connection().clone(), queue.queue.keys().clone());
        let options = options.try_into().map_err(exception)?;
        Ok(Self {
            id,
            connection,
            keys,
            options: Mutex::new(options),
            processors: Mutex::default(),
            running: OnceLock::new(),
            handle: Handle::default(),
        })
    }

    /// Lets jobs of this name run in Rust. Only of use before the start.
    #[napi]
    pub fn add_processor(&self, job_name: String, processor: &NativeProcessor) {
        let mut processors = self.processors.lock().expect("no code panics while it holds this lock");
        processors.insert(job_name, processor.shared());
    }

    /// Begins to take jobs; a second start does nothing. `events_arrived` is called when [`NativeWorker::take`] has something to give,
    /// and keeps the process alive until the last event has come.
    #[napi]
    pub fn start(
        &self,
        now_ms: i64,
        slots: NativeSlotSource,
        #[napi(ts_arg_type = "() => void")] events_arrived: EventsCallback,
    ) -> napi::Result<(), String> {
        runtime::clock().follow(now_ms);
        if self.running.get().is_some() {
            return Ok(());
        }
        let tell = move || {
            // It can only fail while the process or its thread ends, when nobody is left to be told.
            events_arrived.call((), ThreadsafeFunctionCallMode::NonBlocking);
        };
        let config = WorkerConfig {
            connection: self.connection.clone(),
            keys: self.keys.clone(),
            options: self.options.lock().expect("no code panics while it holds this lock").clone(),
            id: self.id.clone(),
            processors: std::mem::take(&mut *self.processors.lock().expect("no code panics while it holds this lock")),
            fallback_to_javascript: true,
            clock: Arc::clone(runtime::clock()),
            slots: slots.into(),
            measurements: monitoring::monitor().measurements_of(&self.keys),
            events_arrived: Some(Arc::new(tell)),
        };
        let worker = within_runtime_if_available(|| Worker::start(config)).map_err(exception)?;
        monitoring::monitor().watch(worker.observer());
        drop(self.running.set(worker));
        Ok(())
    }

    /// All events since the last call: a line with all of their headers, and the lines of their texts; empty if there are none.
    #[napi]
    pub fn take(&self) -> String {
        self.running.get().map(|worker| worker_events_text(&worker.take())).unwrap_or_default()
    }

    /// Reports ended runs, as lines. Returns at once.
    #[napi]
    pub fn settle(&self, results: String, now_ms: i64) -> napi::Result<(), String> {
        let results = read_results(&results).map_err(exception)?;
        let result = |(run, outcome)| JobResult { token: token_of(&self.id, run), outcome };
        let results = results.into_iter().map(result).collect();
        if let Some(worker) = self.running.get() {
            within_runtime_if_available(|| worker.settle(results, now_ms));
        }
        Ok(())
    }

    /// Tells the time, when the worker asked for it.
    #[napi]
    pub fn tick(&self, now_ms: i64) {
        if let Some(worker) = self.running.get() {
            within_runtime_if_available(|| worker.tick(now_ms));
        }
    }

    /// Takes no further jobs; those running go on.
    #[napi]
    pub fn pause(&self) {
        if let Some(worker) = self.running.get() {
            worker.pause();
        }
    }

    /// Takes jobs again.
    #[napi]
    pub fn resume(&self, now_ms: i64) {
        runtime::clock().follow(now_ms);
        if let Some(worker) = self.running.get() {
            within_runtime_if_available(|| worker.resume());
        }
    }

    /// Changes how many jobs run at once.
    #[napi]
    pub fn set_concurrency(&self, concurrency: f64) -> napi::Result<(), String> {
        let concurrency = whole_concurrency(concurrency).map_err(exception)?;
        self.options.lock().expect("no code panics while it holds this lock").concurrency = concurrency;
        match self.running.get() {
            Some(worker) => worker.set_concurrency(concurrency).map_err(exception),
            None => Ok(()),
        }
    }

    /// Stops the runs of a job; `false` if none is open.
    #[napi]
    pub fn cancel(&self, job_id: String, reason: Option<String>) -> bool {
        self.running.get().is_some_and(|worker| worker.cancel(&job_id, reason.as_deref()))
    }

    /// Waits until Redis shows the end of every run; only of use while paused.
    #[napi]
    pub async fn when_idle(&self) {
        if let Some(worker) = self.running.get() {
            worker.when_idle().await;
        }
    }

    /// Takes no further jobs from now on and ends when the running ones have; after `deadline_ms` it hands them back to the queue.
    #[napi]
    pub fn request_close(&self, deadline_ms: Option<f64>) {
        if let Some(worker) = self.running.get() {
            worker.request_close(deadline_ms.and_then(|ms| Duration::try_from_secs_f64(ms / 1_000.0).ok()));
        }
    }

    /// Waits until the worker has ended as [`NativeWorker::request_close`] said, and for the calls under way.
    #[napi]
    pub async fn closed(&self) {
        if let Some(worker) = self.running.get() {
            worker.closed().await;
        }
        self.handle.close(CallsUnderWay::End).await;
    }

    /// How the worker is doing, without asking Redis.
    #[napi]
    pub fn health(&self) -> NativeWorkerHealth {
        let health = self.running.get().map(Worker::health);
        let now_ms = runtime::clock().now_ms();
        NativeWorkerHealth {
            connected: self.connection.is_connected(),
            last_fetch_age_ms: health.and_then(|health| health.last_fetch_ms).map(|at_ms| (now_ms - at_ms).max(0)),
            active_jobs: health.map_or(0, |health| u32::try_from(health.active).unwrap_or(u32::MAX)),
            event_loop_lag_ms: health.map_or(0.0, |health| health.owner_lag.as_secs_f64() * 1_000.0),
        }
    }
}
