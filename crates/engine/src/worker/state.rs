//! What a worker may do next (pure).

use std::time::Duration;

use tokio::time::Instant;

use super::reply_size::ReplySize;
use super::round_trip::{CALLS_NEARBY, RoundTrip};

/// So few runs are started and settled together.
const UNDIVIDED_RUNS: usize = 4;

/// First pause after Redis could not be used; doubles with each further failure.
const RETRY_DELAY_MIN: Duration = Duration::from_millis(50);

/// Longest such pause, whatever the options allow: a worker consumes again soon after the fault's end.
const RETRY_DELAY_MAX: Duration = Duration::from_secs(1);

/// Shortest wait for a marker.
const MARKER_WAIT_MIN: Duration = Duration::from_millis(2);

/// What is known about the queue, and so what fetching waits for.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Phase {
    /// The blocking connection is being opened.
    Opening,
    /// There may be jobs.
    Due,
    /// There were none; a marker tells of the next.
    Waiting {
        /// When the next delayed job becomes due, ms since the Unix epoch.
        next_delayed_ms: Option<i64>,
    },
    /// No job may start before then.
    Limited {
        /// On the native clock.
        until: Instant,
    },
    /// Redis could not be used; nothing is sent before then.
    BackingOff {
        /// On the native clock.
        until: Instant,
    },
    /// JavaScript must tell the time first.
    AskingTime,
}

/// Most that one call may carry, as the script bounds it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Caps {
    pub(super) finishes: usize,
    pub(super) fetch: usize,
}

impl Caps {
    /// How many runs the owner starts before it settles those that ended meanwhile: half of them, so that Redis answers one half
    /// while the owner runs the other. A few are not divided: each call costs more than the wait.
    pub(super) fn runs_per_turn(self, concurrency: usize) -> usize {
        concurrency.div_ceil(CALLS_NEARBY).clamp(UNDIVIDED_RUNS, self.finishes)
    }
}

/// One call to make.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Plan {
    /// How many results it settles.
    pub(super) finishes: usize,
    /// How many jobs it asks for; 0 = it does not fetch.
    pub(super) fetch: usize,
}

/// What a call's answer says about the queue.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Fetched {
    /// Jobs that came.
    pub(super) jobs: usize,
    /// How long no further job may start; zero if not limited.
    pub(super) rate_limit: Duration,
    /// When the next delayed job becomes due, ms since the Unix epoch; `None` if there is none or the queue withholds it.
    pub(super) next_delayed_ms: Option<i64>,
    /// Whether the queue had nothing to give, rather than not being allowed to.
    pub(super) is_empty: bool,
}

/// What a worker does about markers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum MarkerWish {
    /// Wait for one, this long at most.
    Wait(Duration),
    /// Let a wait go on that runs: to give it up costs its socket, and a marker that Redis hands out meanwhile.
    Keep,
    /// Leave them to other workers.
    Leave,
}

/// Slots, calls in flight and the phase of fetching.
#[derive(Debug)]
pub(super) struct WorkerState {
    caps: Caps,
    phase: Phase,
    /// Jobs that run.
    running: usize,
    /// Slots that calls in flight hold: those they free and those they fill, whichever is more, since replies may be lost.
    in_flight_slots: usize,
    calls_in_flight: usize,
    round_trip: RoundTrip,
    reply_size: ReplySize,
    /// Of the calls in flight, how many were sent before the last marker came: what they say about the queue may be older.
    calls_before_marker: usize,
    consecutive_failures: u32,
    /// Whether the owner knows that the queue is drained.
    is_drained: bool,
    /// A marker was taken, or may have got lost: the next fetch leaves another one while there are more jobs.
    owes_marker: bool,
}

impl WorkerState {
    pub(super) fn new(caps: Caps) -> Self {
        Self {
            caps,
            phase: Phase::Opening,
            running: 0,
            in_flight_slots: 0,
            calls_in_flight: 0,
            round_trip: RoundTrip::default(),
            reply_size: ReplySize::default(),
            calls_before_marker: 0,
            consecutive_failures: 0,
            is_drained: false,
            owes_marker: true,
        }
    }

    pub(super) fn phase(&self) -> Phase {
        self.phase
    }

    pub(super) fn running(&self) -> usize {
        self.running
    }

    /// A fetched job starts to run.
    pub(super) fn job_started(&mut self) {
        self.running += 1;
        self.is_drained = false;
    }

    /// A running job ended; its slot goes to the call that settles it.
    pub(super) fn job_ended(&mut self) {
        self.running -= 1;
    }

    /// The next call, if one should be made now, with `results` to settle and room for `concurrency` jobs (0 = do not fetch).
    pub(super) fn plan(&self, results: usize, concurrency: usize) -> Option<Plan> {
        if self.calls_in_flight >= self.round_trip.calls_at_once()
            || matches!(self.phase, Phase::Opening | Phase::BackingOff { .. })
        {
            return None;
        }
        let finishes = results.min(self.caps.finishes);
        let occupied = self.running + self.in_flight_slots + (results - finishes);
        let free = concurrency.saturating_sub(occupied).min(self.fetch_max());
        let fetch = match self.phase {
            Phase::Due => free,
            // A finish asks along: that costs almost nothing and saves the next wake-up.
            Phase::Waiting { .. } if finishes > 0 => free,
            _ => 0,
        };
        (finishes + fetch > 0).then_some(Plan { finishes, fetch })
    }

    /// How many jobs one call may ask for. Far away, the way there takes longer than what else Redis does before it has written all.
    fn fetch_max(&self) -> usize {
        if self.round_trip.is_near() { self.caps.fetch.min(self.reply_size.jobs_at_once()) } else { self.caps.fetch }
    }

