//! Looks for requests to stop runs, which any process may have left in Redis.

use std::collections::HashSet;
use std::sync::Arc;
use std::time::Duration;

use tokio_util::sync::CancellationToken;

use crate::error::Result;
use crate::scripts::Scripts;

use super::WorkerEvent;
use super::shared::Shared;

/// How often to look: a run is stopped within two rounds. A worker whose runs are shorter than one never asks.
const INTERVAL: Duration = Duration::from_millis(500);
/// Time Redis is given to answer.
const CALL_DEADLINE: Duration = Duration::from_secs(5);

/// Asks for the runs that were there a round ago and still are, until told to stop.
pub(super) async fn run(shared: Arc<Shared>, stopping: CancellationToken) {
    let scripts = &shared.scripts;
    let scripts = Scripts::new(scripts.connection().with_deadline(Some(CALL_DEADLINE)), scripts.keys().clone());
    let mut earlier = HashSet::new();
    loop {
        let round = async {
            tokio::time::sleep(INTERVAL).await;
            let running: HashSet<String> = shared.active.running().into_iter().collect();
            let lasting: Vec<String> = running.intersection(&earlier).cloned().collect();
            if let Err(error) = meet_requests(&shared, &scripts, &lasting).await {
                // Lock renewal tells the owner; the requests wait for the next round.
                tracing::debug!(%error, "could not look for requests to stop runs");
            }
            running
        };
        match stopping.run_until_cancelled(round).await {
            Some(running) => earlier = running,
            None => return,
        }
    }
}

async fn meet_requests(shared: &Shared, scripts: &Scripts, tokens: &[String]) -> Result<()> {
    if tokens.is_empty() {
        return Ok(());
    }
    let requests = scripts.cancellations(tokens).await?;
    if requests.is_empty() {
        return Ok(());
    }
    let mut met = Vec::new();
    for (token, reason) in requests {
        if let Some(run) = shared.active.stop_run(&token) {
            shared.outbox.push(WorkerEvent::Cancelled { job_id: run.job_id, token: run.token, reason: Some(reason) });
        }
        met.push(token);
    }
    scripts.forget_cancellations(&met).await
}
