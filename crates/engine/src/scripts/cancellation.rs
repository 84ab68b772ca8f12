//! Requests to stop runs.

use super::{Scripts, source};
use crate::error::Result;
use crate::wire::{CANCELLATIONS, Reply};

/// How long requests are kept, ms: workers look twice a second.
const REQUEST_TTL_MS: &str = "60000";

impl Scripts {
    /// Leaves a request for the worker that holds the job; `false` if none does.
    pub(crate) async fn request_cancel(&self, job_id: &str, reason: &str) -> Result<bool> {
        let args = [CANCELLATIONS, job_id, reason, REQUEST_TTL_MS];
        let reply = self.eval(&source::REQUEST_CANCEL, &args).await?;
        Ok(Reply::new("reply of request_cancel", reply).into_integer()? == 1)
    }

    /// The requests for the runs under `tokens`: token and reason. They stay until [`Scripts::forget_cancellations`].
    pub(crate) async fn cancellations(&self, tokens: &[String]) -> Result<Vec<(String, String)>> {
        let mut command = redis::cmd("HMGET");
        command.arg(self.keys().cancellations()).arg(tokens);
        let reasons = Reply::new("cancellations", self.connection().call(&command).await?).into_items()?;
        let mut found = Vec::new();
        for (token, reason) in tokens.iter().zip(reasons) {
            if let Some(reason) = Reply::new("cancellation", reason).into_optional_text()? {
                found.push((token.clone(), reason));
            }
        }
        Ok(found)
    }

    /// Removes requests that have been met.
    pub(crate) async fn forget_cancellations(&self, tokens: &[String]) -> Result<()> {
        let mut command = redis::cmd("HDEL");
        command.arg(self.keys().cancellations()).arg(tokens);
        self.connection().call(&command).await.map(drop)
    }
}
