//! The bytes in Redis: keys, job hashes, packed options, replies. Pure, no I/O.

mod client_list;
mod client_name;
mod job_hash;
mod keys;
mod ledger;
mod reply;
mod scheduler;
mod stream;

pub(crate) use client_list::clients;
pub(crate) use client_name::{queue_events_client_name, worker_client_name};
pub use job_hash::job_from_hash;
pub(crate) use keys::{CALLS, CANCELLATIONS, escape_pattern};
pub use keys::{JobAddress, QueueKeys};
pub(crate) use ledger::{ledger_field, ledger_part};
pub(crate) use reply::{Reply, malformed};
pub use scheduler::SchedulerRecord;
pub(crate) use scheduler::{TRACE_CONTEXT, is_legacy_repeatable, iteration_id, iteration_id_head, slot_of};
pub(crate) use stream::stream_entries;
