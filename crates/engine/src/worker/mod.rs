//! The consumer side: takes jobs, runs or hands them out, settles them.
//!
//! What happens next is decided in turns ([`turn`]) by whoever brings news; one loop per worker ([`actor`]), lock renewal and the
//! check for stalled jobs run beside it.

mod active_jobs;
mod actor;
mod answer;
mod cancel_watcher;
mod closing;
mod event;
mod executor;
mod failed_connects;
mod histogram;
mod iterations;
mod job_context;
mod lock_renewer;
mod manual;
mod marker_wait;
mod measurements;
mod native_results;
mod observer;
mod outbox;
mod reply_size;
mod result;
mod retention;
mod round_trip;
mod run_timeout;
mod settlement;
mod shared;
mod stalled_checker;
mod state;
mod tokens;
mod turn;
mod turns;

use std::collections::HashMap;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use tokio::sync::Notify;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use crate::clock::Clock;
use crate::connection::Connection;
use crate::error::{Error, Result};
use crate::options::WorkerOptions;
use crate::processor::Processor;
use crate::scheduler::SlotSource;
use crate::scripts::{MAX_FETCH, MAX_FINISHES, Scripts};
use crate::service::Service;
use crate::wire::QueueKeys;

use actor::Actor;
use closing::Closing;
use marker_wait::MarkerWait;
use native_results::NativeResults;
use shared::{Controls, Progress, Shared};
use state::{Caps, WorkerState};
use tokens::Tokens;
use turn::{Core, Turn};

pub use event::WorkerEvent;
pub use histogram::Distribution;
pub use manual::{ManualEnd, ManualWork, Taken};
pub use measurements::{Measured, Measurements};
pub use observer::WorkerObserver;
pub use outbox::EventsArrived;
pub use result::{JobOutcome, JobResult};
pub use tokens::{run_of, token_of};

/// What one call carries at most.
const CAPS: Caps = Caps { finishes: MAX_FINISHES, fetch: MAX_FETCH };

/// What a worker needs to start.
pub struct WorkerConfig {
    /// The server. The worker opens one more connection to it, for blocking.
    pub connection: Connection,
    /// The queue.
    pub keys: QueueKeys,
    /// How jobs are taken and run; checked by [`Worker::start`].
    pub options: WorkerOptions,
    /// Names the worker in lock tokens (`<id>:<n>`), unique among all workers of the queue.
    pub id: String,
    /// Processors that run in Rust, by job name.
    pub processors: HashMap<String, Arc<dyn Processor>>,
    /// Whether jobs of other names go to the owner as [`WorkerEvent::Active`] with `run`; otherwise they fail.
    pub fallback_to_javascript: bool,
    /// Time for everything that reaches Redis.
    pub clock: Arc<Clock>,
    /// Where the next slots of schedulers come from whose jobs the worker takes.
    pub slots: SlotSource,
    /// Where the worker counts what it does; workers of one queue may share it.
    pub measurements: Arc<Measurements>,
    /// For owners that take events with [`Worker::take`]: told when some have come, until the last one has.
    pub events_arrived: Option<EventsArrived>,
}

/// A running worker.
///
/// Its owner calls [`Worker::next`] in a loop, or [`Worker::take`] when it is told that events have come; it runs the jobs that are
/// given to it and reports each with [`Worker::settle`].
/// Dropping it abandons running jobs, which other workers then take for stalled; [`Worker::close`] ends it properly.
#[derive(Debug)]
pub struct Worker {
    shared: Arc<Shared>,
}

/// How a worker is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct WorkerHealth {
    /// Runs whose end Redis does not show yet.
    pub active: usize,
    /// Jobs it runs at once, at most.
    pub concurrency: usize,
    /// Whether its connection for commands stands.
    pub is_connected: bool,
    /// Whether it was told not to take jobs.
    pub is_paused: bool,
    /// Whether it is ending or has ended.
    pub is_closing: bool,
    /// How long, at most in the last minute, the owner took to come back for more events after it was given some: the lag of its
    /// event loop, with what its listeners took. Measured at least at each lock renewal while jobs run.
    pub owner_lag: Duration,
    /// When Redis last answered a fetch, ms since the Unix epoch. An idle worker fetches at least once per `drain_delay`.
    pub last_fetch_ms: Option<i64>,
}

impl Worker {
    /// Starts a worker on the current tokio runtime. Connecting goes on in the background: [`WorkerEvent::Ready`] tells when.
    ///
    /// # Errors
    /// `InvalidOption` if the options cannot work.
    pub fn start(config: WorkerConfig) -> Result<Self> {
        config.options.validate()?;
        let client_name = crate::wire::worker_client_name(&config.keys, config.options.name.as_deref());
        let marker = MarkerWait::new(config.connection.clone(), client_name, config.keys.marker());
        let retentions = retention::Retentions::new(config.options.remove_on_complete, config.options.remove_on_fail);
        let closing = Closing::new(config.options.lock_duration);
        let core = Core::new(WorkerState::new(CAPS), closing, Tokens::new(config.id));
        let connection = if config.processors.is_empty() { config.connection } else { config.connection.for_engine() };
        let shared = Arc::new(Shared {
            core: Mutex::new(core),
            controls: Controls::new(config.options.concurrency),
            retentions,
            options: config.options,
            scripts: Scripts::new(connection, config.keys),
            processors: config.processors,
            fallback_to_javascript: config.fallback_to_javascript,
            clock: config.clock,
            slots: config.slots,
            measurements: config.measurements,
            active: active_jobs::ActiveJobs::default(),
            changed: Notify::new(),
            ended: CancellationToken::new(),
            outbox: outbox::Outbox::telling(config.events_arrived),
            native_results: NativeResults::default(),
        });
        tokio::spawn(run(Arc::clone(&shared), marker));
        Ok(Self { shared })
    }

