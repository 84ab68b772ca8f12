//! Cron patterns, read and answered as the npm package `cron-parser` 5 does, which BullMQ's schedules run on.

use std::collections::HashSet;
use std::ops::RangeInclusive;

use chrono::{DateTime, Days, LocalResult, NaiveDateTime, Offset, TimeZone};
use croner::Cron;
use croner::parser::{CronParser, Seconds, Year};

use super::zone::Zone;

/// Short forms and what they stand for.
const ALIASES: [(&str, &str); 10] = [
    ("@yearly", "0 0 1 1 *"),
    ("@annually", "0 0 1 1 *"),
    ("@monthly", "0 0 1 * *"),
    ("@weekly", "0 0 * * 0"),
    ("@daily", "0 0 * * *"),
    ("@hourly", "0 * * * *"),
    ("@minutely", "* * * * *"),
    ("@secondly", "* * * * * *"),
    ("@weekdays", "0 0 * * 1-5"),
    ("@weekends", "0 0 * * 0,6"),
];

/// Ways to write that no hour is fixed.
const EVERY_HOUR: [&str; 3] = ["*", "*/1", "0-23"];

/// Fields of a pattern without seconds; ones that are left out at the front count as `*`.
const FIELDS: usize = 5;

/// A pattern of five fields, or six with seconds in front: lists, ranges, steps, names, `L`, `#`, and the short forms.
#[derive(Debug, Clone)]
pub struct CronPattern {
    cron: Cron,
    /// Whether no hour is fixed, so that an hour the clock repeats counts twice.
    is_of_every_hour: bool,
}

impl CronPattern {
    /// Reads a pattern.
    ///
    /// # Errors
    /// What is wrong with it, for the user.
    pub fn parse(pattern: &str) -> Result<Self, String> {
        let invalid = |problem: String| format!("Invalid cron pattern \"{pattern}\": {problem}");
        let fields = fields(pattern).map_err(invalid)?;
        let parser =
            CronParser::builder().seconds(Seconds::Optional).year(Year::Disallowed).sloppy_ranges(true).build();
        let cron = parser.parse(&fields.join(" ")).map_err(|error| invalid(error.to_string()))?;
        let hours = &fields[fields.len() - 4];
        Ok(Self { cron, is_of_every_hour: EVERY_HOUR.contains(&hours.as_str()) })
    }

    /// The first match after `from_ms` (ms since the Unix epoch), or `None` if there is none.
    ///
    /// A time that the start of summer time skips is made up for by as much later. A time that its end repeats is met once if the
    /// pattern fixes the hour, and twice if it does not.
    pub fn next_after(&self, from_ms: i64, zone: Zone) -> Option<i64> {
        let from = DateTime::from_timestamp_millis(from_ms)?;
        match zone {
            Zone::Named(zone) => self.next_in(&from.with_timezone(&zone)),
            Zone::Fixed(offset) => self.next_in(&from.with_timezone(&offset)),
        }
    }

    fn next_in<Z: TimeZone>(&self, from: &DateTime<Z>) -> Option<i64> {
        let found = self.on_the_wall(from.naive_local(), false)?;
        let found_ms = match from.timezone().from_local_datetime(&found) {
            LocalResult::Single(time) => time.timestamp_millis(),
            LocalResult::Ambiguous(first, second) => {
                if first > *from {
                    first.timestamp_millis()
                } else {
                    second.timestamp_millis()
                }
            }
            LocalResult::None => made_up_for(found, &from.timezone())?,
        };
        let repeated = if self.is_of_every_hour { self.next_repeated(from) } else { None };
        Some(repeated.map_or(found_ms, |repeated_ms| repeated_ms.min(found_ms)))
    }

    /// The first match of a clock that knows no changes of offset.
    fn on_the_wall(&self, from: NaiveDateTime, inclusive: bool) -> Option<NaiveDateTime> {
        Some(self.cron.find_next_occurrence(&from.and_utc(), inclusive).ok()?.naive_utc())
    }

    /// From a time that the clock is about to repeat: the first match in the repetition.
    fn next_repeated<Z: TimeZone>(&self, from: &DateTime<Z>) -> Option<i64> {
        let LocalResult::Ambiguous(first, second) = from.timezone().from_local_datetime(&from.naive_local()) else {
            return None;
        };
        if *from >= second {
            return None;
        }
        let set_back_by = second.clone().signed_duration_since(&first);
        let (mut before, mut after) = (from.timestamp_millis(), second.timestamp_millis());
        let offset_at =
            |ms| DateTime::from_timestamp_millis(ms).map(|time| time.with_timezone(&from.timezone()).offset().fix());
        while after - before > 1 {
            let middle = before + (after - before) / 2;
            if offset_at(middle)? == from.offset().fix() { before = middle } else { after = middle }
        }
        let change = DateTime::from_timestamp_millis(after)?.with_timezone(&from.timezone());
        let begins = change.naive_local();
        let found = self.on_the_wall(begins, true).filter(|found| *found < begins + set_back_by)?;
        Some(after + (found - begins).num_milliseconds())
    }
}

