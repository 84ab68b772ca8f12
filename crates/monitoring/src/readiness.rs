//! Whether a process does its work.

use std::sync::Arc;

use futures_util::future::join_all;
use serde::Serialize;
use synapse_queue_engine::clock::Clock;
use tokio::time::timeout;

use crate::monitor::{Monitor, WatchedWorker};
use crate::snapshot::REDIS_PATIENCE;

/// How one worker is, as the endpoints show it.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct WorkerState {
    queue: String,
    connected: bool,
    paused: bool,
    closing: bool,
    active_jobs: usize,
    concurrency: usize,
    event_loop_lag_ms: u64,
    last_fetch_age_ms: Option<i64>,
}

/// All workers that have not ended.
pub(crate) fn worker_states(monitor: &Monitor, clock: &Arc<Clock>) -> Vec<WorkerState> {
    monitor.workers().iter().map(|worker| worker_state(worker, clock.now_ms())).collect()
}

fn worker_state(WatchedWorker { observer, health }: &WatchedWorker, now_ms: i64) -> WorkerState {
    WorkerState {
        queue: observer.queue().keys().queue().to_owned(),
        connected: health.is_connected,
        paused: health.is_paused,
        closing: health.is_closing,
        active_jobs: health.active,
        concurrency: health.concurrency,
        event_loop_lag_ms: u64::try_from(health.owner_lag.as_millis()).unwrap_or(u64::MAX),
        last_fetch_age_ms: health.last_fetch_ms.map(|at_ms| (now_ms - at_ms).max(0)),
    }
}

/// Why the process takes no jobs; empty if it does.
pub(crate) async fn reasons_against(monitor: &Monitor) -> Vec<String> {
    let workers = monitor.workers();
    if workers.is_empty() {
        return vec!["no worker is open".to_owned()];
    }
    join_all(workers.iter().map(reason_against)).await.into_iter().flatten().collect()
}

async fn reason_against(WatchedWorker { observer, health }: &WatchedWorker) -> Option<String> {
    let queue = observer.queue();
    let reason = if health.is_closing {
        "the worker is closing".to_owned()
    } else if health.last_fetch_ms.is_none() {
        "the worker has not reached Redis yet".to_owned()
    } else {
        match timeout(REDIS_PATIENCE, queue.ping()).await {
            Ok(Ok(())) => return None,
            // The code alone: messages can hold addresses, which are not for everybody who may ask how the process is.
            Ok(Err(error)) => format!("Redis cannot be asked ({})", error.code()),
            Err(_) => "no answer from Redis".to_owned(),
        }
    };
    Some(format!("{}: {reason}", queue.keys().queue()))
}
