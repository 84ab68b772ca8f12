//! A job as it stands in Redis, and the pure decisions about it.

mod failure;
mod record;

pub use failure::Failure;
pub use record::Job;