    /// So many jobs came, with data and options of so many bytes together.
    pub(super) fn jobs_came(&mut self, jobs: usize, bytes: usize) {
        self.reply_size.note(jobs, bytes);
    }

    pub(super) fn call_sent(&mut self, plan: Plan) {
        self.calls_in_flight += 1;
        self.in_flight_slots += plan.finishes.max(plan.fetch);
    }

    /// Whether the call being sent leaves a marker for the next worker; told once per debt.
    pub(super) fn pays_marker(&mut self, plan: Plan) -> bool {
        plan.fetch > 0 && std::mem::take(&mut self.owes_marker)
    }

    /// A marker may have been handed out that nobody saw.
    pub(super) fn marker_may_be_lost(&mut self) {
        self.owes_marker = true;
    }

    /// A call was answered, so long after it was sent.
    pub(super) fn call_answered(&mut self, plan: Plan, fetched: Fetched, took: Duration, now: Instant) {
        self.round_trip.note(took);
        let is_outdated = self.calls_before_marker > 0;
        self.call_ended(plan);
        self.consecutive_failures = 0;
        if plan.fetch == 0 || self.phase == Phase::AskingTime {
            return;
        }
        self.phase = if !fetched.rate_limit.is_zero() {
            Phase::Limited { until: now + fetched.rate_limit }
        } else if fetched.jobs < plan.fetch && !is_outdated {
            Phase::Waiting { next_delayed_ms: fetched.next_delayed_ms }
        } else {
            Phase::Due
        };
    }

    /// A call failed; what it carried is to be sent again. `longest` bounds the pause.
    pub(super) fn call_failed(&mut self, plan: Plan, longest: Duration, now: Instant) {
        self.call_ended(plan);
        self.owes_marker = true;
        self.back_off(longest, now);
    }

    /// Redis could not be used.
    pub(super) fn back_off(&mut self, longest: Duration, now: Instant) {
        let doublings = self.consecutive_failures.min(10);
        self.consecutive_failures += 1;
        let delay = RETRY_DELAY_MIN * 2_u32.pow(doublings);
        self.phase = Phase::BackingOff { until: now + delay.min(RETRY_DELAY_MAX).min(longest) };
    }

    /// Whether an empty fetch is news: nothing is left to take or to run here, and the owner does not know yet.
    ///
    /// `unsettled`: results that no call carries yet; the call that settles the last of them brings the news.
    pub(super) fn became_drained(&mut self, fetched: Fetched, unsettled: usize) -> bool {
        let is_idle = self.running + self.calls_in_flight + unsettled == 0;
        fetched.is_empty && is_idle && !std::mem::replace(&mut self.is_drained, true)
    }

    /// The wait for a marker ended. `due_ms` of a taken marker: 0 = there is work, else when the next delayed job becomes due.
    ///
    /// A taken marker is nobody else's any more, so it outlives the answers of calls that may have run before it came.
    pub(super) fn woken(&mut self, due_ms: Option<i64>, now_ms: i64) {
        // Also when none came: jobs that are there all the same tell of a marker that got lost.
        self.owes_marker = true;
        if due_ms.is_some() {
            self.calls_before_marker = self.calls_in_flight;
        }
        if matches!(self.phase, Phase::Waiting { .. }) {
            self.phase = match due_ms {
                Some(due_ms) if due_ms > now_ms => Phase::Waiting { next_delayed_ms: Some(due_ms) },
                _ => Phase::Due,
            };
        }
    }

    /// Jobs may be there: the connection is open, a pause has ended or the time is known.
    pub(super) fn look_again(&mut self) {
        self.phase = Phase::Due;
    }

    /// Markers may have been left to other workers meanwhile.
    pub(super) fn resumed(&mut self) {
        if matches!(self.phase, Phase::Waiting { .. }) {
            self.phase = Phase::Due;
        }
    }

    /// Only JavaScript knows the time; nothing is fetched until it told.
    pub(super) fn ask_time(&mut self) {
        self.phase = Phase::AskingTime;
    }

    /// When the current pause ends.
    pub(super) fn pause_ends_at(&self) -> Option<Instant> {
        match self.phase {
            Phase::Limited { until } | Phase::BackingOff { until } => Some(until),
            _ => None,
        }
    }

    /// What to do about markers now.
    pub(super) fn marker_wish(&self, concurrency: usize, drain_delay: Duration, now_ms: i64) -> MarkerWish {
        match self.phase {
            Phase::Opening => MarkerWish::Keep,
            _ if self.running >= concurrency => MarkerWish::Leave,
            Phase::Waiting { next_delayed_ms } => {
                let until_due =
                    next_delayed_ms.map(|due_ms| Duration::from_millis(u64::try_from(due_ms - now_ms).unwrap_or(0)));
                MarkerWish::Wait(until_due.unwrap_or(drain_delay).min(drain_delay).max(MARKER_WAIT_MIN))
            }
            Phase::Due => MarkerWish::Keep,
            Phase::Limited { .. } | Phase::BackingOff { .. } | Phase::AskingTime => MarkerWish::Leave,
        }
    }

    pub(super) fn has_calls_in_flight(&self) -> bool {
        self.calls_in_flight > 0
    }

    fn call_ended(&mut self, plan: Plan) {
        self.calls_in_flight -= 1;
        self.calls_before_marker = self.calls_before_marker.saturating_sub(1);
        self.in_flight_slots -= plan.finishes.max(plan.fetch);
    }
}

#[cfg(test)]
#[path = "state_tests.rs"]
mod tests;