    /// All events since the last call, in order, waiting for the first; empty once the worker has closed.
    pub async fn next(&self) -> Vec<WorkerEvent> {
        self.fetch_again_after(self.shared.outbox.take().await)
    }

    /// Events since the last call, in order, with at most one turn's runs to start. For owners that are told when some have come: they
    /// settle what ended meanwhile and come back for more until there are none.
    pub fn take(&self) -> Vec<WorkerEvent> {
        let runs = CAPS.runs_per_turn(self.shared.controls.concurrency());
        self.fetch_again_after(self.shared.outbox.take_now(runs))
    }

    /// Reports ended runs; returns at once. `now_ms`: JavaScript's time. Results of runs that have ended already are ignored. Must be
    /// called within a tokio runtime.
    pub fn settle(&self, mut results: Vec<JobResult>, now_ms: i64) {
        self.shared.clock.follow(now_ms);
        results.retain(|result| self.shared.active.is_unsettled(&result.token));
        Turn::new(&self.shared).time_told();
        Turn::new(&self.shared).settle(results);
    }

    /// Answers [`WorkerEvent::AskTime`] with JavaScript's time.
    pub fn tick(&self, now_ms: i64) {
        self.shared.clock.follow(now_ms);
        Turn::new(&self.shared).time_told();
    }

    /// Takes no further jobs; those running go on. A call on its way may still bring some.
    pub fn pause(&self) {
        self.shared.controls.set_paused(true);
        self.shared.changed.notify_one();
    }

    /// Takes jobs again.
    pub fn resume(&self) {
        self.shared.controls.set_paused(false);
        Turn::new(&self.shared).resumed();
    }

    /// Whether it was told not to take jobs.
    pub fn is_paused(&self) -> bool {
        self.shared.controls.is_paused()
    }

    /// Changes how many jobs run at once. Lowering it lets running jobs end first.
    ///
    /// # Errors
    /// `InvalidOption` for 0.
    pub fn set_concurrency(&self, concurrency: u32) -> Result<()> {
        if concurrency == 0 {
            let message = "concurrency must be a finite number greater than 0".into();
            return Err(Error::InvalidOption { message });
        }
        self.shared.controls.set_concurrency(concurrency);
        self.shared.changed.notify_one();
        Ok(())
    }

    /// Stops the runs of a job: fires the cancellation of a native processor and tells the owner to abort a signal. How the job
    /// ends is up to its processor. `false` if no run of it is open.
    pub fn cancel(&self, job_id: &str, reason: Option<&str>) -> bool {
        let stopped = self.shared.active.cancel(job_id);
        let is_active = !stopped.is_empty();
        let events = stopped.into_iter().map(|run| {
            let reason = reason.map(Into::into);
            WorkerEvent::Cancelled { job_id: run.job_id, token: run.token, reason }
        });
        self.shared.outbox.push_all(events.collect());
        is_active
    }

    /// Takes no further jobs, waits for the running ones and ends. At the deadline (`None` = never) what still runs is stopped and
    /// handed back to the queue without burning an attempt. Works while Redis is down, and any number of times.
    pub async fn close(&self, deadline: Option<Duration>) {
        self.request_close(deadline);
        self.closed().await;
    }

    /// Begins what [`Worker::close`] does: no job is taken from now on, whoever ends one meanwhile.
    pub fn request_close(&self, deadline: Option<Duration>) {
        self.shared.controls.request_close(deadline.map(|deadline| Instant::now() + deadline));
        self.shared.changed.notify_one();
    }

    /// Waits until the worker has ended.
    pub async fn closed(&self) {
        self.reached(|progress| progress.is_closed).await;
    }

    /// Waits until Redis shows the end of every run. Only of use while the worker is paused.
    pub async fn when_idle(&self) {
        self.reached(|progress| progress.active == 0).await;
    }

    /// How the worker is.
    pub fn health(&self) -> WorkerHealth {
        observer::health(&self.shared)
    }

    /// A full outbox has stopped fetching.
    fn fetch_again_after(&self, taken: outbox::Batch) -> Vec<WorkerEvent> {
        if taken.made_room {
            self.shared.changed.notify_one();
        }
        taken.events
    }

    async fn reached(&self, condition: impl FnMut(&Progress) -> bool) {
        let mut progress = self.shared.controls.progress.subscribe();
        progress.wait_for(condition).await.expect("the sender lives as long as this worker");
    }
}

impl Drop for Worker {
    fn drop(&mut self) {
        self.shared.controls.request_close(Some(Instant::now()));
        self.shared.changed.notify_one();
    }
}

/// The whole life of a worker.
async fn run(shared: Arc<Shared>, marker: MarkerWait) {
    let (renewer, checker) = (Service::new(), Service::new());
    let (watcher, retirement) = (Service::new(), Service::new());
    watcher.start(|stopping| cancel_watcher::run(Arc::clone(&shared), stopping));
    retirement.start(|stopping| retention::run(Arc::clone(&shared), stopping));
    if !shared.options.skip_lock_renewal {
        renewer.start(|stopping| lock_renewer::run(Arc::clone(&shared), stopping));
    }
    if !shared.options.skip_stalled_check {
        checker.start(|stopping| stalled_checker::run(Arc::clone(&shared), stopping));
    }
    Actor::new(Arc::clone(&shared), marker).run().await;
    renewer.stop().await;
    checker.stop().await;
    watcher.stop().await;
    retirement.stop().await;
    shared.outbox.push(WorkerEvent::Closed);
    shared.outbox.close();
    shared.controls.progress.send_replace(Progress { active: 0, is_closed: true });
}
