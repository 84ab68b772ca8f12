//! Moves jobs whose worker vanished back to the queue, and makes up for jobs of schedulers that vanished.

use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use tokio_util::sync::CancellationToken;

use crate::queue::heal_schedules;
use crate::scripts::Scripts;

use super::WorkerEvent;
use super::iterations::failed;
use super::shared::Shared;

/// Shortest time Redis is given to answer, for checks that follow each other closely.
const CALL_DEADLINE_MIN: Duration = Duration::from_secs(5);

/// How long a worker that ends waits for a check under way, if Redis has fallen silent.
const LAST_CHECK_MAX: Duration = Duration::from_secs(3);

/// Checks at once and then every `stalled_interval` until told to stop. Of all workers of a queue one checks per interval.
pub(super) async fn run(shared: Arc<Shared>, stopping: CancellationToken) {
    let interval = shared.options.stalled_interval;
    let scripts = &shared.scripts;
    let scripts =
        Scripts::new(scripts.connection().with_deadline(Some(interval.max(CALL_DEADLINE_MIN))), scripts.keys().clone());
    loop {
        let mut checking = pin!(check(&shared, &scripts));
        tokio::select! {
            () = &mut checking => {}
            () = stopping.cancelled() => {
                if scripts.connection().is_connected() {
                    // Jobs it has moved are told of, and schedules healed.
                    drop(tokio::time::timeout(LAST_CHECK_MAX, checking).await);
                }
                return;
            }
        }
        tokio::select! {
            () = stopping.cancelled() => return,
            () = tokio::time::sleep(interval) => {}
        }
    }
}

async fn check(shared: &Shared, scripts: &Scripts) {
    let options = &shared.options;
    let checked =
        scripts.move_stalled_if_due(options.max_stalled_count, options.stalled_interval, shared.clock.now_ms()).await;
    match checked {
        Ok(None) => {}
        Ok(Some(stalled)) => {
            shared.measurements.stalled(stalled.len());
            shared.outbox.push_all(stalled.into_iter().map(|job_id| WorkerEvent::Stalled { job_id }).collect());
            match heal_schedules(scripts, shared.slots, shared.clock.now_ms()).await {
                Ok(healed) => {
                    shared.outbox.push_all(healed.open.into_iter().map(WorkerEvent::AskSlot).collect());
                }
                Err(error) => shared.outbox.push(failed(error)),
            }
        }
        Err(error) => shared.tell(error),
    }
}
