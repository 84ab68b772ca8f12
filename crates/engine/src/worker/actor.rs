//! The worker's loop: waits for markers, timers and the wish to end.

use std::future::pending;
use std::sync::Arc;

use tokio::time::{Instant, sleep_until};

use super::WorkerEvent;
use super::failed_connects::FailedConnects;
use super::marker_wait::{MarkerWait, WaitEnd};
use super::shared::Shared;
use super::state::MarkerWish;
use super::turn::Turn;

/// Runs until the worker has closed.
pub(super) struct Actor {
    shared: Arc<Shared>,
    marker: MarkerWait,
    failed_connects: FailedConnects,
}

/// What the loop waits for until something happens.
struct Waits {
    timer: Option<Instant>,
    marker: MarkerWish,
}

impl Actor {
    pub(super) fn new(shared: Arc<Shared>, marker: MarkerWait) -> Self {
        let failed_connects = FailedConnects::of(shared.scripts.connection());
        Self { shared, marker, failed_connects }
    }

    /// Works until the worker has closed.
    pub(super) async fn run(mut self) {
        self.marker.open();
        while let Some(waits) = self.step() {
            match waits.marker {
                MarkerWish::Wait(timeout) => self.marker.start(timeout),
                MarkerWish::Keep => {}
                MarkerWish::Leave => self.marker.stop(),
            }
            tokio::select! {
                () = self.shared.changed.notified() => {}
                end = self.marker.ended() => self.wait_ended(end),
                error = self.failed_connects.next() => self.shared.outbox.push(WorkerEvent::Error { error }),
                () = reached(waits.timer) => self.pause_ended(),
            }
        }
        self.turn().end();
        self.marker.stop();
    }

    fn turn(&self) -> Turn<'_> {
        Turn::new(&self.shared)
    }

    /// Sends what may be sent and tells what to wait for; `None` = end now.
    fn step(&self) -> Option<Waits> {
        let mut turn = self.turn();
        let closing_timer = turn.step_of_closing()?;
        turn.send_calls();
        turn.show_progress();
        let marker = turn.core.state.marker_wish(turn.room(), self.shared.options.drain_delay, turn.now_ms());
        turn.core.waits_for_marker = match marker {
            MarkerWish::Wait(_) => true,
            MarkerWish::Keep => self.marker.is_running(),
            MarkerWish::Leave => {
                if self.marker.is_running() {
                    turn.core.state.marker_may_be_lost();
                }
                false
            }
        };
        let timers = [turn.core.state.pause_ends_at(), closing_timer];
        Some(Waits { timer: timers.into_iter().flatten().min(), marker })
    }

    fn wait_ended(&self, end: WaitEnd) {
        let mut turn = self.turn();
        let now_ms = turn.now_ms();
        match end {
            WaitEnd::Opened(Ok(())) => {
                turn.became_ready();
                turn.core.state.look_again();
            }
            #[expect(clippy::cast_possible_truncation, reason = "a timestamp in ms, far below 2^53")]
            WaitEnd::Marker(Ok(marker)) => {
                turn.core.state.woken(marker.map(|marker| marker.due_ms as i64), now_ms);
                ask_time_if_faked(&mut turn);
            }
            WaitEnd::Opened(Err(error)) | WaitEnd::Marker(Err(error)) => {
                turn.core.state.marker_may_be_lost();
                turn.core.state.back_off(self.shared.options.run_retry_delay, Instant::now());
                self.shared.tell(error);
            }
        }
    }

    fn pause_ended(&self) {
        let mut turn = self.turn();
        if turn.core.state.pause_ends_at().is_some_and(|ends_at| ends_at <= Instant::now()) {
            turn.core.state.look_again();
            ask_time_if_faked(&mut turn);
        }
    }
}

/// While JavaScript's clock is faked, only JavaScript knows which delayed jobs are due.
fn ask_time_if_faked(turn: &mut Turn<'_>) {
    if turn.shared.clock.is_faked() {
        turn.core.state.ask_time();
        turn.shared.outbox.push(WorkerEvent::AskTime);
    }
}

async fn reached(at: Option<Instant>) {
    match at {
        Some(at) => sleep_until(at).await,
        None => pending().await,
    }
}
