//! Keeps the locks of running jobs alive, whatever JavaScript's event loop does.

use std::collections::HashSet;
use std::sync::Arc;
use std::time::Duration;

use tokio_util::sync::CancellationToken;

use crate::error::Error;
use crate::scripts::Scripts;

use super::WorkerEvent;
use super::active_jobs::StoppedRun;
use super::shared::Shared;

/// Shortest time Redis is given to answer, for locks that live only briefly.
const CALL_DEADLINE_MIN: Duration = Duration::from_secs(1);

/// Pause before a renewal that Redis did not answer is tried again, at most: locks are running out meanwhile.
const RETRY_DELAY_MAX: Duration = Duration::from_secs(1);

/// Renews all locks of the worker every `lock_renew_time` until told to stop.
///
/// Renewed at half the lock duration by default: one missed renewal must not lose the lock.
pub(super) async fn run(shared: Arc<Shared>, stopping: CancellationToken) {
    let interval = shared.options.lock_renew_time();
    let scripts = &shared.scripts;
    let scripts =
        Scripts::new(scripts.connection().with_deadline(Some(interval.max(CALL_DEADLINE_MIN))), scripts.keys().clone());
    let mut pause = interval;
    loop {
        tokio::select! {
            () = stopping.cancelled() => return,
            () = tokio::time::sleep(pause) => {}
        }
        let is_renewed = tokio::select! {
            () = stopping.cancelled() => return,
            is_renewed = renew(&shared, &scripts) => is_renewed,
        };
        pause = if is_renewed { interval } else { RETRY_DELAY_MAX.min(interval / 4) };
    }
}

/// Renews once; `false` if Redis could not be asked.
async fn renew(shared: &Shared, scripts: &Scripts) -> bool {
    give_up_if_blocked(shared);
    let locks = shared.active.locks();
    if locks.is_empty() {
        return true;
    }
    match scripts.renew_locks(&locks, shared.options.lock_duration).await {
        Ok(lost) => {
            shared.measurements.locks_lost(lost.len());
            shared.outbox.push_all(news(shared, &locks, lost));
            true
        }
        Err(error) => {
            shared.tell(error);
            false
        }
    }
}

/// Lets go of the owner's runs if it has not come back for events for too long.
fn give_up_if_blocked(shared: &Shared) {
    let limit = shared.options.max_blocked;
    if shared.outbox.owner_away() > limit {
        let stopped = shared.active.give_up();
        shared.outbox.push_all(losses(stopped, |job_id| Error::OwnerBlocked { job_id, limit }));
    }
}

/// Stops the runs whose locks are lost and tells the owner about both kinds.
fn news(shared: &Shared, locks: &[(String, String)], lost: Vec<String>) -> Vec<WorkerEvent> {
    let lost: HashSet<String> = lost.into_iter().collect();
    let (lost, kept): (Vec<_>, Vec<_>) = locks.iter().partition(|(job_id, _)| lost.contains(job_id));
    let tokens: Vec<&str> = lost.iter().map(|(_, token)| token.as_str()).collect();
    let mut events = Vec::new();
    if !kept.is_empty() {
        events
            .push(WorkerEvent::LocksRenewed { job_ids: kept.into_iter().map(|(job_id, _)| job_id.clone()).collect() });
    }
    events.extend(losses(shared.active.lose(&tokens), |job_id| Error::LockNotRenewed { job_id }));
    events
}

/// What the owner is told about runs that were stopped for the same reason.
fn losses(stopped: Vec<StoppedRun>, error_of: impl Fn(String) -> Error) -> Vec<WorkerEvent> {
    let mut events = Vec::new();
    if !stopped.is_empty() {
        let job_ids = stopped.iter().map(|run| run.job_id.clone()).collect();
        events.push(WorkerEvent::LockRenewalFailed { job_ids });
    }
    for StoppedRun { job_id, token } in stopped {
        let error = error_of(job_id.clone());
        let reason = Some(error.to_string());
        events.push(WorkerEvent::Error { error });
        events.push(WorkerEvent::Cancelled { job_id, token, reason });
    }
    events
}
