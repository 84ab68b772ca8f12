//! From what a user asks for to what is stored: defaults merged, options checked and packed.

use std::sync::Arc;

use serde_json::{Map, Value};

use super::job_links::read_links;
use super::option_names::{complete, pack};
use crate::error::{Error, Result};
use crate::scripts::{EncodedJob, JobLinks};

/// Largest priority Redis' sorted set scores leave room for.
pub const MAX_PRIORITY: u32 = 2_097_151;

/// What may become of a parent when its child fails; a job can have one of them.
const FAILURE_POLICIES: [&str; 4] =
    ["removeDependencyOnFailure", "failParentOnFailure", "continueParentOnFailure", "ignoreDependencyOnFailure"];

/// A job as the user asks for it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewJob {
    /// Name of the job.
    pub name: String,
    /// Payload, JSON text.
    pub data: String,
    /// Options, a JSON object; empty for the queue's defaults alone.
    pub options: String,
}

/// A job's options after merging and checking.
#[derive(Debug, Clone, PartialEq)]
pub struct ResolvedOptions {
    /// As users see them in `job.opts`, JSON text.
    pub public: Arc<str>,
    /// As stored, JSON text with BullMQ's short names.
    stored: Arc<str>,
    id: Option<String>,
    timestamp: Option<i64>,
    delay: i64,
    priority: u32,
    lifo: bool,
    size_limit: Option<u64>,
    links: Option<Box<JobLinks>>,
}

/// Reads a JSON object; empty text reads as no options.
pub(crate) fn parse_options(options: &str) -> Result<Map<String, Value>> {
    if options.is_empty() {
        return Ok(Map::new());
    }
    serde_json::from_str(options).map_err(|error| invalid(format!("job options must be a JSON object: {error}")))
}

impl ResolvedOptions {
    /// Checks `options` and fills in what is always stored.
    pub(crate) fn new(mut options: Map<String, Value>) -> Result<Self> {
        options.retain(|_, value| !value.is_null());
        complete(&mut options);
        check_policies(&options)?;
        check_backoff(&options)?;
        check_timeout(&options)?;
        Ok(Self {
            id: custom_id(&options)?,
            timestamp: integer(&options, "timestamp"),
            delay: integer(&options, "delay").unwrap_or(0),
            priority: priority(&options)?,
            lifo: options.get("lifo").and_then(Value::as_bool).unwrap_or(false),
            size_limit: integer(&options, "sizeLimit").and_then(|limit| u64::try_from(limit).ok()),
            links: read_links(&options)?,
            public: to_text(&options),
            stored: to_text(&pack(options)),
        })
    }

    pub(super) fn priority(&self) -> u32 {
        self.priority
    }

    pub(super) fn lifo(&self) -> bool {
        self.lifo
    }

    pub(super) fn deduplication_id(&self) -> Option<String> {
        self.links.as_ref()?.deduplication.as_ref().map(|rules| rules.id.clone())
    }

    /// The job with these options, ready for Redis.
    pub(crate) fn encode(self, job: NewJob, now_ms: i64) -> Result<EncodedJob> {
        let NewJob { name, data, .. } = job;
        if let Some(limit) = self.size_limit.filter(|limit| data.len() as u64 > *limit) {
            return Err(invalid(format!("The size of job {name} exceeds the limit {limit} bytes")));
        }
        Ok(EncodedJob {
            id: self.id,
            name,
            data,
            opts: self.stored,
            timestamp: self.timestamp.unwrap_or(now_ms),
            delay: self.delay,
            priority: self.priority,
            lifo: self.lifo,
            links: self.links,
        })
    }
}

pub(super) fn invalid(message: impl Into<String>) -> Error {
    Error::InvalidOption { message: message.into() }
}

pub(super) fn to_text(options: &Map<String, Value>) -> Arc<str> {
    serde_json::to_string(options).expect("a JSON map has only text keys").into()
}

fn check_policies(options: &Map<String, Value>) -> Result<()> {
    let is_set = |name: &&str| options.get(*name).is_some_and(|value| *value != Value::Bool(false));
    let chosen: Vec<_> = FAILURE_POLICIES.into_iter().filter(is_set).collect();
    if chosen.len() > 1 {
        return Err(invalid(format!("The following options cannot be used together: {}", chosen.join(", "))));
    }
    if options.contains_key("debounce") {
        return Err(invalid("Debounce option has been removed. Use deduplication option instead"));
    }
    Ok(())
}

fn check_backoff(options: &Map<String, Value>) -> Result<()> {
    let jitter = options.get("backoff").and_then(|backoff| backoff.get("jitter")).and_then(Value::as_f64);
    if jitter.is_some_and(|jitter| !(0.0..=1.0).contains(&jitter)) {
        return Err(invalid("Jitter should be between 0 and 1"));
    }
    Ok(())
}

