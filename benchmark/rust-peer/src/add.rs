use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Instant;

use bullmq::{BulkJob, Error, Queue};
use serde_json::json;

use crate::meter::Meter;
use crate::task::{Measured, Metrics, Params, Task, percentile, wrong};

const WARM_UP: usize = 500;

/// Adds jobs in one of three ways.
pub(crate) async fn run(task: &Task, meter: &mut Meter) -> Result<Measured, Error> {
    let Params { jobs, .. } = task.params;
    let queue = task.open_queue().await?;
    let warm_up = WARM_UP.min(jobs);
    add(&queue, &task.params, warm_up).await?;
    meter.begin().map_err(|error| wrong(error.to_string()))?;
    let mut times = add(&queue, &task.params, jobs).await?;
    let elapsed = meter.end();
    let waiting = queue.get_waiting_count().await?;
    if waiting != (jobs + warm_up) as u64 {
        return Err(wrong(format!("{waiting} jobs wait, {} were added", jobs + warm_up)));
    }
    let is_timed = !times.is_empty();
    let metrics = Metrics {
        throughput: Some(jobs as f64 / elapsed.seconds),
        node_cpu: Some(elapsed.cpu_micros / jobs as f64),
        p50: is_timed.then(|| percentile(&mut times, 50.0)),
        p99: is_timed.then(|| percentile(&mut times, 99.0)),
    };
    Ok(Measured { metrics, jobs })
}

/// Durations in microseconds, where jobs are added one by one.
async fn add(queue: &Queue, params: &Params, jobs: usize) -> Result<Vec<f64>, Error> {
    match params.mode.as_str() {
        "sequential" => sequential(queue, jobs).await,
        "inFlight" => in_flight(queue, jobs, params.in_flight).await,
        _ => bulk(queue, jobs, params.per_call.min(jobs)).await,
    }
}

async fn sequential(queue: &Queue, jobs: usize) -> Result<Vec<f64>, Error> {
    let mut times = Vec::with_capacity(jobs);
    for i in 0..jobs {
        let start = Instant::now();
        queue.add("job", json!({ "i": i })).await?;
        times.push(start.elapsed().as_secs_f64() * 1e6);
    }
    Ok(times)
}

async fn in_flight(queue: &Queue, jobs: usize, lanes: usize) -> Result<Vec<f64>, Error> {
    let next = Arc::new(AtomicUsize::new(0));
    let mut running = tokio::task::JoinSet::new();
    for _ in 0..lanes {
        let (queue, next) = (queue.clone(), Arc::clone(&next));
        running.spawn(async move {
            loop {
                let i = next.fetch_add(1, Ordering::Relaxed);
                if i >= jobs {
                    return Ok::<(), Error>(());
                }
                queue.add("job", json!({ "i": i })).await?;
            }
        });
    }
    while let Some(lane) = running.join_next().await {
        lane.map_err(|error| wrong(error.to_string()))??;
    }
    Ok(Vec::new())
}

async fn bulk(queue: &Queue, jobs: usize, per_call: usize) -> Result<Vec<f64>, Error> {
    for first in (0..jobs).step_by(per_call) {
        let batch = (first..first + per_call).map(|i| BulkJob::new("job", json!({ "i": i })));
        queue.add_bulk(batch.collect()).await?;
    }
    Ok(Vec::new())
}
