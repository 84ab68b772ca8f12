//! Reading a job's hash. Field names as BullMQ writes them; unknown fields are left alone.

use crate::error::Result;
use crate::job::Job;
use crate::wire::ledger::ledger_part;
use crate::wire::reply::{Reply, malformed};

/// Reads the flat field-value list of HGETALL; `None` when the hash does not exist.
///
/// Numbers that do not parse count as absent: a broken field written by somebody else must not wedge a worker.
///
/// # Errors
/// `MalformedState` if the reply is not a list of strings.
pub fn job_from_hash(job_id: &str, reply: redis::Value) -> Result<Option<Job>> {
    let mut fields = Reply::new("job hash", reply).into_items()?.into_iter();
    if fields.len() == 0 {
        return Ok(None);
    }
    let mut job = Job { id: job_id.to_owned(), data: "{}".into(), opts: "{}".into(), ..Job::default() };
    while let Some(field) = fields.next() {
        let field = Reply::new("job field name", field).into_text()?;
        let value = fields.next().ok_or_else(|| malformed("job hash", "a field without value"))?;
        set_field(&mut job, &field, Reply::new("job field", value).into_text()?);
    }
    Ok(Some(job))
}

fn set_field(job: &mut Job, field: &str, value: String) {
    match field {
        "name" => job.name = value,
        "data" => job.data = value,
        "opts" => job.opts = value,
        "timestamp" => job.timestamp = number(&value).unwrap_or_default(),
        "delay" => job.delay = number(&value).unwrap_or_default(),
        "priority" => job.priority = number(&value).unwrap_or_default(),
        "ats" => job.attempts_started = number(&value).unwrap_or_default(),
        "atm" | "attemptsMade" => job.attempts_made = number(&value).unwrap_or_default(),
        "stc" => job.stalled_counter = number(&value).unwrap_or_default(),
        "processedOn" => job.processed_on = number(&value),
        "finishedOn" => job.finished_on = number(&value),
        "pb" => job.processed_by = Some(value),
        "progress" => job.progress = Some(value),
        "returnvalue" => job.returnvalue = Some(value),
        "failedReason" => job.failed_reason = Some(value),
        "defa" => job.deferred_failure = Some(value),
        "stacktrace" => job.stacktrace = Some(value),
        "parentKey" => job.parent_key = Some(value),
        "parent" => job.parent = Some(value),
        "rjk" => job.repeat_job_key = Some(value),
        "deid" => job.deduplication_id = Some(value),
        _ => job.finished_parts.extend(ledger_part(field).map(Into::into)),
    }
}

/// Lua writes large numbers as `1.7e+12` in places, so floats are accepted and truncated.
fn number<T: TryFrom<i64>>(text: &str) -> Option<T> {
    #[expect(clippy::cast_possible_truncation, reason = "timestamps and counters stay far below 2^53")]
    let value = text.parse::<i64>().ok().or_else(|| text.parse::<f64>().ok().map(|float| float as i64))?;
    T::try_from(value).ok()
}

#[cfg(test)]
mod tests {
    use redis::Value;

    use super::*;

    fn hash(fields: &[(&str, &str)]) -> Value {
        let bulk = |text: &str| Value::BulkString(text.as_bytes().to_vec());
        Value::Array(fields.iter().flat_map(|(field, value)| [bulk(field), bulk(value)]).collect())
    }

    #[test]
    fn reads_the_fields_bullmq_writes() {
        let reply = hash(&[("name", "paint"), ("data", "{\"a\":1}"), ("ats", "2"), ("atm", "1"), ("delay", "1e+3")]);
        let job = job_from_hash("7", reply).unwrap().unwrap();
        assert_eq!((job.name.as_str(), job.attempts_started, job.attempts_made, job.delay), ("paint", 2, 1, 1000));
    }

    #[test]
    fn an_empty_reply_is_a_missing_job() {
        assert!(job_from_hash("7", Value::Array(vec![])).unwrap().is_none());
    }

    #[test]
    fn a_broken_number_does_not_hide_the_job() {
        let job = job_from_hash("7", hash(&[("name", "paint"), ("priority", "high")])).unwrap().unwrap();
        assert_eq!(job.priority, 0);
    }
}
