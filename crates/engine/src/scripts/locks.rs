//! Keeping jobs from being taken for stalled.

use std::time::Duration;

use super::{Scripts, source};
use crate::error::Result;
use crate::wire::Reply;

/// Locks per call, so that one call holds Redis for about a millisecond.
const MAX_LOCKS: usize = 500;

impl Scripts {
    /// Renews locks, given as job ids and tokens, for `lock_duration` from now. Returns the jobs whose lock is gone or owned by
    /// another worker; one of those never fails its neighbours.
    pub async fn renew_locks(&self, locks: &[(String, String)], lock_duration: Duration) -> Result<Vec<String>> {
        let lock_ms = lock_duration.as_millis().to_string();
        let mut lost = Vec::new();
        for locks in locks.chunks(MAX_LOCKS) {
            let mut args = vec![lock_ms.as_str()];
            args.extend(locks.iter().flat_map(|(job_id, token)| [job_id.as_str(), token.as_str()]));
            lost.extend(Reply::new("lost locks", self.eval(&source::EXTEND_LOCKS, &args).await?).into_texts()?);
        }
        Ok(lost)
    }
}
