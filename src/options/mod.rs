//! Options as JavaScript hands them over, and their conversion into the engine's.

mod connection_options;
mod handle_options;
mod worker_options;

pub(crate) use handle_options::HandleOptions;
pub use worker_options::NativeWorkerOptions;
pub(crate) use worker_options::{count, whole_concurrency};
