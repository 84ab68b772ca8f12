//! Opening sockets with as many attempts as it takes, and telling about those that fail.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use tokio::sync::broadcast;
use tokio::time::sleep;

use super::failure::connect_error;
use super::retry::{Answers, FailedAttempt};
use super::server::{Purpose, Server, Socket};
use super::{ConnectionOptions, Patience};
use crate::error::{Error, Result};

/// Failed attempts a slow listener may be behind; older ones are dropped, for only the latest says what is wrong now.
const FAILURES_KEPT: usize = 16;

/// Opens the sockets of one set of options.
pub(super) struct Connector {
    pub(super) options: ConnectionOptions,
    server: Server,
    failures: broadcast::Sender<Arc<Error>>,
    /// Sockets opened so far.
    opened: AtomicU64,
}

impl Connector {
    pub(super) fn new(options: ConnectionOptions) -> Result<Self> {
        let server = Server::new(&options)?;
        Ok(Self { options, server, failures: broadcast::Sender::new(FAILURES_KEPT), opened: AtomicU64::new(0) })
    }

    /// Every failed attempt from now on.
    pub(super) fn failures(&self) -> broadcast::Receiver<Arc<Error>> {
        self.failures.subscribe()
    }

    /// A failure that [`Connector::failures`] told of, with the circumstances that matter for what follows.
    pub(super) fn attempt(&self, error: Arc<Error>) -> FailedAttempt {
        FailedAttempt { error, opened: self.opened.load(Ordering::SeqCst) }
    }

    /// Opens a socket, trying again as long as `patience` lasts.
    pub(super) async fn open(&self, purpose: Purpose, patience: &Patience, answers: &Answers) -> Result<Socket> {
        let mut outlived = 0;
        loop {
            match self.try_open(purpose).await {
                Ok(socket) => return Ok(socket),
                Err(failure) => {
                    outlived += 1;
                    sleep(patience.after(&self.attempt(failure), outlived, answers).await?).await;
                }
            }
        }
    }

    /// Makes one attempt; a failed one is told to everybody.
    pub(super) async fn try_open(&self, purpose: Purpose) -> std::result::Result<Socket, Arc<Error>> {
        match self.server.open(&self.options, purpose).await {
            Ok(socket) => {
                self.opened.fetch_add(1, Ordering::SeqCst);
                Ok(socket)
            }
            Err(error) => {
                let failure = Arc::new(connect_error(&self.options, error));
                // Nobody may be listening, which is fine: the caller's own patience ends its waiting.
                drop(self.failures.send(Arc::clone(&failure)));
                Err(failure)
            }
        }
    }
}
