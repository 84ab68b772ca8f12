//! `optimize-avatar`: square pictures of a user in several sizes, all from one decode.

mod job_data;
mod options;
mod processor;
mod result;

pub use options::AvatarOptions;
pub use processor::AvatarProcessor;
