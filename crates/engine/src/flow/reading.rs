//! Reading a flow back, level by level.

use redis::{Pipeline, Value};

use super::FlowProducer;
use crate::error::{Error, Result};
use crate::job::Job;
use crate::wire::{QueueKeys, Reply, job_from_hash, malformed};

/// Jobs read per round trip.
const BATCH: usize = 100;
/// Replies per job: its hash and its children, by what became of them.
const REPLIES: usize = 5;

/// How much of a flow to read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FlowRange {
    /// Levels, at least 1: the root alone.
    pub depth: u32,
    /// About how many children of one job, for each of: completed, open, failed, ignored. Redis gives all of a small set.
    pub max_children: u32,
}

/// A job of a flow and the part of its children that was asked for.
#[derive(Debug)]
pub struct FlowNode {
    /// The job's queue.
    pub queue: QueueKeys,
    /// The job.
    pub job: Job,
    /// Completed children, then open, failed and ignored ones; those that were removed are left out.
    pub children: Vec<FlowNode>,
}

/// A job that was read, with the position of its parent among all that were.
struct Read {
    queue: QueueKeys,
    job: Job,
    parent: Option<usize>,
}

/// A job to be read.
struct Wanted {
    queue: QueueKeys,
    job_id: String,
    parent: Option<usize>,
}

impl FlowProducer {
    /// A job and the jobs below it; `None` if it does not exist.
    pub async fn flow(&self, queue: QueueKeys, job_id: &str, range: FlowRange) -> Result<Option<FlowNode>> {
        let mut read: Vec<Read> = Vec::new();
        let mut level = vec![Wanted { queue, job_id: job_id.into(), parent: None }];
        for depth in 1..=range.depth.max(1) {
            let mut next = Vec::new();
            for batch in level.chunks(BATCH) {
                let replies = self.read(batch, range.max_children).await?;
                for (wanted, mut replies) in batch.iter().zip(replies) {
                    let Some(job) = job_from_hash(&wanted.job_id, replies.remove(0))? else { continue };
                    let position = read.len();
                    read.push(Read { queue: wanted.queue.clone(), job, parent: wanted.parent });
                    if depth < range.depth {
                        next.extend(children(replies, position)?);
                    }
                }
            }
            level = next;
            if level.is_empty() {
                break;
            }
        }
        Ok(tree(read))
    }

    /// Hash and children of each job. One round trip, for jobs of a flow share a hash slot.
    async fn read(&self, batch: &[Wanted], max_children: u32) -> Result<Vec<Vec<Value>>> {
        let mut pipeline = redis::pipe();
        for wanted in batch {
            ask_for_job(&mut pipeline, wanted, max_children);
        }
        let mut replies = self.connection().call_all(&pipeline).await?;
        if replies.len() != batch.len() * REPLIES {
            return Err(Error::MalformedState {
                subject: "jobs of a flow",
                detail: format!("{} replies", replies.len()),
            });
        }
        let mut of_jobs = Vec::with_capacity(batch.len());
        while !replies.is_empty() {
            let rest = replies.split_off(REPLIES);
            of_jobs.push(replies);
            replies = rest;
        }
        Ok(of_jobs)
    }
}

fn ask_for_job(pipeline: &mut Pipeline, wanted: &Wanted, max_children: u32) {
    let Wanted { queue, job_id, .. } = wanted;
    pipeline.cmd("HGETALL").arg(queue.job(job_id));
    pipeline.cmd("HSCAN").arg(queue.job_processed(job_id)).arg(0).arg("COUNT").arg(max_children);
    pipeline.cmd("SSCAN").arg(queue.job_dependencies(job_id)).arg(0).arg("COUNT").arg(max_children);
    pipeline.cmd("ZRANGE").arg(queue.job_unsuccessful(job_id)).arg(0).arg(i64::from(max_children) - 1);
    pipeline.cmd("HSCAN").arg(queue.job_ignored(job_id)).arg(0).arg("COUNT").arg(max_children);
}

/// The children that the four replies name.
fn children(replies: Vec<Value>, parent: usize) -> Result<Vec<Wanted>> {
    let [completed, open, failed, ignored] =
        <[Value; 4]>::try_from(replies).map_err(|_| malformed("children of a job", "not four replies"))?;
    let mut keys = scanned_keys(completed, 2)?;
    keys.extend(scanned_keys(open, 1)?);
    keys.extend(Reply::new("failed children", failed).into_texts()?);
    keys.extend(scanned_keys(ignored, 2)?);
    let wanted = |key: String| {
        let (queue, job_id) = QueueKeys::split_job_key(&key)?;
        Some(Wanted { queue, job_id: job_id.into(), parent: Some(parent) })
    };
    Ok(keys.into_iter().filter_map(wanted).collect())
}

/// Every first of `step` entries of a scan's page.
fn scanned_keys(reply: Value, step: usize) -> Result<Vec<String>> {
    let page = Reply::new("children of a job", reply).into_items()?.into_iter().nth(1).unwrap_or(Value::Nil);
    Ok(Reply::new("children of a job", page).into_texts()?.into_iter().step_by(step).collect())
}

/// Children stand behind their parents, so the last job is complete when it is handed to its parent.
fn tree(read: Vec<Read>) -> Option<FlowNode> {
    let parents: Vec<Option<usize>> = read.iter().map(|job| job.parent).collect();
    let node = |Read { queue, job, .. }| FlowNode { queue, job, children: Vec::new() };
    let mut nodes: Vec<FlowNode> = read.into_iter().map(node).collect();
    for parent in parents.into_iter().rev() {
        let mut last = nodes.pop()?;
        last.children.reverse();
        match parent {
            Some(parent) => nodes[parent].children.push(last),
            None => return Some(last),
        }
    }
    None
}
