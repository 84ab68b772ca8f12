//! Everything that must be atomic in Redis: one typed invocation per script, run by hash and repeated safely.

mod add;
mod add_batcher;
mod add_flow;
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
pub(crate) mod source;
mod stalled;

use redis::{Cmd, ErrorKind, ServerErrorKind, Value};

use crate::connection::Connection;
use crate::error::{Error, Result};
use crate::wire::QueueKeys;
pub use add::{Deduplication, EncodedJob, JobLinks, ParentLink};
pub(crate) use add_batcher::AddBatcher;
pub use add_flow::MAX_FLOW_JOBS;
pub(crate) use add_flow::{FlowEntry, FlowRole, HeldFlow};
pub(crate) use family::{FinishedJobs, UNTIE_COMMAND};
pub use job_moves::{FinishedState, PriorityChange, ResetAttempts};
pub use observation::{JobRange, JobResult};
pub use removal::Children;
pub(crate) use removal::{Removal, Sweep};
pub(crate) use schedulers::MissingIteration;
pub use schedulers::{Iteration, SchedulerUpsert};
pub use settle::{Fetch, FetchedJob, Finish, FinishKind, Finished, MAX_FETCH, MAX_FINISHES, SettleCall, SettleReply};
use source::ScriptSource;

/// The scripts of one queue on one connection. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Scripts {
    connection: Connection,
    keys: QueueKeys,
}

impl Scripts {
    /// Scripts that work on the queue named by `keys`.
    pub fn new(connection: Connection, keys: QueueKeys) -> Self {
        Self { connection, keys }
    }

    /// The names of the queue's keys.
    pub fn keys(&self) -> &QueueKeys {
        &self.keys
    }

    /// The connection the scripts run on.
    pub fn connection(&self) -> &Connection {
        &self.connection
    }

    /// Runs a script by its hash; a server that does not know it yet (new, restarted, flushed) is sent the text.
    ///
    /// The call is repeated when its reply was lost, so the script must be safe to repeat with the same arguments.
    pub(crate) async fn eval<A: AsRef<[u8]>>(&self, script: &ScriptSource, args: &[A]) -> Result<Value> {
        match self.connection.call(&self.command("EVALSHA", script, args)).await {
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
