//! The options of a schedule, and which slot comes next.

use serde_json::{Map, Value};

use super::{CronPattern, Zone};
use crate::error::{Error, Result};

/// When a scheduler runs its jobs. Times are ms since the Unix epoch.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Repeat {
    /// What the slots follow from.
    pub cadence: Cadence,
    /// Jobs in all. `None` = no limit.
    pub limit: Option<i64>,
    /// Jobs that count as run already.
    pub count: i64,
    /// No slot is before this time.
    pub start_ms: Option<i64>,
    /// After this time no slot follows.
    pub end_ms: Option<i64>,
    /// Whether the first job of a pattern runs at once.
    pub immediately: bool,
}

/// What the slots of a schedule follow from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Cadence {
    /// Slots lie `offset` ms after multiples of the interval, counted from the Unix epoch.
    Every {
        /// The interval, ms, at least 1.
        every: i64,
        /// `None` = that of the first slot.
        offset: Option<i64>,
    },
    /// Slots are the times that a cron pattern matches, or whatever a custom strategy makes of it.
    Pattern {
        /// As the user wrote it.
        pattern: String,
        /// Name of the time zone; `None` = the local one.
        tz: Option<String>,
    },
}

/// The next slot of a schedule.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Slot {
    /// Known already.
    At(i64),
    /// One interval on from the slot before; the first one at this time, or as soon as the offset allows.
    Interval {
        /// When the schedule starts, at the earliest now; `None` if it has no start.
        first_ms: Option<i64>,
    },
}

impl Repeat {
    /// Reads what the user asks for.
    ///
    /// # Errors
    /// `InvalidOption` in BullMQ's words for combinations that cannot work.
    pub fn from_user(options: &Map<String, Value>) -> Result<Self> {
        let repeat = Self::read(options)?;
        if repeat.immediately && repeat.start_ms.is_some() {
            return Err(invalid("Both .immediately and .startDate options are defined for this repeatable job"));
        }
        if let Cadence::Every { every, .. } = repeat.cadence
            && every < 1
        {
            return Err(invalid(&format!("every must be at least 1 ms, got {}", options["every"])));
        }
        Ok(repeat)
    }

    /// Reads the option `repeat` of a scheduler's job, or a scheduler's record.
    ///
    /// # Errors
    /// `InvalidOption` if it says neither or both of interval and pattern.
    pub fn read(options: &Map<String, Value>) -> Result<Self> {
        let every = number(options, "every").filter(|every| *every != 0);
        let pattern = text(options, "pattern");
        let cadence = match (every, pattern) {
            (Some(_), Some(_)) => {
                return Err(invalid("Both .pattern and .every options are defined for this repeatable job"));
            }
            (None, None) => {
                return Err(invalid("Either .pattern or .every options must be defined for this repeatable job"));
            }
            (Some(every), None) => {
                Cadence::Every { every, offset: number(options, "offset").filter(|offset| *offset != 0) }
            }
            (None, Some(pattern)) => Cadence::Pattern { pattern, tz: text(options, "tz") },
        };
        Ok(Self {
            cadence,
            limit: number(options, "limit"),
            count: number(options, "count").unwrap_or(0),
            start_ms: number(options, "startDate"),
            end_ms: number(options, "endDate"),
            immediately: options.get("immediately").and_then(Value::as_bool).unwrap_or(false),
        })
    }

    /// Whether another job may follow: neither the limit nor the end is reached.
    pub fn goes_on(&self, now_ms: i64) -> bool {
        self.limit.is_none_or(|limit| self.count < limit) && self.end_ms.is_none_or(|end_ms| now_ms <= end_ms)
    }

    /// The first slot of a new schedule; `None` if there is none.
    ///
    /// # Errors
    /// `InvalidOption` for an end in the past, a pattern that cannot be read or an unknown zone.
    pub fn first_slot(&self, now_ms: i64, local: Zone) -> Result<Option<Slot>> {
        if self.limit.is_some_and(|limit| self.count >= limit) {
            return Ok(None);
        }
        if self.end_ms.is_some_and(|end_ms| now_ms > end_ms) {
            return Err(invalid("End date must be greater than current timestamp"));
        }
        match &self.cadence {
            Cadence::Every { .. } => {
                Ok(Some(Slot::Interval { first_ms: self.start_ms.map(|start_ms| start_ms.max(now_ms)) }))
            }
            Cadence::Pattern { .. } if self.immediately => Ok(Some(Slot::At(now_ms))),
            Cadence::Pattern { pattern, tz } => self.matching_slot(pattern, tz.as_deref(), now_ms, local),
        }
    }

    /// The slot that follows `previous_ms`; `None` if the schedule has ended.
    ///
    /// # Errors
    /// As [`Repeat::first_slot`], but for the end.
    pub fn next_slot(&self, previous_ms: i64, now_ms: i64, local: Zone) -> Result<Option<Slot>> {
        if !self.goes_on(now_ms) {
            return Ok(None);
        }
        match &self.cadence {
            Cadence::Every { .. } => Ok(Some(Slot::Interval { first_ms: None })),
            Cadence::Pattern { pattern, tz } => {
                self.matching_slot(pattern, tz.as_deref(), now_ms.max(previous_ms), local)
            }
        }
    }

    fn matching_slot(&self, pattern: &str, tz: Option<&str>, after_ms: i64, local: Zone) -> Result<Option<Slot>> {
        let zone = match tz {
            None => local,
            Some(name) => Zone::parse(name).ok_or_else(|| invalid(&format!("Unknown time zone \"{name}\"")))?,
        };
        let pattern = CronPattern::parse(pattern).map_err(|problem| invalid(&problem))?;
        let after_ms = self.start_ms.map_or(after_ms, |start_ms| start_ms.max(after_ms));
        let slot_ms = pattern.next_after(after_ms, zone);
        Ok(slot_ms.filter(|slot_ms| self.end_ms.is_none_or(|end_ms| *slot_ms <= end_ms)).map(Slot::At))
    }
}

fn invalid(message: &str) -> Error {
    Error::InvalidOption { message: message.into() }
}

fn text(options: &Map<String, Value>, name: &str) -> Option<String> {
    options.get(name)?.as_str().filter(|text| !text.is_empty()).map(Into::into)
}

/// A number, also one that stands as text in a record; fractions of a millisecond are cut off.
#[expect(clippy::cast_possible_truncation, reason = "a saturating cast is the wanted reading of out-of-range numbers")]
fn number(options: &Map<String, Value>, name: &str) -> Option<i64> {
    match options.get(name)? {
        Value::String(text) => text.parse::<f64>().ok().map(|number| number as i64),
        value => value.as_i64().or_else(|| value.as_f64().map(|number| number as i64)),
    }
}

#[cfg(test)]
#[path = "repeat_tests.rs"]
mod tests;
