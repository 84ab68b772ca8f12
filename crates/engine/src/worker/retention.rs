//! Removes finished jobs that are too old, also while no other job finishes.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use tokio_util::sync::CancellationToken;

use crate::error::Result;
use crate::options::Retention;
use crate::scripts::{FinishKind, FinishedState, Scripts};

use super::shared::Shared;

/// Jobs per call: one call holds Redis for a millisecond or two.
const PAGE_SIZE: u64 = 250;
/// Pause between calls, so that a backlog of a million leaves Redis to others most of the time.
const PAUSE: Duration = Duration::from_millis(10);
/// Time Redis is given to answer.
const CALL_DEADLINE: Duration = Duration::from_secs(5);

/// The rules in force: those of the job of each kind that finished here last, before that the worker's own.
///
/// That is what BullMQ applies, whenever another such job finishes.
#[derive(Debug, Default)]
pub(super) struct Retentions {
    /// Written by the loop, read by the service. Never held across an await.
    rules: Mutex<Rules>,
}

#[derive(Debug, Clone, Copy, Default)]
struct Rules {
    completed: Option<Retention>,
    failed: Option<Retention>,
}

impl Retentions {
    /// Before any job finished.
    pub(super) fn new(completed: Option<Retention>, failed: Option<Retention>) -> Self {
        Self { rules: Mutex::new(Rules { completed, failed }) }
    }

    /// A job is about to finish by this rule.
    pub(super) fn note(&self, finish: &FinishKind) {
        let mut rules = self.rules.lock().expect("no code panics while it holds this lock");
        match finish {
            FinishKind::Completed { retention, .. } => rules.completed = Some(*retention),
            FinishKind::Failed { retention, .. } => rules.failed = Some(*retention),
            _ => {}
        }
    }

    /// The states whose jobs age, and how old they may become, s.
    fn ages(&self) -> Vec<(FinishedState, u64)> {
        let rules = *self.rules.lock().expect("no code panics while it holds this lock");
        let states = [(FinishedState::Completed, rules.completed), (FinishedState::Failed, rules.failed)];
        states.into_iter().filter_map(|(state, rule)| Some((state, rule?.age_s?))).collect()
    }
}

/// Enforces the rules every `retention_interval` until told to stop. Of all workers of a queue one does per interval.
pub(super) async fn run(shared: Arc<Shared>, stopping: CancellationToken) {
    let interval = shared.options.retention_interval;
    let scripts = &shared.scripts;
    let scripts = Scripts::new(scripts.connection().with_deadline(Some(CALL_DEADLINE)), scripts.keys().clone());
    loop {
        let round = async {
            tokio::time::sleep(interval).await;
            if let Err(error) = enforce(&shared, &scripts).await {
                // The worker's calls tell the owner; the next round makes up for this one.
                tracing::debug!(%error, "could not look for finished jobs that are too old");
            }
        };
        if stopping.run_until_cancelled(round).await.is_none() {
            return;
        }
    }
}

async fn enforce(shared: &Shared, scripts: &Scripts) -> Result<()> {
    let ages = shared.retentions.ages();
    if ages.is_empty() || !scripts.claim_retention_check(shared.options.retention_interval).await? {
        return Ok(());
    }
    for (state, age_s) in ages {
        while scripts.retire(state, age_s, PAGE_SIZE, shared.clock.now_ms()).await? == PAGE_SIZE {
            tokio::time::sleep(PAUSE).await;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_job_that_finished_last_says_how_old_others_may_become() {
        let aged = |age_s| Retention { age_s: Some(age_s), ..Retention::keep_all() };
        let retentions = Retentions::new(Some(aged(60)), None);
        assert_eq!(retentions.ages(), [(FinishedState::Completed, 60)]);

        let completed = FinishKind::Completed { returnvalue: "1".into(), retention: Retention::keep_all() };
        retentions.note(&completed);
        let failed =
            FinishKind::Failed { reason: String::new(), stacktrace: String::new(), retention: aged(5), attempts: 0 };
        retentions.note(&failed);

        assert_eq!(retentions.ages(), [(FinishedState::Failed, 5)]);
    }
}
