//! Time zones by name.

use chrono::FixedOffset;
use chrono_tz::Tz;

/// A zone that schedules run in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Zone {
    /// From the zone database, with its changes of offset.
    Named(Tz),
    /// Always the same distance from UTC.
    Fixed(FixedOffset),
}

impl Zone {
    /// Coordinated universal time.
    pub const UTC: Self = Self::Named(Tz::UTC);

    /// Reads a name of the zone database (`Europe/Athens`, in any case) or an offset (`+02:00`, `UTC+2`); `None` if there is no such zone.
    pub fn parse(name: &str) -> Option<Self> {
        Tz::from_str_insensitive(name).ok().map(Self::Named).or_else(|| offset(name).map(Self::Fixed))
    }
}

fn offset(name: &str) -> Option<FixedOffset> {
    let text = name.strip_prefix("UTC").or_else(|| name.strip_prefix("utc")).unwrap_or(name);
    let (sign, text) = match text.split_at_checked(1)? {
        ("+", rest) => (1, rest),
        ("-", rest) => (-1, rest),
        _ => return None,
    };
    let (hours, minutes) = text.split_once(':').unwrap_or((text, "0"));
    let (hours, minutes): (i32, i32) = (hours.parse().ok()?, minutes.parse().ok()?);
    if !(0..=14).contains(&hours) || !(0..60).contains(&minutes) {
        return None;
    }
    FixedOffset::east_opt(sign * (hours * 3_600 + minutes * 60))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_read_in_any_case() {
        assert_eq!(Zone::parse("europe/athens"), Some(Zone::Named(Tz::Europe__Athens)));
        assert_eq!(Zone::parse("Etc/UTC"), Some(Zone::Named(Tz::Etc__UTC)));
    }

    #[test]
    fn offsets_are_zones_too() {
        let east = |seconds| FixedOffset::east_opt(seconds).map(Zone::Fixed);
        assert_eq!(Zone::parse("+05:30"), east(19_800));
        assert_eq!(Zone::parse("UTC-3"), east(-10_800));
    }

    #[test]
    fn what_is_no_zone_is_told_apart() {
        for name in ["", "Mars/Olympus", "+", "+99", "UTC", "utc+1:75"] {
            assert_eq!(Zone::parse(name).is_some(), name == "UTC", "{name}");
        }
    }
}
