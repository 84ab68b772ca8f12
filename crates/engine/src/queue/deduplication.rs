//! Deduplication ids and who holds them.

use crate::error::Result;
use crate::queue::Queue;
use crate::wire::Reply;

impl Queue {
    /// The job that holds a deduplication id.
    pub async fn deduplication_job_id(&self, deduplication_id: &str) -> Result<Option<String>> {
        let mut command = redis::cmd("GET");
        command.arg(self.keys().deduplication(deduplication_id));
        Reply::new("deduplication holder", self.connection().call(&command).await?).into_optional_text()
    }

    /// Frees a deduplication id, whoever holds it; `false` if nobody did. Repeated after a lost reply it may answer `false`.
    pub async fn remove_deduplication_key(&self, deduplication_id: &str) -> Result<bool> {
        let mut command = redis::cmd("DEL");
        command.arg(self.keys().deduplication(deduplication_id));
        Ok(Reply::new("deduplication", self.connection().call(&command).await?).into_integer()? == 1)
    }

    /// Frees a deduplication id if this job holds it; `false` if it does not. Repeated after a lost reply it may answer `false`.
    pub async fn release_deduplication(&self, job_id: &str, deduplication_id: &str) -> Result<bool> {
        self.scripts.release_job_deduplication(job_id, deduplication_id).await
    }
}
