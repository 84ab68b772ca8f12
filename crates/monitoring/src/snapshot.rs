//! Everything a scrape shows, gathered at one moment.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use futures_util::future::join_all;
use synapse_queue_engine::clock::Clock;
use synapse_queue_engine::error::Result;
use synapse_queue_engine::queue::{Inspection, JobCounts, Queue};
use synapse_queue_engine::worker::{Measured, WorkerHealth};
use tokio::time::{Instant, timeout};

use crate::monitor::{Monitor, WatchedWorker};

/// How long Redis is given to answer; scrapers wait about ten seconds.
pub(crate) const REDIS_PATIENCE: Duration = Duration::from_secs(2);

/// One queue as this process and Redis show it.
#[derive(Debug)]
pub(crate) struct QueueSnapshot {
    pub(crate) prefix: String,
    pub(crate) queue: String,
    /// What this process has counted.
    pub(crate) measured: Measured,
    /// The workers of this process.
    pub(crate) workers: Vec<WorkerHealth>,
    /// What Redis answered in time.
    pub(crate) state: Option<QueueState>,
}

/// A queue as Redis shows it.
#[derive(Debug)]
pub(crate) struct QueueState {
    pub(crate) counts: JobCounts,
    pub(crate) inspection: Inspection,
    pub(crate) is_paused: bool,
    pub(crate) round_trip: Duration,
}

/// All queues that have workers here. Queues are asked side by side, so that one dead server costs its patience once.
pub(crate) async fn take(monitor: &Monitor, clock: &Arc<Clock>) -> Vec<QueueSnapshot> {
    let mut by_queue: BTreeMap<String, Vec<WatchedWorker>> = BTreeMap::new();
    for worker in monitor.workers() {
        let name = worker.observer.queue().keys().qualified_name().to_owned();
        by_queue.entry(name).or_default().push(worker);
    }
    let snapshots = by_queue.into_values().map(|workers| async {
        let queue = workers[0].observer.queue().clone();
        let state = timeout(REDIS_PATIENCE, ask(&queue, clock.now_ms())).await;
        QueueSnapshot {
            prefix: queue.keys().prefix().to_owned(),
            queue: queue.keys().queue().to_owned(),
            measured: monitor.measurements_of(queue.keys()).read(),
            workers: workers.into_iter().map(|worker| worker.health).collect(),
            state: state.ok().and_then(Result::ok),
        }
    });
    join_all(snapshots).await
}

async fn ask(queue: &Queue, now_ms: i64) -> Result<QueueState> {
    let sent = Instant::now();
    queue.ping().await?;
    let round_trip = sent.elapsed();
    let (counts, inspection, is_paused) = tokio::try_join!(queue.counts(), queue.inspect(now_ms), queue.is_paused())?;
    Ok(QueueState { counts, inspection, is_paused, round_trip })
}
