//! The options a job was added with, as its hash keeps them.

use std::time::Duration;

use serde_json::{Map, Value};

use crate::job::Backoff;
use crate::options::Retention;

/// What the engine decides on. Read from the stored JSON, which may come from any client in any version: unknown fields are left
/// alone and a malformed value counts as absent.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct JobOptions {
    /// Attempts in all; 0 and 1 both mean a single one. Defaults to 0.
    pub attempts: u32,
    /// Pause before a retry. `None` = at once.
    pub backoff: Option<Backoff>,
    /// Retention when the job completes; wins over the worker's.
    pub remove_on_complete: Option<Retention>,
    /// Retention when the job fails for good; wins over the worker's.
    pub remove_on_fail: Option<Retention>,
    /// Log rows kept with the job. `None` = all.
    pub keep_logs: Option<u32>,
    /// Stack traces kept, the newest ones. `None` = all, 0 = none.
    pub stack_trace_limit: Option<u32>,
    /// Takes the job before the waiting ones, also when it is retried.
    pub lifo: bool,
    /// Delay it was added with, ms.
    pub delay: i64,
    /// When it was added, ms since the Unix epoch. `None` if not given.
    pub timestamp: Option<i64>,
    /// 0 = none, else 1 (most urgent) to 2097151.
    pub priority: u32,
    /// Largest payload accepted, bytes of UTF-8 JSON. `None` = no limit.
    pub size_limit: Option<u64>,
    /// How long a run may take before it fails, at least 1 ms. `None` = as long as it likes.
    pub timeout: Option<Duration>,
}

impl JobOptions {
    /// Reads the JSON text of a job's `opts`; text that is not a JSON object reads as no options.
    pub fn parse(opts: &str) -> Self {
        let Ok(fields) = serde_json::from_str::<Map<String, Value>>(opts) else {
            return Self::default();
        };
        let retention = |name: &str| fields.get(name).and_then(Retention::from_json);
        Self {
            attempts: unsigned(&fields, "attempts").unwrap_or(0),
            backoff: fields.get("backoff").and_then(Backoff::from_json),
            remove_on_complete: retention("removeOnComplete"),
            remove_on_fail: retention("removeOnFail"),
            keep_logs: unsigned(&fields, "kl"),
            stack_trace_limit: unsigned(&fields, "stackTraceLimit"),
            lifo: fields.get("lifo").and_then(Value::as_bool).unwrap_or(false),
            delay: integer(&fields, "delay").unwrap_or(0),
            timestamp: integer(&fields, "timestamp"),
            priority: unsigned(&fields, "priority").unwrap_or(0),
            size_limit: integer(&fields, "sizeLimit").and_then(|limit| u64::try_from(limit).ok()),
            timeout: integer(&fields, "timeout")
                .and_then(|ms| u64::try_from(ms).ok())
                .filter(|ms| *ms > 0)
                .map(Duration::from_millis),
        }
    }
}

fn unsigned(fields: &Map<String, Value>, name: &str) -> Option<u32> {
    integer(fields, name).and_then(|value| u32::try_from(value).ok())
}

/// cjson writes numbers from 10^14 up as `1e+14`, which only parse as floats.
#[expect(clippy::cast_possible_truncation, reason = "a saturating cast is the wanted reading of out-of-range numbers")]
fn integer(fields: &Map<String, Value>, name: &str) -> Option<i64> {
    let value = fields.get(name)?;
    value.as_i64().or_else(|| value.as_f64().map(|number| number as i64))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_what_bullmq_stores() {
        let options = JobOptions::parse(
            r#"{"attempts":3,"backoff":{"type":"exponential","delay":2000,"jitter":0.5},"removeOnComplete":true,
                "removeOnFail":{"age":604800},"kl":10,"stackTraceLimit":2,"lifo":true,"delay":50,"timestamp":1.7e+12,"priority":7,
                "sizeLimit":1024,"de":{"id":"x"},"jobId":"custom","timeout":500}"#,
        );
        let expected = JobOptions {
            attempts: 3,
            backoff: Some(Backoff::exponential(2_000).with_jitter(0.5)),
            remove_on_complete: Some(Retention::keep(0)),
            remove_on_fail: Some(Retention { age_s: Some(604_800), ..Retention::keep_all() }),
            keep_logs: Some(10),
            stack_trace_limit: Some(2),
            lifo: true,
            delay: 50,
            timestamp: Some(1_700_000_000_000),
            priority: 7,
            size_limit: Some(1_024),
            timeout: Some(Duration::from_millis(500)),
        };
        assert_eq!(options, expected);
    }

    #[test]
    fn malformed_values_count_as_absent() {
        let options = JobOptions::parse(
            r#"{"attempts":"many","backoff":true,"removeOnComplete":"x","kl":-1,"lifo":1,"delay":null}"#,
        );
        assert_eq!(options, JobOptions::default());
    }

    #[test]
    fn text_that_is_no_object_reads_as_no_options() {
        for text in ["", "[]", "null", "{\"attempts\":"] {
            assert_eq!(JobOptions::parse(text), JobOptions::default());
        }
    }
}
