//! The socket that all handles on one server share: opened, replaced and closed.

use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use tokio::time::sleep;

use super::ConnectionOptions;
use super::connector::Connector;
use super::failure::{Recovery, recovery_of};
use super::retry::RetryStrategy;
use super::server::{Purpose, Socket};
use crate::error::{Error, Result};

/// The shared part: at most one open socket, replaced when it breaks.
pub(super) struct SharedSocket {
    pub(super) connector: Arc<Connector>,
    /// The open socket, if any. Written by whoever connects, read by every call. Never held across an await.
    live: Mutex<Option<Live>>,
    /// Held while connecting, so that callers wait for one attempt instead of making their own.
    connecting: tokio::sync::Mutex<()>,
    /// Whether a socket was ever open.
    was_open: AtomicBool,
    /// Whether the connection is being opened although no call waits for it.
    reopening: AtomicBool,
    /// Leases that are held.
    leases: AtomicUsize,
}

#[derive(Clone)]
pub(super) struct Live {
    /// Tells a broken socket from the one that has replaced it meanwhile.
    pub(super) generation: u64,
    pub(super) socket: Socket,
}

impl SharedSocket {
    pub(super) fn new(options: ConnectionOptions) -> Result<Self> {
        let connector = Arc::new(Connector::new(options)?);
        Ok(Self {
            connector,
            live: Mutex::new(None),
            connecting: tokio::sync::Mutex::new(()),
            was_open: AtomicBool::new(false),
            reopening: AtomicBool::new(false),
            leases: AtomicUsize::new(0),
        })
    }

    /// Whether a socket was ever open.
    pub(super) fn was_open(&self) -> bool {
        self.was_open.load(Ordering::SeqCst)
    }

    /// Held by whoever connects.
    pub(super) fn connecting(&self) -> impl Future<Output = tokio::sync::MutexGuard<'_, ()>> {
        self.connecting.lock()
    }

    /// Somebody needs the socket.
    pub(super) fn begin_lease(&self) {
        self.leases.fetch_add(1, Ordering::SeqCst);
    }

    /// The socket closes when nobody needs it any more.
    pub(super) fn end_lease(&self) {
        if self.leases.fetch_sub(1, Ordering::SeqCst) == 1 {
            *self.live.lock().expect("no code panics while it holds this lock") = None;
        }
    }

    /// The open socket, as far as the last call could tell.
    pub(super) fn current(&self) -> Option<Live> {
        self.live.lock().expect("no code panics while it holds this lock").clone()
    }

    /// Makes a socket the one that all calls use.
    pub(super) fn adopt(&self, socket: Socket) -> Live {
        self.was_open.store(true, Ordering::SeqCst);
        let mut live = self.live.lock().expect("no code panics while it holds this lock");
        live.insert(Live { generation: next_generation(), socket }).clone()
    }

    /// Opens the connection behind the calls that do not wait for it, until it is open, given up or of no use to anybody.
    pub(super) fn reopen(self: &Arc<Self>, retry: Arc<dyn RetryStrategy>) {
        if self.reopening.swap(true, Ordering::SeqCst) {
            return;
        }
        let shared = Arc::downgrade(self);
        tokio::spawn(async move {
            let mut attempt = 0;
            while let Some(shared) = shared.upgrade() {
                attempt += 1;
                let pause = match shared.try_open().await {
                    Ok(()) => None,
                    Err(failure) if recovery_of(&failure) == Recovery::Report => None,
                    Err(_) => retry.pause(attempt).await,
                };
                let Some(pause) = pause else {
                    shared.reopening.store(false, Ordering::SeqCst);
                    return;
                };
                drop(shared);
                sleep(pause).await;
            }
        });
    }

    /// Makes one attempt, unless the connection is open or somebody else makes it.
    async fn try_open(&self) -> std::result::Result<(), Arc<Error>> {
        let _one_at_a_time = self.connecting.lock().await;
        if self.current().is_none() {
            self.adopt(self.connector.try_open(Purpose::Commands).await?);
        }
        Ok(())
    }

    /// Forgets a broken socket, unless it has been replaced already.
    pub(super) fn discard(&self, generation: u64) {
        let mut live = self.live.lock().expect("no code panics while it holds this lock");
        if live.as_ref().is_some_and(|live| live.generation == generation) {
            *live = None;
        }
    }
}

fn next_generation() -> u64 {
    static NEXT: AtomicU64 = AtomicU64::new(0);
    NEXT.fetch_add(1, Ordering::Relaxed)
}
