//! The wait for a wake-up marker, on a connection of its own.

use std::future::pending;
use std::time::Duration;

use futures_util::FutureExt;
use futures_util::future::BoxFuture;
use tokio::time::Instant;

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
    running: Option<Running>,
}

struct Running {
    end: BoxFuture<'static, (BlockingConnection, WaitEnd)>,
    /// When it ends without a marker; `None` for the opening of the connection.
    ends_at: Option<Instant>,
}

/// A wait may end this much later than asked for: due times are known to the millisecond.
const LATENESS_MAX: Duration = Duration::from_millis(5);

impl MarkerWait {
    /// Waits on the marker at `key`; the connection shows as `client_name` in CLIENT LIST.
    pub(super) fn new(connection: Connection, client_name: String, key: String) -> Self {
        Self { connection, client_name, key, idle: None, running: None }
    }

    /// Opens the connection, so that the worker shows up before it first waits.
    pub(super) fn open(&mut self) {
        let mut blocking = self.take_connection();
        let end = async move {
            let opened = blocking.open().await;
            (blocking, WaitEnd::Opened(opened))
        };
        self.running = Some(Running { end: end.boxed(), ends_at: None });
    }

    /// Starts to wait unless a wait is running that ends in time; one that takes longer is given up.
    pub(super) fn start(&mut self, timeout: Duration) {
        let ends_at = Instant::now() + timeout;
        let is_in_time = |running: &Running| running.ends_at.is_none_or(|at| at <= ends_at + LATENESS_MAX);
        if self.running.as_ref().is_some_and(is_in_time) {
            return;
        }
        self.stop();
        let mut blocking = self.take_connection();
        let key = self.key.clone();
        let end = async move {
            let marker = blocking.wait_for_marker(&key, timeout).await;
            (blocking, WaitEnd::Marker(marker))
        };
        self.running = Some(Running { end: end.boxed(), ends_at: Some(ends_at) });
    }

    pub(super) fn is_running(&self) -> bool {
        self.running.is_some()
    }

    /// Gives a running wait up, and its socket with it, so that the next marker goes to another worker.
    pub(super) fn stop(&mut self) {
        self.running = None;
    }

    /// Waits until the running wait ends; forever while there is none. May be dropped and called again.
    pub(super) async fn ended(&mut self) -> WaitEnd {
        let Some(running) = &mut self.running else { return pending().await };
        let (blocking, end) = (&mut running.end).await;
        self.idle = Some(blocking);
        self.running = None;
        end
    }

    fn take_connection(&mut self) -> BlockingConnection {
        self.idle.take().unwrap_or_else(|| self.connection.blocking(&self.client_name))
    }
}
