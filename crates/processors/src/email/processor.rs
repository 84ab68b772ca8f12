//! `send-email`.

use std::sync::Arc;

use async_trait::async_trait;
use lettre::message::Mailbox;
use synapse_queue_engine::job::{Failure, Job};
use synapse_queue_engine::processor::{JobContext, LogLevel, Outcome, Processor};

use super::addresses;
use super::attachments;
use super::compose::{compose, message_id};
use super::connections::Connections;
use super::error::EmailError;
use super::job_data::EmailData;
use super::options::EmailOptions;
use super::rejection;
use crate::storage::Storage;

/// Ledger entry of a message that the relay has taken.
const ACCEPTED: &str = "accepted";

/// Sends one e-mail: `send-email`.
///
/// Data: `{to, subject, body, text?, from?, cc?, bcc?, replyTo?, headers?, attachments?: [{path, filename?, contentType?}]}`; `body` is
/// HTML. Result: `{success: true, messageId}`, where the Message-ID is the same for every attempt of the job.
///
/// # Errors
/// `INVALID_JOB_DATA`, `EMAIL_REJECTED` and `SMTP_AUTHENTICATION_FAILED` (5xx), and `PATH_OUTSIDE_STORAGE` and `FILE_TOO_LARGE` for attachments
/// are unrecoverable. `EMAIL_DEFERRED` (4xx), `SMTP_TIMEOUT` and `SMTP_UNAVAILABLE` are retried.
#[derive(Clone)]
pub struct EmailProcessor {
    storage: Arc<dyn Storage>,
    connections: Connections,
    sender: Option<Mailbox>,
    max_attachment_bytes: u64,
}

impl EmailProcessor {
    /// A processor that takes attachments from `storage`. Checks the options and prepares TLS; opens no connection.
    ///
    /// # Errors
    /// See [`EmailError`].
    pub fn new(storage: Arc<dyn Storage>, options: &EmailOptions) -> Result<Self, EmailError> {
        options.validate()?;
        let sender = options.from.as_deref().map(default_sender).transpose()?;
        let connections = Connections::new(options)?;
        Ok(Self { storage, connections, sender, max_attachment_bytes: options.max_attachment_bytes })
    }

    async fn run(&self, job: &Job, context: &dyn JobContext) -> Result<String, Failure> {
        let data = EmailData::parse(job)?;
        context.log(LogLevel::Info, format!("📧 Processing email job {} to {}", job.id, data.recipients_label()));
        let sender = data.from.clone().or_else(|| self.sender.clone()).ok_or_else(no_sender)?;
        let id = message_id(job, &sender);
        let result = serde_json::json!({ "success": true, "messageId": format!("<{id}>") }).to_string();
        let parts = context.finished_parts().await.map_err(|error| Failure::new(error.code(), error.to_string()))?;
        if parts.contains(ACCEPTED) {
            context.log(LogLevel::Info, format!("Email job {} was sent by an earlier attempt", job.id));
            return Ok(result);
        }
        let attachments = attachments::load(&*self.storage, &data.attachments, self.max_attachment_bytes).await?;
        let writing = tokio::task::spawn_blocking(move || compose(data, attachments, (sender, &id)));
        let message = match writing.await {
            Ok(message) => message?,
            Err(panic) => {
                return Err(Failure::new("PROCESSOR_PANICKED", format!("writing the message panicked: {panic}")));
            }
        };
        // Not later: whether a message whose sending was cut short arrives is unknown.
        if context.cancellation().is_cancelled() {
            return Err(Failure::new("CANCELLED", "the job was cancelled"));
        }
        self.connections.send(message).await.map_err(|error| rejection::failure(&error))?;
        if let Err(error) = context.record_parts(&[ACCEPTED.to_owned()]).await {
            // The message is on its way: failing now would send it again for certain.
            context.log(LogLevel::Warn, format!("email job {} is sent, which could not be recorded: {error}", job.id));
        }
        Ok(result)
    }
}

#[async_trait]
impl Processor for EmailProcessor {
    async fn process(&self, job: &Job, context: &dyn JobContext) -> Outcome {
        match self.run(job, context).await {
            Ok(result) => {
                context.log(LogLevel::Info, format!("✅ Email job {} completed", job.id));
                Outcome::Completed(result)
            }
            Err(failure) => {
                context.log(LogLevel::Error, format!("Error processing email job {}: {}", job.id, failure.message));
                Outcome::Failed(failure)
            }
        }
    }
}

fn default_sender(text: &str) -> Result<Mailbox, EmailError> {
    let mut mailboxes = addresses::parse_list(text).unwrap_or_default();
    let sender = mailboxes.pop().filter(|_| mailboxes.is_empty());
    sender.ok_or_else(|| EmailError::InvalidSender { got: text.to_owned() })
}

fn no_sender() -> Failure {
    Failure::unrecoverable("INVALID_JOB_DATA", "`data.from` is missing, and no default sender is configured")
}
