use super::*;

fn ms(time: &str) -> i64 {
    time.parse::<DateTime<chrono::Utc>>().unwrap().timestamp_millis()
}

/// Expects the first match after `from` (both in UTC).
fn assert_next(pattern: &str, zone: &str, from: &str, expected: &str) {
    let next = CronPattern::parse(pattern).unwrap().next_after(ms(from), Zone::parse(zone).unwrap()).unwrap();
    let shown = DateTime::from_timestamp_millis(next).unwrap();
    assert_eq!(next, ms(expected), "{pattern} in {zone} after {from} was {shown}");
}

#[test]
fn fields_lists_ranges_steps_and_names_are_understood() {
    let from = "2026-01-15T12:00:00Z";
    for (pattern, expected) in [
        ("* * * * *", "2026-01-15T12:01:00Z"),
        ("*/7 * * * * *", "2026-01-15T12:00:07Z"),
        ("0 9 * * 1-5", "2026-01-16T09:00:00Z"),
        ("0 0 1 jan,jul *", "2026-07-01T00:00:00Z"),
        ("0 0 L * *", "2026-01-31T00:00:00Z"),
        ("0 0 * * MON#2", "2026-02-09T00:00:00Z"),
        ("0 0 * * 5L", "2026-01-30T00:00:00Z"),
        ("0 0 29 2 *", "2028-02-29T00:00:00Z"),
        ("0 0 13 * 5", "2026-01-16T00:00:00Z"),
        ("? ? * * ?", "2026-01-15T12:01:00Z"),
        ("0 8 * *", "2026-02-08T00:00:00Z"),
        ("@secondly", "2026-01-15T12:00:01Z"),
        ("@weekends", "2026-01-17T00:00:00Z"),
    ] {
        assert_next(pattern, "UTC", from, expected);
    }
}

#[test]
fn patterns_that_cron_parser_refuses_are_refused() {
    for pattern in [
        "bogus",
        "@foo",
        "@YEARLY",
        "* * * * * * *",
        "60 * * * *",
        "* * 15W * *",
        "* * * * +1",
        "/5 * * * *",
        "1,1 * * * *",
        "*/5,10 * * * *",
        "0 0 * * 0,7",
        "* * * * 1-5#2",
        "* * * * 1#1,2#2",
        "5-1 * * * *",
        "*/0 * * * *",
        "0 0 L-3 * *",
    ] {
        assert!(CronPattern::parse(pattern).is_err(), "{pattern}");
    }
}

#[test]
fn a_date_that_never_comes_has_no_match() {
    assert_eq!(CronPattern::parse("0 0 30 2 *").unwrap().next_after(0, Zone::UTC), None);
}

#[test]
fn a_time_that_summer_time_skips_runs_as_much_later() {
    let before = "2026-03-28T12:00:00Z";
    assert_next("30 3 * * *", "Europe/Athens", before, "2026-03-29T01:30:00Z");
    assert_next("30 3 * * *", "Europe/Athens", "2026-03-29T01:30:00Z", "2026-03-30T00:30:00Z");
    assert_next("30 * * * *", "Europe/Athens", "2026-03-29T00:30:00Z", "2026-03-29T01:30:00Z");
}

#[test]
fn an_hour_that_winter_time_repeats_counts_twice_only_if_no_hour_is_fixed() {
    let (first, second) = ("2026-10-25T00:30:00Z", "2026-10-25T01:30:00Z");
    assert_next("30 3 * * *", "Europe/Athens", "2026-10-24T12:00:00Z", first);
    assert_next("30 3 * * *", "Europe/Athens", first, "2026-10-26T01:30:00Z");
    assert_next("30 * * * *", "Europe/Athens", first, second);
    assert_next("30 * * * *", "Europe/Athens", second, "2026-10-25T02:30:00Z");
}
