//! Native processors: each has options, an error, a pure `run` and a short `impl Processor`. None of them knows Redis.

pub mod email;
pub mod image;
pub mod net;
pub mod storage;
pub mod stores;
pub mod web_push;
