//! Native processors: each has options, an error, a pure `run` and a short `impl Processor`. None of them knows Redis.

pub mod image;
pub mod storage;
pub mod stores;
