//! Makes up for next jobs of schedulers that have vanished.

use crate::error::Result;
use crate::queue::Queue;
use crate::scheduler::{NextIteration, SlotSource, restored_iteration};
use crate::scripts::{MissingIteration, Scripts};
use crate::wire::SchedulerRecord;

impl Queue {
    /// Adds the next jobs of schedulers that go on but have none, and returns how many were added. Workers do this by themselves.
    pub async fn heal_schedules(&self, slots: SlotSource, now_ms: i64) -> Result<u64> {
        heal_schedules(&self.scripts, slots, now_ms).await
    }
}

/// See [`Queue::heal_schedules`]. What is missing is looked for again when it is added, so nothing is added twice.
pub(crate) async fn heal_schedules(scripts: &Scripts, slots: SlotSource, now_ms: i64) -> Result<u64> {
    let mut iterations = Vec::new();
    for missing in scripts.missing_iterations().await? {
        let Some(record) = record_of(scripts, &missing).await? else { continue };
        match restored_iteration(&record, missing.is_finished, now_ms, slots) {
            Ok(NextIteration::Known(iteration)) => iterations.push(iteration),
            Ok(NextIteration::Nothing | NextIteration::ByStrategy { .. }) => {}
            Err(error) => tracing::warn!(scheduler = record.id, %error, "a scheduler without a next job"),
        }
    }
    scripts.next_iterations(&iterations, now_ms).await
}

async fn record_of(scripts: &Scripts, missing: &MissingIteration) -> Result<Option<SchedulerRecord>> {
    let mut command = redis::cmd("HGETALL");
    command.arg(scripts.keys().scheduler(&missing.scheduler_id));
    SchedulerRecord::from_hash(&missing.scheduler_id, missing.slot_ms, scripts.connection().call(&command).await?)
}
