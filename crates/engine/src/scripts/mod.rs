//! Everything that must be atomic in Redis: one typed invocation per script, run by hash and repeated safely.

mod add;
mod add_batcher;
mod add_flow;
mod call_names;
mod cancellation;
mod events;
mod family;
mod job_data;
mod job_moves;
mod locks;
mod observation;
mod operation;
mod orphans;
mod pausing;
mod removal;
#[cfg(test)]
mod repeat_tests;
mod retention;
mod running_job;
mod schedulers;
mod settle;
mod settle_arguments;
pub(crate) mod source;
mod stalled;

use std::sync::Arc;

use futures_util::future::BoxFuture;
use redis::{Cmd, ErrorKind, ServerErrorKind, Value};
use tokio::time::Instant;

use crate::connection::{Connection, Unanswered};
use crate::error::{Error, Result};
use crate::wire::QueueKeys;
pub use add::{Deduplication, EncodedJob, JobLinks, ParentLink};
pub(crate) use add_batcher::AddBatcher;
pub use add_flow::MAX_FLOW_JOBS;
pub(crate) use add_flow::{FlowEntry, FlowRole, HeldFlow};
use call_names::{CallName, CallNames};
pub(crate) use family::{FinishedJobs, UNTIE_COMMAND};
pub use job_moves::{FinishedState, PriorityChange, ResetAttempts};
pub use observation::{JobRange, JobResult};
pub use removal::Children;
pub(crate) use removal::{Removal, Sweep};
pub(crate) use schedulers::MissingIteration;
pub use schedulers::{Iteration, SchedulerUpsert};
pub use settle::{
    Fetch, FetchedJob, Finish, FinishKind, Finished, MAX_FETCH, MAX_FINISHES, MAX_LAST_PARTS, SettleCall, SettleReply,
};
use source::ScriptSource;

/// A call that is repeated until it is answered.
pub(crate) type Again = BoxFuture<'static, Result<Value>>;

/// The scripts of one queue on one connection. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Scripts {
    connection: Connection,
    keys: QueueKeys,
    names: Arc<CallNames>,
}

impl Scripts {
    /// Scripts that work on the queue named by `keys`.
    pub fn new(connection: Connection, keys: QueueKeys) -> Self {
        Self { connection, keys, names: CallNames::new() }
    }

    /// The names of the queue's keys.
    pub fn keys(&self) -> &QueueKeys {
        &self.keys
    }

    /// The connection the scripts run on.
    pub fn connection(&self) -> &Connection {
        &self.connection
    }

    /// A name for a call of the scripts that run all the time.
    fn name_call(&self) -> CallName {
        self.names.take(self.connection.socket())
    }

    /// Runs a script by its hash; a server that does not know it yet (new, restarted, flushed) is sent the text.
    ///
    /// The call is repeated when its reply was lost, so the script must be safe to repeat with the same arguments.
    pub(crate) async fn eval<A: AsRef<[u8]>>(&self, script: &ScriptSource, args: &[A]) -> Result<Value> {
        self.eval_again(script, args, None).await
    }

    /// Runs a script like [`Scripts::eval`], but sends it at once, on the calling thread, if the connection stands. `done` gets the
    /// answer on a thread that must not be blocked. `bound` limits how long the call is repeated if that attempt fails. Must be
    /// called within a tokio runtime.
    pub(crate) fn eval_then<A>(
        &self,
        script: &'static ScriptSource,
        args: Vec<A>,
        bound: impl FnOnce(Again) -> Again + Send + 'static,
        done: impl FnOnce(Result<Value>) + Send + 'static,
    ) where
        A: AsRef<[u8]> + Send + Sync + 'static,
    {
        let (scripts, command) = (self.clone(), self.command("EVALSHA", script, &args));
        let reply_to = Box::new(move |reply| match reply {
            Ok(reply) => done(Ok(reply)),
            Err(Unanswered { lost_at }) => {
                let again = bound(Box::pin(async move { scripts.eval_again(script, &args, lost_at).await }));
                tokio::spawn(async move { done(again.await) });
            }
        });
        if let Some(reply_to) = self.connection.send_now(&command, reply_to) {
            reply_to(Err(Unanswered { lost_at: None }));
        }
    }

    async fn eval_again<A: AsRef<[u8]>>(
        &self,
        script: &ScriptSource,
        args: &[A],
        lost_at: Option<Instant>,
    ) -> Result<Value> {
        match self.connection.call_again(&self.command("EVALSHA", script, args), lost_at).await {
            Err(Error::Redis(error)) if error.kind() == ErrorKind::Server(ServerErrorKind::NoScript) => {
                tracing::debug!(script = script.name, "sending a script that the server does not know");
                self.connection.call(&self.command("EVAL", script, args)).await
            }
            reply => reply,
        }
    }

    fn command<A: AsRef<[u8]>>(&self, verb: &str, script: &ScriptSource, args: &[A]) -> Cmd {
        let mut command = redis::cmd(verb);
        command.arg(if verb == "EVALSHA" { script.sha1 } else { script.text }).arg(script.keys.len());
        for name in script.keys {
            command.arg(self.keys.named(name));
        }
        for arg in args {
            command.arg(arg.as_ref());
        }
        command
    }
}

/// A fresh name for one script call, under which Redis remembers its answer for a minute.
pub(crate) fn new_call_id() -> String {
    uuid::Uuid::new_v4().simple().to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_key_that_a_script_declares_is_part_of_the_layout() {
        let keys = QueueKeys::new("bull", "email").unwrap();
        for script in source::ALL {
            for name in script.keys {
                assert!(keys.named(name).starts_with("bull:email:"), "{} declares {name}", script.name);
            }
        }
    }
}
