//! The worker's loop: the one place that sends calls, takes their answers and keeps the state.

use std::collections::VecDeque;
use std::future::pending;
use std::sync::Arc;

use futures_util::StreamExt;
use futures_util::future::BoxFuture;
use futures_util::stream::{FuturesOrdered, FuturesUnordered};
use tokio::time::{Instant, sleep_until};

use crate::error::Result;
use crate::scripts::{Fetch, SettleCall, SettleReply};

use super::WorkerEvent;
use super::closing::{Closing, Step, Unfinished};
use super::failed_connects::FailedConnects;
use super::marker_wait::{MarkerWait, WaitEnd};
use super::result::{JobOutcome, JobResult};
use super::settlement::{Circumstances, Settlement};
use super::shared::{Progress, Shared};
use super::state::{MarkerWish, Phase, Plan, WorkerState};

/// Owns the state of one worker and runs until the worker has closed.
pub(super) struct Actor {
    pub(super) shared: Arc<Shared>,
    pub(super) state: WorkerState,
    /// Results that no call carries. Bounded by the worker's slots.
    pub(super) unsettled: VecDeque<Settlement>,
    /// Calls on their way, answered in the order they were sent.
    calls: FuturesOrdered<BoxFuture<'static, Answer>>,
    /// Results in those calls.
    results_in_flight: usize,
    /// Next jobs of schedulers on their way.
    pub(super) iterations: FuturesUnordered<BoxFuture<'static, Result<()>>>,
    marker: MarkerWait,
    failed_connects: FailedConnects,
    closing: Closing,
    tokens: Tokens,
    pub(super) is_ready: bool,
}

/// An answered call with what it carried.
pub(super) struct Answer {
    pub(super) plan: Plan,
    pub(super) settlements: Vec<Settlement>,
    pub(super) now_ms: i64,
    pub(super) reply: Result<SettleReply>,
}

/// Lock tokens: `<worker id>:<n>`.
#[derive(Debug)]
pub(super) struct Tokens {
    worker_id: String,
    next: u64,
}

impl Tokens {
    pub(super) fn new(worker_id: String) -> Self {
        Self { worker_id, next: 0 }
    }

    fn take(&mut self) -> String {
        self.next += 1;
        format!("{}:{}", self.worker_id, self.next)
    }
}

impl Actor {
    pub(super) fn new(shared: Arc<Shared>, marker: MarkerWait, tokens: Tokens) -> Self {
        let closing = Closing::new(shared.options.lock_duration);
        let failed_connects = FailedConnects::of(shared.scripts.connection());
        Self {
            shared,
            state: WorkerState::new(super::CAPS),
            unsettled: VecDeque::new(),
            calls: FuturesOrdered::new(),
            results_in_flight: 0,
            iterations: FuturesUnordered::new(),
            marker,
            failed_connects,
            closing,
            tokens,
            is_ready: false,
        }
    }

    /// Works until the worker has closed.
    pub(super) async fn run(mut self) {
        self.marker.open();
        loop {
            self.take_letters();
            let Some(closing_timer) = self.step_of_closing() else { break };
            self.send_calls();
            self.wait_for_marker();
            self.show_progress();
            let timer = [self.state.pause_ends_at(), closing_timer].into_iter().flatten().min();
            tokio::select! {
                () = self.shared.inbox.arrived() => {}
                Some(answer) = self.calls.next() => {
                    self.results_in_flight -= answer.settlements.len();
                    self.apply(answer);
                }
                Some(answer) = self.iterations.next() => self.scheduled(answer),
                end = self.marker.ended() => self.wait_ended(end),
                error = self.failed_connects.next() => self.shared.outbox.push(WorkerEvent::Error { error }),
                () = reached(timer) => self.pause_ended(),
            }
        }
        self.marker.stop();
    }

    /// Now, as far as JavaScript would say.
    pub(super) fn now_ms(&self) -> i64 {
        self.shared.clock.now_ms()
    }

    pub(super) fn is_closing(&self) -> bool {
        self.shared.controls.close_request().is_some()
    }

    fn take_letters(&mut self) {
        let letters = self.shared.inbox.take();
        if letters.time_told && self.state.phase() == Phase::AskingTime {
            self.state.look_again();
        }
        if letters.resumed {
            self.state.resumed();
        }
        for result in letters.results {
            self.run_ended(result);
        }
    }

    /// Frees the slot of an ended run and decides what becomes of its job.
    pub(super) fn run_ended(&mut self, result: JobResult) {
        if let Some(job) = self.shared.active.begin_settling(&result.token) {
            self.state.job_ended();
            let token = result.token.clone();
            match Settlement::of(&job, result, self.circumstances()) {
                Some(settlement) => {
                    self.shared.retentions.note(&settlement.finish.kind);
                    self.unsettled.push_back(settlement);
                }
                None => self.shared.active.remove(&token),
            }
        }
    }

