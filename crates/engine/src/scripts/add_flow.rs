//! Adding jobs of flows to several queues in one call.

use std::time::Duration;

use redis::Value;

use super::add::read_answer;
use super::{Deduplication, EncodedJob, JobLinks, Scripts, new_call_id, source};
use crate::error::{Error, Result};
use crate::wire::{QueueKeys, Reply};

/// Jobs per call, so that one call holds Redis for a few milliseconds at most. A flow up to this size is added at one moment.
pub const MAX_FLOW_JOBS: usize = 256;

/// What a call does with one job of a flow.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum FlowRole {
    /// Adds it; it waits for no children.
    Leaf,
    /// Adds it; it waits for its children, all of which are added by the same call or were by earlier ones.
    Parent,
    /// Writes its hash ahead of its time, so that its children find it; a later call adds it.
    Held,
}

/// One job of a call.
#[derive(Debug, Clone)]
pub(crate) struct FlowEntry<'a> {
    pub(crate) role: FlowRole,
    pub(crate) queue: &'a QueueKeys,
    /// With an id; flows do not use the queue's numbers.
    pub(crate) job: &'a EncodedJob,
}

/// A flow that comes in several calls.
#[derive(Debug, Clone)]
pub(crate) struct HeldFlow {
    pub(crate) id: String,
    /// How long the hashes of its parents live unless they are added.
    pub(crate) hold: Duration,
}

impl Scripts {
    /// Adds at most [`MAX_FLOW_JOBS`] jobs, parents before their children unless they are held, and returns, in order, their ids or
    /// why one was refused. These scripts' queue is that of the first job.
    pub(crate) async fn add_flow(
        &self,
        entries: &[FlowEntry<'_>],
        held: Option<&HeldFlow>,
        now_ms: i64,
    ) -> Result<Vec<Result<String>>> {
        debug_assert!(entries.len() <= MAX_FLOW_JOBS, "the plan of a flow splits larger ones");
        let args = arguments(entries, held, now_ms);
        let answers = Reply::new("reply of add_flow", self.eval(&source::ADD_FLOW, &args).await?).into_items()?;
        if answers.len() != entries.len() {
            let detail = format!("{} answers for {} jobs", answers.len(), entries.len());
            return Err(Error::MalformedState { subject: "reply of add_flow", detail });
        }
        let read = |(answer, entry): (Value, &FlowEntry<'_>)| read_answer(answer, || entry.job.links.as_deref());
        answers.into_iter().zip(entries).map(read).collect()
    }
}

fn arguments(entries: &[FlowEntry<'_>], held: Option<&HeldFlow>, now_ms: i64) -> Vec<Vec<u8>> {
    let mut queues: Vec<&QueueKeys> = Vec::new();
    let mut numbers = Vec::with_capacity(entries.len());
    for entry in entries {
        let known = queues.iter().position(|queue| *queue == entry.queue);
        numbers.push(known.unwrap_or_else(|| {
            queues.push(entry.queue);
            queues.len() - 1
        }));
    }
    let hold_ms = held.map_or(0, |flow| flow.hold.as_millis());
    let mut args: Vec<Vec<u8>> = Vec::with_capacity(6 + queues.len() + 12 * entries.len());
    args.push(new_call_id().into());
    args.push(now_ms.to_string().into());
    args.push(held.map(|flow| flow.id.clone()).unwrap_or_default().into());
    args.push(hold_ms.to_string().into());
    args.push(queues.len().to_string().into());
    args.push(entries.len().to_string().into());
    args.extend(queues.iter().map(|queue| queue.base().into()));
    for (entry, number) in entries.iter().zip(numbers) {
        push_job(&mut args, number + 1, entry);
    }
    for (index, entry) in entries.iter().enumerate() {
        if let Some(deduplication) = deduplication_of(entry.job) {
            push_deduplication(&mut args, index + 1, deduplication);
        }
    }
    args
}

/// Pushes the twelve arguments of one job.
fn push_job(args: &mut Vec<Vec<u8>>, queue_number: usize, entry: &FlowEntry<'_>) {
    let FlowEntry { role, job, .. } = entry;
    let role = match role {
        FlowRole::Leaf => "leaf",
        FlowRole::Parent => "parent",
        FlowRole::Held => "held",
    };
    let parent = job.links.as_ref().and_then(|links| links.parent.as_ref());
    args.extend([
        queue_number.to_string().into(),
        role.into(),
        job.id.clone().unwrap_or_default().into(),
        job.name.clone().into(),
        job.data.clone().into(),
        job.opts.as_bytes().to_vec(),
        job.timestamp.to_string().into(),
        job.delay.to_string().into(),
        job.priority.to_string().into(),
        flag(job.lifo),
        parent.map(|parent| parent.key.clone()).unwrap_or_default().into(),
        parent.map(|parent| parent.json.clone()).unwrap_or_default().into(),
    ]);
}

fn deduplication_of(job: &EncodedJob) -> Option<&Deduplication> {
    job.links.as_deref().and_then(|JobLinks { deduplication, .. }| deduplication.as_ref())
}

/// Pushes the six arguments of a deduplication.
fn push_deduplication(args: &mut Vec<Vec<u8>>, job_number: usize, rules: &Deduplication) {
    args.extend([
        job_number.to_string().into(),
        rules.id.clone().into(),
        rules.ttl_ms.unwrap_or(0).to_string().into(),
        flag(rules.extends),
        flag(rules.replaces),
        flag(rules.keeps_last),
    ]);
}

fn flag(is_set: bool) -> Vec<u8> {
    if is_set { b"1".to_vec() } else { Vec::new() }
}

#[cfg(test)]
#[path = "add_flow_tests.rs"]
mod tests;
