//! Adding jobs.

use std::sync::Arc;

use super::{Scripts, new_call_id, source};
use crate::error::Result;
use crate::wire::Reply;

/// Jobs per call, so that one call holds Redis for about a millisecond.
pub(super) const MAX_JOBS: usize = 128;

/// A job ready for Redis: every text final, only what the script decides on taken out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EncodedJob {
    /// The caller's id; `None` takes the next number.
    pub id: Option<String>,
    /// Name of the job.
    pub name: String,
    /// Payload, JSON text.
    pub data: String,
    /// Options as stored, JSON text; shared by all jobs that only have the defaults.
    pub opts: Arc<str>,
    /// When it was added, ms since the Unix epoch.
    pub timestamp: i64,
    /// Due this long after `timestamp`, ms.
    pub delay: i64,
    /// 0 = none, else 1 to 2097151.
    pub priority: u32,
    /// Joins at the front of the queue.
    pub lifo: bool,
}

impl Scripts {
    /// Adds at most [`MAX_JOBS`] jobs in one call and returns their ids in order.
    pub(super) async fn add(&self, jobs: Vec<EncodedJob>) -> Result<Vec<String>> {
        let mut args: Vec<Vec<u8>> = Vec::with_capacity(2 + 8 * jobs.len());
        args.push(new_call_id().into());
        args.push(jobs.len().to_string().into());
        for job in jobs {
            args.push(job.id.unwrap_or_default().into());
            args.push(job.name.into());
            args.push(job.data.into());
            args.push(job.opts.as_bytes().to_vec());
            args.push(job.timestamp.to_string().into());
            args.push(job.delay.to_string().into());
            args.push(job.priority.to_string().into());
            args.push(if job.lifo { b"1".to_vec() } else { Vec::new() });
        }
        Reply::new("reply of add", self.eval(&source::ADD, &args).await?).into_texts()
    }
}
