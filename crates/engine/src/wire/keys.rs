//! The names of a queue's keys: `<prefix>:<queue>:<suffix>`.

use std::fmt;

use crate::error::{Error, Result};

/// Spells every key of one queue.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct QueueKeys {
    prefix: String,
    queue: String,
    /// `<prefix>:<queue>:`
    base: String,
}

/// Names a job of any queue.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct JobAddress {
    /// `<prefix>:<queue name>`
    pub queue: String,
    /// Unique within the queue.
    pub id: String,
}

impl JobAddress {
    /// The job's full key.
    pub(crate) fn key(&self) -> String {
        format!("{}:{}", self.queue, self.id)
    }
}

/// Key names that scripts may declare; `base` stands for the common prefix of all keys of the queue.
const SUFFIXES: [&str; 18] = [
    "id",
    "wait",
    "paused",
    "active",
    "prioritized",
    "pc",
    "delayed",
    "waiting-children",
    "completed",
    "failed",
    "stalled",
    "stalled-check",
    "limiter",
    "meta",
    "events",
    "marker",
    "repeat",
    "metrics",
];

/// Begins what follows the id in the keys beside a job's hash.
const JOB_PARTS: [&str; 6] = ["dependencies", "failed", "lock", "logs", "processed", "unsuccessful"];

/// What else can follow the base in the queue's own keys: parts of longer names, and names that are no longer in use.
const OTHER_SUFFIXES: [&str; 5] = ["call", "de", "delay", "dn", "priority"];

/// Begins, below the base, what is kept of calls, for a minute at most.
pub(crate) const CALLS: &str = "call:";

/// Hash of requests to stop runs, below the base.
pub(crate) const CANCELLATIONS: &str = "call:cancellations";

impl QueueKeys {
    /// Keys of `queue` under `prefix` (BullMQ's default prefix is `bull`).
    ///
    /// # Errors
    /// `InvalidOption` for an empty name or one with a colon, in BullMQ's words.
    pub fn new(prefix: &str, queue: &str) -> Result<Self> {
        let invalid = |message: &str| Err(Error::InvalidOption { message: message.into() });
        if queue.is_empty() {
            return invalid("Queue name must be provided");
        }
        if queue.contains(':') {
            return invalid("Queue name cannot contain :");
        }
        Ok(Self { prefix: prefix.into(), queue: queue.into(), base: format!("{prefix}:{queue}:") })
    }

    /// The prefix all queues of an application share.
    pub fn prefix(&self) -> &str {
        &self.prefix
    }

    /// The queue's name.
    pub fn queue(&self) -> &str {
        &self.queue
    }

    /// `<prefix>:<queue>:`, which every key of the queue begins with.
    pub fn base(&self) -> &str {
        &self.base
    }

    /// `<prefix>:<queue>`, how other queues name this one.
    pub fn qualified_name(&self) -> &str {
        &self.base[..self.base.len() - 1]
    }

    /// The part of the queue's keys that decides on their hash slot in a cluster: what stands in the first braces, or all of them.
    pub fn hash_tag(&self) -> &str {
        let tagged = self.base.split_once('{').and_then(|(_, rest)| rest.split_once('}'));
        tagged.map(|(tag, _)| tag).filter(|tag| !tag.is_empty()).unwrap_or(&self.base)
    }

    /// The key a script header calls `name` (underscores stand for hyphens).
    ///
    /// # Panics
    /// If a script declares a key that this layout does not know; a test over all scripts rules that out.
    pub(crate) fn named(&self, name: &str) -> String {
        if name == "base" {
            return self.base.clone();
        }
        let suffix = name.replace('_', "-");
        assert!(SUFFIXES.contains(&suffix.as_str()), "unknown key `{name}` in a script header");
        format!("{}{suffix}", self.base)
    }

    /// Short name and full name of every key that BullMQ shows in `queue.keys`; the empty name is what all begin with.
    pub fn all(&self) -> impl Iterator<Item = (&'static str, String)> {
        let shown = SUFFIXES.into_iter().filter(|suffix| *suffix != "metrics");
        std::iter::once("").chain(shown).chain(["de"]).map(|name| (name, format!("{}{name}", self.base)))
    }

    /// Wake-up markers of workers.
    pub fn marker(&self) -> String {
        self.named("marker")
    }

    /// The event stream.
    pub fn events(&self) -> String {
        self.named("events")
    }

    /// Queue-wide settings.
    pub fn meta(&self) -> String {
        self.named("meta")
    }

    /// Hash of one job.
    pub fn job(&self, job_id: &str) -> String {
        format!("{}{job_id}", self.base)
    }

    /// Lock of one job.
    pub fn job_lock(&self, job_id: &str) -> String {
        format!("{}{job_id}:lock", self.base)
    }

    /// Log rows of one job.
    pub fn job_logs(&self, job_id: &str) -> String {
        format!("{}{job_id}:logs", self.base)
    }

    /// Record of one scheduler.
    pub(crate) fn scheduler(&self, scheduler_id: &str) -> String {
        format!("{}repeat:{scheduler_id}", self.base)
    }

    /// Keys of the children of one job that have not ended.
    pub(crate) fn job_dependencies(&self, job_id: &str) -> String {
        format!("{}{job_id}:dependencies", self.base)
    }

    /// Results of the children of one job, by their keys.
    pub(crate) fn job_processed(&self, job_id: &str) -> String {
        format!("{}{job_id}:processed", self.base)
    }

    /// Reasons of the children of one job that failed without failing it, by their keys.
    pub(crate) fn job_ignored(&self, job_id: &str) -> String {
        format!("{}{job_id}:failed", self.base)
    }

