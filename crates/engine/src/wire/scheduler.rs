//! The record of a scheduler, and the ids of its jobs. Field names as BullMQ writes them.

use serde_json::{Map, Value};

use crate::error::Result;
use crate::wire::Reply;

/// Stored name of the option that carries the context of a trace.
pub(crate) const TRACE_CONTEXT: &str = "tm";

/// Fields that say when a scheduler runs; in records they are text.
const SCHEDULE_FIELDS: [&str; 7] = ["tz", "limit", "pattern", "startDate", "endDate", "every", "offset"];

/// A scheduler as it stands in Redis.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct SchedulerRecord {
    /// Its id.
    pub id: String,
    /// Its latest slot, ms since the Unix epoch.
    pub next_ms: i64,
    /// Name of its jobs.
    pub name: String,
    /// Jobs added so far. `None` in entries of BullMQ 5 and earlier.
    pub iteration_count: Option<i64>,
    /// When it runs: `every`, `pattern`, `tz`, `limit`, `startDate`, `endDate`, `offset`, as far as they are set; numbers as numbers.
    pub schedule: Map<String, Value>,
    /// Payload of its jobs, JSON text. `None` = an empty object.
    pub data: Option<String>,
    /// Options of its jobs as stored, JSON text.
    pub opts: Option<String>,
}

impl SchedulerRecord {
    /// Reads the flat field-value list of HGETALL; `None` when the hash does not exist.
    ///
    /// # Errors
    /// `MalformedState` if the reply is not a list of strings.
    pub(crate) fn from_hash(id: &str, next_ms: i64, reply: redis::Value) -> Result<Option<Self>> {
        let mut fields = Reply::new("scheduler record", reply).into_texts()?.into_iter();
        if fields.len() == 0 {
            return Ok(None);
        }
        let mut record = Self { id: id.to_owned(), next_ms, ..Self::default() };
        while let (Some(field), Some(value)) = (fields.next(), fields.next()) {
            match field.as_str() {
                "name" => record.name = value,
                "data" => record.data = Some(value),
                "opts" => record.opts = Some(value),
                "ic" => record.iteration_count = value.parse().ok(),
                "tz" | "pattern" => drop(record.schedule.insert(field, value.into())),
                name if SCHEDULE_FIELDS.contains(&name) => {
                    if let Ok(number) = value.parse::<serde_json::Number>() {
                        record.schedule.insert(field, Value::Number(number));
                    }
                }
                _ => {}
            }
        }
        Ok(Some(record))
    }
}

/// Whether an id has the form of the entries that BullMQ 5 and earlier kept for repeatable jobs:
/// `name:id:endDate:tz:pattern|every`.
pub(crate) fn is_legacy_repeatable(id: &str) -> bool {
    let mut parts = id.splitn(5, ':').skip(2);
    let (Some(end), Some(_zone), Some(schedule)) = (parts.next(), parts.next(), parts.next()) else { return false };
    let is_number = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    (end.is_empty() || is_number(end)) && (is_number(schedule) || schedule.contains(' '))
}

/// The slot that the id of a scheduler's job names, ms since the Unix epoch.
pub(crate) fn slot_of(job_id: &str, scheduler_id: &str) -> Option<i64> {
    job_id.strip_prefix("repeat:")?.strip_prefix(scheduler_id)?.strip_prefix(':')?.parse().ok()
}

/// Id of the job that a scheduler runs at `slot_ms`.
pub(crate) fn iteration_id(scheduler_id: &str, slot_ms: i64) -> String {
    format!("repeat:{scheduler_id}:{slot_ms}")
}

/// JSON text of the id of a scheduler's job up to the slot.
pub(crate) fn iteration_id_head(scheduler_id: &str) -> String {
    let mut text = Value::from(format!("repeat:{scheduler_id}:")).to_string();
    text.pop();
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn entries_of_old_repeatable_jobs_are_told_from_ids_with_colons() {
        for id in ["name:id:1234:UTC:* * * * *", "name::::5000", "job:a::Europe/Athens:0 9 * * 1-5"] {
            assert!(is_legacy_repeatable(id), "{id}");
        }
        for id in ["nightly", "a:b:c:d", "a:b:c:d:e", "md5", "x:y"] {
            assert!(!is_legacy_repeatable(id), "{id}");
        }
    }

    #[test]
    fn the_slot_of_an_id_with_colons_is_found() {
        assert_eq!(slot_of("repeat:a:b:5", "a:b"), Some(5));
        assert_eq!(slot_of("repeat:a:b:5", "a"), None);
        assert_eq!(slot_of("7", "a"), None);
        assert_eq!(iteration_id_head("a\"b"), r#""repeat:a\"b:"#);
    }
}
