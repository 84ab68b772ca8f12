//! Storages against a real file system and a real S3 service.

#![allow(clippy::unwrap_used, reason = "functions that prepare a test fail it by panicking")]

mod disk_faults;
mod local;
mod s3;
mod suite;
