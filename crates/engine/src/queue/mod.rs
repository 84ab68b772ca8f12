//! The producer side: adding jobs, reading them, maintenance.

mod cancellation;
mod children;
mod clients;
mod counts;
mod deduplication;
mod discovery;
mod events;
mod family;
mod getters;
mod inspection;
mod job_data;
mod job_links;
mod job_options;
mod limits;
mod meta;
mod metrics;
mod moves;
mod new_job;
mod option_names;
mod orphans;
mod pages;
mod pausing;
mod removal;
mod schedule_healing;
mod schedulers;
mod server;
mod settings;

use crate::connection::Connection;
use crate::error::{Error, Result};
use crate::scripts::{AddBatcher, EncodedJob, Scripts};
use crate::wire::QueueKeys;
pub use children::{Child, ChildrenKind, ChildrenPage, ChildrenScan, DependencyKind, DependencyPage};
pub use clients::QueueClient;
pub use counts::JobCounts;
pub use inspection::Inspection;
pub use job_data::JobLogs;
pub use job_links::parent_of;
use job_options::JobOptionsResolver;
pub use meta::QueueMeta;
pub use metrics::Metrics;
pub use moves::RetryJobs;
pub(crate) use new_job::parse_options;
pub use new_job::{MAX_PRIORITY, NewJob, ResolvedOptions};
pub use option_names::{SHORT_OPTION_NAMES, pack_options, show_options, unpack_options};
pub use removal::{Clean, CleanState, Drain, Obliterate};
pub(crate) use schedule_healing::heal_schedules;
pub use schedule_healing::{HealedSchedules, OpenSchedule};
pub use schedulers::{NewScheduler, SchedulerRange};

pub use crate::scripts::{Children, FinishedState, JobRange, JobResult, PriorityChange, ResetAttempts};
pub use crate::wire::SchedulerRecord;

/// One queue on one connection. Cheap to clone; nothing is opened before the first call.
#[derive(Debug, Clone)]
pub struct Queue {
    scripts: Scripts,
    batcher: AddBatcher,
    job_options: JobOptionsResolver,
}

impl Queue {
    /// The queue named by `keys`. `default_job_options` is a JSON object, or empty for none.
    ///
    /// # Errors
    /// `InvalidOption` if the default options cannot work.
    pub fn new(connection: Connection, keys: QueueKeys, default_job_options: &str) -> Result<Self> {
        let job_options = JobOptionsResolver::new(default_job_options)?;
        let scripts = Scripts::new(connection, keys);
        Ok(Self { batcher: AddBatcher::new(scripts.clone()), scripts, job_options })
    }

    /// The names of the queue's keys.
    pub fn keys(&self) -> &QueueKeys {
        self.scripts.keys()
    }

    /// What must be atomic, one call each.
    pub fn scripts(&self) -> &Scripts {
        &self.scripts
    }

    /// The connection the queue works on.
    pub fn connection(&self) -> &Connection {
        self.scripts.connection()
    }

    /// The options a job added with `options` (JSON object or empty) will have.
    ///
    /// # Errors
    /// `InvalidOption` in BullMQ's words.
    pub fn resolve_options(&self, options: &str) -> Result<ResolvedOptions> {
        self.job_options.resolve(options)
    }

    /// Checks a new job and makes it ready for [`Queue::add`]. Touches nothing in Redis.
    ///
    /// # Errors
    /// `InvalidOption` in BullMQ's words.
    pub fn prepare(&self, job: NewJob, now_ms: i64) -> Result<EncodedJob> {
        self.resolve_options(&job.options)?.encode(job, now_ms)
    }

    /// Adds jobs in order and returns their ids, or why one of them was refused; that leaves the others alone. Adds that are made
    /// while others are under way share their round trips.
    ///
    /// An id that is already in use names the existing job, and so does the answer for a job whose deduplication id is held by
    /// another: nothing is added for it. More than 128 jobs take several calls, of which an earlier one may take effect when a
    /// later one fails.
    ///
    /// # Errors
    /// `Unavailable` when the connection has a deadline and Redis did not answer in time; the jobs may have been added. Per job:
    /// `ParentMissing` and `ParentNotReplaceable`.
    pub async fn add(&self, jobs: Vec<EncodedJob>) -> Result<Vec<Result<String>>> {
        let count = jobs.len();
        all_of(count, self.batcher.add(jobs).await)
    }

    /// Like [`Queue::add`] for at most 128 jobs, but they are sent at once, on the calling thread, if no other add is
    /// under way and the connection stands. `done` gets the answer on a thread that must not be blocked. Must be called within a tokio
    /// runtime.
    pub fn add_then(&self, jobs: Vec<EncodedJob>, done: impl FnOnce(Result<Vec<Result<String>>>) + Send + 'static) {
        if jobs.is_empty() {
            return done(Ok(Vec::new()));
        }
        let count = jobs.len();
        self.batcher.add_then(jobs, move |ids| done(all_of(count, ids)));
    }

    /// Ends all adds under way with `Closed`; their jobs may be added all the same.
    pub fn abandon_adds(&self) {
        self.batcher.abandon();
    }
}

/// As many ids as there were jobs.
fn all_of(count: usize, ids: Result<Vec<Result<String>>>) -> Result<Vec<Result<String>>> {
    let ids = ids?;
    if ids.len() == count {
        return Ok(ids);
    }
    Err(Error::MalformedState { subject: "reply of add", detail: format!("{} ids for {count} jobs", ids.len()) })
}
