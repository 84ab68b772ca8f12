use std::time::{Duration, Instant};

use bullmq::worker::WorkerEvent;
use bullmq::{Error, Job, Queue, Worker};
use serde_json::json;

use crate::meter::Meter;
use crate::task::{Measured, Metrics, Task, percentile, wrong};

const CLOSE_TIMEOUT_MS: u64 = 10_000;

/// From the call of `add` to the `Completed` event, with nothing else to do.
pub(crate) async fn run(task: &Task, meter: &mut Meter) -> Result<Measured, Error> {
    let jobs = task.params.jobs;
    let queue = task.open_queue().await?;
    let processor = |job: Job, _| async move { Ok(json!({ "ok": true, "i": job.data()["i"] })) };
    let worker = Worker::with_options(&task.queue, processor, task.worker_options()).await?;
    worker.run().await?;
    measure_once(&queue, &worker, jobs).await?;
    meter.begin().map_err(|error| wrong(error.to_string()))?;
    let mut times = Vec::with_capacity(jobs);
    for i in 0..jobs {
        tokio::time::sleep(Duration::from_millis(task.params.pause_ms)).await;
        times.push(measure_once(&queue, &worker, i).await?);
    }
    worker.close(CLOSE_TIMEOUT_MS).await?;
    let metrics = Metrics {
        p50: Some(percentile(&mut times, 50.0)),
        p99: Some(percentile(&mut times, 99.0)),
        ..Default::default()
    };
    Ok(Measured { metrics, jobs })
}

/// Milliseconds.
async fn measure_once(queue: &Queue, worker: &Worker, i: usize) -> Result<f64, Error> {
    let start = Instant::now();
    queue.add("job", json!({ "i": i })).await?;
    loop {
        match worker.next_event().await {
            Some(WorkerEvent::Completed { result, .. }) if result["i"] == json!(i) => {
                return Ok(start.elapsed().as_secs_f64() * 1e3);
            }
            Some(WorkerEvent::Completed { result, .. }) => {
                return Err(wrong(format!("job {i} was answered with {result}")));
            }
            Some(WorkerEvent::Failed { error, .. } | WorkerEvent::Error(error)) => return Err(wrong(error)),
            Some(_) => {}
            None => return Err(wrong("the worker ended".to_owned())),
        }
    }
}
