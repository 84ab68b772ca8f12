//! Deliveries that another attempt has to make, and when.

use std::time::Duration;

use synapse_queue_engine::job::Failure;
use synapse_queue_engine::processor::Outcome;

/// Collected over one attempt.
#[derive(Debug, Default)]
pub(super) struct Postponed {
    /// Sent, but not accepted.
    unavailable: usize,
    /// Not sent because the origin has asked for a pause.
    paused: usize,
    first_reason: String,
    /// Shortest Retry-After of those not accepted; absent as soon as one came without.
    retry_after: Option<Duration>,
    shortest_pause: Option<Duration>,
}

impl Postponed {
    pub(super) fn add_unavailable(&mut self, reason: String, retry_after: Option<Duration>) {
        if self.unavailable == 0 {
            self.first_reason = reason;
            self.retry_after = retry_after;
        } else {
            self.retry_after = self.retry_after.zip(retry_after).map(|(one, other)| one.min(other));
        }
        self.unavailable += 1;
    }

    pub(super) fn add_paused(&mut self, pause: Duration) {
        self.shortest_pause = Some(self.shortest_pause.map_or(pause, |shortest| shortest.min(pause)));
        self.paused += 1;
    }

    /// How the attempt ends because of these; `None` if there are none.
    ///
    /// An attempt is burned only if something was sent in vain. A job that merely waits for a paused origin is delayed, so that a
    /// long pause does not use up its attempts.
    pub(super) fn outcome(self, now_ms: i64) -> Option<Outcome> {
        let postponed = self.unavailable + self.paused;
        if self.unavailable > 0 {
            let message =
                format!("push notifications still to deliver: {postponed}, the first because: {}", self.first_reason);
            let failure =
                Failure { retry_after: self.retry_after, ..Failure::new("PUSH_SERVICE_UNAVAILABLE", message) };
            return Some(Outcome::Failed(failure));
        }
        let pause_ms = i64::try_from(self.shortest_pause?.as_millis()).unwrap_or(i64::MAX);
        // Rounded up: a job that comes back a moment early would only be delayed again.
        Some(Outcome::Delayed { until_ms: now_ms.saturating_add(pause_ms).saturating_add(1) })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECOND: Duration = Duration::from_secs(1);

    fn retry_after(outcome: Option<Outcome>) -> Option<Duration> {
        let Some(Outcome::Failed(failure)) = outcome else { panic!("not failed: {outcome:?}") };
        failure.retry_after
    }

    #[test]
    fn nothing_postponed_changes_nothing() {
        assert_eq!(Postponed::default().outcome(0), None);
    }

    #[test]
    fn the_attempt_fails_until_the_first_server_may_be_asked_again() {
        let mut postponed = Postponed::default();
        postponed.add_unavailable("a".into(), Some(SECOND * 3));
        postponed.add_unavailable("b".into(), Some(SECOND * 2));
        assert_eq!(retry_after(postponed.outcome(0)), Some(SECOND * 2));
    }

    #[test]
    fn a_server_that_names_no_time_leaves_it_to_the_jobs_backoff() {
        let mut postponed = Postponed::default();
        postponed.add_unavailable("a".into(), Some(SECOND));
        postponed.add_unavailable("b".into(), None);
        postponed.add_unavailable("c".into(), Some(SECOND));
        assert_eq!(retry_after(postponed.outcome(0)), None);
    }

    #[test]
    fn waiting_for_a_pause_alone_burns_no_attempt() {
        let mut postponed = Postponed::default();
        postponed.add_paused(SECOND * 5);
        postponed.add_paused(SECOND * 2);
        assert_eq!(postponed.outcome(1_000), Some(Outcome::Delayed { until_ms: 3_001 }));
    }
}
