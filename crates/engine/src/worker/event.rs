//! What a worker tells its owner.

use std::sync::Arc;

use crate::error::Error;
use crate::job::{Failure, Job};
use crate::processor::LogLevel;
use crate::queue::OpenSchedule;

/// One event. The events of one job come in order: active, then progress and log lines, then how it ended.
#[derive(Debug)]
pub enum WorkerEvent {
    /// The worker is connected and looks for jobs.
    Ready,
    /// A job was taken.
    Active {
        /// The job as it was when taken.
        job: Arc<Job>,
        /// Names this run in [`crate::worker::Worker::settle`]; also the value of the job's lock.
        token: String,
        /// Whether the owner must run the job and settle it. Otherwise the engine does, or has failed it already.
        run: bool,
    },
    /// A run completed and Redis shows it.
    Completed {
        /// The job.
        job_id: String,
        /// The run.
        token: String,
        /// JSON text; `None` when the owner ran the job and so has the value already.
        returnvalue: Option<String>,
        /// Ms since the Unix epoch.
        finished_on: i64,
        /// Attempts that ended, this one included.
        attempts_made: u32,
    },
    /// A run failed and Redis shows what becomes of the job.
    Failed {
        /// The job.
        job_id: String,
        /// The run.
        token: String,
        /// Why.
        failure: Failure,
        /// All stack traces of the job, JSON array of strings.
        stacktrace: String,
        /// Attempts that ended, this one included.
        attempts_made: u32,
        /// Ms since the Unix epoch; `None` when the job will be tried again.
        finished_on: Option<i64>,
        /// Pause before the next attempt, ms; 0 when it is tried at once or not at all.
        delay_ms: i64,
    },
    /// A run ended without an attempt having ended: its job waits, or is delayed, for another run.
    HandedBack {
        /// The job.
        job_id: String,
        /// The run.
        token: String,
    },
    /// A native processor published progress.
    Progress {
        /// The run.
        token: String,
        /// JSON text.
        progress: String,
    },
    /// A native processor has a line for the operator.
    Log {
        /// How loud.
        level: LogLevel,
        /// The run.
        token: String,
        /// The line.
        message: String,
    },
    /// A job whose worker vanished was moved back, or marked to fail at its next pick-up.
    Stalled {
        /// The job.
        job_id: String,
    },
    /// No job is left to take and none runs here; once until a job is taken again.
    Drained,
    /// The run must stop: its signal is to be aborted.
    Cancelled {
        /// The job.
        job_id: String,
        /// The run.
        token: String,
        /// Why, in the words of whoever cancelled.
        reason: Option<String>,
    },
    /// The job's timeout has passed: the run must stop, and the owner must settle it with this failure.
    TimedOut {
        /// The job.
        job_id: String,
        /// The run.
        token: String,
        /// Says so.
        failure: Failure,
    },
    /// Locks were renewed.
    LocksRenewed {
        /// The jobs.
        job_ids: Vec<String>,
    },
    /// Locks were lost: another worker may run these jobs.
    LockRenewalFailed {
        /// The jobs.
        job_ids: Vec<String>,
    },
    /// A scheduler has no next job, and only the owner's strategy knows when that would be.
    AskSlot(OpenSchedule),
    /// JavaScript's clock is faked: [`crate::worker::Worker::tick`] must tell the time before the worker goes on.
    AskTime,
    /// Something went wrong that is not the failure of a job; the worker goes on.
    Error {
        /// What.
        error: Error,
    },
    /// The worker has ended; nothing follows.
    Closed,
}

impl WorkerEvent {
    /// Whether the owner starts a run with it.
    pub(super) fn starts_run(&self) -> bool {
        matches!(self, Self::Active { run: true, .. })
    }

    /// Size of the job it brings, bytes.
    pub(super) fn job_size(&self) -> usize {
        match self {
            Self::Active { job, .. } => job.text_size(),
            _ => 0,
        }
    }

    /// Whether the event may be dropped when the owner does not keep up: it only informs, and Redis shows the same.
    pub(super) fn is_droppable(&self) -> bool {
        matches!(self, Self::Progress { .. } | Self::Log { .. } | Self::LocksRenewed { .. })
    }
}
