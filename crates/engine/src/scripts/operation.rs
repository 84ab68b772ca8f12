//! The result codes that scripts share.

use redis::Value;

use crate::error::{Error, Result};
use crate::wire::{Reply, malformed};

/// What was asked of one job, to say why a script refused it.
#[derive(Debug, Clone, Copy)]
pub(super) struct Operation<'a> {
    pub(super) job_id: &'a str,
    /// BullMQ's name for it.
    pub(super) command: &'static str,
    /// The state the job must be in, or empty if any will do.
    pub(super) state: &'static str,
}

impl<'a> Operation<'a> {
    /// Something that can be asked of a job in any state.
    pub(super) fn new(command: &'static str, job_id: &'a str) -> Self {
        Self { job_id, command, state: "" }
    }

    /// The code of a script that did what was asked: 0 or more.
    pub(super) fn code(self, reply: Value) -> Result<i64> {
        let Self { command, state, .. } = self;
        let job_id = self.job_id.to_owned();
        match Reply::new("result code", reply).into_integer()? {
            -1 => Err(Error::JobMissing { job_id, command }),
            -2 => Err(Error::LockMissing { job_id, command }),
            -3 => Err(Error::NotInState { job_id, state, command }),
            -6 => Err(Error::LockMismatch { job_id, command, state }),
            -8 => Err(Error::BelongsToScheduler { job_id, command }),
            -9 => Err(Error::FailedChildren { job_id, command }),
            code if code < 0 => Err(malformed("result code", code.to_string())),
            code => Ok(code),
        }
    }

    /// For scripts whose success says nothing more.
    pub(super) fn done(self, reply: Value) -> Result<()> {
        self.code(reply).map(drop)
    }
}
