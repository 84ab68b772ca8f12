//! The Rust-Node binding: converts in, calls the engine, converts out.

mod encoding;
mod handle;
mod job_options;
mod native_error;
mod options;
mod processors;
mod queue;
mod queue_events;
mod runtime;
mod worker;
