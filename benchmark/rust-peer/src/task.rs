use bullmq::options::RedisConnectionOptions;
use bullmq::{Error, Queue, QueueOptions, WorkerOptions};
use serde::{Deserialize, Serialize};

/// What is to be measured.
#[derive(Deserialize)]
pub(crate) struct Task {
    pub(crate) workload: String,
    pub(crate) params: Params,
    pub(crate) queue: String,
    connection: Connection,
}

/// How much of it; which fields there are depends on the workload.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(crate) struct Params {
    pub(crate) jobs: usize,
    pub(crate) mode: String,
    pub(crate) in_flight: usize,
    pub(crate) per_call: usize,
    pub(crate) concurrency: usize,
    /// How many attempts of each job fail first.
    pub(crate) failures: u32,
    /// `run` when the measured part begins there and not with the first call of the processor.
    pub(crate) from: String,
    pub(crate) pause_ms: u64,
}

impl Default for Params {
    fn default() -> Self {
        Self {
            jobs: 0,
            mode: String::new(),
            in_flight: 1,
            per_call: 1,
            concurrency: 1,
            failures: 0,
            from: String::new(),
            pause_ms: 0,
        }
    }
}

#[derive(Deserialize)]
struct Connection {
    host: String,
    port: u16,
}

/// What came out, under the names of `benchmark/cases`.
#[derive(Serialize)]
pub(crate) struct Measured {
    pub(crate) metrics: Metrics,
    pub(crate) jobs: usize,
}

#[derive(Serialize, Default)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Metrics {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) throughput: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) node_cpu: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) p50: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) p99: Option<f64>,
}

impl Task {
    pub(crate) async fn open_queue(&self) -> Result<Queue, Error> {
        let options = QueueOptions { connection: self.connection(), ..Default::default() };
        Queue::with_options(&self.queue, options).await
    }

    /// Options of a worker that is started by `run`, like those of the other peers.
    pub(crate) fn worker_options(&self) -> WorkerOptions {
        WorkerOptions {
            connection: self.connection(),
            concurrency: self.params.concurrency,
            autorun: false,
            ..Default::default()
        }
    }

    fn connection(&self) -> RedisConnectionOptions {
        RedisConnectionOptions {
            host: Some(self.connection.host.clone()),
            port: Some(self.connection.port),
            ..Default::default()
        }
    }
}

/// An error for results that are not what was asked for.
pub(crate) fn wrong(what: String) -> Error {
    Error::ProcessingError(what)
}

/// The value below which this share of the values lie.
pub(crate) fn percentile(values: &mut [f64], percent: f64) -> f64 {
    values.sort_unstable_by(f64::total_cmp);
    let index = (percent / 100.0 * values.len() as f64) as usize;
    values[index.min(values.len() - 1)]
}