fn check_timeout(options: &Map<String, Value>) -> Result<()> {
    match options.get("timeout") {
        Some(timeout) if timeout.as_f64().is_none_or(|ms| ms < 1.0) => {
            Err(invalid(format!("timeout must be a number of ms greater than 0, got {timeout}")))
        }
        _ => Ok(()),
    }
}

fn priority(options: &Map<String, Value>) -> Result<u32> {
    let Some(priority) = options.get("priority").and_then(Value::as_f64) else { return Ok(0) };
    if priority.fract() != 0.0 {
        return Err(invalid("Priority should not be float"));
    }
    if !(0.0..=f64::from(MAX_PRIORITY)).contains(&priority) {
        return Err(invalid(format!("Priority should be between 0 and {MAX_PRIORITY}")));
    }
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "checked just above")]
    Ok(priority as u32)
}

fn custom_id(options: &Map<String, Value>) -> Result<Option<String>> {
    let id = match options.get("jobId") {
        None => return Ok(None),
        Some(Value::String(id)) if id.is_empty() => return Ok(None),
        Some(Value::String(id)) => id,
        Some(other) => return Err(invalid(format!("jobId must be a string, got {other}"))),
    };
    if id == "0" || id.starts_with("0:") {
        return Err(invalid("JobId cannot be '0' or start with '0:'"));
    }
    if id.parse::<i64>().is_ok_and(|number| number.to_string() == *id) {
        return Err(invalid("Custom Id cannot be integers"));
    }
    // Exactly three parts are let through: ids that old repeatable jobs have.
    if id.contains(':') && id.split(':').count() != 3 {
        return Err(invalid("Custom Id cannot contain :"));
    }
    Ok(Some(id.clone()))
}

/// A number, also one a user wrote as text.
pub(super) fn integer(options: &Map<String, Value>, name: &str) -> Option<i64> {
    #[expect(
        clippy::cast_possible_truncation,
        reason = "a saturating cast is the wanted reading of out-of-range numbers"
    )]
    match options.get(name)? {
        Value::String(text) => text.parse().ok(),
        number => number.as_i64().or_else(|| number.as_f64().map(|float| float as i64)),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[expect(clippy::needless_pass_by_value, reason = "the calls read better without a reference")]
    fn resolve(options: Value) -> Result<ResolvedOptions> {
        ResolvedOptions::new(options.as_object().unwrap().clone())
    }

    #[test]
    fn stores_short_names_and_shows_long_ones() {
        let options = resolve(json!({ "keepLogs": 3, "backoff": 2000, "telemetry": { "metadata": "m" } })).unwrap();
        let stored: Value = serde_json::from_str(&options.stored).unwrap();
        let backoff = json!({ "type": "fixed", "delay": 2000 });
        assert_eq!(stored, json!({ "kl": 3, "attempts": 0, "backoff": backoff, "tm": "m" }));
        let public: Value = serde_json::from_str(&options.public).unwrap();
        assert_eq!(
            public,
            json!({ "keepLogs": 3, "attempts": 0, "backoff": backoff, "telemetry": { "metadata": "m" } })
        );
    }

    #[test]
    fn refuses_what_cannot_work_in_bullmqs_words() {
        let refusals = [
            (json!({ "priority": 1.5 }), "Priority should not be float"),
            (json!({ "priority": 2_097_152 }), "Priority should be between 0 and 2097151"),
            (json!({ "jobId": "0" }), "JobId cannot be '0' or start with '0:'"),
            (json!({ "jobId": "0:a" }), "JobId cannot be '0' or start with '0:'"),
            (json!({ "jobId": "12" }), "Custom Id cannot be integers"),
            (json!({ "jobId": "a:b" }), "Custom Id cannot contain :"),
            (json!({ "backoff": { "type": "fixed", "jitter": 2 } }), "Jitter should be between 0 and 1"),
            (
                json!({ "failParentOnFailure": true, "removeDependencyOnFailure": true }),
                "The following options cannot be used together: removeDependencyOnFailure, failParentOnFailure",
            ),
            (json!({ "timeout": 0 }), "timeout must be a number of ms greater than 0, got 0"),
            (json!({ "debounce": {} }), "Debounce option has been removed. Use deduplication option instead"),
        ];
        for (options, message) in refusals {
            assert_eq!(resolve(options).unwrap_err().to_string(), message);
        }
    }

    #[test]
    fn a_payload_over_its_limit_is_refused_by_name() {
        let job = NewJob { name: "paint".into(), data: "{\"a\":1}".into(), options: String::new() };
        let error = resolve(json!({ "sizeLimit": 2 })).unwrap().encode(job, 0).unwrap_err();
        assert_eq!(error.to_string(), "The size of job paint exceeds the limit 2 bytes");
    }
}
