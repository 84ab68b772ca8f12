//! What the worker's loop is told from outside.

use std::sync::Mutex;

use tokio::sync::Notify;

use super::result::JobResult;

/// Results and signals for the loop, taken all at once.
///
/// Bounded by the worker's slots: only runs that have not ended may post a result, and each ends once.
#[derive(Debug, Default)]
pub(super) struct Inbox {
    /// Written by runners and callers of the worker, emptied by the loop. Never held across an await.
    letters: Mutex<Letters>,
    arrived: Notify,
}

/// What came since the loop last looked.
#[derive(Debug, Default)]
pub(super) struct Letters {
    /// Ended runs, in order.
    pub(super) results: Vec<JobResult>,
    /// JavaScript has told the time.
    pub(super) time_told: bool,
    /// The worker was resumed.
    pub(super) resumed: bool,
}

impl Inbox {
    /// Writes to the loop and wakes it.
    pub(super) fn post(&self, write: impl FnOnce(&mut Letters)) {
        write(&mut self.letters.lock().expect("no code panics while it holds this lock"));
        self.arrived.notify_one();
    }

    /// Lets the loop look at its surroundings again.
    pub(super) fn wake(&self) {
        self.arrived.notify_one();
    }

    /// Everything that came.
    pub(super) fn take(&self) -> Letters {
        std::mem::take(&mut *self.letters.lock().expect("no code panics while it holds this lock"))
    }

    /// Waits until something came, or returns at once if it came since the last wait.
    pub(super) async fn arrived(&self) {
        self.arrived.notified().await;
    }
}
