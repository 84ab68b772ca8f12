//! Writing to a job without moving it.

use super::operation::Operation;
use super::{Scripts, new_call_id, source};
use crate::error::Result;
use crate::wire::Reply;

impl Scripts {
    pub(crate) async fn update_data(&self, job_id: &str, data_json: &str) -> Result<()> {
        let reply = self.eval(&source::UPDATE_DATA, &[job_id, data_json]).await?;
        Operation::new("updateData", job_id).done(reply)
    }

    /// Appends a log row and keeps the newest `keep` (all if absent); returns how many there are now.
    pub(crate) async fn add_log(&self, job_id: &str, row: &str, keep: Option<u64>) -> Result<u64> {
        let (call_id, keep) = (new_call_id(), keep.map(|keep| keep.to_string()).unwrap_or_default());
        let args = [call_id.as_str(), job_id, row, &keep];
        let reply = self.eval(&source::ADD_LOG, &args).await?;
        Ok(Operation::new("addLog", job_id).code(reply)?.unsigned_abs())
    }

    /// Frees a deduplication id if the job holds it.
    pub(crate) async fn release_job_deduplication(&self, job_id: &str, deduplication_id: &str) -> Result<bool> {
        let args = [new_call_id().as_str(), job_id, deduplication_id].map(ToOwned::to_owned);
        let reply = self.eval(&source::RELEASE_JOB_DEDUPLICATION, &args).await?;
        Ok(Reply::new("reply of release_job_deduplication", reply).into_integer()? == 1)
    }
}
