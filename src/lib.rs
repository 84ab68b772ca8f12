//! The Rust-Node binding: converts in, calls the engine, converts out.

#![allow(clippy::large_futures, reason = "the binding boxes the future of every exported method")]
#![allow(clippy::needless_pass_by_value, reason = "what JavaScript hands over arrives owned")]
// The addon's exports are public items that no Rust code can reach.
#![allow(unreachable_pub)]
#![cfg_attr(test, allow(dead_code, reason = "exports are registered in the addon only"))]

mod callback;
mod encoding;
#[cfg(unix)]
mod event_loop;
mod flow_producer;
mod handle;
mod job_options;
mod monitoring;
mod native_error;
mod options;
mod processors;
mod queue;
mod queue_events;
mod retry_strategy;
mod runtime;
mod stores;
mod worker;
