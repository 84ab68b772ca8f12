//! The image processor, from encoded bytes to encoded bytes and from job to files.

#![allow(clippy::unwrap_used, reason = "functions that prepare a test fail it by panicking")]

mod bench;
mod color;
mod formats;
mod measures;
mod odd_sizes;
mod orientation;
mod processor;
mod quality;
mod refusals;
mod samples;
mod sizes;
