//! A queue: who wrote it, does somebody work on it, is anything stuck.

use std::time::Duration;

use synapse_queue_engine::error::Result;
use synapse_queue_engine::job::JobState;
use synapse_queue_engine::queue::{Inspection, JobCounts, Queue};

use super::Finding;

/// Major releases of BullMQ whose state is the same as ours.
const SAME_LAYOUT: u32 = 6;
/// A worker that looks for work takes due jobs along within seconds.
const OVERDUE_MAX: Duration = Duration::from_mins(1);
/// A job that is next in line for longer than this is told.
const WAIT_MAX: Duration = Duration::from_mins(5);
/// Names shown of what was found.
const NAMES_SHOWN: usize = 5;
/// Keys looked at per step of the search for orphans.
const SCAN_COUNT: u64 = 1_000;

/// How much is looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Thoroughness {
    /// What costs the server next to nothing.
    Quick,
    /// Also orphans, which takes a scan of all keys.
    Full,
}

/// What Redis shows of a queue.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct QueueFacts {
    /// Who set the queue up, e.g. `bullmq:6.7.0`.
    pub version: Option<String>,
    /// Whether it is paused.
    pub is_paused: bool,
    /// Jobs by state.
    pub counts: JobCounts,
    /// Connections on which workers wait.
    pub workers: usize,
    /// What is late or abandoned.
    pub inspection: Inspection,
    /// Schedulers without a next job.
    pub stuck_schedulers: Vec<String>,
    /// Jobs that are in no state; absent if nobody looked.
    pub orphans: Option<u64>,
}

/// Looks at a queue. `now_ms`: ms since the Unix epoch.
pub async fn examine_queue(queue: &Queue, now_ms: i64, thoroughness: Thoroughness) -> Result<Vec<Finding>> {
    let meta = queue.meta().await?;
    let facts = QueueFacts {
        version: meta.version,
        is_paused: meta.paused,
        counts: queue.counts().await?,
        workers: queue.workers().await?.len(),
        inspection: queue.inspect(now_ms).await?,
        stuck_schedulers: queue.stuck_schedulers().await?,
        orphans: match thoroughness {
            Thoroughness::Quick => None,
            Thoroughness::Full => Some(queue.count_orphans(SCAN_COUNT).await?),
        },
    };
    Ok(queue_findings(&facts))
}

/// What the facts mean.
pub fn queue_findings(facts: &QueueFacts) -> Vec<Finding> {
    let mut findings = vec![version(facts), workers(facts), waiting(facts), overdue(facts), stalled(facts)];
    findings.push(schedulers(facts));
    findings.extend(facts.orphans.map(orphans));
    findings.push(failed(facts));
    findings
}

fn version(facts: &QueueFacts) -> Finding {
    const CHECK: &str = "written by";
    let Some(version) = facts.version.as_deref() else {
        let is_empty = JobState::ALL.iter().all(|state| facts.counts.of(*state) == 0);
        return if is_empty {
            Finding::warning(CHECK, "there is no such queue yet", "Check --queue and --prefix.")
        } else {
            Finding::ok(CHECK, "no client has said which release it is")
        };
    };
    let number = version.split_once(':').map_or(version, |(_, number)| number);
    let major = number.split('.').next().and_then(|major| major.parse::<u32>().ok());
    match major {
        Some(SAME_LAYOUT) => Finding::ok(CHECK, version),
        Some(older) if older < SAME_LAYOUT => Finding::warning(
            CHECK,
            format!("{version}: an older release still sets this queue up"),
            "Upgrade its clients; before that, read docs/migrating-from-bullmq.md about pausing.",
        ),
        _ => Finding::warning(
            CHECK,
            format!("{version}: a release that this one does not know"),
            "Upgrade @synapse/queue.",
        ),
    }
}

fn workers(facts: &QueueFacts) -> Finding {
    const CHECK: &str = "workers";
    let pending = facts.counts.pending();
    match facts.workers {
        0 if pending > 0 => Finding::problem(
            CHECK,
            format!("no worker is connected and {}", plural(pending, "job is to be done", "jobs are to be done")),
            "Start one: `synapse-queue worker`, or your own worker process.",
        ),
        0 => Finding::ok(CHECK, "no worker is connected, and no job is to be done"),
        count => Finding::ok(CHECK, plural(count as u64, "worker is connected", "workers are connected")),
    }
}

