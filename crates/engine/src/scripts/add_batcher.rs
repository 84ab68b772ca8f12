//! Natural batching of adds: what arrives while a call is under way shares the next one.

use std::collections::{BTreeMap, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::Duration;

use tokio::sync::oneshot;
use tokio::time::{Instant, sleep_until, timeout_at};

use super::add::MAX_JOBS;
use super::{Again, EncodedJob, Scripts};
use crate::error::{Error, Result};

/// With two calls under way Redis always has the next one at hand; more would only make smaller batches.
const MAX_CALLS: usize = 2;

/// The id of each job or why it was refused, or why their call failed.
type Added = Result<Vec<Result<String>>>;

/// What is done with the answer, on a thread that must not be blocked.
type ReplyTo = Box<dyn FnOnce(Added) + Send>;

/// Joins concurrent adds to one queue into few script calls, in the order they were made. Waits for nothing: an add with no call
/// under way leaves at once, on the thread that makes it.
#[derive(Debug, Clone)]
pub(crate) struct AddBatcher {
    scripts: Scripts,
    shared: Arc<Shared>,
}

#[derive(Debug, Default)]
struct Shared {
    /// Held while a call is put together and sent, so that calls leave in the order of the adds. Sending does not block.
    sending: Mutex<()>,
    /// Written by every add and every answer. Never held across an await or while a call is sent.
    state: Mutex<State>,
}

/// Unbounded on purpose: its entries are adds whose callers wait, and refusing one would lose a job.
#[derive(Default)]
struct State {
    /// Groups that no call carries, in the order of their adds.
    pending: VecDeque<Group>,
    /// Callers without an answer, by the number of their group.
    waiting: BTreeMap<u64, Waiting>,
    groups: u64,
    calls: usize,
    /// Calls that could not be sent at once or were not answered, and are repeated. While there are some, no other call is made.
    repeats: usize,
    /// Fires when the last of them has ended.
    last_repeat: Option<oneshot::Receiver<()>>,
    /// A task looks after the callers that give up.
    has_timekeeper: bool,
}

/// Jobs of one add that fit into one call.
#[derive(Debug)]
struct Group {
    number: u64,
    jobs: Vec<EncodedJob>,
}

struct Waiting {
    limit: Option<Limit>,
    reply_to: ReplyTo,
}

/// When the caller gives up. Counted from the add: one that waits behind others gives up no later than one that was sent at once.
#[derive(Debug, Clone, Copy)]
struct Limit {
    deadline: Duration,
    at: Instant,
}

/// Groups that share a call.
#[derive(Debug)]
struct Batch {
    /// Number and size of each.
    groups: Vec<(u64, usize)>,
    jobs: Vec<EncodedJob>,
    /// When the last of their callers gives up.
    limit: Option<Limit>,
}

/// Stands for a call that is repeated, until it is answered or given up.
struct Repeat {
    batcher: AddBatcher,
    _ended: oneshot::Sender<()>,
}

impl Drop for Repeat {
    fn drop(&mut self) {
        self.batcher.state().repeats -= 1;
    }
}

impl Limit {
    fn exceeded(self) -> Error {
        Error::Unavailable { deadline: self.deadline, source: None }
    }
}

impl AddBatcher {
    pub(crate) fn new(scripts: Scripts) -> Self {
        Self { scripts, shared: Arc::default() }
    }

    /// Adds `jobs` in order and returns their ids. More than one call holds are spread over several.
    pub(crate) async fn add(&self, mut jobs: Vec<EncodedJob>) -> Added {
        let mut answers = Vec::with_capacity(jobs.len().div_ceil(MAX_JOBS));
        let mut ids = Vec::with_capacity(jobs.len());
        while !jobs.is_empty() {
            let rest = jobs.split_off(jobs.len().min(MAX_JOBS));
            let (sender, answer) = oneshot::channel();
            self.enqueue(jobs, Box::new(move |added| drop(sender.send(added))));
            answers.push(answer);
            jobs = rest;
        }
        self.send_calls();
        for answer in answers {
            ids.extend(answer.await.unwrap_or(Err(Error::Closed))?);
        }
        Ok(ids)
    }

    /// Adds at most [`MAX_JOBS`] jobs; sends at once, on the calling thread, if no other add is under way and the connection stands.
    /// `reply_to` gets the answer on a thread that must not be blocked. Must be called within a tokio runtime.
    pub(crate) fn add_then(&self, jobs: Vec<EncodedJob>, reply_to: impl FnOnce(Added) + Send + 'static) {
        debug_assert!(jobs.len() <= MAX_JOBS, "larger adds take several calls");
        self.enqueue(jobs, Box::new(reply_to));
        self.send_calls();
    }

    /// Ends all adds under way with `Closed`. Jobs that no call carries yet are not added.
    pub(crate) fn abandon(&self) {
        let waiting = std::mem::take(&mut self.state().waiting);
        for Waiting { reply_to, .. } in waiting.into_values() {
            reply_to(Err(Error::Closed));
        }
    }

    fn enqueue(&self, jobs: Vec<EncodedJob>, reply_to: ReplyTo) {
        let limit = self.scripts.connection().deadline();
        let limit = limit.map(|deadline| Limit { deadline, at: Instant::now() + deadline });
        let mut state = self.state();
        state.groups += 1;
        let number = state.groups;
        state.waiting.insert(number, Waiting { limit, reply_to });
        state.pending.push_back(Group { number, jobs });
        if let Some(limit) = limit.filter(|_| !std::mem::replace(&mut state.has_timekeeper, true)) {
            tokio::spawn(self.clone().keep_time(limit.at));
        }
    }

    /// Sends while calls may be made and jobs are pending.
    fn send_calls(&self) {
        let _in_order = self.shared.sending.lock().expect("no code panics while it holds this lock");
        loop {
            let batch = self.state().next_batch();
            let Some(Batch { groups, jobs, limit }) = batch else { return };
            let (batcher, repeater) = (self.clone(), self.clone());
            self.scripts.add_then(
                jobs,
                move |again| bounded(limit, repeater.in_turn(again)),
                move |added| {
                    batcher.answered(&groups, added);
                    batcher.send_calls();
                },
            );
        }
    }

    /// Repeats calls one after another in the order of their adds; tasks of their own would start in any order.
    fn in_turn(&self, again: Again) -> Again {
        let (ended, next) = oneshot::channel::<()>();
        let before = {
            let mut state = self.state();
            state.repeats += 1;
            state.last_repeat.replace(next)
        };
        let repeat = Repeat { batcher: self.clone(), _ended: ended };
        Box::pin(async move {
            let _until_it_has_ended = repeat;
            if let Some(before) = before {
                // An error tells the same: the one before has ended.
                drop(before.await);
            }
            again.await
        })
    }

    /// Gives every group its own ids, or all of them the error their call ended with. A caller that gave up misses its answer; its
    /// jobs are added all the same.
    fn answered(&self, groups: &[(u64, usize)], added: Added) {
        let waiting: Vec<_> = {
            let mut state = self.state();
            state.calls -= 1;
            groups.iter().map(|(number, size)| (state.waiting.remove(number), *size)).collect()
        };
        match added {
            Ok(mut ids) => {
                for (waiting, size) in waiting {
                    let rest = ids.split_off(size.min(ids.len()));
                    if let Some(Waiting { reply_to, .. }) = waiting {
                        reply_to(Ok(ids));
                    }
                    ids = rest;
                }
            }
            Err(error) => {
                let error = Arc::new(error);
                for Waiting { reply_to, .. } in waiting.into_iter().filter_map(|(waiting, _)| waiting) {
                    reply_to(Err(Error::Shared(Arc::clone(&error))));
                }
            }
        }
    }

    /// Tells callers whose time is up, until nobody waits who gives up.
    async fn keep_time(self, first: Instant) {
        let mut next = Some(first);
        while let Some(at) = next {
            sleep_until(at).await;
            let overdue = {
                let mut state = self.state();
                let overdue = state.take_overdue(Instant::now());
                next = state.waiting.values().filter_map(|waiting| waiting.limit).map(|limit| limit.at).min();
                state.has_timekeeper = next.is_some();
                overdue
            };
            for (limit, reply_to) in overdue {
                reply_to(Err(limit.exceeded()));
            }
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.shared.state.lock().expect("no code panics while it holds this lock")
    }
}

impl State {
    /// Whole groups for one call, if one may be made now. Groups whose caller has given up are left out: it was told that they
    /// failed and may have added them again.
    fn next_batch(&mut self) -> Option<Batch> {
        if self.calls >= MAX_CALLS || self.repeats > 0 {
            return None;
        }
        let mut batch = Batch { groups: Vec::new(), jobs: Vec::new(), limit: None };
        while let Some(group) = self.pending.pop_front() {
            let Some(Waiting { limit, .. }) = self.waiting.get(&group.number) else { continue };
            if !batch.jobs.is_empty() && batch.jobs.len() + group.jobs.len() > MAX_JOBS {
                self.pending.push_front(group);
                break;
            }
            batch.groups.push((group.number, group.jobs.len()));
            batch.jobs.extend(group.jobs);
            batch.limit = *limit;
        }
        self.calls += usize::from(!batch.groups.is_empty());
        (!batch.groups.is_empty()).then_some(batch)
    }

    /// Removes the callers that give up by `now`.
    fn take_overdue(&mut self, now: Instant) -> Vec<(Limit, ReplyTo)> {
        let is_overdue = |waiting: &Waiting| waiting.limit.is_some_and(|limit| limit.at <= now);
        let overdue = self.waiting.extract_if(.., |_, waiting| is_overdue(waiting));
        overdue.filter_map(|(_, waiting)| waiting.limit.map(|limit| (limit, waiting.reply_to))).collect()
    }
}

/// Repeats a call no longer than its callers wait.
fn bounded(limit: Option<Limit>, again: Again) -> Again {
    let Some(limit) = limit else { return again };
    Box::pin(async move { timeout_at(limit.at, again).await.unwrap_or_else(|_elapsed| Err(limit.exceeded())) })
}

impl std::fmt::Debug for State {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("State")
            .field("waiting", &self.waiting.len())
            .field("calls", &self.calls)
            .finish_non_exhaustive()
    }
}
