//! Everything that can go wrong in the engine, with codes that are stable across versions.

use std::time::Duration;

/// Result of an engine call.
pub type Result<T> = std::result::Result<T, Error>;

/// An error a caller can act on.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The job's hash is gone.
    #[error("Missing key for job {job_id}. {command}")]
    JobMissing {
        /// The job.
        job_id: String,
        /// What was tried, in BullMQ's words.
        command: &'static str,
    },
    /// The job's lock has expired or was released.
    #[error("Missing lock for job {job_id}. {command}")]
    LockMissing {
        /// The job.
        job_id: String,
        /// What was tried.
        command: &'static str,
    },
    /// A running job's lock could not be renewed: it has expired, or another worker holds it.
    #[error("could not renew lock for job {job_id}")]
    LockNotRenewed {
        /// The job.
        job_id: String,
    },
    /// A running job's lock is no longer renewed, because its owner has not come back for events for too long.
    #[error("gave up job {job_id}: the event loop has not turned for more than {} ms (maxBlocked)", limit.as_millis())]
    OwnerBlocked {
        /// The job.
        job_id: String,
        /// How long it may be blocked.
        limit: Duration,
    },
    /// The job is not where the operation needs it.
    #[error("Job {job_id} is not in the {state} state. {command}")]
    NotInState {
        /// The job.
        job_id: String,
        /// The state the operation needs.
        state: &'static str,
        /// What was tried.
        command: &'static str,
    },
    /// The job still waits for children.
    #[error("Job {job_id} has pending dependencies. {command}")]
    PendingDependencies {
        /// The job.
        job_id: String,
        /// What was tried.
        command: &'static str,
    },
    /// The parent's hash is gone.
    #[error("Missing key for parent job {parent_key}. {command}")]
    ParentMissing {
        /// Full Redis key of the parent.
        parent_key: String,
        /// What was tried.
        command: &'static str,
    },
    /// Another worker holds the lock.
    #[error("Lock mismatch for job {job_id}. Cmd {command} from {state}")]
    LockMismatch {
        /// The job.
        job_id: String,
        /// What was tried.
        command: &'static str,
        /// The state it was expected in.
        state: &'static str,
    },
    /// The job already has another parent.
    #[error("The parent job {parent_key} cannot be replaced. {command}")]
    ParentNotReplaceable {
        /// Full Redis key of the parent.
        parent_key: String,
        /// What was tried.
        command: &'static str,
    },
    /// The pending job of a scheduler may only go with its scheduler.
    #[error("Job {job_id} belongs to a job scheduler and cannot be removed directly. {command}")]
    BelongsToScheduler {
        /// The job.
        job_id: String,
        /// What was tried.
        command: &'static str,
    },
    /// A job has the id that the next job of a scheduler would get.
    #[error("Cannot create job scheduler iteration - job ID already exists. {command}")]
    IterationExists {
        /// What was tried.
        command: &'static str,
    },
    /// The next slot of a scheduler and all that could stand in for it have jobs.
    #[error("Cannot create job scheduler iteration - current and next time slots already have jobs. {command}")]
    SlotsTaken {
        /// What was tried.
        command: &'static str,
    },
    /// A scheduler's next job could not be added when the one before was taken.
    #[error("Failed to add repeatable job for next iteration: {source}")]
    NextIteration {
        /// Why.
        source: Box<Error>,
    },
    /// The list of schedulers holds an entry that only BullMQ 5 and earlier understand.
    #[error(
        "Legacy repeatable job metadata is not supported in BullMQ v6 (key: \"{key}\"). Migrate legacy repeatable jobs to Job \
         Schedulers before upgrading. See https://docs.bullmq.io/guide/migrations/migrate-from-v5-to-v6"
    )]
    LegacyRepeatable {
        /// The entry.
        key: String,
    },
    /// A child failed, so the parent cannot complete.
    #[error("Cannot complete job {job_id} because it has at least one failed child. {command}")]
    FailedChildren {
        /// The job.
        job_id: String,
        /// What was tried.
        command: &'static str,
    },
    /// A worker owns the job, so it cannot be removed.
    #[error("Job {job_id} could not be removed because it is locked by another worker")]
    JobLocked {
        /// The job.
        job_id: String,
    },
    /// The queue still has active jobs.
    #[error("Cannot obliterate queue with active jobs")]
    ActiveJobs,
    /// The queue must be paused for this.
    #[error("Cannot obliterate non-paused queue")]
    NotPaused,
    /// An option has a value that cannot work. The message is part of the public contract.
    #[error("{message}")]
    InvalidOption {
        /// Full message, naming the option and what was expected.
        message: String,
    },
    /// Redis could not be reached within the caller's deadline.
    #[error("Redis is unavailable: no answer within {deadline:?}")]
    Unavailable {
        /// How long was waited.
        deadline: Duration,
        /// The last connection error.
        #[source]
        source: Option<redis::RedisError>,
    },
    /// An attempt to connect failed, or the retry strategy gave up after it.
    #[error("{message}")]
    ConnectionFailed {
        /// In Node's words, e.g. `connect ECONNREFUSED 127.0.0.1:6379`.
        message: String,
        /// Node's code, e.g. `ECONNREFUSED`, or the one that Redis gave.
        code: String,
        /// What the attempt ended with.
        #[source]
        source: redis::RedisError,
    },
    /// The connection is lost and the caller does not wait for the next. The message is ioredis'.
    #[error("Stream isn't writeable and enableOfflineQueue options is false")]
    Offline,
    /// The server could not be reached in as many attempts as the caller waits for. The message is ioredis'.
    #[error(
        "Reached the max retries per request limit (which is {max}). Refer to \"maxRetriesPerRequest\" option for details."
    )]
    RetriesExhausted {
        /// Attempts that were waited for.
        max: u32,
    },
    /// Redis answered with an error.
    #[error("{0}")]
    Redis(#[from] redis::RedisError),
    /// Redis holds something this engine cannot read.
    #[error("unexpected {subject} in Redis: {detail}")]
    MalformedState {
        /// What was being read.
        subject: &'static str,
        /// What stood there instead.
        detail: String,
    },
    /// The handle was closed.
    #[error("Connection is closed.")]
    Closed,
    /// The error of a call that several callers shared.
    #[error("{0}")]
    Shared(std::sync::Arc<Error>),
}

