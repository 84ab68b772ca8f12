//! The `push-notification` processor.

use std::sync::Arc;

use async_trait::async_trait;
use synapse_queue_engine::job::{Failure, Job};
use synapse_queue_engine::processor::{JobContext, LogLevel, Outcome, Processor};

use super::batch_processor::BatchPushProcessor;
use super::error::PushError;
use super::fan_out::{FanOut, RunThen, Surroundings};
use super::options::PushOptions;
use super::push_data::PushData;
use super::sender::PushSender;
use crate::stores::SubscriptionStore;

/// Sends a notification to every browser of a user.
///
/// Data: `{userId, payload: {title, body, url?, icon?}, urgency?, topic?, ttl?}`; `payload` is passed on as it is, further fields
/// included. Result: `{sent, total}` without subscriptions, else `{sent, failed, total}` over all attempts.
///
/// # Errors
/// `INVALID_JOB_DATA` and `PAYLOAD_TOO_LARGE` are unrecoverable. `PUSH_SERVICE_UNAVAILABLE` is retried for the subscriptions that
/// were not delivered, no earlier than the server's Retry-After. Other codes are those of the store or the engine.
#[derive(Clone)]
pub struct PushProcessor {
    store: Arc<dyn SubscriptionStore>,
    sender: Arc<PushSender>,
}

impl PushProcessor {
    /// Checks the options and prepares TLS; opens no connection.
    ///
    /// # Errors
    /// See [`PushError`]: it says which key or option is wrong and how.
    pub fn new(store: Arc<dyn SubscriptionStore>, options: &PushOptions) -> Result<Self, PushError> {
        Ok(Self { store, sender: Arc::new(PushSender::new(options)?) })
    }

    /// The processor of `batch-push-notification`, which shares connections, tokens, pauses and the bound with this one.
    pub fn batch(&self) -> BatchPushProcessor {
        BatchPushProcessor::new(Arc::clone(&self.store), Arc::clone(&self.sender))
    }

    async fn run(&self, job: &Job, context: &dyn JobContext) -> Result<Outcome, Failure> {
        let PushData { user_id, message } = PushData::parse(job)?;
        let id = &job.id;
        context.log(LogLevel::Info, format!("📤 Processing push notification job {id} for user {user_id}"));
        let surroundings = Surroundings { sender: &self.sender, store: &*self.store, context };
        let mut fan_out = FanOut::resume(surroundings, message).await?;
        let found = fan_out.notify(std::slice::from_ref(&user_id), RunThen::Ends).await?;
        let ledger = fan_out.ledger();
        let (sent, failed, total) = (ledger.sent(), ledger.failed(), ledger.total());
        if found == 0 && total == 0 {
            context.log(LogLevel::Info, format!("No subscriptions found for user {user_id}"));
            return Ok(Outcome::Completed(r#"{"sent":0,"total":0}"#.into()));
        }
        if let Some(outcome) = fan_out.into_outcome() {
            return Ok(outcome);
        }
        context.log(LogLevel::Info, format!("✅ Push notification job {id} completed: {sent} sent, {failed} failed"));
        Ok(Outcome::Completed(format!(r#"{{"sent":{sent},"failed":{failed},"total":{total}}}"#)))
    }
}

#[async_trait]
impl Processor for PushProcessor {
    async fn process(&self, job: &Job, context: &dyn JobContext) -> Outcome {
        let outcome = self.run(job, context).await.unwrap_or_else(Outcome::Failed);
        if let Outcome::Failed(Failure { message, .. }) = &outcome {
            context.log(LogLevel::Error, format!("Error processing push notification job {}: {message}", job.id));
        }
        outcome
    }
}
