//! The finished parts of a job, for processors in JavaScript.

use napi_derive::napi;

use super::NativeQueue;
use crate::native_error::Answer;

#[napi]
impl NativeQueue {
    /// Parts of a job that were recorded as finished.
    #[napi]
    pub async fn finished_parts(&self, job_id: String) -> Answer<Vec<String>> {
        self.handle.run(async { Ok(self.queue.scripts().finished_parts(&job_id).await?.into_iter().collect()) }).await
    }

    /// Records parts of a job as finished.
    #[napi]
    pub async fn record_parts(&self, job_id: String, parts: Vec<String>) -> Answer<()> {
        self.handle.run(self.queue.scripts().record_parts(&job_id, &parts)).await
    }
}
