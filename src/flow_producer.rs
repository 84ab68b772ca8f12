//! The native side of `FlowProducer`.

use std::sync::{Arc, Mutex};

use napi_derive::napi;
use synapse_queue_engine::connection::{Connection, Lease};
use synapse_queue_engine::flow::{FlowProducer, FlowRange};
use synapse_queue_engine::queue::Queue;
use synapse_queue_engine::wire::QueueKeys;

use crate::callback::{NoticeCallback, RetryCallback, watch_connection};
use crate::encoding::{added_flow_text, flow_text, read_flow_jobs};
use crate::handle::{CallsUnderWay, Handle};
use crate::native_error::{Answer, exception};
use crate::options::HandleOptions;
use crate::queue::NativeQueue;
use crate::runtime;

/// The part of a flow that is asked for.
#[napi(object, object_to_js = false)]
pub struct NativeFlowRange {
    /// Name of the root's queue.
    pub queue_name: String,
    /// Id of the root.
    pub id: String,
    /// First part of the keys of the root's queue, if not the producer's own.
    pub prefix: Option<String>,
    /// Levels to read. 0 or absent: the default.
    pub depth: Option<u32>,
    /// About how many children of each kind to read per job. 0 or absent: the default.
    pub max_children: Option<u32>,
}

/// Levels of a flow that are read unless the user says otherwise, as in `BullMQ`.
const DEFAULT_DEPTH: u32 = 10;
/// Children of each kind that are read unless the user says otherwise, as in `BullMQ`.
const DEFAULT_MAX_CHILDREN: u32 = 20;

/// Adds flows to any queues of one server, and reads them.
#[napi]
pub struct NativeFlowProducer {
    flows: FlowProducer,
    connection: Connection,
    prefix: String,
    handle: Arc<Handle>,
    /// Until the handle is closed.
    lease: Mutex<Option<Lease>>,
}

#[napi]
impl NativeFlowProducer {
    /// A producer for the server that `options` (JSON text) name. Opens nothing yet.
    #[napi(constructor)]
    pub fn new(
        options: String,
        #[napi(ts_arg_type = "((times: number) => number | null) | null")] retry_strategy: Option<RetryCallback>,
    ) -> napi::Result<Self, String> {
        let open =
            |options: HandleOptions| Ok((options.prefix_or_default().to_owned(), options.connect(retry_strategy)?));
        let (prefix, connection) = HandleOptions::parse(&options).and_then(open).map_err(exception)?;
        let lease = Mutex::new(Some(connection.lease()));
        Ok(Self { flows: FlowProducer::new(connection.clone()), connection, prefix, handle: Arc::default(), lease })
    }

    /// A queue of the server; it is closed with the producer.
    #[napi]
    pub fn queue(&self, name: String, prefix: Option<String>) -> napi::Result<NativeQueue, String> {
        let open = |keys| Queue::new(self.connection.clone(), keys, "");
        let queue = self.keys(&name, prefix.as_deref()).and_then(open).map_err(exception)?;
        Ok(NativeQueue::of(queue, Arc::clone(&self.handle)))
    }

    /// Adds a batch of jobs (three lines each), parents before their children. Answers two lines for each: a header with what the
    /// engine decided, the options.
    #[napi]
    pub async fn add(&self, batch: String, now_ms: i64) -> Answer<String> {
        runtime::clock().follow(now_ms);
        self.handle
            .run(async {
                let jobs = read_flow_jobs(&batch, |name, prefix| self.keys(name, prefix))?;
                Ok(added_flow_text(&self.flows.add(jobs, now_ms).await?))
            })
            .await
    }

    /// A job and the jobs below it as lines, parents before their children; `null` if it does not exist.
    #[napi]
    pub async fn get_flow(&self, range: NativeFlowRange) -> Answer<Option<String>> {
        let given = |number: Option<u32>| number.filter(|number| *number > 0);
        let depth = given(range.depth).unwrap_or(DEFAULT_DEPTH);
        let max_children = given(range.max_children).unwrap_or(DEFAULT_MAX_CHILDREN);
        self.handle
            .run(async {
                let keys = self.keys(&range.queue_name, range.prefix.as_deref())?;
                let flow = self.flows.flow(keys, &range.id, FlowRange { depth, max_children }).await?;
                Ok(flow.as_ref().map(flow_text))
            })
            .await
    }

    /// Waits until Redis answers.
    #[napi]
    pub async fn wait_until_ready(&self) -> Answer<()> {
        self.handle.run(self.connection.ready()).await
    }

    /// Tells `notify` about failed attempts to connect, each by its code and message, until the handle is closed.
    #[napi]
    pub fn watch_connection(
        &self,
        #[napi(ts_arg_type = "(code: string, message: string) => void")] notify: NoticeCallback,
    ) {
        watch_connection(&self.connection, self.handle.closed().clone(), notify);
    }

    /// Ends all calls with `Closed`; with `waits`, after giving those under way time to be answered.
    #[napi]
    pub async fn close(&self, waits: bool) {
        let is_connected = self.connection.is_connected();
        self.handle.close(if waits { CallsUnderWay::Wait { is_connected } } else { CallsUnderWay::End }).await;
        drop(self.lease.lock().expect("no code panics while it holds this lock").take());
    }

    fn keys(&self, name: &str, prefix: Option<&str>) -> synapse_queue_engine::error::Result<QueueKeys> {
        QueueKeys::new(prefix.unwrap_or(&self.prefix), name)
    }
}
