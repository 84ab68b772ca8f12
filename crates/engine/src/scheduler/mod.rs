//! When schedulers run their jobs: cron patterns, fixed intervals, and the options of the next job. Pure.

mod cron;
mod iteration;
mod repeat;
mod zone;

pub use cron::CronPattern;
pub(crate) use iteration::open_options;
pub use iteration::{NextIteration, SlotSource, chosen_slot, next_iteration, restored_iteration};
pub use repeat::{Cadence, Repeat, Slot};
pub use zone::Zone;
