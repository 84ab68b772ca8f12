//! Originals that are removed once their result is stored.

use synapse_queue_engine::job::Failure;
use synapse_queue_engine::processor::JobContext;

use crate::storage::{Storage, StorageError};

/// Prefix of the ledger entry that keeps a conversion's result once its original may be gone.
const RESULT_PART: &str = "result:";

/// A conversion of one file into another.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Replacement<'a> {
    /// Storage key of the original.
    pub(crate) original: &'a str,
    /// Storage key of the result.
    pub(crate) result: &'a str,
}

impl Replacement<'_> {
    /// Removes the original; `returnvalue` is what the job returns, as JSON text.
    pub(crate) async fn delete_original(
        self,
        storage: &dyn Storage,
        returnvalue: &str,
        context: &dyn JobContext,
    ) -> Result<(), Failure> {
        // Deliberately blind to case: on a file system that is, deleting `A.jpg` would delete the result `a.jpg`.
        if self.original.trim_matches('/').eq_ignore_ascii_case(self.result.trim_matches('/')) {
            return Ok(());
        }
        // Should this attempt be repeated, there is no original to make the result from.
        let part = format!("{RESULT_PART}{returnvalue}");
        context.record_parts(&[part]).await.map_err(|error| Failure::new(error.code(), error.to_string()))?;
        storage.delete(self.original).await?;
        Ok(())
    }
}

/// What an earlier attempt of this job has returned, if that is why its original is missing.
pub(crate) async fn earlier_result(context: &dyn JobContext, error: &StorageError) -> Result<Option<String>, Failure> {
    if !matches!(error, StorageError::NotFound { .. }) {
        return Ok(None);
    }
    let parts = context.finished_parts().await.map_err(|error| Failure::new(error.code(), error.to_string()))?;
    Ok(parts.iter().find_map(|part| part.strip_prefix(RESULT_PART)).map(str::to_owned))
}
