use serde_json::json;

use super::*;

const NOW: i64 = 1_893_456_000_001;

#[expect(clippy::needless_pass_by_value, reason = "the calls read better without a reference")]
fn asked(options: Value) -> Result<Repeat> {
    Repeat::from_user(options.as_object().unwrap())
}

fn first(options: Value) -> Result<Option<Slot>> {
    asked(options)?.first_slot(NOW, Zone::UTC)
}

#[test]
fn combinations_that_cannot_work_are_refused_in_bullmqs_words() {
    let refusals = [
        (json!({}), "Either .pattern or .every options must be defined for this repeatable job"),
        (json!({ "every": 0 }), "Either .pattern or .every options must be defined for this repeatable job"),
        (json!({ "pattern": "" }), "Either .pattern or .every options must be defined for this repeatable job"),
        (
            json!({ "every": 1, "pattern": "* * * * *" }),
            "Both .pattern and .every options are defined for this repeatable job",
        ),
        (
            json!({ "pattern": "* * * * *", "immediately": true, "startDate": NOW }),
            "Both .immediately and .startDate options are defined for this repeatable job",
        ),
        (json!({ "every": 5, "endDate": NOW - 1 }), "End date must be greater than current timestamp"),
        (json!({ "every": -5 }), "every must be at least 1 ms, got -5"),
        (json!({ "pattern": "* * * * *", "tz": "No/Where" }), "Unknown time zone \"No/Where\""),
    ];
    for (options, message) in refusals {
        assert_eq!(first(options).unwrap_err().to_string(), message);
    }
}

#[test]
fn an_interval_leaves_its_first_slot_to_redis_unless_it_has_a_start() {
    assert_eq!(first(json!({ "every": 5 })).unwrap(), Some(Slot::Interval { first_ms: None }));
    let now = Slot::Interval { first_ms: Some(NOW) };
    assert_eq!(first(json!({ "every": 5, "offset": 2, "startDate": NOW - 1 })).unwrap(), Some(now));
    let later = Slot::Interval { first_ms: Some(NOW + 1) };
    assert_eq!(first(json!({ "every": 5, "startDate": NOW + 1 })).unwrap(), Some(later));
}

#[test]
fn a_pattern_starts_with_its_first_match_after_now_or_after_its_start() {
    let slot = |ms: i64| Some(Slot::At(1_893_456_000_000 + ms));
    assert_eq!(first(json!({ "pattern": "*/10 * * * * *" })).unwrap(), slot(10_000));
    assert_eq!(first(json!({ "pattern": "*/10 * * * * *", "immediately": true })).unwrap(), Some(Slot::At(NOW)));
    let started = json!({ "pattern": "*/10 * * * * *", "startDate": 1_893_456_020_000_i64 });
    assert_eq!(first(started).unwrap(), slot(30_000));
}

#[test]
fn a_schedule_that_ended_has_no_slot() {
    assert_eq!(first(json!({ "every": 5, "limit": 0 })).unwrap(), None);
    assert_eq!(first(json!({ "every": 5, "limit": 7, "count": 7 })).unwrap(), None);
    assert_eq!(first(json!({ "pattern": "0 0 * * *", "endDate": NOW + 1_500 })).unwrap(), None);
}

#[test]
fn a_job_promoted_early_does_not_run_its_slot_again() {
    let repeat = asked(json!({ "pattern": "*/10 * * * * *" })).unwrap();
    let slot = repeat.next_slot(1_893_456_010_000, NOW, Zone::UTC).unwrap();
    assert_eq!(slot, Some(Slot::At(1_893_456_020_000)));
}

#[test]
fn nothing_follows_the_last_job() {
    let stored = |options: Value| Repeat::read(options.as_object().unwrap()).unwrap();
    let is_last = |options| stored(options).next_slot(NOW, NOW, Zone::UTC).unwrap().is_none();
    assert!(is_last(json!({ "every": 5, "limit": 2, "count": 2 })));
    assert!(!is_last(json!({ "every": 5, "limit": 3, "count": 2 })));
    assert!(is_last(json!({ "every": 5, "endDate": NOW - 1 })));
    assert!(!is_last(json!({ "every": "5", "endDate": NOW })));
}

#[test]
fn patterns_follow_the_zone_they_name_or_the_local_one() {
    let athens = Zone::parse("Europe/Athens").unwrap();
    let nine = |options: Value, local| asked(options).unwrap().first_slot(NOW, local).unwrap();
    let hour = |hours: i64| Some(Slot::At(1_893_456_000_000 + hours * 3_600_000));
    assert_eq!(nine(json!({ "pattern": "0 9 * * *" }), Zone::UTC), hour(9));
    assert_eq!(nine(json!({ "pattern": "0 9 * * *" }), athens), hour(7));
    assert_eq!(nine(json!({ "pattern": "0 9 * * *", "tz": "America/New_York" }), athens), hour(14));
}
