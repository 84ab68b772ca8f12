//! "Now" for every timestamp that reaches Redis.

use std::sync::atomic::{AtomicI64, Ordering};
use std::time::{SystemTime, UNIX_EPOCH};

/// A disagreement between JavaScript's clock and the system clock above this is a faked clock, not drift or scheduling delay.
const FAKE_CLOCK_THRESHOLD_MS: i64 = 1_000;

/// Follows JavaScript's `Date.now()`, which users' tests move by years in both directions.
///
/// Every call that comes from JavaScript carries its time and calls [`Clock::follow`]; between calls a faked clock stands still, as
/// users' tests expect, and a real one runs on. Lock renewal and socket deadlines do not use it.
#[derive(Debug, Default)]
pub struct Clock {
    /// JavaScript's time minus the system's, ms. Written by the binding on every call, read by background loops.
    offset_ms: AtomicI64,
    /// JavaScript's time at its last call, ms since the Unix epoch. Written together with the offset.
    told_ms: AtomicI64,
}

impl Clock {
    /// A clock that shows the system time until it is told otherwise.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adopts the time JavaScript showed at the moment of a call, in ms since the Unix epoch.
    pub fn follow(&self, javascript_now_ms: i64) {
        self.told_ms.store(javascript_now_ms, Ordering::Relaxed);
        self.offset_ms.store(javascript_now_ms - system_now_ms(), Ordering::Relaxed);
    }

    /// Milliseconds since the Unix epoch, as JavaScript would answer.
    ///
    /// A real JavaScript clock is read a moment before its call arrives here; offsets that small are ignored so that time never
    /// runs backwards between two calls.
    pub fn now_ms(&self) -> i64 {
        if self.is_faked() { self.told_ms.load(Ordering::Relaxed) } else { system_now_ms() }
    }

    /// Whether JavaScript's clock disagrees with the system's, so that only JavaScript knows the time.
    pub fn is_faked(&self) -> bool {
        self.offset_ms.load(Ordering::Relaxed).abs() > FAKE_CLOCK_THRESHOLD_MS
    }
}

fn system_now_ms() -> i64 {
    let since_epoch = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    i64::try_from(since_epoch.as_millis()).unwrap_or(i64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn follows_javascript_across_years() {
        let clock = Clock::new();
        clock.follow(1_000);
        assert!(clock.is_faked());
        assert_eq!(clock.now_ms(), 1_000);
    }

    #[test]
    fn a_late_call_is_not_taken_for_a_fake() {
        let clock = Clock::new();
        clock.follow(system_now_ms() - 200);
        assert!(!clock.is_faked());
    }
}
