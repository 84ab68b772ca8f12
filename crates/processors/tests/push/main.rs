//! The push processors against a real HTTPS receiver that decrypts and verifies with other implementations than ours.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking, wherever its helper stands")]

mod authority;
mod batch;
mod browser;
mod delivery;
mod fake_context;
mod ledger;
mod memory_store;
mod network_guard;
mod oracle;
mod receiver;
mod retry_after;
mod setup;
