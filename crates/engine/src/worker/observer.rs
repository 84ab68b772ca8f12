//! Looking at a worker without holding it.

use std::sync::{Arc, Weak};

use crate::queue::Queue;

use super::shared::Shared;
use super::{Worker, WorkerHealth};

/// A view of a worker that lives as long as the worker does.
#[derive(Debug, Clone)]
pub struct WorkerObserver {
    shared: Weak<Shared>,
    queue: Queue,
}

impl WorkerObserver {
    /// How the worker is; `None` once it has ended.
    pub fn health(&self) -> Option<WorkerHealth> {
        let shared = self.shared.upgrade()?;
        let has_ended = shared.controls.progress.borrow().is_closed;
        (!has_ended).then(|| health(&shared))
    }

    /// The worker's queue, on the worker's connection.
    pub fn queue(&self) -> &Queue {
        &self.queue
    }
}

impl Worker {
    /// A view that does not keep the worker.
    ///
    /// # Panics
    /// Never: a queue without default options cannot be invalid.
    pub fn observer(&self) -> WorkerObserver {
        let scripts = &self.shared.scripts;
        let queue = Queue::new(scripts.connection().clone(), scripts.keys().clone(), "");
        WorkerObserver { shared: Arc::downgrade(&self.shared), queue: queue.expect("no options are valid options") }
    }
}

pub(super) fn health(shared: &Shared) -> WorkerHealth {
    let controls = &shared.controls;
    WorkerHealth {
        active: controls.progress.borrow().active,
        concurrency: controls.concurrency(),
        is_connected: shared.scripts.connection().is_connected(),
        is_paused: controls.is_paused(),
        is_closing: controls.close_request().is_some(),
        owner_lag: shared.outbox.owner_lag(),
        last_fetch_ms: controls.last_fetch_ms(),
    }
}
