//! The native side of `QueueEvents`.

use std::time::Duration;

use napi_derive::napi;
use synapse_queue_engine::queue_events::{QueueEvents, QueueEventsOptions};

use crate::encoding::queue_events_text;
use crate::handle::{CallsUnderWay, Handle};
use crate::native_error::Answer;
use crate::queue::NativeQueue;

/// A reader of one queue's event stream.
#[napi]
pub struct NativeQueueEvents {
    events: QueueEvents,
    handle: Handle,
}

#[napi]
impl NativeQueueEvents {
    /// A reader of this queue's events, reached as the queue is. Opens nothing yet.
    ///
    /// `last_event_id`: where it begins; only new events if absent. `blocking_timeout`: longest wait of one read, ms.
    #[napi(constructor)]
    pub fn new(queue: &NativeQueue, last_event_id: Option<String>, blocking_timeout: Option<f64>) -> Self {
        let default = QueueEventsOptions::default().blocking_timeout;
        let blocking_timeout = blocking_timeout.and_then(|ms| Duration::try_from_secs_f64(ms / 1_000.0).ok());
        let options = QueueEventsOptions { last_event_id, blocking_timeout: blocking_timeout.unwrap_or(default) };
        let (connection, keys) = (queue.queue.connection().clone(), queue.queue.keys().clone());
        Self { events: QueueEvents::new(connection, keys, options), handle: Handle::default() }
    }

    /// Resolves once reading begins: events written from then on are read.
    #[napi]
    pub async fn ready(&self) -> Answer<()> {
        self.handle.run(self.events.ready()).await
    }

    /// The next events as lines, waiting for the first; empty once closed.
    #[napi]
    pub async fn next(&self) -> Answer<String> {
        self.handle.run(async { Ok(queue_events_text(&self.events.next().await?)) }).await
    }

    /// Ends reading.
    #[napi]
    pub async fn close(&self) {
        self.events.close().await;
        self.handle.close(CallsUnderWay::End).await;
    }
}
