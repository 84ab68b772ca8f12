//! The `batch-push-notification` processor.

use std::sync::Arc;

use async_trait::async_trait;
use synapse_queue_engine::job::{Failure, Job};
use synapse_queue_engine::processor::{JobContext, LogLevel, Outcome, Processor};

use super::batch_data::BatchData;
use super::fan_out::{FanOut, RunThen, Surroundings};
use super::sender::PushSender;
use crate::stores::SubscriptionStore;

/// Users whose subscriptions are loaded at once: bounds memory, whatever the size of the job.
const PAGE: usize = 500;

/// Sends a notification to every browser of many users in one job.
///
/// Data: `{users: [userId], payload: {title, body, url?, icon?}, urgency?, topic?, ttl?}`; a user named twice is notified once.
/// Result: `{users, sent, failed, total}` over all attempts. Progress runs from 0 to 100. Errors are those of
/// [`PushProcessor`](super::PushProcessor).
#[derive(Clone)]
pub struct BatchPushProcessor {
    store: Arc<dyn SubscriptionStore>,
    sender: Arc<PushSender>,
}

impl BatchPushProcessor {
    pub(super) fn new(store: Arc<dyn SubscriptionStore>, sender: Arc<PushSender>) -> Self {
        Self { store, sender }
    }

    async fn run(&self, job: &Job, context: &dyn JobContext) -> Result<Outcome, Failure> {
        let BatchData { users, message } = BatchData::parse(job)?;
        let (id, count) = (&job.id, users.len());
        context.log(LogLevel::Info, format!("📤 Processing batch push notification job {id} for {count} users"));
        let surroundings = Surroundings { sender: &self.sender, store: &*self.store, context };
        let mut fan_out = FanOut::resume(surroundings, message).await?;
        for (page, user_ids) in users.chunks(PAGE).enumerate() {
            fan_out.notify(user_ids, RunThen::GoesOn).await?;
            let done = page * PAGE + user_ids.len();
            report_progress(context, done * 100 / count).await;
        }
        let ledger = fan_out.ledger();
        let (sent, failed, total) = (ledger.sent(), ledger.failed(), ledger.total());
        if let Some(outcome) = fan_out.into_outcome() {
            return Ok(outcome);
        }
        let summary = format!("✅ Batch push notification job {id} completed: {sent} sent, {failed} failed");
        context.log(LogLevel::Info, summary);
        Ok(Outcome::Completed(format!(r#"{{"users":{count},"sent":{sent},"failed":{failed},"total":{total}}}"#)))
    }
}

#[async_trait]
impl Processor for BatchPushProcessor {
    async fn process(&self, job: &Job, context: &dyn JobContext) -> Outcome {
        let outcome = self.run(job, context).await.unwrap_or_else(Outcome::Failed);
        if let Outcome::Failed(Failure { message, .. }) = &outcome {
            context.log(LogLevel::Error, format!("Error processing batch push notification job {}: {message}", job.id));
        }
        outcome
    }
}

/// Progress is for people watching; losing one report must not fail the notifications.
async fn report_progress(context: &dyn JobContext, percent: usize) {
    if let Err(error) = context.update_progress(percent.to_string()).await {
        context.log(LogLevel::Warn, format!("progress could not be reported: {error}"));
    }
}
