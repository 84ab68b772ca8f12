//! The text that Prometheus scrapes.

use prometheus::TextEncoder;
use synapse_queue_engine::job::JobState;

use crate::families::Family;
use crate::snapshot::{QueueSnapshot, QueueState};

/// Content type of [`text`].
pub(crate) const CONTENT_TYPE: &str = prometheus::TEXT_FORMAT;

/// All metrics of these queues.
///
/// # Errors
/// What the encoder refuses.
pub(crate) fn text(queues: &[QueueSnapshot]) -> Result<String, prometheus::Error> {
    let mut families = vec![build_info()];
    families.extend(of_workers(queues));
    families.extend(of_distributions(queues));
    families.extend(of_process(queues));
    families.extend(of_redis(queues));
    let families: Vec<_> = families.into_iter().filter_map(Family::into_proto).collect();
    TextEncoder::new().encode_to_string(&families)
}

fn build_info() -> Family {
    let mut info = Family::gauge("synapse_queue_build_info", "Always 1; the release is a label.");
    info.add(&[("version", env!("CARGO_PKG_VERSION"))], 1.0);
    info
}

fn labels(queue: &QueueSnapshot) -> [(&str, &str); 2] {
    [("prefix", &queue.prefix), ("queue", &queue.queue)]
}

/// What the workers of this process have counted.
fn of_workers(queues: &[QueueSnapshot]) -> Vec<Family> {
    let mut completed = Family::counter("synapse_queue_jobs_completed_total", "Jobs that completed in this process.");
    let mut failed = Family::counter("synapse_queue_jobs_failed_total", "Jobs that failed for good in this process.");
    let mut retried = Family::counter(
        "synapse_queue_jobs_retried_total",
        "Attempts that failed in this process and are followed by another.",
    );
    let mut stalled = Family::counter(
        "synapse_queue_jobs_stalled_total",
        "Jobs that this process found without their worker, wherever that was.",
    );
    let mut locks_lost =
        Family::counter("synapse_queue_locks_lost_total", "Locks of jobs in this process that could not be renewed.");
    for queue in queues {
        let (labels, measured) = (labels(queue), &queue.measured);
        completed.add(&labels, number(measured.completed));
        failed.add(&labels, number(measured.failed));
        retried.add(&labels, number(measured.retried));
        stalled.add(&labels, number(measured.stalled));
        locks_lost.add(&labels, number(measured.locks_lost));
    }
    vec![completed, failed, retried, stalled, locks_lost]
}

fn of_distributions(queues: &[QueueSnapshot]) -> Vec<Family> {
    let mut waits = Family::histogram(
        "synapse_queue_job_wait_seconds",
        "From when a job was due until a worker of this process took it, first attempts only.",
    );
    let mut runs = Family::histogram(
        "synapse_queue_job_run_seconds",
        "From when a job was taken until its processor ended, each attempt in this process.",
    );
    let mut turnarounds = Family::histogram(
        "synapse_queue_job_turnaround_seconds",
        "From when a job was added until it completed or failed for good in this process.",
    );
    for queue in queues {
        let (labels, measured) = (labels(queue), &queue.measured);
        waits.add_distribution(&labels, &measured.waits);
        runs.add_distribution(&labels, &measured.runs);
        turnarounds.add_distribution(&labels, &measured.turnarounds);
    }
    vec![waits, runs, turnarounds]
}

/// How the workers of this process are.
fn of_process(queues: &[QueueSnapshot]) -> Vec<Family> {
    let mut running = Family::gauge("synapse_queue_running_jobs", "Jobs that run in this process now.");
    let mut concurrency = Family::gauge("synapse_queue_concurrency", "Jobs that may run in this process at once.");
    let mut lag = Family::gauge(
        "synapse_queue_event_loop_lag_seconds",
        "Longest time in the last minute that JavaScript did not come back for events.",
    );
    for queue in queues {
        let labels = labels(queue);
        running.add(&labels, number(queue.workers.iter().map(|worker| worker.active as u64).sum()));
        concurrency.add(&labels, number(queue.workers.iter().map(|worker| worker.concurrency as u64).sum()));
        let longest = queue.workers.iter().map(|worker| worker.owner_lag).max().unwrap_or_default();
        lag.add(&labels, longest.as_secs_f64());
    }
    vec![running, concurrency, lag]
}

/// What Redis shows; queues whose server did not answer are left out, but for `synapse_queue_redis_up`.
fn of_redis(queues: &[QueueSnapshot]) -> Vec<Family> {
    let mut up = Family::gauge("synapse_queue_redis_up", "Whether Redis answered in time.");
    let mut round_trip = Family::gauge("synapse_queue_redis_round_trip_seconds", "Round trip of a PING just now.");
    let mut jobs = Family::gauge("synapse_queue_jobs", "Jobs in the queue by state, whoever works on it.");
    let mut oldest =
        Family::gauge("synapse_queue_oldest_waiting_seconds", "For how long the job that is next in line has waited.");
    let mut overdue = Family::gauge("synapse_queue_overdue_jobs", "Delayed jobs whose time has come.");
    let mut longest_overdue =
        Family::gauge("synapse_queue_longest_overdue_seconds", "For how long the first of the overdue jobs is due.");
    let mut abandoned = Family::gauge("synapse_queue_abandoned_jobs", "Active jobs that no worker holds.");
    let mut paused = Family::gauge("synapse_queue_paused", "Whether the queue is paused for all workers.");
    for queue in queues {
        let labels = labels(queue);
        up.add(&labels, f64::from(u8::from(queue.state.is_some())));
        let Some(QueueState { counts, inspection, is_paused, round_trip: took }) = &queue.state else { continue };
        round_trip.add(&labels, took.as_secs_f64());
        for state in JobState::ALL {
            jobs.add(&[labels[0], labels[1], ("state", state.name())], number(counts.of(state)));
        }
        oldest.add(&labels, inspection.oldest_waiting.unwrap_or_default().as_secs_f64());
        overdue.add(&labels, number(inspection.overdue));
        longest_overdue.add(&labels, inspection.longest_overdue.as_secs_f64());
        abandoned.add(&labels, number(inspection.abandoned.len() as u64));
        paused.add(&labels, f64::from(u8::from(*is_paused)));
    }
    vec![up, round_trip, jobs, oldest, overdue, longest_overdue, abandoned, paused]
}

#[expect(clippy::cast_precision_loss, reason = "Prometheus counts in doubles")]
fn number(count: u64) -> f64 {
    count as f64
}