    pub(super) fn circumstances(&self) -> Circumstances<'_> {
        Circumstances { options: &self.shared.options, now_ms: self.now_ms(), random: random() }
    }

    /// The next timer of a closing worker; `None` = end now.
    #[expect(clippy::option_option, reason = "the outer option ends the loop, the inner one is a timer or none")]
    fn step_of_closing(&mut self) -> Option<Option<Instant>> {
        let Some(request) = self.shared.controls.close_request() else { return Some(None) };
        let unfinished = Unfinished {
            running: self.state.running(),
            results: self.unsettled.len() + self.results_in_flight,
            calls: self.state.has_calls_in_flight() || !self.iterations.is_empty(),
        };
        match self.closing.step(request, unfinished, Instant::now()) {
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
            let (job_id, token) = (run.job_id.clone(), run.token.clone());
            self.shared.outbox.push(WorkerEvent::Cancelled { job_id, token, reason: reason() });
            self.run_ended(JobResult { job_id: run.job_id, token: run.token, outcome: JobOutcome::Waiting });
        }
    }

    /// Sends what may be sent now. Pausing, closing and a slow owner are looked at here and nowhere earlier.
    fn send_calls(&mut self) {
        while let Some(plan) = self.state.plan(self.unsettled.len(), self.room()) {
            self.send(plan);
        }
    }

    /// For how many jobs there is room, running ones included; 0 = none may be fetched now.
    fn room(&self) -> usize {
        let controls = &self.shared.controls;
        let may_fetch = !controls.is_paused() && !self.is_closing() && !self.shared.outbox.is_full();
        if may_fetch { controls.concurrency() } else { 0 }
    }

    fn send(&mut self, plan: Plan) {
        self.state.call_sent(plan);
        let settlements: Vec<Settlement> = self.unsettled.drain(..plan.finishes).collect();
        self.results_in_flight += settlements.len();
        let now_ms = self.now_ms();
        let call = SettleCall {
            finishes: settlements.iter().map(|settlement| settlement.finish.clone()).collect(),
            fetch: (plan.fetch > 0).then(|| self.fetch(plan.fetch)),
            followed_by_fetch: false,
            now_ms,
            metrics_max_points: self.shared.options.metrics_max_points,
        };
        let scripts = self.shared.scripts.clone();
        self.calls.push_back(Box::pin(async move {
            let reply = scripts.settle(call).await;
            Answer { plan, settlements, now_ms, reply }
        }));
    }

    fn fetch(&mut self, jobs: usize) -> Fetch {
        let options = &self.shared.options;
        Fetch {
            tokens: (0..jobs).map(|_| self.tokens.take()).collect(),
            lock_duration: options.lock_duration,
            limiter: options.limiter,
            worker_name: options.name.clone(),
        }
    }

    fn wait_for_marker(&mut self) {
        match self.state.marker_wish(self.room(), self.shared.options.drain_delay, self.now_ms()) {
            MarkerWish::Wait(timeout) => self.marker.start(timeout),
            MarkerWish::Keep => {}
            MarkerWish::Leave => self.marker.stop(),
        }
    }

    fn wait_ended(&mut self, end: WaitEnd) {
        let now_ms = self.now_ms();
        match end {
            WaitEnd::Opened(Ok(())) => {
                self.became_ready();
                self.state.look_again();
            }
            #[expect(clippy::cast_possible_truncation, reason = "a timestamp in ms, far below 2^53")]
            WaitEnd::Marker(Ok(marker)) => {
                self.state.woken(marker.map(|marker| marker.due_ms as i64), now_ms);
                self.ask_time_if_faked();
            }
            WaitEnd::Opened(Err(error)) | WaitEnd::Marker(Err(error)) => {
                self.state.back_off(self.shared.options.run_retry_delay, Instant::now());
                self.shared.tell(error);
            }
        }
    }

    fn pause_ended(&mut self) {
        if self.state.pause_ends_at().is_some_and(|ends_at| ends_at <= Instant::now()) {
            self.state.look_again();
            self.ask_time_if_faked();
        }
    }

    /// While JavaScript's clock is faked, only JavaScript knows which delayed jobs are due.
    fn ask_time_if_faked(&mut self) {
        if self.shared.clock.is_faked() {
            self.state.ask_time();
            self.shared.outbox.push(WorkerEvent::AskTime);
        }
    }

    pub(super) fn became_ready(&mut self) {
        if !std::mem::replace(&mut self.is_ready, true) {
            self.shared.outbox.push(WorkerEvent::Ready);
        }
    }

    /// Lets waiting callers see how many runs are open.
    fn show_progress(&self) {
        let active = self.state.running() + self.unsettled.len() + self.results_in_flight;
        let progress = Progress { active, is_closed: false };
        self.shared.controls.progress.send_if_modified(|shown| std::mem::replace(shown, progress) != progress);
    }
}

async fn reached(at: Option<Instant>) {
    match at {
        Some(at) => sleep_until(at).await,
        None => pending().await,
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
