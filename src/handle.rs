//! What every native handle shares: calls that end when the handle is closed.

use std::future::Future;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use synapse_queue_engine::error::{Error, Result};
use tokio::sync::{OwnedRwLockReadGuard, RwLock};
use tokio_util::sync::CancellationToken;

use crate::native_error::{Answer, answer};

/// How long a closing handle waits for calls that Redis is working on.
const CLOSE_GRACE: Duration = Duration::from_secs(5);

/// How long it waits for calls while there is no connection: one may be opening.
const CONNECT_GRACE: Duration = Duration::from_secs(1);

/// What a closing handle does with calls under way.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum CallsUnderWay {
    /// They end at once.
    End,
    /// They may still be answered; not for long if there is no connection.
    Wait {
        /// Whether there is a connection.
        is_connected: bool,
    },
}

/// Ends with the call it stands for.
#[derive(Debug)]
#[expect(dead_code, reason = "held, not read")]
pub(crate) struct CallUnderWay(OwnedRwLockReadGuard<()>);

/// Open or closed, and the calls under way.
#[derive(Debug, Default)]
pub(crate) struct Handle {
    is_closing: AtomicBool,
    /// Read-locked by every call, so that write-locking it waits for all of them.
    calls: Arc<RwLock<()>>,
    closed: CancellationToken,
}

impl Handle {
    /// Runs a call; once the handle is closed it ends with `Closed`.
    pub(crate) async fn run<T>(&self, call: impl Future<Output = Result<T>>) -> Answer<T> {
        answer(self.run_plain(call).await)
    }

    /// Like [`Handle::run`], for results that need more work.
    pub(crate) async fn run_plain<T>(&self, call: impl Future<Output = Result<T>>) -> Result<T> {
        if self.is_closing.load(Ordering::SeqCst) {
            return Err(Error::Closed);
        }
        let _under_way = self.calls.read().await;
        tokio::select! {
            biased;
            () = self.closed.cancelled() => Err(Error::Closed),
            result = call => result,
        }
    }

    /// Begins a call that is not awaited here. Whoever closes the handle ends it, after the time that [`CallsUnderWay`] gives it.
    ///
    /// # Errors
    /// `Closed` once the handle is closed.
    pub(crate) fn begin(&self) -> Result<CallUnderWay> {
        if self.is_closing.load(Ordering::SeqCst) {
            return Err(Error::Closed);
        }
        // A closing handle holds the lock.
        Arc::clone(&self.calls).try_read_owned().map(CallUnderWay).map_err(|_closing| Error::Closed)
    }

    /// Refuses further calls and ends those under way.
    pub(crate) async fn close(&self, calls: CallsUnderWay) {
        self.is_closing.store(true, Ordering::SeqCst);
        if let CallsUnderWay::Wait { is_connected } = calls {
            let grace = if is_connected { CLOSE_GRACE } else { CONNECT_GRACE };
            if tokio::time::timeout(grace, self.calls.write()).await.is_err() {
                tracing::warn!("closing although calls to Redis are not answered");
            }
        }
        self.closed.cancel();
    }

    /// Fires when the handle has been closed.
    pub(crate) fn closed(&self) -> &CancellationToken {
        &self.closed
    }
}
