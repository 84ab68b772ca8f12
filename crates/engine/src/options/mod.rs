//! Documented options with their defaults; the only place that rejects a value.

mod retention;
mod worker;

pub use retention::Retention;
pub use worker::{RateLimit, WorkerOptions};
