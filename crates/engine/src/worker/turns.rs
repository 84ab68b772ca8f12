//! How promptly the owner comes back for events, which is how well its event loop turns.

use std::sync::Mutex;
use std::time::Duration;

use tokio::time::Instant;

/// How long a lag is remembered: a loop that was blocked for long turns fast again by the time somebody asks.
const MEMORY: Duration = Duration::from_mins(1);

/// Measures the time between handing events over and being asked for the next.
#[derive(Debug, Default)]
pub(super) struct Turns {
    /// Written when the owner comes and goes, read by whoever asks. Never held across an await.
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    /// Since when the owner has events that it has not come back from.
    handed_over: Option<Instant>,
    /// The longest lag of the last minute, and when it was measured.
    longest: Option<(Duration, Instant)>,
}

impl Turns {
    /// The owner was given events. While it has not come back from earlier ones it is away since those.
    pub(super) fn handed_over(&self, now: Instant) {
        self.state().handed_over.get_or_insert(now);
    }

    /// The owner asks for the next.
    pub(super) fn came_back(&self, now: Instant) {
        let mut state = self.state();
        if let Some(since) = state.handed_over.take() {
            let lag = now - since;
            if state.remembered(now).is_none_or(|longest| lag >= longest) {
                state.longest = Some((lag, now));
            }
        }
    }

    /// The longest lag of the last minute, the running one included.
    pub(super) fn lag(&self, now: Instant) -> Duration {
        let remembered = self.state().remembered(now);
        remembered.unwrap_or_default().max(self.away(now))
    }

    /// How long the owner has not come back since it was given events; zero while it waits for some.
    pub(super) fn away(&self, now: Instant) -> Duration {
        self.state().handed_over.map_or(Duration::ZERO, |since| now.saturating_duration_since(since))
    }

    fn state(&self) -> std::sync::MutexGuard<'_, State> {
        self.state.lock().expect("no code panics while it holds this lock")
    }
}

impl State {
    fn remembered(&self, now: Instant) -> Option<Duration> {
        self.longest.filter(|(_, measured)| now - *measured < MEMORY).map(|(lag, _)| lag)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const BLOCKED: Duration = Duration::from_millis(300);

    #[test]
    fn an_owner_that_does_not_come_back_is_seen_before_it_does() {
        let (turns, start) = (Turns::default(), Instant::now());
        turns.came_back(start);
        assert_eq!(turns.lag(start), Duration::ZERO);
        turns.handed_over(start);
        assert_eq!(turns.lag(start + BLOCKED), BLOCKED);
    }

    #[test]
    fn events_that_come_while_the_owner_is_away_do_not_hide_for_how_long() {
        let (turns, start) = (Turns::default(), Instant::now());
        turns.handed_over(start);
        turns.handed_over(start + BLOCKED);
        assert_eq!(turns.away(start + BLOCKED), BLOCKED);
        turns.came_back(start + BLOCKED);
        assert_eq!(turns.lag(start + BLOCKED), BLOCKED);
    }

    #[test]
    fn the_longest_lag_is_remembered_for_a_minute() {
        let (turns, start) = (Turns::default(), Instant::now());
        turns.handed_over(start);
        let back = start + BLOCKED;
        turns.came_back(back);
        turns.handed_over(back);
        turns.came_back(back + Duration::from_millis(1));
        assert_eq!(turns.lag(back + Duration::from_secs(59)), BLOCKED);
        assert_eq!(turns.lag(back + Duration::from_mins(1)), Duration::ZERO);
    }
}
