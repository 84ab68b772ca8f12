//! What every handle on a queue is made from.

use std::sync::Arc;
use std::time::Duration;

use serde::Deserialize;
use synapse_queue_engine::connection::{Connection, Patience};
use synapse_queue_engine::error::{Error, Result};
use synapse_queue_engine::wire::QueueKeys;

use super::connection_options::ConnectionJson;
use crate::callback::RetryCallback;
use crate::retry_strategy::JavaScriptRetryStrategy;

/// First part of all keys unless the user names another, as in BullMQ.
const DEFAULT_PREFIX: &str = "bull";

/// Options of one handle on a queue, as JSON.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct HandleOptions {
    /// The queue's name; flow producers have none.
    #[serde(default)]
    name: String,
    prefix: Option<String>,
    #[serde(default)]
    connection: ConnectionJson,
    /// How long a call may wait for the server, ms; as long as it takes if absent.
    deadline_ms: Option<f64>,
}

impl HandleOptions {
    /// Reads the JSON text that TypeScript builds.
    pub(crate) fn parse(json: &str) -> Result<Self> {
        serde_json::from_str(json)
            .map_err(|error| Error::InvalidOption { message: format!("the options are not valid: {error}") })
    }

    /// The queue's keys and the process's connection to its server. `strategy` is the user's own, in JavaScript.
    pub(crate) fn open(self, strategy: Option<RetryCallback>) -> Result<(Connection, QueueKeys)> {
        let keys = QueueKeys::new(self.prefix_or_default(), &self.name)?;
        Ok((self.connect(strategy)?, keys))
    }

    /// First part of all keys.
    pub(crate) fn prefix_or_default(&self) -> &str {
        self.prefix.as_deref().unwrap_or(DEFAULT_PREFIX)
    }

    /// The process's connection to the server.
    pub(crate) fn connect(self, strategy: Option<RetryCallback>) -> Result<Connection> {
        let deadline = self.deadline_ms.map(deadline).transpose()?;
        let mut patience = Patience {
            max_retries: self.connection.max_retries_per_request,
            queues_while_offline: self.connection.enable_offline_queue.unwrap_or(true),
            ..Patience::default()
        };
        if let Some(strategy) = strategy {
            patience.retry = Arc::new(JavaScriptRetryStrategy::new(strategy));
        }
        let connection = Connection::shared(&self.connection.try_into()?)?;
        Ok(connection.with_deadline(deadline).with_patience(patience))
    }
}

fn deadline(deadline_ms: f64) -> Result<Duration> {
    let duration = (deadline_ms >= 1.0).then(|| Duration::try_from_secs_f64(deadline_ms / 1_000.0).ok()).flatten();
    duration
        .ok_or_else(|| Error::InvalidOption { message: format!("deadlineMs must be at least 1, got {deadline_ms}") })
}
