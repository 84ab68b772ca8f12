//! `process-video`: web videos of uploads, made by the system's ffmpeg as a confined child process.
//!
//! The way of a video: [`probe`] asks ffprobe what it is, [`plan`] decides whether its streams can stay, [`arguments`] spells that for
//! ffmpeg, [`child`] runs it within its limits, and [`converter`] puts these in order.

mod arguments;
mod child;
mod confinement;
mod converter;
mod error;
mod job_data;
mod options;
mod plan;
mod probe;
mod processor;
mod result;
mod steps;
mod toolbox;

pub use error::VideoError;
pub use options::{VideoLimits, VideoTools};
pub use processor::VideoProcessor;
