//! Adding jobs.

use std::sync::Arc;

use redis::Value;

use super::call_names::CallName;
use super::{Again, Scripts, source};
use crate::error::{Error, Result};
use crate::wire::{Reply, malformed};

/// What BullMQ calls the operation in error messages.
const COMMAND: &str = "addJob";

/// Jobs per call, so that one call holds Redis for about a millisecond.
pub(super) const MAX_JOBS: usize = 128;

/// A job ready for Redis: every text final, only what the script decides on taken out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EncodedJob {
    /// The caller's id; `None` takes the next number.
    pub id: Option<String>,
    /// Name of the job.
    pub name: String,
    /// Payload, JSON text.
    pub data: String,
    /// Options as stored, JSON text; shared by all jobs that only have the defaults.
    pub opts: Arc<str>,
    /// When it was added, ms since the Unix epoch.
    pub timestamp: i64,
    /// Due this long after `timestamp`, ms.
    pub delay: i64,
    /// 0 = none, else 1 to 2097151.
    pub priority: u32,
    /// Joins at the front of the queue.
    pub lifo: bool,
    /// What ties it to other jobs; `None` for most.
    pub links: Option<Box<JobLinks>>,
}

/// What ties a new job to others.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct JobLinks {
    /// The job that waits for it.
    pub parent: Option<ParentLink>,
    /// What it must be the only job of.
    pub deduplication: Option<Deduplication>,
}

/// The parent of a new job.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ParentLink {
    /// Full Redis key of the parent, which may belong to another queue.
    pub key: String,
    /// As stored with the child, JSON text `{id, queueKey, ...}` with the child's rule for its own failure.
    pub json: String,
}

/// How a new job shares a deduplication id with others.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Deduplication {
    /// Held by one job at a time.
    pub id: String,
    /// How long it is held, ms, also after the job has ended. `None` or 0 = until the job ends.
    pub ttl_ms: Option<u64>,
    /// A job that does not get the id makes its holder keep it for another `ttl_ms`.
    pub extends: bool,
    /// The new job takes the place of a holder that is still delayed.
    pub replaces: bool,
    /// While the holder runs, the newest job that did not get the id is kept and follows it; `ttl_ms` does not count then.
    pub keeps_last: bool,
}

impl Scripts {
    /// Adds at most [`MAX_JOBS`] jobs in one call, sent at once, on the calling thread, if the connection stands. `done` gets, in
    /// order, their ids or why one was refused, on a thread that must not be blocked. `bound` limits how long the call is repeated.
    /// Must be called within a tokio runtime.
    pub(super) fn add_then(
        &self,
        jobs: Vec<EncodedJob>,
        bound: impl FnOnce(Again) -> Again + Send + 'static,
        done: impl FnOnce(Result<Vec<Result<String>>>) + Send + 'static,
    ) {
        let name = self.name_call();
        let (args, links) = arguments(jobs, &name);
        self.eval_then(&source::ADD, args, bound, move |reply| {
            drop(name);
            done(reply.and_then(|reply| read_reply(reply, &links)));
        });
    }
}

/// The links of those jobs that have some, by the place of the job.
type Linked = Vec<(usize, Box<JobLinks>)>;

fn arguments(jobs: Vec<EncodedJob>, name: &CallName) -> (Vec<Vec<u8>>, Linked) {
    let mut args: Vec<Vec<u8>> = Vec::with_capacity(3 + 5 * jobs.len());
    let mut linked = Vec::new();
    args.push(name.slot().into());
    args.push(name.run().into());
    args.push(jobs.len().to_string().into());
    for (index, job) in jobs.into_iter().enumerate() {
        let place = place(&job);
        args.push(job.name.into());
        args.push(job.data.into());
        args.push(job.opts.as_bytes().to_vec());
        args.push(job.timestamp.to_string().into());
        args.push(place);
        linked.extend(job.links.map(|links| (index, links)));
    }
    for (index, links) in &linked {
        push_links(&mut args, *index, links);
    }
    (args, linked)
}

/// Where a job goes; empty for one that runs at once, behind the others and under the next number, as most do.
fn place(job: &EncodedJob) -> Vec<u8> {
    let EncodedJob { id, delay, priority, lifo, .. } = job;
    if id.is_none() && *delay == 0 && *priority == 0 && !lifo {
        return Vec::new();
    }
    format!("{delay},{priority},{} {}", u8::from(*lifo), id.as_deref().unwrap_or_default()).into()
}

fn read_reply(reply: Value, linked: &Linked) -> Result<Vec<Result<String>>> {
    let answers = Reply::new("reply of add", reply).into_items()?;
    let links_of = |index: usize| linked.iter().find(|(other, _)| *other == index).map(|(_, links)| &**links);
    answers.into_iter().enumerate().map(|(index, answer)| read_answer(answer, || links_of(index))).collect()
}

/// Pushes the eight arguments of a job with links.
fn push_links(args: &mut Vec<Vec<u8>>, index: usize, links: &JobLinks) {
    args.push((index + 1).to_string().into());
    let parent = links.parent.as_ref();
    args.push(parent.map(|parent| parent.key.clone()).unwrap_or_default().into());
    args.push(parent.map(|parent| parent.json.clone()).unwrap_or_default().into());
    let deduplication = links.deduplication.as_ref();
    args.push(deduplication.map(|rules| rules.id.clone()).unwrap_or_default().into());
    args.push(deduplication.and_then(|rules| rules.ttl_ms).unwrap_or(0).to_string().into());
    args.push(flag(deduplication.is_some_and(|rules| rules.extends)));
    args.push(flag(deduplication.is_some_and(|rules| rules.replaces)));
    args.push(flag(deduplication.is_some_and(|rules| rules.keeps_last)));
}

fn flag(is_set: bool) -> Vec<u8> {
    if is_set { b"1".to_vec() } else { Vec::new() }
}

/// One job's id or refusal; the outer error is an answer that cannot be read.
pub(super) fn read_answer<'a>(answer: Value, links: impl FnOnce() -> Option<&'a JobLinks>) -> Result<Result<String>> {
    let Value::Int(code) = answer else { return Reply::new("id of an added job", answer).into_text().map(Ok) };
    match (code, links().and_then(|links| links.parent.as_ref())) {
        (-5, Some(parent)) => Ok(Err(Error::ParentMissing { parent_key: parent.key.clone(), command: COMMAND })),
        (-7, Some(parent)) => Ok(Err(Error::ParentNotReplaceable { parent_key: parent.key.clone(), command: COMMAND })),
        _ => Err(malformed("id of an added job", code.to_string())),
    }
}
