//! The image processor, from encoded bytes to encoded bytes and from job to files.

#![allow(clippy::unwrap_used, reason = "functions that prepare a test fail it by panicking")]

mod avatar;
mod bench;
mod color;
mod corpus_replay;
mod formats;
mod measures;
mod odd_sizes;
mod orientation;
mod processor;
mod quality;
mod recorder;
mod refusals;
mod safe_decoders;
mod samples;
mod sizes;