fn waiting(facts: &QueueFacts) -> Finding {
    const CHECK: &str = "waiting";
    if facts.is_paused {
        return Finding::warning(
            CHECK,
            "the queue is paused: workers take no jobs",
            "`synapse-queue resume` lets them work again.",
        );
    }
    match facts.inspection.oldest_waiting {
        None => Finding::ok(CHECK, "no job waits"),
        Some(age) if age > WAIT_MAX => Finding::warning(
            CHECK,
            format!("the next job has waited for {}", seconds(age)),
            "Add workers or raise their concurrency; a rate limit or a global concurrency can hold jobs back as well.",
        ),
        Some(age) => Finding::ok(CHECK, format!("the next job has waited for {}", seconds(age))),
    }
}

fn overdue(facts: &QueueFacts) -> Finding {
    const CHECK: &str = "delayed";
    let Inspection { overdue, longest_overdue, .. } = &facts.inspection;
    if *overdue > 0 && *longest_overdue > OVERDUE_MAX {
        let jobs = plural(*overdue, "delayed job is overdue", "delayed jobs are overdue");
        let message = format!("{jobs}, the first for {}", seconds(*longest_overdue));
        return Finding::problem(
            CHECK,
            message,
            "Workers take due jobs along when they look for work: are any running?",
        );
    }
    Finding::ok(CHECK, "no delayed job is overdue")
}

fn stalled(facts: &QueueFacts) -> Finding {
    const CHECK: &str = "stalled";
    let abandoned = &facts.inspection.abandoned;
    if abandoned.is_empty() {
        return Finding::ok(CHECK, "every active job has a worker");
    }
    let jobs = plural(abandoned.len() as u64, "active job has lost its worker", "active jobs have lost their workers");
    let message = format!("{jobs}: {}", some_of(abandoned));
    let advice = "The next check of a running worker takes them back; if it happens often, look for crashes and for locks that \
                  are too short.";
    Finding::problem(CHECK, message, advice)
}

fn schedulers(facts: &QueueFacts) -> Finding {
    const CHECK: &str = "schedulers";
    let stuck = &facts.stuck_schedulers;
    if stuck.is_empty() {
        return Finding::ok(CHECK, "every scheduler has its next job");
    }
    let message = format!(
        "{} without a next job: {}",
        plural(stuck.len() as u64, "scheduler is", "schedulers are"),
        some_of(stuck)
    );
    Finding::problem(
        CHECK,
        message,
        "A running worker adds it again within `stalledInterval`; or upsert the scheduler again.",
    )
}

fn orphans(count: u64) -> Finding {
    const CHECK: &str = "orphans";
    if count == 0 {
        return Finding::ok(CHECK, "every job is in a state");
    }
    let message =
        plural(count, "job is in no state and only takes memory", "jobs are in no state and only take memory");
    Finding::warning(CHECK, message, "`queue.removeOrphanedJobs()` deletes them.")
}

fn failed(facts: &QueueFacts) -> Finding {
    const CHECK: &str = "failed";
    match facts.counts.of(JobState::Failed) {
        0 => Finding::ok(CHECK, "no failed job is kept"),
        count => Finding::warning(
            CHECK,
            plural(count, "failed job is kept", "failed jobs are kept"),
            "`synapse-queue job <id>` shows why, `synapse-queue retry` runs them again, `synapse-queue clean` removes them.",
        ),
    }
}

fn plural(count: u64, one: &str, many: &str) -> String {
    format!("{count} {}", if count == 1 { one } else { many })
}

fn some_of(names: &[String]) -> String {
    let shown = names.iter().take(NAMES_SHOWN).cloned().collect::<Vec<_>>().join(", ");
    if names.len() > NAMES_SHOWN { format!("{shown}, …") } else { shown }
}

fn seconds(age: Duration) -> String {
    format!("{} s", age.as_secs())
}

#[cfg(test)]
#[path = "queue_tests.rs"]
mod tests;
