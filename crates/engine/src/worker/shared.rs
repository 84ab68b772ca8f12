//! What the roles of one worker share.

use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, AtomicI64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use tokio::sync::{Notify, watch};
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use crate::clock::Clock;
use crate::error::Error;
use crate::options::WorkerOptions;
use crate::processor::Processor;
use crate::scheduler::SlotSource;
use crate::scripts::Scripts;

use super::WorkerEvent;
use super::active_jobs::ActiveJobs;
use super::measurements::Measurements;
use super::native_results::NativeResults;
use super::outbox::Outbox;
use super::retention::Retentions;
use super::turn::Core;

/// State of one worker that more than one role touches.
pub(super) struct Shared {
    pub(super) options: WorkerOptions,
    pub(super) scripts: Scripts,
    pub(super) processors: HashMap<String, Arc<dyn Processor>>,
    /// Whether jobs without a native processor go to the owner.
    pub(super) fallback_to_javascript: bool,
    pub(super) clock: Arc<Clock>,
    pub(super) slots: SlotSource,
    pub(super) measurements: Arc<Measurements>,
    pub(super) active: ActiveJobs,
    /// Taken for a turn by whoever brings news, never across an await.
    pub(super) core: Mutex<Core>,
    /// The loop must look at its surroundings again.
    pub(super) changed: Notify,
    /// Fires when the loop has ended: calls are not repeated any more.
    pub(super) ended: CancellationToken,
    pub(super) outbox: Outbox,
    pub(super) native_results: NativeResults,
    pub(super) controls: Controls,
    pub(super) retentions: Retentions,
}

/// What callers of the worker set and the loop reads at the moment it builds a call.
#[derive(Debug)]
pub(super) struct Controls {
    is_paused: AtomicBool,
    concurrency: AtomicUsize,
    /// Set by the first `close`, moved nearer by later ones. Never held across an await.
    closing: Mutex<Option<CloseRequest>>,
    /// When a fetch last succeeded, ms since the Unix epoch; 0 = never.
    last_fetch_ms: AtomicI64,
    pub(super) progress: watch::Sender<Progress>,
}

/// How far the worker is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Progress {
    /// Runs whose end Redis does not show yet.
    pub(super) active: usize,
    pub(super) is_closed: bool,
}

/// The wish to end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct CloseRequest {
    /// When jobs that still run are handed back; `None` = they are waited for.
    pub(super) deadline: Option<Instant>,
}

impl Controls {
    pub(super) fn new(concurrency: u32) -> Self {
        Self {
            is_paused: AtomicBool::new(false),
            concurrency: AtomicUsize::new(concurrency as usize),
            closing: Mutex::default(),
            last_fetch_ms: AtomicI64::new(0),
            progress: watch::Sender::default(),
        }
    }

    pub(super) fn is_paused(&self) -> bool {
        self.is_paused.load(Ordering::SeqCst)
    }

    pub(super) fn set_paused(&self, is_paused: bool) {
        self.is_paused.store(is_paused, Ordering::SeqCst);
    }

    pub(super) fn concurrency(&self) -> usize {
        self.concurrency.load(Ordering::SeqCst)
    }

    pub(super) fn set_concurrency(&self, concurrency: u32) {
        self.concurrency.store(concurrency as usize, Ordering::SeqCst);
    }

    pub(super) fn close_request(&self) -> Option<CloseRequest> {
        *self.closing.lock().expect("no code panics while it holds this lock")
    }

    /// Asks the worker to end; of several deadlines the nearest holds.
    pub(super) fn request_close(&self, deadline: Option<Instant>) {
        let mut closing = self.closing.lock().expect("no code panics while it holds this lock");
        let earlier = closing.and_then(|request| request.deadline);
        let nearest = match (earlier, deadline) {
            (Some(earlier), Some(deadline)) => Some(earlier.min(deadline)),
            (earlier, deadline) => earlier.or(deadline),
        };
        *closing = Some(CloseRequest { deadline: nearest });
    }

    pub(super) fn last_fetch_ms(&self) -> Option<i64> {
        Some(self.last_fetch_ms.load(Ordering::Relaxed)).filter(|ms| *ms > 0)
    }

    pub(super) fn fetch_succeeded(&self, now_ms: i64) {
        self.last_fetch_ms.store(now_ms, Ordering::Relaxed);
    }
}

impl Shared {
    /// Tells the owner what went wrong. Failed attempts to connect are told by who listens to all of them.
    pub(super) fn tell(&self, error: Error) {
        if !error.is_connect_failure() {
            self.outbox.push(WorkerEvent::Error { error });
        }
    }
}

impl std::fmt::Debug for Shared {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Shared")
            .field("scripts", &self.scripts)
            .field("controls", &self.controls)
            .finish_non_exhaustive()
    }
}
