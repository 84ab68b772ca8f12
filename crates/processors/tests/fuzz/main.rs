//! Hostile input to everything that reads it: job data, addresses, keys and endpoints of subscriptions.
//!
//! Each property runs for 256 cases, or for `SYNAPSE_FUZZ_SECONDS`. What was ever found is in `corpus.rs` and tried every time.

#![allow(clippy::unwrap_used, reason = "functions that prepare a test fail it by panicking")]

mod corpus;
mod job_context;
mod job_data;
mod strategies;
mod subscriptions;
