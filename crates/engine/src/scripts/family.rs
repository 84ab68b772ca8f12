//! What ties running and waiting jobs to their parents and children.

use redis::Value;

use super::operation::Operation;
use super::{Scripts, new_call_id, source};
use crate::error::Result;
use crate::wire::Reply;

/// What BullMQ calls it to wait for children.
const WAIT_COMMAND: &str = "moveToWaitingChildren";
/// What BullMQ calls it to untie a child.
pub(crate) const UNTIE_COMMAND: &str = "removeChildDependency";

/// What becomes of finished jobs when a flow is removed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum FinishedJobs {
    /// They go too.
    Remove,
    /// They stay, with all below them.
    Keep,
}

impl Scripts {
    /// Lets an active job wait for its children, or for the one with this key; `false` if there is nothing to wait for.
    pub(crate) async fn move_to_waiting_children(
        &self,
        job_id: &str,
        token: &str,
        child_key: &str,
        now_ms: i64,
    ) -> Result<bool> {
        let (call_id, now) = (new_call_id(), now_ms.to_string());
        let reply = self.eval(&source::MOVE_TO_WAITING_CHILDREN, &[&call_id, job_id, token, child_key, &now]).await?;
        let operation = Operation { job_id, command: WAIT_COMMAND, state: "active" };
        Ok(operation.code(reply)? == 1)
    }

    /// Unties a job from its parent; `false` if that did not wait for it, `None` if it does not exist.
    pub(crate) async fn remove_child_dependency(&self, job_id: &str, now_ms: i64) -> Result<Option<bool>> {
        let (call_id, now) = (new_call_id(), now_ms.to_string());
        let reply = self.eval(&source::REMOVE_CHILD_DEPENDENCY, &[&call_id, job_id, &now]).await?;
        if reply == Value::Int(-5) {
            return Ok(None);
        }
        Ok(Some(Operation::new(UNTIE_COMMAND, job_id).code(reply)? == 1))
    }

    /// Removes the jobs with these full keys that no worker owns; returns the keys of the jobs below them.
    pub(crate) async fn remove_page(
        &self,
        job_keys: &[String],
        finished: FinishedJobs,
        now_ms: i64,
    ) -> Result<Vec<String>> {
        let takes_finished = if finished == FinishedJobs::Remove { "1" } else { "" };
        let mut args = vec![new_call_id(), now_ms.to_string(), takes_finished.to_owned()];
        args.extend_from_slice(job_keys);
        Reply::new("reply of remove_page", self.eval(&source::REMOVE_PAGE, &args).await?).into_texts()
    }
}
