//! One turn of a worker: its state, locked, with what may be decided and sent while it is.
//!
//! Whoever brings news takes a turn on its own thread: the thread of JavaScript with the results of jobs, the reader of the socket with
//! an answer, the worker's own loop with a timer or a marker. So a result leaves, and the next job arrives, without waking the loop.

use std::collections::VecDeque;
use std::sync::{Arc, MutexGuard};

use tokio::time::Instant;

use crate::error::Error;
use crate::options::RateLimit;
use crate::scripts::{Fetch, SettleCall};

use super::WorkerEvent;
use super::answer::Answer;
use super::closing::{Closing, Step, Unfinished};
use super::result::{JobOutcome, JobResult};
use super::settlement::{Circumstances, Settlement};
use super::shared::{Progress, Shared};
use super::state::{Phase, Plan, WorkerState};
use super::tokens::Tokens;

/// What one worker knows and has under way.
#[derive(Debug)]
pub(super) struct Core {
    pub(super) state: WorkerState,
    /// Results that no call carries. Bounded by the worker's slots.
    pub(super) unsettled: VecDeque<Settlement>,
    /// Results in calls under way.
    results_in_flight: usize,
    /// Calls under way that add the next jobs of schedulers.
    pub(super) iterations_in_flight: usize,
    closing: Closing,
    tokens: Tokens,
    is_ready: bool,
    /// What a worker without a limit of its own obeys from when one of its jobs has met a limit: those that are set by hand.
    met_limit: Option<RateLimit>,
    /// The loop waits for a marker, which a worker without room must leave to others.
    pub(super) waits_for_marker: bool,
    /// The loop has ended; answers that come later change nothing.
    has_ended: bool,
}

impl Core {
    pub(super) fn new(state: WorkerState, closing: Closing, tokens: Tokens) -> Self {
        Self {
            state,
            unsettled: VecDeque::new(),
            results_in_flight: 0,
            iterations_in_flight: 0,
            closing,
            tokens,
            is_ready: false,
            met_limit: None,
            waits_for_marker: false,
            has_ended: false,
        }
    }
}

/// The state while somebody works on it. Never held across an await.
pub(super) struct Turn<'a> {
    pub(super) shared: &'a Arc<Shared>,
    pub(super) core: MutexGuard<'a, Core>,
}

impl<'a> Turn<'a> {
    pub(super) fn new(shared: &'a Arc<Shared>) -> Self {
        let core = shared.core.lock().expect("no code panics while it holds this lock");
        Self { shared, core }
    }

    /// Takes the results of ended runs and sends what may be sent. Must be called within a tokio runtime.
    pub(super) fn settle(mut self, results: Vec<JobResult>) {
        for result in results {
            self.run_ended(result);
        }
        self.go_on();
    }

    /// JavaScript has told the time.
    pub(super) fn time_told(mut self) {
        if self.core.state.phase() == Phase::AskingTime {
            self.core.state.look_again();
            self.go_on();
        }
    }

    /// The worker was resumed.
    pub(super) fn resumed(mut self) {
        self.core.state.resumed();
        self.go_on();
    }

    /// Takes the answer of a call.
    pub(super) fn answered(mut self, answer: Answer) {
        if self.core.has_ended {
            return;
        }
        self.core.results_in_flight -= answer.settlements.len();
        self.apply(answer);
        self.go_on();
    }

    /// A call that adds next jobs of schedulers has ended.
    pub(super) fn iterations_ended(mut self) {
        self.core.iterations_in_flight -= 1;
        self.go_on();
    }

    /// Ends the worker's part in all this.
    pub(super) fn end(mut self) {
        self.core.has_ended = true;
        self.shared.ended.cancel();
    }

    /// Sends what may be sent, and wakes the loop if it has something to wait for or to end. Of a worker that has ended, JavaScript
    /// may still bring news: they change nothing.
    fn go_on(mut self) {
        if self.core.has_ended {
            return;
        }
        self.send_calls();
        self.show_progress();
        let is_full = self.core.state.running() >= self.room();
        if self.is_closing() || self.core.state.phase() != Phase::Due || (is_full && self.core.waits_for_marker) {
            // The loop takes a turn at once: it must not meet this one.
            let Self { shared, core } = self;
            drop(core);
            shared.changed.notify_one();
        }
    }

    /// Now, as far as JavaScript would say.
    pub(super) fn now_ms(&self) -> i64 {
        self.shared.clock.now_ms()
    }

    pub(super) fn is_closing(&self) -> bool {
        self.shared.controls.close_request().is_some()
    }

