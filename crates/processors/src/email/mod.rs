//! E-mail: one message per job, through a relay that speaks SMTP.

mod addresses;
mod attachments;
mod compose;
mod connections;
mod error;
mod headers;
mod job_data;
mod options;
mod processor;
mod rejection;
mod relay_url;

pub use error::EmailError;
pub use options::EmailOptions;
pub use processor::EmailProcessor;
