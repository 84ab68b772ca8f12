//! Reads a queue's event stream.

use std::time::Duration;

use tokio::sync::Mutex;
use tokio_util::sync::CancellationToken;

use crate::connection::{BlockingConnection, Connection};
use crate::error::{Error, Result};
use crate::wire::{QueueKeys, Reply, queue_events_client_name, stream_entries};

/// Entries per read: a burst is delivered in batches instead of one huge reply.
const READ_MAX: usize = 1_000;

/// Pause after a read failed; doubles with each further failure.
const RETRY_DELAY_MIN: Duration = Duration::from_millis(50);

/// Longest such pause.
const RETRY_DELAY_MAX: Duration = Duration::from_secs(1);

/// Where and how a stream is read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct QueueEventsOptions {
    /// Reads what follows the entry with this id, e.g. `0-0` for everything still kept. `None` (the default) or `$` = only what
    /// is written from now on.
    pub last_event_id: Option<String>,
    /// Longest wait of one read for an entry, at least 1 ms. Defaults to 10 s.
    pub blocking_timeout: Duration,
}

impl Default for QueueEventsOptions {
    fn default() -> Self {
        Self { last_event_id: None, blocking_timeout: Duration::from_secs(10) }
    }
}

/// One entry of the event stream.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StreamEvent {
    /// Its id, `<ms>-<n>`.
    pub id: String,
    /// Names and values in the order they were written: `event`, mostly `jobId`, and what the event brings.
    pub fields: Vec<(String, String)>,
}

/// A reader of one queue's events, on a connection of its own.
///
/// Nothing is buffered: the stream itself holds what the owner has not taken, within its length limit.
#[derive(Debug)]
pub struct QueueEvents {
    connection: Connection,
    keys: QueueKeys,
    options: QueueEventsOptions,
    /// Held for the whole of a read, so that two callers never share the socket.
    reader: Mutex<Reader>,
    closing: CancellationToken,
}

#[derive(Debug)]
struct Reader {
    blocking: BlockingConnection,
    /// Id of the last entry that was taken; `None` until the start is known.
    position: Option<String>,
    consecutive_failures: u32,
}

impl QueueEvents {
    /// A reader of the queue named by `keys`. Opens nothing yet.
    pub fn new(connection: Connection, keys: QueueKeys, options: QueueEventsOptions) -> Self {
        let blocking = connection.blocking(&queue_events_client_name(&keys));
        let position = options.last_event_id.clone().filter(|id| id != "$");
        let reader = Mutex::new(Reader { blocking, position, consecutive_failures: 0 });
        Self { connection, keys, options, reader, closing: CancellationToken::new() }
    }

    /// Opens the connection and settles where reading begins: events written after this returned will be read.
    ///
    /// # Errors
    /// `Closed` if it is closed meanwhile.
    pub async fn ready(&self) -> Result<()> {
        let opened = async {
            let mut reader = self.reader.lock().await;
            reader.blocking.open().await?;
            self.find_position(&mut reader).await
        };
        self.closing.run_until_cancelled(opened).await.unwrap_or(Err(Error::Closed))
    }

    /// The next events, waiting for the first; empty once closed.
    ///
    /// # Errors
    /// A broken connection is reported once. The next call opens a new one and goes on after the last event that was taken.
    pub async fn next(&self) -> Result<Vec<StreamEvent>> {
        tokio::select! {
            biased;
            () = self.closing.cancelled() => Ok(Vec::new()),
            events = self.read() => events,
        }
    }

    /// Ends reading; a read that waits is interrupted and its connection closed.
    pub async fn close(&self) {
        self.closing.cancel();
        self.reader.lock().await.blocking.close();
    }

    async fn read(&self) -> Result<Vec<StreamEvent>> {
        let mut reader = self.reader.lock().await;
        if reader.consecutive_failures > 0 {
            let delay = RETRY_DELAY_MIN * 2_u32.pow(reader.consecutive_failures.min(10) - 1);
            tokio::time::sleep(delay.min(RETRY_DELAY_MAX)).await;
        }
        let events = self.read_once(&mut reader).await;
        reader.consecutive_failures = if events.is_ok() { 0 } else { reader.consecutive_failures.saturating_add(1) };
        events
    }

    async fn read_once(&self, reader: &mut Reader) -> Result<Vec<StreamEvent>> {
        self.find_position(reader).await?;
        let timeout = self.options.blocking_timeout.max(Duration::from_millis(1));
        loop {
            let mut command = redis::cmd("XREAD");
            command.arg("COUNT").arg(READ_MAX).arg("BLOCK").arg(timeout.as_millis().to_string());
            command.arg("STREAMS").arg(self.keys.events()).arg(&reader.position);
            let entries = stream_entries(reader.blocking.call(&command, timeout).await?)?;
            if let Some((last_id, _)) = entries.last() {
                reader.position = Some(last_id.clone());
                return Ok(entries.into_iter().map(|(id, fields)| StreamEvent { id, fields }).collect());
            }
        }
    }

    /// Settles the start once. XREAD's own `$` would skip what is written between two reads until the first entry came.
    async fn find_position(&self, reader: &mut Reader) -> Result<()> {
        if reader.position.is_none() {
            let mut command = redis::cmd("XREVRANGE");
            command.arg(self.keys.events()).arg("+").arg("-").arg("COUNT").arg(1);
            let mut newest = Reply::new("newest event", self.connection.call(&command).await?).into_items()?;
            reader.position = Some(match newest.pop() {
                Some(entry) => newest_id(entry)?,
                None => "0-0".to_owned(),
            });
        }
        Ok(())
    }
}

fn newest_id(entry: redis::Value) -> Result<String> {
    let mut parts = Reply::new("newest event", entry).into_items()?;
    Reply::new("event id", parts.swap_remove(0)).into_text()
}
