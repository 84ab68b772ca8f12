//! What a job may write about itself while it runs.

use std::collections::HashSet;

use super::{Scripts, source};
use crate::error::{Error, Result};
use crate::wire::{Reply, ledger_field, ledger_part};

/// Parts recorded per call, so that one call never holds Redis for long.
const MAX_PARTS: usize = 500;

impl Scripts {
    /// Keeps a job's progress (JSON text) and announces it. Repeated after a lost reply it may be announced twice.
    ///
    /// # Errors
    /// `JobMissing` if the job was removed.
    pub async fn update_progress(&self, job_id: &str, progress_json: &str) -> Result<()> {
        let reply = self.eval(&source::UPDATE_PROGRESS, &[job_id, progress_json]).await?;
        exists(reply, job_id, "updateProgress")
    }

    /// Records parts of a job as finished, in the job's hash.
    ///
    /// # Errors
    /// `JobMissing` if the job was removed.
    pub async fn record_parts(&self, job_id: &str, parts: &[String]) -> Result<()> {
        for parts in parts.chunks(MAX_PARTS) {
            let mut args = vec![job_id.to_owned()];
            args.extend(parts.iter().map(|part| ledger_field(part)));
            let reply = self.eval(&source::RECORD_PARTS, &args).await?;
            exists(reply, job_id, "recordParts")?;
        }
        Ok(())
    }

    /// Parts of a job that were recorded as finished; empty if the job was removed.
    pub async fn finished_parts(&self, job_id: &str) -> Result<HashSet<String>> {
        let mut command = redis::cmd("HKEYS");
        command.arg(self.keys().job(job_id));
        let fields = Reply::new("job fields", self.connection().call(&command).await?).into_texts()?;
        Ok(fields.iter().filter_map(|field| ledger_part(field)).map(Into::into).collect())
    }
}

fn exists(reply: redis::Value, job_id: &str, command: &'static str) -> Result<()> {
    match Reply::new("job existence", reply).into_integer()? {
        -1 => Err(Error::JobMissing { job_id: job_id.into(), command }),
        _ => Ok(()),
    }
}
