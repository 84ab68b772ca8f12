//! The options of a job between the form users write and the one that is stored.

use serde_json::{Map, Value};

use super::new_job::{parse_options, to_text};
use crate::error::Result;

/// Stored names of options whose own name would take room in every job.
pub const SHORT_OPTION_NAMES: [(&str, &str); 6] = [
    ("deduplication", "de"),
    ("failParentOnFailure", "fpof"),
    ("continueParentOnFailure", "cpof"),
    ("ignoreDependencyOnFailure", "idof"),
    ("removeDependencyOnFailure", "rdof"),
    ("keepLogs", "kl"),
];

/// The stored form of options as users write them (both JSON text): names packed, absent values left out.
///
/// # Errors
/// `InvalidOption` if the text is not a JSON object.
pub fn pack_options(options: &str) -> Result<String> {
    let mut options = parse_options(options)?;
    options.retain(|_, value| !value.is_null());
    Ok(to_text(&pack(options)).to_string())
}

/// Options as users write them from their stored form (both JSON text).
///
/// # Errors
/// `InvalidOption` if the text is not a JSON object.
pub fn unpack_options(stored: &str) -> Result<String> {
    Ok(to_text(&unpack(parse_options(stored)?)).to_string())
}

/// The options of a stored job as users see them (both JSON text): unpacked, with what a job always shows.
///
/// # Errors
/// `InvalidOption` if the text is not a JSON object.
pub fn show_options(stored: &str) -> Result<String> {
    let mut options = unpack(parse_options(stored)?);
    options.remove("repeatJobKey");
    complete(&mut options);
    Ok(to_text(&options).to_string())
}

/// Fills in what every job shows: attempts, and the backoff as an object.
pub(super) fn complete(options: &mut Map<String, Value>) {
    options.entry("attempts").or_insert(Value::from(0));
    if let Some(delay) = options.get("backoff").filter(|backoff| backoff.is_number()).cloned() {
        options.insert("backoff".into(), serde_json::json!({ "type": "fixed", "delay": delay }));
    }
}

/// Replaces long names by the stored ones.
pub(super) fn pack(mut options: Map<String, Value>) -> Map<String, Value> {
    for (long, short) in SHORT_OPTION_NAMES {
        if let Some(value) = options.remove(long) {
            options.insert(short.into(), value);
        }
    }
    if let Some(Value::Object(telemetry)) = options.remove("telemetry") {
        let stored = [("metadata", "tm"), ("omitContext", "omc")];
        options
            .extend(stored.into_iter().filter_map(|(long, short)| Some((short.into(), telemetry.get(long)?.clone()))));
    }
    options
}

/// The inverse of [`pack`].
fn unpack(mut options: Map<String, Value>) -> Map<String, Value> {
    for (long, short) in SHORT_OPTION_NAMES {
        if let Some(value) = options.remove(short) {
            options.insert(long.into(), value);
        }
    }
    let telemetry: Map<String, Value> = [("metadata", "tm"), ("omitContext", "omc")]
        .into_iter()
        .filter_map(|(long, short)| Some((long.into(), options.remove(short)?)))
        .collect();
    if !telemetry.is_empty() {
        options.insert("telemetry".into(), Value::Object(telemetry));
    }
    options
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn unpacking_is_the_inverse_of_packing() {
        let written = r#"{"attempts":2,"keepLogs":3,"telemetry":{"omitContext":true}}"#;
        let stored = pack_options(written).unwrap();
        assert_eq!(serde_json::from_str::<Value>(&stored).unwrap(), json!({ "attempts": 2, "kl": 3, "omc": true }));
        let unpacked: Value = serde_json::from_str(&unpack_options(&stored).unwrap()).unwrap();
        assert_eq!(unpacked, serde_json::from_str::<Value>(written).unwrap());
    }

    #[test]
    fn a_job_shows_its_attempts_and_its_backoff_as_an_object() {
        let shown = show_options(r#"{"kl":3,"backoff":5,"repeatJobKey":"s"}"#).unwrap();
        let expected = json!({ "attempts": 0, "keepLogs": 3, "backoff": { "type": "fixed", "delay": 5 } });
        assert_eq!(serde_json::from_str::<Value>(&shown).unwrap(), expected);
    }
}
