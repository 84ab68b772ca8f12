//! Since when a job could have been taken.

use serde::Deserialize;

#[derive(Deserialize)]
struct Delayed {
    #[serde(default)]
    delay: f64,
}

/// When a job that was added at `timestamp` became due for its first attempt, ms since the Unix epoch. `opts`: its options as stored.
///
/// The hash cannot tell: its delay is forgotten when the job comes due. Allocates nothing, for workers ask it of every job.
pub(crate) fn due_ms(timestamp: i64, opts: &str) -> i64 {
    if !opts.contains("\"delay\"") {
        return timestamp;
    }
    #[expect(clippy::cast_possible_truncation, reason = "a delay in ms, far below 2^53; saturates")]
    let delay = serde_json::from_str::<Delayed>(opts).map_or(0, |delayed| delayed.delay as i64);
    timestamp.saturating_add(delay.max(0))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_job_is_due_when_it_was_added_and_its_delay_has_passed() {
        assert_eq!(due_ms(1_000, r#"{"attempts":0}"#), 1_000);
        assert_eq!(due_ms(1_000, r#"{"attempts":0,"delay":500,"jobId":"x"}"#), 1_500);
        assert_eq!(due_ms(1_000, r#"{"backoff":{"type":"fixed","delay":500}}"#), 1_000);
        assert_eq!(due_ms(1_000, r#"{"delay":-5}"#), 1_000);
        assert_eq!(due_ms(1_000, "\"delay\""), 1_000);
    }
}
