//! What every native handle shares: calls that end when the handle is closed.

use std::future::Future;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use synapse_queue_engine::error::{Error, Result};
use tokio::sync::RwLock;
use tokio_util::sync::CancellationToken;

use crate::native_error::{Answer, answer};

/// How long a closing handle waits for calls that Redis is working on.
const CLOSE_GRACE: Duration = Duration::from_secs(5);

/// Open or closed, and the calls under way.
#[derive(Debug, Default)]
pub(crate) struct Handle {
    is_closing: AtomicBool,
    /// Read-locked by every call, so that write-locking it waits for all of them.
    calls: RwLock<()>,
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

    /// Refuses further calls and ends those under way; with `waits`, after giving them some seconds to be answered.
    pub(crate) async fn close(&self, waits: bool) {
        self.is_closing.store(true, Ordering::SeqCst);
        if waits && tokio::time::timeout(CLOSE_GRACE, self.calls.write()).await.is_err() {
            tracing::warn!("closing although calls to Redis are not answered");
        }
        self.closed.cancel();
    }
}
