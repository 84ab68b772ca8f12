//! The one start/stop contract of background loops.

use std::future::Future;
use std::sync::{Mutex, PoisonError};

use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

/// A background loop that can be started once and stopped for good.
///
/// `start` twice is one start, `stop` before `start` is fine, and `stop` returns when the loop has ended.
#[derive(Debug, Default)]
pub struct Service {
    stopping: CancellationToken,
    /// Written by `start` and `stop`. Never held across an await.
    task: Mutex<Option<JoinHandle<()>>>,
}

impl Service {
    /// A service that is not running yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// Runs `body` on the current runtime; it must end soon after the token it is given fires.
    ///
    /// # Panics
    /// Outside a tokio runtime.
    pub fn start<F>(&self, body: impl FnOnce(CancellationToken) -> F)
    where
        F: Future<Output = ()> + Send + 'static,
    {
        let mut task = self.task.lock().unwrap_or_else(PoisonError::into_inner);
        if task.is_none() && !self.stopping.is_cancelled() {
            *task = Some(tokio::spawn(body(self.stopping.clone())));
        }
    }

    /// Asks the loop to end and waits until it has.
    pub async fn stop(&self) {
        self.stopping.cancel();
        let task = self.task.lock().unwrap_or_else(PoisonError::into_inner).take();
        if let Some(task) = task
            && let Err(error) = task.await
        {
            tracing::error!(%error, "a background loop ended by a panic");
        }
    }
}

impl Drop for Service {
    fn drop(&mut self) {
        self.stopping.cancel();
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::sync::atomic::{AtomicU32, Ordering};

    use super::*;

    async fn run_counted(service: &Service, starts: &Arc<AtomicU32>) {
        let starts = Arc::clone(starts);
        service.start(|stopping| async move {
            starts.fetch_add(1, Ordering::SeqCst);
            stopping.cancelled().await;
        });
        tokio::task::yield_now().await;
    }

    #[tokio::test]
    async fn starting_twice_runs_one_loop() {
        let (service, starts) = (Service::new(), Arc::new(AtomicU32::new(0)));
        run_counted(&service, &starts).await;
        run_counted(&service, &starts).await;
        service.stop().await;
        assert_eq!(starts.load(Ordering::SeqCst), 1);
    }

    #[tokio::test]
    async fn stopping_before_starting_prevents_the_start() {
        let (service, starts) = (Service::new(), Arc::new(AtomicU32::new(0)));
        service.stop().await;
        run_counted(&service, &starts).await;
        service.stop().await;
        assert_eq!(starts.load(Ordering::SeqCst), 0);
    }
}
