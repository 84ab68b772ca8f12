//! The Rust-Node binding: converts in, calls the engine, converts out.

// The addon's exports are public items that no Rust code can reach.
#![allow(unreachable_pub)]

mod callback;
mod encoding;
mod handle;
mod job_options;
mod native_error;
mod options;
mod processors;
mod queue;
mod queue_events;
mod runtime;
mod stores;
mod worker;
