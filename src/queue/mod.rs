//! The native side of `Queue`: identity, adding jobs, life of the handle.

mod adding;
mod children;
mod clients;
mod diagnosis;
mod jobs;
mod maintenance;
mod parts;
mod reading;
pub(crate) mod schedulers;
mod server;
mod work;

use std::sync::{Arc, Mutex, OnceLock};

use napi_derive::napi;
use synapse_queue_engine::connection::Lease;
use synapse_queue_engine::queue::Queue;
use synapse_queue_engine::worker::ManualWork;

use crate::callback::{NoticeCallback, RetryCallback, watch_connection};
use crate::handle::{CallsUnderWay, Handle};
use crate::native_error::{Answer, exception};
use crate::options::HandleOptions;
use adding::Adds;

/// BullMQ release whose state in Redis this package reads and writes.
#[napi]
pub const BULLMQ_VERSION: &str = "6.7.0";

/// Release of this package.
#[napi]
pub const VERSION: &str = env!("CARGO_PKG_VERSION");

/// About how many entries the event stream keeps unless the user says otherwise, as in BullMQ.
const DEFAULT_MAX_EVENTS: u32 = 10_000;

/// Operations on one queue. Everything that works on a queue in JavaScript holds one.
#[napi]
pub struct NativeQueue {
    pub(crate) queue: Queue,
    /// Shared with what the queue belongs to, if it belongs to something.
    pub(crate) handle: Arc<Handle>,
    adds: Arc<Adds>,
    /// Made when a job is first taken or ended by hand.
    work: OnceLock<ManualWork>,
    /// Until the handle is closed; none for a queue that belongs to something.
    lease: Mutex<Option<Lease>>,
}

#[napi]
impl NativeQueue {
    /// The queue that `options` (JSON text) names. Opens nothing yet. `retry_strategy`: asked after failed attempts to connect.
    #[napi(constructor)]
    pub fn new(
        options: String,
        #[napi(ts_arg_type = "((times: number) => number | null) | null")] retry_strategy: Option<RetryCallback>,
    ) -> napi::Result<Self, String> {
        let open = |options: HandleOptions| {
            let (connection, keys) = options.open(retry_strategy)?;
            Queue::new(connection, keys, "")
        };
        let queue = HandleOptions::parse(&options).and_then(open).map_err(exception)?;
        let lease = queue.connection().lease();
        Ok(Self { lease: Mutex::new(Some(lease)), ..Self::of(queue, Arc::default()) })
    }

    /// `<prefix>:<queue name>`
    #[napi(getter)]
    pub fn qualified_name(&self) -> String {
        self.queue.keys().qualified_name().into()
    }

    /// The full names of the queue's keys by their short ones, JSON text; `""` is what all begin with.
    #[napi(getter)]
    pub fn keys(&self) -> String {
        let keys = self.queue.keys();
        let names: serde_json::Map<_, _> = keys.all().map(|(name, key)| (name.to_owned(), key.into())).collect();
        serde_json::Value::Object(names).to_string()
    }

    /// The settings that [`NativeQueue::write_meta`] writes, JSON text.
    #[napi]
    #[allow(clippy::unused_self, reason = "JavaScript asks the queue it holds")]
    pub fn meta_values(&self, max_events: Option<u32>) -> String {
        let max_events = max_events.unwrap_or(DEFAULT_MAX_EVENTS);
        serde_json::json!({ "opts.maxLenEvents": max_events, "version": format!("bullmq:{BULLMQ_VERSION}") })
            .to_string()
    }

    /// Records in Redis which state this package writes and how long the event stream may grow.
    #[napi]
    pub async fn write_meta(&self, max_events: Option<u32>) -> Answer<()> {
        let version = format!("bullmq:{BULLMQ_VERSION}");
        let max_events = max_events.unwrap_or(DEFAULT_MAX_EVENTS);
        self.handle.run(self.queue.announce(&version, max_events.into())).await
    }

    /// The options a job added with `options` has (both JSON text).
    #[napi]
    pub fn resolve_job_options(&self, options: String) -> napi::Result<String, String> {
        let resolved = self.queue.resolve_options(&options).map_err(exception)?;
        Ok(resolved.public.to_string())
    }

    /// Waits until Redis answers.
    #[napi]
    pub async fn wait_until_ready(&self) -> Answer<()> {
        self.handle.run(self.queue.connection().ready()).await
    }

    /// Tells `notify` about failed attempts to connect, each by its code and message, until the handle is closed.
    #[napi]
    pub fn watch_connection(
        &self,
        #[napi(ts_arg_type = "(code: string, message: string) => void")] notify: NoticeCallback,
    ) {
        watch_connection(self.queue.connection(), self.handle.closed().clone(), notify);
    }

    /// Ends all calls with `Closed`; with `waits`, after giving those under way time to be answered.
    #[napi]
    pub async fn close(&self, waits: bool) {
        let is_connected = self.queue.connection().is_connected();
        self.handle.close(if waits { CallsUnderWay::Wait { is_connected } } else { CallsUnderWay::End }).await;
        self.queue.abandon_adds();
        if let Some(work) = self.work.get() {
            work.disconnect();
        }
        drop(self.lease.lock().expect("no code panics while it holds this lock").take());
    }

    /// A queue that lives and is closed with the owner of the handle, who also holds the connection's lease.
    pub(crate) fn of(queue: Queue, handle: Arc<Handle>) -> Self {
        let adds = Adds::new(queue.clone(), Arc::clone(&handle));
        Self { queue, handle, adds, work: OnceLock::new(), lease: Mutex::default() }
    }
}
