//! The pause between attempts.

use serde_json::Value;

/// JavaScript's largest exact integer; pauses beyond it would lose their unit.
const MAX_DELAY_MS: f64 = 9_007_199_254_740_991.0;

/// How the pause grows from attempt to attempt.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum BackoffKind {
    /// The same pause every time.
    Fixed,
    /// Twice the pause after every attempt.
    Exponential,
    /// A strategy that only the user's code knows.
    Custom(String),
}

/// The pause before a job is tried again.
#[derive(Debug, Clone, PartialEq)]
pub struct Backoff {
    /// How the pause grows.
    pub kind: BackoffKind,
    /// First pause, ms, at least 0.
    pub delay_ms: f64,
    /// Share of the pause that is left to chance, 0 to 1. Defaults to 0.
    pub jitter: f64,
}

impl Backoff {
    /// `delay_ms` before every retry.
    pub fn fixed(delay_ms: u32) -> Self {
        Self { kind: BackoffKind::Fixed, delay_ms: f64::from(delay_ms), jitter: 0.0 }
    }

    /// `delay_ms` before the first retry, twice as long before each further one.
    pub fn exponential(delay_ms: u32) -> Self {
        Self { kind: BackoffKind::Exponential, ..Self::fixed(delay_ms) }
    }

    /// Leaves a share of the pause to chance, so that jobs that failed together do not come back together.
    #[must_use]
    pub fn with_jitter(self, jitter: f64) -> Self {
        Self { jitter, ..self }
    }

    /// Reads the stored form: a number (fixed) or `{type, delay, jitter}`. `None` for anything else.
    pub fn from_json(value: &Value) -> Option<Self> {
        let number = |value: Option<&Value>| value.and_then(Value::as_f64).filter(|number| number.is_finite());
        if let Some(delay_ms) = number(Some(value)) {
            return Some(Self { kind: BackoffKind::Fixed, delay_ms: delay_ms.max(0.0), jitter: 0.0 });
        }
        let kind = match value.get("type")?.as_str()? {
            "fixed" => BackoffKind::Fixed,
            "exponential" => BackoffKind::Exponential,
            custom => BackoffKind::Custom(custom.into()),
        };
        let delay_ms = number(value.get("delay")).unwrap_or(0.0).max(0.0);
        let jitter = number(value.get("jitter")).unwrap_or(0.0).clamp(0.0, 1.0);
        Some(Self { kind, delay_ms, jitter })
    }

    /// The pause in ms after `attempts_made` attempts (at least 1, the one that just failed included).
    ///
    /// `random` is in `[0, 1)`. A custom strategy of which the user's code gave no answer pauses like a fixed one.
    #[expect(clippy::cast_possible_truncation, reason = "the value is bounded by MAX_DELAY_MS")]
    pub fn pause_ms(&self, attempts_made: u32, random: f64) -> i64 {
        let doublings = i32::try_from(attempts_made.saturating_sub(1)).unwrap_or(i32::MAX);
        let delay = match self.kind {
            BackoffKind::Exponential => (2_f64.powi(doublings) * self.delay_ms).round(),
            BackoffKind::Fixed | BackoffKind::Custom(_) => self.delay_ms,
        };
        let delay = delay.min(MAX_DELAY_MS);
        if self.jitter > 0.0 {
            (random * delay * self.jitter + delay * (1.0 - self.jitter)).floor() as i64
        } else {
            delay as i64
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn fixed_pauses_are_all_alike() {
        let backoff = Backoff::fixed(300);
        assert_eq!([1, 2, 9].map(|attempt| backoff.pause_ms(attempt, 0.9)), [300, 300, 300]);
    }

    #[test]
    fn exponential_pauses_double() {
        let backoff = Backoff::exponential(1_000);
        assert_eq!([1, 2, 3, 4].map(|attempt| backoff.pause_ms(attempt, 0.9)), [1_000, 2_000, 4_000, 8_000]);
    }

    #[test]
    fn endless_doubling_stops_at_the_largest_exact_integer() {
        assert_eq!(Backoff::exponential(1_000).pause_ms(u32::MAX, 0.0), 9_007_199_254_740_991);
    }

    #[test]
    fn jitter_leaves_its_share_to_chance() {
        let backoff = Backoff::exponential(1_000).with_jitter(0.5);
        assert_eq!(backoff.pause_ms(1, 0.0), 500);
        assert_eq!(backoff.pause_ms(1, 0.5), 750);
        assert_eq!(backoff.pause_ms(2, 0.999), 1_999);
        assert_eq!(Backoff::fixed(100).with_jitter(1.0).pause_ms(1, 0.0), 0);
    }

    #[test]
    fn reads_numbers_and_objects() {
        assert_eq!(Backoff::from_json(&json!(250)), Some(Backoff::fixed(250)));
        assert_eq!(Backoff::from_json(&json!({"type": "fixed", "delay": 250})), Some(Backoff::fixed(250)));
        assert_eq!(Backoff::from_json(&json!({"type": "exponential"})), Some(Backoff::exponential(0)));
        let custom = Backoff::from_json(&json!({"type": "mine", "delay": 5})).expect("an object with a type");
        assert_eq!(custom.kind, BackoffKind::Custom("mine".into()));
        assert_eq!(Backoff::from_json(&json!("soon")), None);
        assert_eq!(Backoff::from_json(&json!({"delay": 5})), None);
    }
}
