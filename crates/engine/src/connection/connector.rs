//! Opening sockets with as many attempts as it takes, and telling about those that fail.

use std::sync::Arc;

use redis::RedisError;
use tokio::sync::broadcast;
use tokio::time::sleep;

use super::failure::{Recovery, connect_error, recovery};
use super::server::{Purpose, Server, Socket};
use super::{ConnectionOptions, Reconnect};
use crate::error::{Error, Result};

/// Failed attempts a slow listener may be behind; older ones are dropped, for only the latest says what is wrong now.
const FAILURES_KEPT: usize = 16;

/// Opens the sockets of one set of options.
pub(super) struct Connector {
    pub(super) options: ConnectionOptions,
    server: Server,
    failures: broadcast::Sender<Arc<Error>>,
}

impl Connector {
    pub(super) fn new(options: ConnectionOptions) -> Result<Self> {
        let server = Server::new(&options)?;
        Ok(Self { options, server, failures: broadcast::Sender::new(FAILURES_KEPT) })
    }

    /// Every failed attempt from now on.
    pub(super) fn failures(&self) -> broadcast::Receiver<Arc<Error>> {
        self.failures.subscribe()
    }

    /// Opens a socket, trying again with growing delays as the options say.
    pub(super) async fn open(&self, purpose: Purpose) -> Result<Socket> {
        let Reconnect { min_delay, max_delay, max_attempts } = self.options.reconnect;
        let mut delay = min_delay;
        let mut attempts = 0;
        loop {
            let error: RedisError = match self.server.open(&self.options, purpose).await {
                Ok(socket) => return Ok(socket),
                Err(error) => error,
            };
            attempts += 1;
            let gives_up = max_attempts.is_some_and(|max| attempts >= max) || recovery(&error) == Recovery::Report;
            let error = connect_error(&self.options, error);
            if gives_up {
                return Err(error);
            }
            // Nobody may be listening, which is fine: the caller's own deadline ends its waiting.
            drop(self.failures.send(Arc::new(error)));
            sleep(delay).await;
            delay = (delay * 2).min(max_delay);
        }
    }
}