impl Error {
    /// Stable, documented name of the error.
    pub fn code(&self) -> &str {
        match self {
            Self::JobMissing { .. } => "JOB_MISSING",
            Self::LockMissing { .. } => "JOB_LOCK_MISSING",
            Self::LockNotRenewed { .. } => "JOB_LOCK_NOT_RENEWED",
            Self::OwnerBlocked { .. } => "JOB_GIVEN_UP",
            Self::NotInState { .. } => "JOB_NOT_IN_STATE",
            Self::PendingDependencies { .. } => "JOB_PENDING_DEPENDENCIES",
            Self::ParentMissing { .. } => "PARENT_JOB_MISSING",
            Self::LockMismatch { .. } => "JOB_LOCK_MISMATCH",
            Self::ParentNotReplaceable { .. } => "PARENT_JOB_NOT_REPLACEABLE",
            Self::BelongsToScheduler { .. } => "JOB_BELONGS_TO_SCHEDULER",
            Self::IterationExists { .. } => "SCHEDULER_JOB_EXISTS",
            Self::SlotsTaken { .. } => "SCHEDULER_SLOTS_TAKEN",
            Self::NextIteration { .. } => "NEXT_ITERATION_FAILED",
            Self::LegacyRepeatable { .. } => "LEGACY_REPEATABLE_JOB",
            Self::FailedChildren { .. } => "JOB_HAS_FAILED_CHILDREN",
            Self::JobLocked { .. } => "JOB_LOCKED",
            Self::ActiveJobs => "QUEUE_HAS_ACTIVE_JOBS",
            Self::NotPaused => "QUEUE_NOT_PAUSED",
            Self::InvalidOption { .. } => "INVALID_OPTION",
            Self::Unavailable { .. } | Self::Offline | Self::RetriesExhausted { .. } => "QUEUE_UNAVAILABLE",
            Self::ConnectionFailed { code, .. } => code,
            Self::Redis(error) => error.code().unwrap_or("REDIS_ERROR"),
            Self::MalformedState { .. } => "MALFORMED_STATE",
            Self::Closed => "CONNECTION_CLOSED",
            Self::Shared(error) => error.code(),
        }
    }

    /// The same error with another name for what was tried.
    #[must_use]
    pub(crate) fn of_command(mut self, name: &'static str) -> Self {
        if let Self::JobMissing { command, .. }
        | Self::LockMissing { command, .. }
        | Self::NotInState { command, .. }
        | Self::LockMismatch { command, .. } = &mut self
        {
            *command = name;
        }
        self
    }

    /// Whether it is about a failed attempt to connect: [`crate::connection::Connection::failures`] tells of all of them.
    pub(crate) fn is_connect_failure(&self) -> bool {
        match self {
            Self::ConnectionFailed { .. } => true,
            Self::Shared(error) => error.is_connect_failure(),
            _ => false,
        }
    }

    /// The job the error is about, where there is one.
    pub fn job_id(&self) -> Option<&str> {
        match self {
            Self::JobMissing { job_id, .. }
            | Self::LockMissing { job_id, .. }
            | Self::NotInState { job_id, .. }
            | Self::PendingDependencies { job_id, .. }
            | Self::LockMismatch { job_id, .. }
            | Self::BelongsToScheduler { job_id, .. }
            | Self::FailedChildren { job_id, .. }
            | Self::JobLocked { job_id } => Some(job_id),
            Self::Shared(error) => error.job_id(),
            _ => None,
        }
    }

    /// BullMQ's numeric `err.code` for errors that scripts report (-1 to -11).
    pub fn bullmq_code(&self) -> Option<i32> {
        Some(match self {
            Self::JobMissing { .. } => -1,
            Self::LockMissing { .. } => -2,
            Self::NotInState { .. } => -3,
            Self::PendingDependencies { .. } => -4,
            Self::ParentMissing { .. } => -5,
            Self::LockMismatch { .. } => -6,
            Self::ParentNotReplaceable { .. } => -7,
            Self::BelongsToScheduler { .. } => -8,
            Self::FailedChildren { .. } => -9,
            Self::IterationExists { .. } => -10,
            Self::SlotsTaken { .. } => -11,
            Self::Shared(error) => return error.bullmq_code(),
            _ => return None,
        })
    }
}
