//! The wait for a wake-up marker, on a connection of its own.

use std::future::pending;
use std::time::Duration;

use futures_util::FutureExt;
use futures_util::future::BoxFuture;

use crate::connection::{BlockingConnection, Connection, Marker};
use crate::error::Result;

/// How a wait ended.
#[derive(Debug)]
pub(super) enum WaitEnd {
    /// The connection is open.
    Opened(Result<()>),
    /// A marker was taken, or none came in time.
    Marker(Result<Option<Marker>>),
}

/// At most one wait, which runs on while the worker does other things.
pub(super) struct MarkerWait {
    connection: Connection,
    client_name: String,
    key: String,
    /// The blocking connection between two waits.
    idle: Option<BlockingConnection>,
    running: Option<BoxFuture<'static, (BlockingConnection, WaitEnd)>>,
}

impl MarkerWait {
    /// Waits on the marker at `key`; the connection shows as `client_name` in CLIENT LIST.
    pub(super) fn new(connection: Connection, client_name: String, key: String) -> Self {
        Self { connection, client_name, key, idle: None, running: None }
    }

    /// Opens the connection, so that the worker shows up before it first waits.
    pub(super) fn open(&mut self) {
        let mut blocking = self.take_connection();
        self.running = Some(
            async move {
                let opened = blocking.open().await;
                (blocking, WaitEnd::Opened(opened))
            }
            .boxed(),
        );
    }

    /// Starts to wait unless a wait is running.
    pub(super) fn start(&mut self, timeout: Duration) {
        if self.running.is_some() {
            return;
        }
        let mut blocking = self.take_connection();
        let key = self.key.clone();
        self.running = Some(
            async move {
                let marker = blocking.wait_for_marker(&key, timeout).await;
                (blocking, WaitEnd::Marker(marker))
            }
            .boxed(),
        );
    }

    /// Gives a running wait up, and its socket with it, so that the next marker goes to another worker.
    pub(super) fn stop(&mut self) {
        self.running = None;
    }

    /// Waits until the running wait ends; forever while there is none. May be dropped and called again.
    pub(super) async fn ended(&mut self) -> WaitEnd {
        let Some(running) = &mut self.running else { return pending().await };
        let (blocking, end) = running.await;
        self.idle = Some(blocking);
        self.running = None;
        end
    }

    fn take_connection(&mut self) -> BlockingConnection {
        self.idle.take().unwrap_or_else(|| self.connection.blocking(&self.client_name))
    }
}
