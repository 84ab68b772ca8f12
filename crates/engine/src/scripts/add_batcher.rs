//! Natural batching of adds: what arrives while a call is under way shares the next one.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use futures_util::StreamExt;
use futures_util::stream::FuturesOrdered;
use tokio::sync::{Notify, oneshot};
use tokio::time::{Instant, timeout_at};

use super::add::MAX_JOBS;
use super::{EncodedJob, Scripts};
use crate::error::{Error, Result};

/// With two calls under way Redis always has the next one at hand; more would only make smaller batches.
const MAX_CALLS: usize = 2;

/// Joins concurrent adds to one queue into few script calls, in the order they were made. Waits for nothing: an add with no call
/// under way leaves at once.
#[derive(Debug, Clone)]
pub(crate) struct AddBatcher {
    scripts: Scripts,
    shared: Arc<Shared>,
}

#[derive(Debug, Default)]
struct Shared {
    /// Written by every add and by the sending task. Never held across an await.
    pending: Mutex<Pending>,
    arrived: Notify,
}

/// Unbounded on purpose: its entries are adds whose callers hold a promise, and refusing one would lose a job.
#[derive(Debug, Default)]
struct Pending {
    groups: VecDeque<Group>,
    is_sending: bool,
}

/// The id of each job or why it was refused, or why their call failed.
type Added = Result<Vec<Result<String>>>;

/// Jobs of one add that fit into one call.
#[derive(Debug)]
struct Group {
    jobs: Vec<EncodedJob>,
    limit: Option<Limit>,
    reply: oneshot::Sender<Added>,
}

/// When the caller gives up. Counted from the add: one that waits behind others gives up no later than one that was sent at once.
#[derive(Debug, Clone, Copy)]
struct Limit {
    deadline: Duration,
    at: Instant,
}

impl Limit {
    fn new(deadline: Duration) -> Self {
        Self { deadline, at: Instant::now() + deadline }
    }

    /// Ends `work` when the time is up, if there is a limit.
    async fn hold<T>(limit: Option<Self>, work: impl Future<Output = Result<T>>) -> Result<T> {
        let Some(limit) = limit else { return work.await };
        timeout_at(limit.at, work).await.unwrap_or_else(|_elapsed| Err(limit.exceeded()))
    }

    fn exceeded(self) -> Error {
        Error::Unavailable { deadline: self.deadline, source: None }
    }
}

impl AddBatcher {
    pub(crate) fn new(scripts: Scripts) -> Self {
        Self { scripts, shared: Arc::default() }
    }

    /// Adds `jobs` in order and returns their ids. More than one call holds are spread over several.
    pub(crate) async fn add(&self, mut jobs: Vec<EncodedJob>) -> Result<Vec<Result<String>>> {
        let count = jobs.len();
        let limit = self.scripts.connection().deadline().map(Limit::new);
        let mut replies = Vec::new();
        let mut groups = Vec::new();
        while !jobs.is_empty() {
            let rest = jobs.split_off(jobs.len().min(MAX_JOBS));
            let (reply, answer) = oneshot::channel();
            groups.push(Group { jobs, limit, reply });
            replies.push(answer);
            jobs = rest;
        }
        self.enqueue(groups);
        let answers = async {
            let mut ids = Vec::with_capacity(count);
            for reply in replies {
                ids.extend(reply.await.unwrap_or(Err(Error::Closed))?);
            }
            Ok(ids)
        };
        Limit::hold(limit, answers).await
    }

    fn enqueue(&self, groups: Vec<Group>) {
        let mut pending = self.shared.pending.lock().expect("no code panics while it holds this lock");
        pending.groups.extend(groups);
        if pending.is_sending {
            self.shared.arrived.notify_one();
        } else {
            pending.is_sending = true;
            // Its own task: a caller that stops waiting must not stop the adds of others.
            tokio::spawn(self.clone().send_all());
        }
    }

    /// Sends batches until nothing is pending. One task per queue, so that jobs arrive in the order of their adds.
    async fn send_all(self) {
        let mut calls = FuturesOrdered::new();
        loop {
            while calls.len() < MAX_CALLS
                && let Some(batch) = self.next_batch(calls.is_empty())
            {
                calls.push_back(self.send(batch));
            }
            if calls.is_empty() {
                return;
            }
            tokio::select! {
                _ = calls.next() => {}
                () = self.shared.arrived.notified(), if calls.len() < MAX_CALLS => {}
            }
        }
    }

    /// Whole groups for one call. `None` when there are none; the task then ends if it `is_idle`. Groups whose caller gives up
    /// are dropped: it is told that they failed and may add them again.
    fn next_batch(&self, is_idle: bool) -> Option<Vec<Group>> {
        let mut pending = self.shared.pending.lock().expect("no code panics while it holds this lock");
        let (mut batch, mut size) = (Vec::new(), 0);
        while let Some(group) = pending.groups.pop_front() {
            if let Some(limit) = group.limit.filter(|limit| limit.at <= Instant::now()) {
                drop(group.reply.send(Err(limit.exceeded())));
                continue;
            }
            size += group.jobs.len();
            if size > MAX_JOBS && !batch.is_empty() {
                pending.groups.push_front(group);
                break;
            }
            batch.push(group);
        }
        if batch.is_empty() {
            pending.is_sending = !is_idle;
            return None;
        }
        Some(batch)
    }

    async fn send(&self, groups: Vec<Group>) {
        // The latest of them: groups come in the order of their adds.
        let limit = groups.last().and_then(|group| group.limit);
        let (mut jobs, mut waiting) = (Vec::new(), Vec::with_capacity(groups.len()));
        for group in groups {
            waiting.push((group.jobs.len(), group.reply));
            jobs.extend(group.jobs);
        }
        answer(Limit::hold(limit, self.scripts.add(jobs)).await, waiting);
    }
}

/// Gives every group its own ids, or all of them the error their call ended with. A caller that stopped waiting misses its answer;
/// its jobs are added all the same.
fn answer(result: Added, waiting: Vec<(usize, oneshot::Sender<Added>)>) {
    match result {
        Ok(mut ids) => {
            for (count, reply) in waiting {
                let rest = ids.split_off(count.min(ids.len()));
                drop(reply.send(Ok(ids)));
                ids = rest;
            }
        }
        Err(error) => {
            let error = Arc::new(error);
            for (_, reply) in waiting {
                drop(reply.send(Err(Error::Shared(Arc::clone(&error)))));
            }
        }
    }
}
