//! The workers of a process.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard};

use synapse_queue_engine::wire::QueueKeys;
use synapse_queue_engine::worker::{Measurements, WorkerHealth, WorkerObserver};

/// Knows every worker of the process and what is counted of their queues.
#[derive(Debug, Default)]
pub struct Monitor {
    /// Written when workers start, read by scrapes. Never held across an await.
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    /// By `<prefix>:<queue>`. Kept when a queue's last worker closes: a counter that came back smaller would look like a restart.
    measurements: BTreeMap<String, Arc<Measurements>>,
    workers: Vec<WorkerObserver>,
}

/// A worker that is still there, and how it is.
#[derive(Debug, Clone)]
pub(crate) struct WatchedWorker {
    pub(crate) observer: WorkerObserver,
    pub(crate) health: WorkerHealth,
}

impl Monitor {
    /// Where workers of this queue count what they do.
    ///
    /// # Panics
    /// Never: no code panics while it holds the lock.
    pub fn measurements_of(&self, keys: &QueueKeys) -> Arc<Measurements> {
        Arc::clone(self.lock().measurements.entry(keys.qualified_name().to_owned()).or_default())
    }

    /// Watches a worker until it has ended.
    ///
    /// # Panics
    /// Never: no code panics while it holds the lock.
    pub fn watch(&self, worker: WorkerObserver) {
        let mut state = self.lock();
        state.workers.retain(|worker| worker.health().is_some());
        state.workers.push(worker);
    }

    /// The workers that have not ended.
    pub(crate) fn workers(&self) -> Vec<WatchedWorker> {
        let observers = self.lock().workers.clone();
        let watched = observers.into_iter().filter_map(|observer| {
            let health = observer.health()?;
            Some(WatchedWorker { observer, health })
        });
        watched.collect()
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().expect("no code panics while it holds this lock")
    }
}
