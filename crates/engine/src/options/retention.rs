//! How long finished jobs are kept.

use serde_json::Value;

/// Which finished jobs stay in Redis: `removeOnComplete` and `removeOnFail` in one form.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Retention {
    /// Jobs finished longer ago than this many seconds are removed when another job finishes. `None` = no limit by age.
    pub age_s: Option<u64>,
    /// How many finished jobs stay. `None` = all, 0 = the job is removed at once.
    pub count: Option<i64>,
    /// At most this many jobs are removed by age at a time. Defaults to 1000.
    pub limit: u32,
}

impl Retention {
    /// Removals by age in one step unless the options say otherwise.
    pub const DEFAULT_LIMIT: u32 = 1_000;

    /// Keeps every job.
    pub const fn keep_all() -> Self {
        Self { age_s: None, count: None, limit: Self::DEFAULT_LIMIT }
    }

    /// Keeps the newest `count` jobs; 0 removes a job as it finishes.
    pub const fn keep(count: i64) -> Self {
        Self { count: Some(count), ..Self::keep_all() }
    }

    /// Reads an option as users write it: `true` = remove at once, `false` or a negative number = keep all, a number = keep that
    /// many, an object `{age, count, limit}`. `None` for anything else, so that the next rule in line applies.
    pub fn from_json(value: &Value) -> Option<Self> {
        match value {
            Value::Bool(remove) => Some(if *remove { Self::keep(0) } else { Self::keep_all() }),
            Value::Number(_) => whole(value).map(Self::from_count),
            Value::Object(fields) => {
                let count = fields.get("count").and_then(whole).filter(|count| *count >= 0);
                let age_s = fields.get("age").and_then(whole).and_then(|age| u64::try_from(age).ok());
                let limit = fields.get("limit").and_then(whole).and_then(|limit| u32::try_from(limit).ok());
                Some(Self { age_s, count, limit: limit.filter(|limit| *limit > 0).unwrap_or(Self::DEFAULT_LIMIT) })
            }
            _ => None,
        }
    }

    fn from_count(count: i64) -> Self {
        if count < 0 { Self::keep_all() } else { Self::keep(count) }
    }
}

impl Default for Retention {
    fn default() -> Self {
        Self::keep_all()
    }
}

/// A JSON number without its fraction; cjson writes large ones as `1e+14`, which only parse as floats.
#[expect(clippy::cast_possible_truncation, reason = "a saturating cast is the wanted reading of out-of-range numbers")]
fn whole(value: &Value) -> Option<i64> {
    value.as_i64().or_else(|| value.as_f64().map(|number| number as i64))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn booleans_remove_at_once_or_keep_all() {
        assert_eq!(Retention::from_json(&json!(true)), Some(Retention::keep(0)));
        assert_eq!(Retention::from_json(&json!(false)), Some(Retention::keep_all()));
    }

    #[test]
    fn numbers_are_counts_and_negative_ones_keep_all() {
        assert_eq!(Retention::from_json(&json!(12)), Some(Retention::keep(12)));
        assert_eq!(Retention::from_json(&json!(-1)), Some(Retention::keep_all()));
    }

    #[test]
    fn objects_are_taken_as_they_are() {
        let retention = Retention::from_json(&json!({"age": 60, "count": 5, "limit": 10}));
        assert_eq!(retention, Some(Retention { age_s: Some(60), count: Some(5), limit: 10 }));
    }

    #[test]
    fn malformed_values_leave_the_choice_to_the_next_rule() {
        assert_eq!(Retention::from_json(&json!("yes")), None);
        assert_eq!(Retention::from_json(&json!({"age": "x", "limit": 0})), Some(Retention::keep_all()));
    }
}
