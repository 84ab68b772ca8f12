use std::sync::{Arc, OnceLock};
use std::time::Instant;

use bullmq::worker::WorkerEvent;
use bullmq::{Error, Job, Worker};
use serde_json::json;

use crate::meter::Meter;
use crate::task::{Measured, Metrics, Task, wrong};

const CLOSE_TIMEOUT_MS: u64 = 10_000;

/// Processes jobs that are there: from the first call of the processor, or of `run`, to the last `Completed` event.
pub(crate) async fn run(task: &Task, meter: &mut Meter) -> Result<Measured, Error> {
    let (jobs, failures) = (task.params.jobs, task.params.failures);
    let started_at = Arc::new(OnceLock::new());
    let first_call = Arc::clone(&started_at);
    let processor = move |job: Job, _| {
        first_call.get_or_init(Instant::now);
        async move {
            if job.attempts_made() < failures {
                return Err(Error::ProcessingError("fails on purpose".to_owned()));
            }
            Ok(json!({ "ok": true, "i": job.data()["i"] }))
        }
    };
    let worker = Worker::with_options(&task.queue, processor, task.worker_options()).await?;
    meter.begin().map_err(|error| wrong(error.to_string()))?;
    if task.params.from == "run" {
        started_at.get_or_init(Instant::now);
    }
    worker.run().await?;
    let times = completions(&worker, jobs, failures > 0).await?;
    let seconds = started_at.get().map_or(0.0, |start| start.elapsed().as_secs_f64());
    let elapsed = meter.end();
    worker.close(CLOSE_TIMEOUT_MS).await?;
    if !times.iter().all(|&completed| completed == 1) {
        return Err(wrong("some jobs did not complete exactly once".to_owned()));
    }
    check_counts(task, jobs as u64).await?;
    let metrics = Metrics {
        throughput: Some(jobs as f64 / seconds),
        node_cpu: Some(elapsed.cpu_micros / jobs as f64),
        ..Default::default()
    };
    Ok(Measured { metrics, jobs })
}

/// How often each job completed, once as many have as there are jobs.
async fn completions(worker: &Worker, jobs: usize, may_fail: bool) -> Result<Vec<u8>, Error> {
    let mut times = vec![0_u8; jobs];
    let mut completed = 0;
    while completed < jobs {
        match worker.next_event().await {
            Some(WorkerEvent::Completed { result, .. }) => {
                let index = result["i"].as_u64().and_then(|i| usize::try_from(i).ok());
                let seen = index.and_then(|i| times.get_mut(i));
                *seen.ok_or_else(|| wrong(format!("a job answered {result}")))? += 1;
                completed += 1;
            }
            Some(WorkerEvent::Failed { error, .. }) if !may_fail => return Err(wrong(error)),
            Some(WorkerEvent::Error(error)) => return Err(wrong(error)),
            Some(_) => {}
            None => return Err(wrong("the worker ended".to_owned())),
        }
    }
    Ok(times)
}

async fn check_counts(task: &Task, jobs: u64) -> Result<(), Error> {
    let counts = task.open_queue().await?.get_job_counts().await?;
    if counts.completed != jobs || counts.waiting + counts.active + counts.delayed + counts.failed > 0 {
        return Err(wrong(format!("{jobs} jobs were processed, Redis holds {counts:?}")));
    }
    Ok(())
}
