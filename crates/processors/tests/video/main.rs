//! The video processor on clips that the system's ffmpeg has made.

#![allow(clippy::unwrap_used, reason = "functions that prepare a test fail it by panicking")]

mod bench;
mod clips;
mod conversion;
mod limits;
mod processor;
#[path = "../image/recorder.rs"]
mod recorder;
mod refusals;