    /// Keys of the children of one job that failed it.
    pub(crate) fn job_unsuccessful(&self, job_id: &str) -> String {
        format!("{}{job_id}:unsuccessful", self.base)
    }

    /// The keys of the queue a job belongs to, and the job's id, from the job's full key; `None` if it is none.
    pub(crate) fn split_job_key(key: &str) -> Option<(Self, &str)> {
        let (qualified_name, job_id) = key.rsplit_once(':')?;
        let (prefix, queue) = qualified_name.rsplit_once(':')?;
        Some((Self::new(prefix, queue).ok()?, job_id))
    }

    /// Holder of a deduplication id.
    pub(crate) fn deduplication(&self, deduplication_id: &str) -> String {
        format!("{}de:{deduplication_id}", self.base)
    }

    /// Totals and jobs per minute of a finished state.
    pub(crate) fn metrics(&self, state: &str) -> (String, String) {
        let totals = format!("{}metrics:{state}", self.base);
        let per_minute = format!("{totals}:data");
        (totals, per_minute)
    }

    /// Where BullMQ before version 4 kept priorities.
    pub(crate) fn legacy_priorities(&self) -> String {
        format!("{}priority", self.base)
    }

    /// Requests to stop runs, by lock token; gone a minute after the newest.
    pub(crate) fn cancellations(&self) -> String {
        format!("{}{CANCELLATIONS}", self.base)
    }

    /// Set while no worker need look for finished jobs that are too old.
    pub(crate) fn retention_check(&self) -> String {
        self.call("retention")
    }

    /// The id of the job that `key` is a part of: its hash, or what is kept beside it. `None` for the queue's own keys, for those
    /// of other queues, and for jobs of schedulers.
    pub(crate) fn job_id_of<'k>(&self, key: &'k str) -> Option<&'k str> {
        let suffix = key.strip_prefix(&self.base)?;
        let (id, part) = suffix.split_once(':').unwrap_or((suffix, ""));
        let is_of_a_job = part.is_empty() || JOB_PARTS.contains(&part);
        (is_of_a_job && !SUFFIXES.contains(&id) && !OTHER_SUFFIXES.contains(&id)).then_some(id)
    }

    /// The pattern of the settings of all queues under a prefix, whose special characters are escaped.
    pub(crate) fn meta_pattern(prefix: &str) -> String {
        format!("{prefix}:*:meta")
    }

    /// The queue that a key holds the settings of, if it is under the same prefix.
    pub(crate) fn queue_of_meta_key<'k>(&self, key: &'k str) -> Option<&'k str> {
        let queue = key.strip_prefix(&self.prefix)?.strip_prefix(':')?.strip_suffix(":meta")?;
        (!queue.is_empty() && !queue.contains(':')).then_some(queue)
    }

    /// The remembered answer of one script call, kept for a minute so that a repeated call takes effect once.
    pub(crate) fn call(&self, call_id: &str) -> String {
        format!("{}{CALLS}{call_id}", self.base)
    }
}

/// `text` as a part of a pattern that matches nothing but it.
pub(crate) fn escape_pattern(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for character in text.chars() {
        if "*?[]\\^-".contains(character) {
            escaped.push('\\');
        }
        escaped.push(character);
    }
    escaped
}

impl fmt::Debug for QueueKeys {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "QueueKeys({})", self.qualified_name())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spells_keys_like_bullmq() {
        let keys = QueueKeys::new("bull", "email").unwrap();
        assert_eq!(keys.named("waiting_children"), "bull:email:waiting-children");
        assert_eq!(keys.job_lock("7"), "bull:email:7:lock");
        assert_eq!(keys.qualified_name(), "bull:email");
    }

    #[test]
    fn finds_the_queue_in_the_key_of_a_job() {
        let (keys, job_id) = QueueKeys::split_job_key("my:{prefix}:email:7").unwrap();
        assert_eq!((keys.prefix(), keys.queue(), job_id), ("my:{prefix}", "email", "7"));
        assert_eq!(keys.hash_tag(), "prefix");
        assert!(QueueKeys::split_job_key("bull:email").is_none());
    }

    #[test]
    fn tells_the_keys_of_jobs_from_those_of_the_queue() {
        let keys = QueueKeys::new("bull", "email").unwrap();
        let id_of = |suffix: &str| keys.job_id_of(&format!("bull:email:{suffix}")).map(str::to_owned);
        assert_eq!([id_of("7"), id_of("a-b:logs")], [Some("7".into()), Some("a-b".into())]);
        let own = ["wait", "repeat:x:5", "call:1", "de:x", "metrics:failed", "priority", "a:b:c"];
        assert_eq!(own.map(id_of), [const { None }; 7]);
        assert_eq!(keys.job_id_of("bull:push:7"), None);
    }

    #[test]
    fn finds_queues_by_their_settings() {
        let keys = QueueKeys::new("my:{prefix}", "any").unwrap();
        assert_eq!(keys.queue_of_meta_key("my:{prefix}:email:meta"), Some("email"));
        let others = ["my:{prefix}:email:1:meta", "my:{prefix}:meta", "bull:email:meta", "my:{prefix}::meta"];
        assert_eq!(others.map(|key| keys.queue_of_meta_key(key)), [None; 4]);
        assert_eq!(escape_pattern("a*b[1]"), "a\\*b\\[1\\]");
    }

    #[test]
    fn refuses_names_that_break_the_layout() {
        assert_eq!(QueueKeys::new("bull", "a:b").unwrap_err().to_string(), "Queue name cannot contain :");
        assert_eq!(QueueKeys::new("bull", "").unwrap_err().to_string(), "Queue name must be provided");
    }
}
