//! Native processors: each has options, an error, a pure `run` and a short `impl Processor`. None of them knows Redis.

pub mod avatar;
pub mod email;
pub mod image;
mod invalid_option;
mod job_fields;
mod job_result;
pub mod net;
mod originals;
mod progress;
pub mod storage;
pub mod stores;
pub mod video;
pub mod web_push;

pub use invalid_option::InvalidOption;
