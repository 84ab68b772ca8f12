//! A connection of its own for commands that block on the server.

use std::sync::Arc;
use std::time::Duration;

use redis::{Cmd, Value};

use super::Patience;
use super::connector::Connector;
use super::failure::connect_error;
use super::retry::Answers;
use super::server::{Purpose, Request, Socket};
use crate::error::{Error, Result};
use crate::wire::{Reply, malformed};

/// How much longer than its own timeout a blocking command may take before the socket counts as dead.
const RESPONSE_MARGIN: Duration = Duration::from_secs(10);

/// Redis before 7.0.8 took a shorter timeout for "forever".
const MIN_BLOCK: Duration = Duration::from_millis(2);

/// A socket on which one blocking command runs at a time.
///
/// Dropping a running call closes the socket, which ends the command on the server; a marker it took at that very moment is lost,
/// which other workers make up for when their own wait ends.
pub struct BlockingConnection {
    connector: Arc<Connector>,
    patience: Patience,
    answers: Answers,
    client_name: String,
    socket: Option<Socket>,
}

/// A taken wake-up marker.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Marker {
    /// 0 for "there is work now", else when the next delayed job is due, ms since the Unix epoch.
    pub due_ms: f64,
}

impl BlockingConnection {
    pub(super) fn new(connector: Arc<Connector>, patience: Patience, client_name: &str) -> Self {
        Self { connector, patience, answers: Answers::default(), client_name: client_name.into(), socket: None }
    }

    /// Opens the socket ahead of its first use.
    pub async fn open(&mut self) -> Result<()> {
        let socket = self.take_socket().await?;
        self.socket = Some(socket);
        Ok(())
    }

    /// Closes the socket; the next call opens a new one.
    pub fn close(&mut self) {
        self.socket = None;
    }

    /// Takes a marker from the sorted set `key`, waiting up to `timeout` (at least 2 ms) for one.
    ///
    /// # Errors
    /// A broken socket is reported once; the next call opens a new one.
    pub async fn wait_for_marker(&mut self, key: &str, timeout: Duration) -> Result<Option<Marker>> {
        let timeout = timeout.max(MIN_BLOCK);
        let mut command = redis::cmd("BZPOPMIN");
        command.arg(key).arg(timeout.as_secs_f64());
        let mut reply = Reply::new("marker", self.call(&command, timeout).await?).into_items()?;
        let Some(score) = reply.pop() else { return Ok(None) };
        let due_ms = match score {
            Value::Double(due_ms) => due_ms,
            score => {
                let text = Reply::new("marker score", score).into_text()?;
                text.parse().map_err(|_| malformed("marker score", text))?
            }
        };
        Ok(Some(Marker { due_ms }))
    }

    /// Runs one command that the server answers within `timeout`.
    ///
    /// # Errors
    /// Any; after one the socket is gone and the next call opens a new one.
    pub async fn call(&mut self, command: &Cmd, timeout: Duration) -> Result<Value> {
        let mut socket = self.take_socket().await?;
        let reply = tokio::time::timeout(timeout + RESPONSE_MARGIN, socket.send(Request::One(command))).await;
        let reply = reply.map_err(|_| Error::Unavailable { deadline: timeout + RESPONSE_MARGIN, source: None })??;
        self.socket = Some(socket);
        Ok(reply)
    }

    /// Takes the socket out, so that a call that is dropped or fails leaves none behind.
    async fn take_socket(&mut self) -> Result<Socket> {
        if let Some(socket) = self.socket.take() {
            return Ok(socket);
        }
        let mut socket = self.connector.open(Purpose::Blocking, &self.patience, &self.answers).await?;
        let mut set_name = redis::cmd("CLIENT");
        set_name.arg("SETNAME").arg(&self.client_name);
        let named = socket.send(Request::One(&set_name)).await;
        named.map_err(|error| connect_error(&self.connector.options, error))?;
        Ok(socket)
    }
}

impl std::fmt::Debug for BlockingConnection {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("BlockingConnection").field("client_name", &self.client_name).finish_non_exhaustive()
    }
}