/// A skipped wall clock time, counted on from the offset that held before.
fn made_up_for<Z: TimeZone>(skipped: NaiveDateTime, zone: &Z) -> Option<i64> {
    let day_before = skipped.checked_sub_days(Days::new(1))?;
    let offset = zone.offset_from_local_datetime(&day_before).earliest()?.fix();
    Some(skipped.and_utc().timestamp_millis() - i64::from(offset.local_minus_utc()) * 1_000)
}

/// The fields as the parser takes them, without what it would accept and `cron-parser` does not.
fn fields(pattern: &str) -> Result<Vec<String>, String> {
    let pattern = pattern.trim();
    let full = match ALIASES.iter().find(|(alias, _)| *alias == pattern) {
        Some((_, full)) => full,
        None if pattern.starts_with('@') => return Err("unknown short form".into()),
        None => pattern,
    };
    let mut fields: Vec<String> = full.split_whitespace().map(Into::into).collect();
    if fields.len() > FIELDS + 1 {
        return Err(format!("more than {} fields", FIELDS + 1));
    }
    while fields.len() < FIELDS {
        fields.insert(0, "*".into());
    }
    let has_seconds = fields.len() > FIELDS;
    for (index, field) in fields.iter_mut().enumerate() {
        if field == "?" {
            *field = "*".into();
        }
        check_parts(field)?;
        match index + usize::from(!has_seconds) {
            0 | 1 => check_duplicates(field, 0..=59)?,
            2 => check_duplicates(field, 0..=23)?,
            3 => check_duplicates(field, 1..=31)?,
            5 => check_weekdays(field)?,
            _ => {}
        }
    }
    Ok(fields)
}

/// What the parser knows beyond `cron-parser`: `+1`, `/5`, `15W` and `LW`.
fn check_parts(field: &str) -> Result<(), String> {
    let is_foreign = |part: &&str| {
        let is_workday =
            part.ends_with(['W', 'w']) && part.starts_with(|first: char| first.is_ascii_digit() || first == 'L');
        part.starts_with(['/', '+']) || is_workday
    };
    match field.split(',').find(is_foreign) {
        Some(part) => Err(format!("invalid characters in `{part}`")),
        None => Ok(()),
    }
}

/// A list must not name a value twice. Parts that are not numbers are left to the parser.
fn check_duplicates(field: &str, range: RangeInclusive<u16>) -> Result<(), String> {
    if !field.contains(',') {
        return Ok(());
    }
    let mut seen = HashSet::new();
    let mut values = field.split(',').filter_map(|part| values_of(part, &range)).flatten();
    match values.find(|value| !seen.insert(*value)) {
        Some(value) => Err(format!("duplicate values found: {value}")),
        None => Ok(()),
    }
}

/// The values of one part of a list: `4`, `1-5`, `*`, each with or without a step.
fn values_of(part: &str, range: &RangeInclusive<u16>) -> Option<impl Iterator<Item = u16> + use<>> {
    let (values, step) = part.split_once('/').map_or((part, None), |(values, step)| (values, Some(step)));
    let (first, last) = match values.split_once('-') {
        _ if values == "*" => (*range.start(), *range.end()),
        Some((first, last)) => (first.parse().ok()?, last.parse().ok()?),
        None => {
            let first = values.parse().ok()?;
            (first, if step.is_some() { *range.end() } else { first })
        }
    };
    let step = step.unwrap_or("1").parse().ok().filter(|step| *step > 0)?;
    Some((first..=last.min(*range.end())).step_by(step))
}

fn check_weekdays(field: &str) -> Result<(), String> {
    if field.contains('#') && field.contains([',', '-', '/']) {
        return Err("`#` cannot be combined with other special characters".into());
    }
    if field.contains(',') {
        let days: Vec<_> = field.split(',').map(|day| if day == "7" { "0" } else { day }).collect();
        return check_duplicates(&days.join(","), 0..=7);
    }
    Ok(())
}

#[cfg(test)]
#[path = "cron_tests.rs"]
mod tests;
