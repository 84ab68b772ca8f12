//! Makes up for next jobs of schedulers that have vanished.

use crate::error::Result;
use crate::queue::Queue;
use crate::scheduler::{NextIteration, SlotSource, restored_iteration};
use crate::scripts::{MissingIteration, Scripts};
use crate::wire::SchedulerRecord;

/// What a look at all schedulers came to.
#[derive(Debug, Default)]
pub struct HealedSchedules {
    /// Next jobs that were added.
    pub added: u64,
    /// Schedulers without a next job whose slot only the user's strategy knows.
    pub open: Vec<OpenSchedule>,
}

/// A scheduler that has no next job.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OpenSchedule {
    /// The scheduler.
    pub scheduler_id: String,
    /// Name of its jobs.
    pub name: String,
    /// When it runs, JSON text.
    pub repeat: String,
    /// The next slot is to be after this time, ms since the Unix epoch.
    pub after_ms: i64,
}

impl Queue {
    /// Adds the next jobs of schedulers that go on but have none. Workers do this by themselves.
    pub async fn heal_schedules(&self, slots: SlotSource, now_ms: i64) -> Result<HealedSchedules> {
        heal_schedules(&self.scripts, slots, now_ms).await
    }

    /// Adds the next job of an [`OpenSchedule`] at the slot that the user's strategy chose; `false` if it has one again.
    pub async fn close_schedule(&self, scheduler_id: &str, slot_ms: i64, now_ms: i64) -> Result<bool> {
        let Some(record) = self.scheduler(scheduler_id).await? else { return Ok(false) };
        let slots = SlotSource { asks_strategy: true, ..SlotSource::default() };
        // Finished or vanished, the strategy has found a new slot.
        let NextIteration::ByStrategy { mut iteration, .. } = restored_iteration(&record, true, now_ms, slots)? else {
            return Ok(false);
        };
        iteration.slot_ms = Some(slot_ms);
        Ok(self.scripts.next_iterations(&[iteration], now_ms).await? > 0)
    }
}

/// See [`Queue::heal_schedules`]. What is missing is looked for again when it is added, so nothing is added twice.
pub(crate) async fn heal_schedules(scripts: &Scripts, slots: SlotSource, now_ms: i64) -> Result<HealedSchedules> {
    let (mut iterations, mut healed) = (Vec::new(), HealedSchedules::default());
    for missing in scripts.missing_iterations().await? {
        let Some(record) = record_of(scripts, &missing).await? else { continue };
        match restored_iteration(&record, missing.is_finished, now_ms, slots) {
            Ok(NextIteration::Known(iteration)) => iterations.push(iteration),
            Ok(NextIteration::ByStrategy { after_ms, .. }) => healed.open.push(open_schedule(record, after_ms)),
            Ok(NextIteration::Nothing) => {}
            Err(error) => tracing::warn!(scheduler = record.id, %error, "a scheduler without a next job"),
        }
    }
    healed.added = scripts.next_iterations(&iterations, now_ms).await?;
    Ok(healed)
}

fn open_schedule(record: SchedulerRecord, after_ms: i64) -> OpenSchedule {
    let repeat = serde_json::Value::Object(record.schedule).to_string();
    OpenSchedule { scheduler_id: record.id, name: record.name, repeat, after_ms }
}

async fn record_of(scripts: &Scripts, missing: &MissingIteration) -> Result<Option<SchedulerRecord>> {
    let mut command = redis::cmd("HGETALL");
    command.arg(scripts.keys().scheduler(&missing.scheduler_id));
    SchedulerRecord::from_hash(&missing.scheduler_id, missing.slot_ms, scripts.connection().call(&command).await?)
}
