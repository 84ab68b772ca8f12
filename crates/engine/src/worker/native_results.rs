//! Results of native runs on their way to one call.

use std::sync::{Arc, Mutex};

use super::CAPS;
use super::result::JobResult;
use super::shared::Shared;
use super::turn::Turn;

/// Gathers the results of native runs that end before the runtime has nothing else to do, so that a call carries all of them.
///
/// As with JavaScript's, half of the slots are not waited for: Redis answers one half while the other runs.
#[derive(Debug, Default)]
pub(super) struct NativeResults {
    /// Never held across an await.
    waiting: Mutex<Vec<JobResult>>,
}

impl NativeResults {
    /// Takes a result, which is settled at the latest when all tasks that are ready now have run. Must be called within the runtime.
    pub(super) fn add(shared: &Arc<Shared>, result: JobResult) {
        let enough = CAPS.runs_per_turn(shared.controls.concurrency());
        let waiting = shared.native_results.push(result);
        if waiting >= enough {
            Self::settle(shared);
        } else if waiting == 1 {
            let shared = Arc::clone(shared);
            tokio::spawn(async move {
                tokio::task::yield_now().await;
                Self::settle(&shared);
            });
        }
    }

    fn settle(shared: &Arc<Shared>) {
        let results = std::mem::take(&mut *shared.native_results.lock());
        if !results.is_empty() {
            Turn::new(shared).settle(results);
        }
    }

    /// How many wait now.
    fn push(&self, result: JobResult) -> usize {
        let mut waiting = self.lock();
        waiting.push(result);
        waiting.len()
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Vec<JobResult>> {
        self.waiting.lock().expect("no code panics while it holds this lock")
    }
}
