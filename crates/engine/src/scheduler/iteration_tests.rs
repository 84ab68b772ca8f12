use super::*;

const NOW: i64 = 1_893_456_000_101;

fn job(opts: &str) -> Job {
    Job { id: "repeat:s:1893456000001".into(), opts: opts.into(), repeat_job_key: Some("s".into()), ..Job::default() }
}

fn next(opts: &str, slots: SlotSource) -> NextIteration {
    next_iteration(&job(opts), NOW, slots).unwrap()
}

#[test]
fn the_next_job_has_the_options_of_this_one_and_counts_on() {
    let opts = r#"{"repeat":{"every":1000,"limit":5,"count":2},"jobId":"repeat:s:1893456000001","delay":7,"timestamp":1,
        "prevMillis":3,"repeatJobKey":"s","backoff":100,"priority":2,"lifo":true}"#;
    let NextIteration::Known(iteration) = next(opts, SlotSource::default()) else { panic!("the schedule goes on") };
    assert_eq!((iteration.previous_ms, iteration.slot_ms), (1_893_456_000_001, None));
    assert_eq!((iteration.priority, iteration.lifo, iteration.replaces_missing), (2, true, false));
    let stored: Value = serde_json::from_str(&format!("{}}}", iteration.opts)).unwrap();
    let expected = json!({
        "repeat": { "every": 1000, "limit": 5, "count": 3 }, "repeatJobKey": "s", "timestamp": NOW, "attempts": 0,
        "backoff": { "type": "fixed", "delay": 100 }, "priority": 2, "lifo": true,
    });
    assert_eq!(stored, expected);
}

#[test]
fn other_jobs_have_no_next_one() {
    let scheduled = r#"{"repeat":{"every":1000,"count":1}}"#;
    let foreign = Job { repeat_job_key: None, ..job(scheduled) };
    let renamed = Job { id: "7".into(), ..job(scheduled) };
    for job in [foreign, renamed, job("{}"), job("not json")] {
        assert_eq!(next_iteration(&job, NOW, SlotSource::default()).unwrap(), NextIteration::Nothing);
    }
}

#[test]
fn a_strategy_is_asked_for_patterns_only() {
    let slots = SlotSource { asks_strategy: true, ..SlotSource::default() };
    let pattern = next(r#"{"repeat":{"pattern":"whenever","count":1}}"#, slots);
    assert!(matches!(pattern, NextIteration::ByStrategy { after_ms: NOW, .. }));
    assert!(matches!(next(r#"{"repeat":{"every":1000}}"#, slots), NextIteration::Known(_)));
    assert_eq!(next(r#"{"repeat":{"pattern":"whenever","limit":1,"count":1}}"#, slots), NextIteration::Nothing);
}

#[test]
fn a_pattern_that_cannot_be_read_is_an_error() {
    assert!(next_iteration(&job(r#"{"repeat":{"pattern":"whenever"}}"#), NOW, SlotSource::default()).is_err());
}

#[test]
fn a_chosen_slot_is_never_in_the_past_and_always_a_time() {
    assert_eq!(chosen_slot(5.0, 9).unwrap(), 9);
    assert_eq!(chosen_slot(12.7, 9).unwrap(), 12);
    assert!(chosen_slot(f64::NAN, 9).is_err());
}

fn record(schedule: &Value) -> SchedulerRecord {
    SchedulerRecord {
        id: "s".into(),
        next_ms: NOW + 500,
        name: "n".into(),
        iteration_count: Some(3),
        schedule: schedule.as_object().unwrap().clone(),
        opts: Some(r#"{"priority":4,"de":{"id":"x"}}"#.into()),
        ..SchedulerRecord::default()
    }
}

#[expect(clippy::needless_pass_by_value, reason = "the calls read better without a reference")]
fn restored(schedule: Value, is_finished: bool) -> NextIteration {
    restored_iteration(&record(&schedule), is_finished, NOW, SlotSource::default()).unwrap()
}

#[test]
fn a_vanished_job_keeps_a_slot_that_is_still_to_come() {
    let pattern = json!({ "pattern": "*/10 * * * * *", "offset": 0 });
    let NextIteration::Known(iteration) = restored(pattern.clone(), false) else { panic!("it is restored") };
    assert_eq!(iteration.slot_ms, Some(NOW + 500));
    assert!(iteration.replaces_missing && iteration.opts.contains(r#""count":4"#));
    assert_eq!((iteration.priority, iteration.deduplication_id.as_deref()), (4, Some("x")));
    let NextIteration::Known(iteration) = restored(pattern, true) else { panic!("it goes on") };
    assert_eq!(iteration.slot_ms, Some(1_893_456_010_000));
}

#[test]
fn a_schedule_that_has_ended_is_not_restored() {
    assert_eq!(restored(json!({ "every": 1000, "limit": 3 }), false), NextIteration::Nothing);
    assert_eq!(restored(json!({ "every": 1000, "endDate": NOW - 1 }), false), NextIteration::Nothing);
    assert!(matches!(restored(json!({ "every": 1000, "limit": 4 }), false), NextIteration::Known(_)));
}
