//! The native side of `QueueEvents`.

use std::time::Duration;

use napi_derive::napi;
use synapse_queue_engine::queue_events::{QueueEvents, QueueEventsOptions};

use crate::encoding::queue_events_text;
use crate::handle::{CallsUnderWay, Handle};
use crate::native_error::{Answer, exception};
use crate::options::HandleOptions;

/// A reader of one queue's event stream.
#[napi]
pub struct NativeQueueEvents {
    events: QueueEvents,
    handle: Handle,
}

#[napi]
impl NativeQueueEvents {
    /// A reader with these options (JSON text). Opens nothing yet.
    #[napi(constructor)]
    pub fn new(options: String) -> napi::Result<Self, String> {
        let options = HandleOptions::parse(&options).map_err(exception)?;
        let default = QueueEventsOptions::default();
        let reading = QueueEventsOptions {
            last_event_id: options.last_event_id.clone(),
            blocking_timeout: options.blocking_timeout.map_or(default.blocking_timeout, Duration::from_millis),
        };
        let (connection, keys) = options.open().map_err(exception)?;
        Ok(Self { events: QueueEvents::new(connection, keys, reading), handle: Handle::default() })
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
        self.events.close();
        self.handle.close(CallsUnderWay::End).await;
    }
}
