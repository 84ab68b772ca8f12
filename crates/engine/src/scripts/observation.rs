//! Reading more than one key at one moment.

use redis::Value;

use super::{Scripts, source};
use crate::error::{Error, Result};
use crate::wire::{Reply, malformed};

/// Whether and how a job has ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum JobResult {
    /// It has not ended yet.
    Unfinished,
    /// It ended well; the return value as JSON text.
    Completed(String),
    /// It failed for good; the reason in plain text.
    Failed(String),
}

/// A part of a sequence: of the jobs of one state, or of the rows of a log.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct JobRange {
    /// Position of the first entry, from 0; negative counts from the end.
    pub first: i64,
    /// Position of the last entry; negative counts from the end, -1 is the end.
    pub last: i64,
    /// Position 0 is the oldest finished job, the one served or due next; otherwise the newest, the one that comes last.
    pub ascending: bool,
}

impl Scripts {
    /// Active, completed, delayed, failed, prioritized, waiting and waiting-children jobs, in this order.
    pub(crate) async fn counts(&self) -> Result<[u64; 7]> {
        let items = Reply::new("job counts", self.eval::<&str>(&source::COUNTS, &[]).await?).into_items()?;
        let counts =
            items.into_iter().map(|item| Reply::new("job counts", item).into_count()).collect::<Result<Vec<_>>>()?;
        <[u64; 7]>::try_from(counts).map_err(|counts| malformed("job counts", format!("{} counts", counts.len())))
    }

    /// What is late or abandoned; the parts in the order of the script's header.
    pub(crate) async fn inspect(&self, now_ms: i64, page_size: usize) -> Result<[Value; 4]> {
        let args = [now_ms.to_string(), page_size.to_string()];
        let parts = Reply::new("inspection", self.eval(&source::INSPECT, &args).await?).into_items()?;
        <[Value; 4]>::try_from(parts).map_err(|parts| malformed("inspection", format!("{} parts", parts.len())))
    }

    pub(crate) async fn list_waiting(&self, range: JobRange) -> Result<Vec<String>> {
        let args = [range.first.to_string(), range.last.to_string(), if range.ascending { "1" } else { "" }.to_owned()];
        Reply::new("waiting jobs", self.eval(&source::LIST_WAITING, &args).await?).into_texts()
    }

    /// Name of the state a job is in, or `unknown`.
    pub(crate) async fn job_state(&self, job_id: &str) -> Result<String> {
        Reply::new("job state", self.eval(&source::JOB_STATE, &[job_id]).await?).into_text()
    }

    pub(crate) async fn job_result(&self, job_id: &str) -> Result<JobResult> {
        let mut parts =
            Reply::new("job result", self.eval(&source::JOB_RESULT, &[job_id]).await?).into_items()?.into_iter();
        let code = Reply::new("job result", parts.next().unwrap_or(Value::Nil)).into_integer()?;
        let text = parts.next().map(|text| Reply::new("job result", text).into_text()).transpose()?.unwrap_or_default();
        match code {
            0 => Ok(JobResult::Unfinished),
            1 => Ok(JobResult::Completed(text)),
            2 => Ok(JobResult::Failed(text)),
            _ => Err(Error::JobMissing { job_id: self.keys().job(job_id), command: "isFinished" }),
        }
    }

    /// What became of the children of a job: one list per kind, by its name in the script's header.
    pub(crate) async fn list_children(&self, job_id: &str, kinds: &[&str]) -> Result<Vec<Value>> {
        let args: Vec<&str> = [job_id].into_iter().chain(kinds.iter().copied()).collect();
        Reply::new("children of a job", self.eval(&source::LIST_CHILDREN, &args).await?).into_items()
    }

    /// How long no job is started because of the rate limit, ms; -2 if there is neither a limit nor a window.
    pub(crate) async fn rate_limit_ttl(&self, max_jobs: Option<u64>) -> Result<i64> {
        let max_jobs = max_jobs.map(|max| max.to_string()).unwrap_or_default();
        Reply::new("rate limit", self.eval(&source::RATE_LIMIT_TTL, &[max_jobs]).await?).into_integer()
    }
}
