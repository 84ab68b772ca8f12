//! The delivery ledger: fields of a job's hash that name its finished parts.

/// Begins the field of every finished part. BullMQ's own fields contain no colon, and its readers pass over unknown ones.
const PREFIX: &str = "ldg:";

/// The hash field that marks `part` as finished.
pub(crate) fn ledger_field(part: &str) -> String {
    format!("{PREFIX}{part}")
}

/// The part that a hash field marks as finished; `None` for fields of another kind.
pub(crate) fn ledger_part(field: &str) -> Option<&str> {
    field.strip_prefix(PREFIX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_part_survives_the_way_through_its_field() {
        assert_eq!(ledger_part(&ledger_field("https://push.example/a:b")), Some("https://push.example/a:b"));
        assert_eq!(ledger_part("data"), None);
    }
}
