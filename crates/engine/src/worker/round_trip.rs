//! How far away Redis is, and how many calls that makes worth sending at once (pure).

use std::time::Duration;

/// Calls under way at once where Redis is near. A second one lets results leave while the first is answered; more would only make
/// batches smaller, and Redis the slower for it.
pub(super) const CALLS_NEARBY: usize = 2;

/// Calls under way at once, however far away Redis is.
const CALLS_MAX: usize = 8;

/// Results that miss a call wait for the next answer: one more call for every so much of a round trip.
const ROUND_TRIP_PER_CALL: Duration = Duration::from_millis(2);

/// A longer way costs more than what else Redis does before it has written the rest of a long reply.
const NEARBY: Duration = Duration::from_millis(1);

/// Answers looked at before the shortest round trip is forgotten: the way to Redis may have become longer.
const WINDOW: u32 = 32;

/// The shortest of the last round trips: longer ones tell how busy Redis is, and not how far away.
#[derive(Debug, Default)]
pub(super) struct RoundTrip {
    /// Of the window before this one.
    before: Option<Duration>,
    /// Of this window so far.
    now: Option<Duration>,
    seen: u32,
}

impl RoundTrip {
    /// A call was answered after so long.
    pub(super) fn note(&mut self, took: Duration) {
        if self.seen == WINDOW {
            (self.before, self.now, self.seen) = (self.now, None, 0);
        }
        self.seen += 1;
        self.now = Some(self.now.map_or(took, |shortest| shortest.min(took)));
    }

    /// How many calls may be under way at once.
    pub(super) fn calls_at_once(&self) -> usize {
        let more = self.shortest().as_micros() / ROUND_TRIP_PER_CALL.as_micros();
        usize::try_from(more).map_or(CALLS_MAX, |more| (CALLS_NEARBY + more).min(CALLS_MAX))
    }

    /// Whether calls are cheap enough to make them small.
    pub(super) fn is_near(&self) -> bool {
        self.shortest() < NEARBY
    }

    fn shortest(&self) -> Duration {
        self.before.into_iter().chain(self.now).min().unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn after(round_trips: impl IntoIterator<Item = u64>) -> usize {
        let mut round_trip = RoundTrip::default();
        round_trips.into_iter().for_each(|ms| round_trip.note(Duration::from_millis(ms)));
        round_trip.calls_at_once()
    }

    #[test]
    fn two_calls_while_nothing_is_known_and_nearby() {
        assert_eq!(after([]), 2);
        assert_eq!(after([1]), 2);
    }

    #[test]
    fn more_calls_the_further_away_up_to_a_limit() {
        assert_eq!(after([2]), 3);
        assert_eq!(after([10]), 7);
        assert_eq!(after([10_000]), 8);
    }

    #[test]
    fn a_busy_redis_is_not_a_distant_one() {
        assert_eq!(after([30, 1, 30, 30]), 2);
    }

    #[test]
    fn a_way_that_became_longer_is_noticed_within_two_windows() {
        assert_eq!(after([vec![1], vec![10; 63]].concat()), 2);
        assert_eq!(after([vec![1], vec![10; 64]].concat()), 7);
    }
}
