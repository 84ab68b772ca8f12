//! The bytes in Redis: keys, job hashes, packed options, replies. Pure, no I/O.

mod job_hash;
mod keys;
mod reply;

pub use job_hash::job_from_hash;
pub use keys::QueueKeys;
pub(crate) use reply::{Reply, malformed};
