//! What every handle on a queue is made from.

use std::time::Duration;

use serde::Deserialize;
use synapse_queue_engine::connection::Connection;
use synapse_queue_engine::error::{Error, Result};
use synapse_queue_engine::wire::QueueKeys;

use super::connection_options::ConnectionJson;

/// First part of all keys unless the user names another, as in BullMQ.
const DEFAULT_PREFIX: &str = "bull";

/// Options of one handle, as JSON.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct HandleOptions {
    name: String,
    prefix: Option<String>,
    #[serde(default)]
    connection: ConnectionJson,
    /// How long a call may wait for the server, ms; as long as it takes if absent.
    deadline_ms: Option<f64>,
    /// Where an event reader begins; only new events if absent.
    pub(crate) last_event_id: Option<String>,
    /// Longest wait of one read of an event reader, ms.
    pub(crate) blocking_timeout: Option<u64>,
}

impl HandleOptions {
    /// Reads the JSON text that TypeScript builds.
    pub(crate) fn parse(json: &str) -> Result<Self> {
        serde_json::from_str(json)
            .map_err(|error| Error::InvalidOption { message: format!("the options are not valid: {error}") })
    }

    /// The queue's keys and the process's connection to its server.
    pub(crate) fn open(self) -> Result<(Connection, QueueKeys)> {
        let keys = QueueKeys::new(self.prefix.as_deref().unwrap_or(DEFAULT_PREFIX), &self.name)?;
        let deadline = self.deadline_ms.map(deadline).transpose()?;
        Ok((Connection::shared(&self.connection.try_into()?)?.with_deadline(deadline), keys))
    }
}

fn deadline(deadline_ms: f64) -> Result<Duration> {
    let duration = (deadline_ms >= 1.0).then(|| Duration::try_from_secs_f64(deadline_ms / 1_000.0).ok()).flatten();
    duration
        .ok_or_else(|| Error::InvalidOption { message: format!("deadlineMs must be at least 1, got {deadline_ms}") })
}
