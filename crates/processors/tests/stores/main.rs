//! The stores against real databases.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking, wherever its helper stands")]

mod database;
mod embedded;
mod embedded_schema;
mod numbered_rows;
mod rows;
mod suite;
mod suite_runs;