    /// Frees the slot of an ended run and decides what becomes of its job.
    pub(super) fn run_ended(&mut self, result: JobResult) {
        if let Some(job) = self.shared.active.begin_settling(&result.token) {
            self.core.state.job_ended();
            if result.outcome == JobOutcome::RateLimited {
                self.core.met_limit = Some(RateLimit::SET_BY_HAND);
            }
            let token = result.token.clone();
            match Settlement::of(&job, result, self.circumstances()) {
                Some(settlement) => {
                    self.shared.retentions.note(&settlement.finish.kind);
                    self.core.unsettled.push_back(settlement);
                }
                None => self.shared.active.remove(&token),
            }
        }
    }

    pub(super) fn circumstances(&self) -> Circumstances<'a> {
        Circumstances { options: &self.shared.options, now_ms: self.now_ms(), random }
    }

    /// The next timer of a closing worker; `None` = end now.
    #[expect(clippy::option_option, reason = "the outer option ends the loop, the inner one is a timer or none")]
    pub(super) fn step_of_closing(&mut self) -> Option<Option<Instant>> {
        let Some(request) = self.shared.controls.close_request() else { return Some(None) };
        let open = Unfinished {
            running: self.core.state.running(),
            results: self.core.unsettled.len() + self.core.results_in_flight,
            calls: self.core.state.has_calls_in_flight() || self.core.iterations_in_flight > 0,
        };
        match self.core.closing.step(request, open, Instant::now()) {
            Step::Wait { until } => Some(until),
            Step::End => None,
            Step::HandBack => {
                self.hand_back();
                self.step_of_closing()
            }
        }
    }

    /// Gives the running jobs back to the queue, attempts unburned.
    fn hand_back(&mut self) {
        let stopped = self.shared.active.abandon();
        let reason = || Some("the worker is closing".to_owned());
        for run in stopped {
            let token = run.token.clone();
            self.shared.outbox.push(WorkerEvent::Cancelled { job_id: run.job_id, token, reason: reason() });
            self.run_ended(JobResult { token: run.token, outcome: JobOutcome::Waiting });
        }
    }

    /// Sends what may be sent now. Pausing, closing and a slow owner are looked at here and nowhere earlier.
    pub(super) fn send_calls(&mut self) {
        while let Some(plan) = self.core.state.plan(self.core.unsettled.len(), self.room()) {
            self.send(plan);
        }
    }

    /// For how many jobs there is room, running ones included; 0 = none may be fetched now.
    pub(super) fn room(&self) -> usize {
        let controls = &self.shared.controls;
        let may_fetch = !controls.is_paused() && !self.is_closing() && !self.shared.outbox.is_full();
        if may_fetch { controls.concurrency() } else { 0 }
    }

    fn send(&mut self, plan: Plan) {
        self.core.state.call_sent(plan);
        let settlements: Vec<Settlement> = self.core.unsettled.drain(..plan.finishes).collect();
        self.core.results_in_flight += settlements.len();
        let now_ms = self.now_ms();
        let fetch = (plan.fetch > 0).then(|| self.fetch(plan));
        let call = SettleCall {
            finishes: settlements.iter().map(|settlement| settlement.finish.clone()).collect(),
            fetch,
            followed_by_fetch: false,
            now_ms,
            metrics_max_points: self.shared.options.metrics_max_points,
        };
        let shared = Arc::clone(self.shared);
        let ended = self.shared.ended.clone();
        let sent_at = Instant::now();
        self.shared.scripts.settle_then(
            call,
            move |again| Box::pin(async move { ended.run_until_cancelled(again).await.unwrap_or(Err(Error::Closed)) }),
            move |reply| Turn::new(&shared).answered(Answer { plan, settlements, now_ms, sent_at, reply }),
        );
    }

    fn fetch(&mut self, plan: Plan) -> Fetch {
        let options = &self.shared.options;
        Fetch {
            tokens: (0..plan.fetch).map(|_| self.core.tokens.take()).collect(),
            lock_duration: options.lock_duration,
            limiter: options.limiter.or(self.core.met_limit),
            worker_name: options.name.clone(),
            took_marker: self.core.state.pays_marker(plan),
        }
    }

    pub(super) fn became_ready(&mut self) {
        if !std::mem::replace(&mut self.core.is_ready, true) {
            self.shared.outbox.push(WorkerEvent::Ready);
        }
    }

    /// Lets waiting callers see how many runs are open.
    pub(super) fn show_progress(&self) {
        let active = self.core.state.running() + self.core.unsettled.len() + self.core.results_in_flight;
        let progress = Progress { active, is_closed: false };
        self.shared.controls.progress.send_if_modified(|shown| std::mem::replace(shown, progress) != progress);
    }
}

/// In `[0, 1)`, from the random bits of a UUID.
pub(super) fn random() -> f64 {
    const BITS: u32 = 52;
    let random_bits = uuid::Uuid::new_v4().as_u128() & ((1 << BITS) - 1);
    #[expect(clippy::cast_precision_loss, reason = "52 bits fit into a double")]
    let numerator = random_bits as f64;
    numerator / f64::from(BITS).exp2()
}
