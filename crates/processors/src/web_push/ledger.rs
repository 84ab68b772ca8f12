//! Which subscriptions of a job are dealt with, kept with the job so that a retry leaves them alone.

use std::collections::HashSet;

use synapse_queue_engine::job::Failure;
use synapse_queue_engine::processor::JobContext;

const SENT: &str = "sent:";
const FAILED: &str = "failed:";

/// Results of this and earlier attempts, by subscription id.
#[derive(Debug, Default)]
pub(super) struct Ledger {
    sent: HashSet<String>,
    failed: HashSet<String>,
    /// Parts known here but not yet recorded with the job.
    unrecorded: Vec<String>,
}

impl Ledger {
    /// What earlier attempts have recorded.
    pub(super) async fn load(context: &dyn JobContext) -> Result<Self, Failure> {
        let parts = context.finished_parts().await.map_err(|error| Failure::new(error.code(), error.to_string()))?;
        Ok(Self::from_parts(&parts))
    }

    fn from_parts(parts: &HashSet<String>) -> Self {
        let ids = |prefix: &str| parts.iter().filter_map(|part| part.strip_prefix(prefix)).map(String::from).collect();
        Self { sent: ids(SENT), failed: ids(FAILED), unrecorded: Vec::new() }
    }

    pub(super) fn sent(&self) -> usize {
        self.sent.len()
    }

    pub(super) fn failed(&self) -> usize {
        self.failed.len()
    }

    pub(super) fn total(&self) -> usize {
        self.sent() + self.failed()
    }

    pub(super) fn is_finished(&self, subscription_id: &str) -> bool {
        self.sent.contains(subscription_id) || self.failed.contains(subscription_id)
    }

    pub(super) fn mark_sent(&mut self, subscription_id: &str) {
        if self.sent.insert(subscription_id.into()) {
            self.unrecorded.push(format!("{SENT}{subscription_id}"));
        }
    }

    pub(super) fn mark_failed(&mut self, subscription_id: &str) {
        if self.failed.insert(subscription_id.into()) {
            self.unrecorded.push(format!("{FAILED}{subscription_id}"));
        }
    }

    /// Records what is new with the job. What could not be recorded stays for the next call.
    pub(super) async fn record(&mut self, context: &dyn JobContext) -> Result<(), Failure> {
        if self.unrecorded.is_empty() {
            return Ok(());
        }
        context.record_parts(&self.unrecorded).await.map_err(|error| Failure::new(error.code(), error.to_string()))?;
        self.unrecorded.clear();
        Ok(())
    }

    /// As [`Ledger::record`], immediately before the run ends.
    pub(super) async fn record_last(&mut self, context: &dyn JobContext) -> Result<(), Failure> {
        if self.unrecorded.is_empty() {
            return Ok(());
        }
        let parts = std::mem::take(&mut self.unrecorded);
        context.record_last_parts(&parts).await.map_err(|error| Failure::new(error.code(), error.to_string()))
    }
}
