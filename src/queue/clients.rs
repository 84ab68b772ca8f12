//! Who works on a queue, and what is said to them.

use napi_derive::napi;
use serde_json::{Map, Value};
use synapse_queue_engine::error::{Error, Result};
use synapse_queue_engine::queue::QueueClient;

use super::NativeQueue;
use crate::native_error::Answer;

/// An event of the user's own.
#[napi(object, object_to_js = false)]
pub struct NativePublishedEvent {
    /// Names of its fields.
    pub names: Vec<String>,
    /// Their values, in the same order.
    pub values: Vec<String>,
    /// About how many entries the stream keeps.
    pub max_events: f64,
}

#[napi]
impl NativeQueue {
    /// Begins the name of a connection that belongs to the queue: `<prefix>:<base64 of the queue>`.
    #[napi(getter)]
    pub fn client_name(&self) -> String {
        self.queue.client_name()
    }

    /// The connections of workers that wait for jobs, JSON text: objects with what CLIENT LIST says.
    #[napi]
    pub async fn get_workers(&self) -> Answer<String> {
        self.handle.run(async { Ok(self.clients_text(self.queue.workers().await?)) }).await
    }

    /// The connections on which events are read, as [`NativeQueue::get_workers`].
    #[napi]
    pub async fn get_event_readers(&self) -> Answer<String> {
        self.handle.run(async { Ok(self.clients_text(self.queue.event_readers().await?)) }).await
    }

    /// Asks the worker that holds a job to stop its run; whether one does.
    #[napi]
    pub async fn cancel_job(&self, job_id: String, reason: Option<String>) -> Answer<bool> {
        self.handle.run(async { self.queue.cancel(&job_id, reason.as_deref().unwrap_or_default()).await }).await
    }

    /// Appends an event of the user's own to the stream.
    #[napi]
    pub async fn publish_event(&self, event: NativePublishedEvent) -> Answer<()> {
        self.handle
            .run(async {
                let max_events = whole("maxEvents", event.max_events)?;
                let fields: Vec<_> = event.names.into_iter().zip(event.values).collect();
                self.queue.publish_event(&fields, max_events).await
            })
            .await
    }

    /// As BullMQ shows them: `name` is the queue's, `rawname` the connection's.
    fn clients_text(&self, clients: Vec<QueueClient>) -> String {
        let shown = |QueueClient { fields }| {
            let mut client: Map<String, Value> = Map::new();
            for (name, value) in fields {
                if name == "name" {
                    client.insert("rawname".into(), value.into());
                    client.insert(name, self.queue.keys().queue().into());
                } else {
                    client.insert(name, value.into());
                }
            }
            Value::Object(client)
        };
        Value::Array(clients.into_iter().map(shown).collect()).to_string()
    }
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "checked just above; saturates")]
fn whole(name: &str, number: f64) -> Result<u64> {
    if number.is_finite() && number >= 0.0 {
        return Ok(number as u64);
    }
    Err(Error::InvalidOption { message: format!("{name} must be 0 or more, got {number}") })
}
