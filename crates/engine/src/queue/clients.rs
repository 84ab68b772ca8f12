//! Who works on a queue, as far as the server's list of connections tells.

use redis::Value;

use crate::error::Result;
use crate::queue::Queue;
use crate::wire::{Reply, clients, queue_events_client_name, worker_client_name};

/// A connection of a worker or of an event reader.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct QueueClient {
    /// What CLIENT LIST says of it, in its order: `name` is the connection's own.
    pub fields: Vec<(String, String)>,
}

impl Queue {
    /// Begins the name of every connection that belongs to this queue: `<prefix>:<base64 of the queue>`.
    pub fn client_name(&self) -> String {
        worker_client_name(self.keys(), None)
    }

    /// The connections on which workers of this queue, in whatever process, wait for jobs. Cost: grows with all connections of the
    /// server.
    pub async fn workers(&self) -> Result<Vec<QueueClient>> {
        let unnamed = worker_client_name(self.keys(), None);
        let named = worker_client_name(self.keys(), Some(""));
        self.clients(|name| name == unnamed || name.starts_with(&named)).await
    }

    /// The connections on which this queue's events are read. Cost: as of [`Queue::workers`].
    pub async fn event_readers(&self) -> Result<Vec<QueueClient>> {
        let wanted = queue_events_client_name(self.keys());
        self.clients(|name| name == wanted).await
    }

    /// Of a cluster the list of the node that knows most of them: each client is connected to the node that holds the queue, and
    /// to any number of others.
    async fn clients(&self, is_wanted: impl Fn(&str) -> bool) -> Result<Vec<QueueClient>> {
        let mut command = redis::cmd("CLIENT");
        command.arg("LIST");
        let mut longest = Vec::new();
        for reply in self.connection().call_each_node(&command).await? {
            let found = clients(&list_text(reply)?, &is_wanted);
            if found.len() > longest.len() {
                longest = found;
            }
        }
        Ok(longest.into_iter().map(|fields| QueueClient { fields }).collect())
    }
}

fn list_text(reply: Value) -> Result<String> {
    match reply {
        Value::VerbatimString { text, .. } => Ok(text),
        reply => Reply::new("CLIENT LIST", reply).into_text(),
    }
}
