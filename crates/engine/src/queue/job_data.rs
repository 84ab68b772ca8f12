//! Writing to jobs without moving them.

use crate::error::Result;
use crate::queue::Queue;
use crate::scripts::JobRange;
use crate::wire::{Reply, malformed};

/// A part of a job's log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct JobLogs {
    /// The rows asked for.
    pub rows: Vec<String>,
    /// Rows there are in all.
    pub count: u64,
}

impl Queue {
    /// Replaces a job's payload (JSON text).
    ///
    /// # Errors
    /// `JobMissing`.
    pub async fn update_data(&self, job_id: &str, data_json: &str) -> Result<()> {
        self.scripts.update_data(job_id, data_json).await
    }

    /// Publishes a job's progress (JSON text). Repeated after a lost reply it may be announced twice.
    ///
    /// # Errors
    /// `JobMissing`.
    pub async fn update_progress(&self, job_id: &str, progress_json: &str) -> Result<()> {
        self.scripts.update_progress(job_id, progress_json).await
    }

    /// Appends a row to a job's log and keeps the newest `keep` rows (0 or absent: all). Returns how many there are.
    ///
    /// # Errors
    /// `JobMissing`.
    pub async fn add_log(&self, job_id: &str, row: &str, keep: Option<u64>) -> Result<u64> {
        self.scripts.add_log(job_id, row, keep.filter(|rows| *rows > 0)).await
    }

    /// A part of a job's log; position 0 is the oldest row if ascending, else the newest.
    pub async fn logs(&self, job_id: &str, range: JobRange) -> Result<JobLogs> {
        let key = self.keys().job_logs(job_id);
        let JobRange { first, last, ascending } = range;
        let (left, right) = if ascending { (first, last) } else { (-1 - last, -1 - first) };
        let mut pipeline = redis::pipe();
        pipeline.cmd("LRANGE").arg(&key).arg(left).arg(right).cmd("LLEN").arg(&key);
        let replies = <[redis::Value; 2]>::try_from(self.connection().call_all(&pipeline).await?);
        let [rows, count] = replies.map_err(|_| malformed("job logs", "not two replies"))?;
        let mut rows = Reply::new("job logs", rows).into_texts()?;
        if !ascending {
            rows.reverse();
        }
        Ok(JobLogs { rows, count: Reply::new("job logs", count).into_count()? })
    }

    /// Deletes a job's log, but its newest `keep` rows.
    pub async fn clear_logs(&self, job_id: &str, keep: u64) -> Result<()> {
        let key = self.keys().job_logs(job_id);
        let mut command = redis::cmd(if keep == 0 { "DEL" } else { "LTRIM" });
        command.arg(key);
        if keep > 0 {
            command.arg(format!("-{keep}")).arg(-1);
        }
        self.connection().call(&command).await.map(drop)
    }
}
