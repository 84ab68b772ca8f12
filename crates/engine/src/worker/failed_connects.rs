//! Attempts to reach Redis that failed, told to the worker's owner.

use std::future::pending;
use std::sync::Arc;

use tokio::sync::broadcast;
use tokio::sync::broadcast::error::RecvError;

use crate::connection::Connection;
use crate::error::Error;

/// Listens to one connection; the next attempt follows without anybody's help.
pub(super) struct FailedConnects {
    failures: broadcast::Receiver<Arc<Error>>,
}

impl FailedConnects {
    /// Hears of every failure from now on.
    pub(super) fn of(connection: &Connection) -> Self {
        Self { failures: connection.failures() }
    }

    /// Waits for the next failure; those that came faster than they were read are skipped. May be dropped and called again.
    pub(super) async fn next(&mut self) -> Error {
        loop {
            match self.failures.recv().await {
                Ok(error) => return Error::Shared(error),
                Err(RecvError::Lagged(_)) => {}
                Err(RecvError::Closed) => pending().await,
            }
        }
    }
}
