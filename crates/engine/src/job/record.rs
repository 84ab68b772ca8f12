//! The job record.

/// One job. JSON parts (`data`, `opts`, `progress`, ...) stay text: they pass through untouched and are parsed by whoever needs them.
///
/// Times are ms since the Unix epoch.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Job {
    /// Unique within the queue.
    pub id: String,
    /// What kind of work this is; selects the processor.
    pub name: String,
    /// The payload, JSON text.
    pub data: String,
    /// The options as stored, JSON text with BullMQ's short names.
    pub opts: String,
    /// When it was added.
    pub timestamp: i64,
    /// How long after `timestamp` it becomes due, ms.
    pub delay: i64,
    /// 0 = none, else 1 (most urgent) to 2097151.
    pub priority: u32,
    /// How often a worker has taken it.
    pub attempts_started: u32,
    /// How many attempts have ended.
    pub attempts_made: u32,
    /// How often it was found without a live owner.
    pub stalled_counter: u32,
    /// When a worker last took it.
    pub processed_on: Option<i64>,
    /// When it ended.
    pub finished_on: Option<i64>,
    /// Name of the worker that took it last.
    pub processed_by: Option<String>,
    /// JSON text.
    pub progress: Option<String>,
    /// JSON text.
    pub returnvalue: Option<String>,
    /// Plain text.
    pub failed_reason: Option<String>,
    /// Reason it must fail with at its next pick-up, plain text.
    pub deferred_failure: Option<String>,
    /// JSON array of strings.
    pub stacktrace: Option<String>,
    /// Full Redis key of the parent job.
    pub parent_key: Option<String>,
    /// JSON text `{id, queueKey, ...}`.
    pub parent: Option<String>,
    /// Scheduler this job belongs to.
    pub repeat_job_key: Option<String>,
    /// Deduplication it holds.
    pub deduplication_id: Option<String>,
    /// Parts that earlier attempts have finished.
    pub finished_parts: Vec<String>,
}

impl Job {
    /// Size of its data and options, bytes: what makes a job large.
    pub(crate) fn text_size(&self) -> usize {
        self.data.len() + self.opts.len()
    }
}
