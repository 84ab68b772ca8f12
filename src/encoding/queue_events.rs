//! Entries of the event stream: one line each, `{event, id, args}`.

use serde::Serialize;
use serde::ser::{SerializeMap, Serializer};
use serde_json::value::RawValue;
use synapse_queue_engine::queue_events::StreamEvent;

use super::Lines;

#[derive(Serialize)]
struct Line<'a> {
    event: &'a str,
    id: &'a str,
    args: Args<'a>,
}

/// All fields but the event's name; results and progress as values, the time of a delay as a number.
struct Args<'a>(&'a StreamEvent);

impl Serialize for Args<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let Self(event) = self;
        let kind = event_name(event);
        let mut map = serializer.serialize_map(None)?;
        for (name, value) in event.fields.iter().filter(|(name, _)| name != "event") {
            match (kind, name.as_str()) {
                ("completed", "returnvalue") | ("progress", "data") => {
                    serialize_json(&mut map, name, value)?;
                }
                ("delayed", "delay") => match value.parse::<f64>() {
                    Ok(due_ms) => map.serialize_entry(name, &due_ms)?,
                    Err(_) => map.serialize_entry(name, value)?,
                },
                _ => map.serialize_entry(name, value)?,
            }
        }
        map.end()
    }
}

/// The text as the JSON it is; text that is none stays text.
fn serialize_json<M: SerializeMap>(map: &mut M, name: &str, text: &str) -> Result<(), M::Error> {
    match serde_json::from_str::<&RawValue>(text) {
        Ok(_) if text.contains('\n') => {
            let without_breaks = RawValue::from_string(text.replace('\n', " ")).expect("line breaks are only space");
            map.serialize_entry(name, &without_breaks)
        }
        Ok(json) => map.serialize_entry(name, json),
        Err(_) => map.serialize_entry(name, text),
    }
}

fn event_name(event: &StreamEvent) -> &str {
    event.fields.iter().find(|(name, _)| name == "event").map_or("", |(_, value)| value)
}

/// Events in order; empty text for none, which tells that the reader was closed.
pub(crate) fn queue_events_text(events: &[StreamEvent]) -> String {
    let mut lines = Lines::default();
    for event in events {
        lines.push_json(&Line { event: event_name(event), id: &event.id, args: Args(event) });
    }
    lines.into_text()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn event(fields: &[(&str, &str)]) -> StreamEvent {
        let fields = fields.iter().map(|(name, value)| ((*name).into(), (*value).into())).collect();
        StreamEvent { id: "5-0".into(), fields }
    }

    #[test]
    fn results_progress_and_delays_are_values_and_all_else_is_text() {
        let text = queue_events_text(&[
            event(&[("event", "completed"), ("jobId", "1"), ("returnvalue", "{\"a\":\n1}"), ("prev", "active")]),
            event(&[("event", "progress"), ("jobId", "1"), ("data", "42")]),
            event(&[("event", "delayed"), ("jobId", "1"), ("delay", "1700000000000")]),
            event(&[("event", "retries-exhausted"), ("jobId", "1"), ("attemptsMade", "3")]),
        ]);
        let expected = [
            r#"{"event":"completed","id":"5-0","args":{"jobId":"1","returnvalue":{"a": 1},"prev":"active"}}"#,
            r#"{"event":"progress","id":"5-0","args":{"jobId":"1","data":42}}"#,
            r#"{"event":"delayed","id":"5-0","args":{"jobId":"1","delay":1700000000000.0}}"#,
            r#"{"event":"retries-exhausted","id":"5-0","args":{"jobId":"1","attemptsMade":"3"}}"#,
        ];
        assert_eq!(text, expected.join("\n"));
    }

    #[test]
    fn a_result_that_is_no_json_stays_text() {
        let text = queue_events_text(&[event(&[("event", "completed"), ("returnvalue", "plain\n text")])]);
        assert_eq!(text, r#"{"event":"completed","id":"5-0","args":{"returnvalue":"plain\n text"}}"#);
    }
}
