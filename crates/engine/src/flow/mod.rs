//! Flows: trees of jobs over several queues, in which a parent runs after its children.

mod plan;
mod prepare;
mod reading;

use std::time::{Duration, Instant};

use crate::connection::{Connection, Endpoint};
use crate::error::{Error, Result};
use crate::job::Job;
use crate::queue::NewJob;
use crate::scripts::{FlowEntry, HeldFlow, MAX_FLOW_JOBS, Scripts};
use crate::wire::QueueKeys;
use plan::{Call, plan};
use prepare::{PreparedJob, prepare};
pub use reading::{FlowNode, FlowRange};

/// How long the hashes of parents live that are held until all their children are added.
const HOLD: Duration = Duration::from_hours(1);
/// Adding a flow is given up after this long, well before what it holds expires.
const LONGEST_ADD: Duration = Duration::from_mins(30);

/// A job of a flow to be added.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewFlowJob {
    /// Its queue.
    pub queue: QueueKeys,
    /// The job; without `jobId` it gets a random one (UUID version 4). The option `parent` is for roots only.
    pub job: NewJob,
    /// Position of its parent, which stands before it; `None` for a root.
    pub parent: Option<usize>,
}

/// What became of one job of a flow.
#[derive(Debug)]
pub struct AddedFlowJob {
    /// The job as it is stored, without its payload; its id is that of another if it is a duplicate.
    pub job: Job,
    /// Its options as users see them, JSON text.
    pub options: std::sync::Arc<str>,
    /// Why it was not added, or not as the child of its parent.
    pub refusal: Option<Error>,
}

/// Adds flows and reads them. Cheap to clone; nothing is opened before the first call.
#[derive(Debug, Clone)]
pub struct FlowProducer {
    connection: Connection,
}

impl FlowProducer {
    /// Flows on the server of this connection.
    pub fn new(connection: Connection) -> Self {
        Self { connection }
    }

    /// The connection the producer works on.
    pub fn connection(&self) -> &Connection {
        &self.connection
    }

    /// Adds the jobs of any number of flows, in an order in which every parent stands before its children; answers in the same order.
    ///
    /// All options are checked before anything is added. Flows of up to [`MAX_FLOW_JOBS`] jobs in all are added at one moment. A
    /// larger flow comes in several calls: its children may run before its root is added, its parents never before their children
    /// are. A job whose parent is refused is refused as well.
    ///
    /// # Errors
    /// `InvalidOption` in BullMQ's words, before anything is added. `Unavailable` when Redis did not answer in time: each flow of up to
    /// [`MAX_FLOW_JOBS`] jobs is then added or not; of a larger one some children may be, which run for nobody.
    pub async fn add(&self, jobs: Vec<NewFlowJob>, now_ms: i64) -> Result<Vec<AddedFlowJob>> {
        let parents: Vec<Option<usize>> = jobs.iter().map(|job| job.parent).collect();
        let prepared = prepare(jobs, now_ms)?;
        let tags = self.hash_tags(&prepared);
        let started = Instant::now();
        let mut added: Vec<Option<Result<String>>> = prepared.iter().map(|_| None).collect();
        for call in plan(&parents, &tags, MAX_FLOW_JOBS)? {
            if started.elapsed() > LONGEST_ADD {
                return Err(Error::Unavailable { deadline: LONGEST_ADD, source: None });
            }
            self.run(&call, &prepared, &mut added, now_ms).await?;
        }
        Ok(prepared.into_iter().zip(added).map(|(job, answer)| job.into_added(answer)).collect())
    }

    async fn run(
        &self,
        call: &Call,
        prepared: &[PreparedJob],
        added: &mut [Option<Result<String>>],
        now_ms: i64,
    ) -> Result<()> {
        let entry = |(index, role): &(usize, _)| {
            let PreparedJob { queue, encoded, .. } = &prepared[*index];
            FlowEntry { role: *role, queue, job: encoded }
        };
        let entries: Vec<FlowEntry<'_>> = call.jobs.iter().map(entry).collect();
        let Some(first) = entries.first() else { return Ok(()) };
        let scripts = Scripts::new(self.connection.clone(), first.queue.clone());
        let held = call.flow_id.clone().map(|id| HeldFlow { id, hold: HOLD });
        let answers = scripts.add_flow(&entries, held.as_ref(), now_ms).await?;
        for ((index, _), answer) in call.jobs.iter().zip(answers) {
            added[*index] = Some(answer);
        }
        Ok(())
    }

    /// What tells the hash slot of each job's queue; the same for all where there are no slots.
    fn hash_tags(&self, prepared: &[PreparedJob]) -> Vec<String> {
        let has_slots = matches!(self.connection.options().endpoint, Endpoint::Cluster { .. });
        let tag = |job: &PreparedJob| if has_slots { job.queue.hash_tag().to_owned() } else { String::new() };
        prepared.iter().map(tag).collect()
    }
}
