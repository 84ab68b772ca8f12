//! What ties a new job to others: a parent, a deduplication id.

use serde_json::{Map, Value};

use super::new_job::{integer, invalid, parse_options};
use crate::error::Result;
use crate::scripts::{Deduplication, JobLinks, ParentLink};

/// A child's rules for its own failure, long and stored names, in the order BullMQ writes them.
const FAILURE_RULES: [(&str, &str); 4] = [
    ("failParentOnFailure", "fpof"),
    ("removeDependencyOnFailure", "rdof"),
    ("ignoreDependencyOnFailure", "idof"),
    ("continueParentOnFailure", "cpof"),
];

/// Reads `parent` and `deduplication`; `None` for the many jobs that have neither.
pub(super) fn read_links(options: &Map<String, Value>) -> Result<Option<Box<JobLinks>>> {
    let given = |name: &str| options.get(name).filter(|value| is_truthy(value));
    match (given("parent"), given("deduplication")) {
        (None, None) => Ok(None),
        (Some(_), Some(_)) => Err(invalid("Deduplication and parent options cannot be used together")),
        (parent, rules) => Ok(Some(Box::new(JobLinks {
            parent: parent.map(|parent| parent_link(parent, options)),
            deduplication: rules.map(deduplication).transpose()?,
        }))),
    }
}

/// The parent that a job with these options (JSON text) has; `None` for most.
///
/// # Errors
/// `InvalidOption` if the text is not a JSON object.
pub fn parent_of(options: &str) -> Result<Option<ParentLink>> {
    let options = parse_options(options)?;
    Ok(options.get("parent").filter(|parent| is_truthy(parent)).map(|parent| parent_link(parent, &options)))
}

fn parent_link(parent: &Value, options: &Map<String, Value>) -> ParentLink {
    // An incomplete parent is one that does not exist: adding says so, in the words BullMQ's users know.
    let part = |name: &str| parent.get(name).map_or_else(|| "undefined".into(), text);
    let mut link = Map::new();
    for (name, stored) in [("id", "id"), ("queue", "queueKey")] {
        link.extend(parent.get(name).map(|value| (stored.into(), value.clone())));
    }
    let is_set = |long: &str| options.get(long).is_some_and(is_truthy);
    link.extend(
        FAILURE_RULES.into_iter().filter(|(long, _)| is_set(long)).map(|(_, short)| (short.into(), Value::Bool(true))),
    );
    ParentLink { key: format!("{}:{}", part("queue"), part("id")), json: Value::Object(link).to_string() }
}

fn deduplication(rules: &Value) -> Result<Deduplication> {
    let Some(id) = rules.get("id").filter(|id| is_truthy(id)).map(text) else {
        return Err(invalid("Deduplication id must be provided"));
    };
    let is_set = |name: &str| rules.get(name).is_some_and(is_truthy);
    Ok(Deduplication {
        id,
        ttl_ms: rules.as_object().and_then(|rules| integer(rules, "ttl")).and_then(|ttl| u64::try_from(ttl).ok()),
        extends: is_set("extend"),
        replaces: is_set("replace"),
        keeps_last: is_set("keepLastIfActive"),
    })
}

/// A value as JavaScript writes it into a string.
fn text(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

/// Whether JavaScript takes a value for true.
fn is_truthy(value: &Value) -> bool {
    match value {
        Value::Null => false,
        Value::Bool(flag) => *flag,
        Value::Number(number) => number.as_f64() != Some(0.0),
        Value::String(text) => !text.is_empty(),
        Value::Array(_) | Value::Object(_) => true,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn links(options: Value) -> Result<Option<Box<JobLinks>>> {
        let Value::Object(options) = options else { panic!("options are an object") };
        read_links(&options)
    }

    #[test]
    fn most_jobs_have_no_links() {
        for options in [json!({}), json!({ "parent": null, "deduplication": false })] {
            assert_eq!(links(options).unwrap(), None);
        }
    }

    #[test]
    fn a_parent_is_named_by_its_key_and_told_the_rule_for_failures() {
        let options = json!({ "parent": { "id": "p", "queue": "bull:trunk", "more": 1 }, "failParentOnFailure": true });
        let parent = links(options).unwrap().unwrap().parent.unwrap();
        assert_eq!(parent.key, "bull:trunk:p");
        let json: Value = serde_json::from_str(&parent.json).unwrap();
        assert_eq!(json, json!({ "id": "p", "queueKey": "bull:trunk", "fpof": true }));
    }

    #[test]
    fn an_incomplete_parent_is_one_that_does_not_exist() {
        let parent = links(json!({ "parent": { "id": "p" } })).unwrap().unwrap().parent.unwrap();
        assert_eq!(parent.key, "undefined:p");
    }

    #[test]
    fn deduplication_rules_are_read_as_users_write_them() {
        let options = json!({ "deduplication": { "id": 5, "ttl": 1_000, "replace": true } });
        let expected =
            Deduplication { id: "5".into(), ttl_ms: Some(1_000), extends: false, replaces: true, keeps_last: false };
        assert_eq!(links(options).unwrap().unwrap().deduplication, Some(expected));
        let options = json!({ "deduplication": { "id": "x", "ttl": -5, "extend": true, "keepLastIfActive": true } });
        let expected = Deduplication { id: "x".into(), ttl_ms: None, extends: true, replaces: false, keeps_last: true };
        assert_eq!(links(options).unwrap().unwrap().deduplication, Some(expected));
    }

    #[test]
    fn refuses_what_cannot_work_in_bullmqs_words() {
        for options in [json!({}), json!({ "id": "" }), json!({ "id": 0 }), json!("x"), json!(true)] {
            let error = links(json!({ "deduplication": options })).unwrap_err();
            assert_eq!(error.to_string(), "Deduplication id must be provided");
        }
        let both = json!({ "deduplication": { "id": "x" }, "parent": { "id": "p", "queue": "bull:trunk" } });
        let error = links(both).unwrap_err();
        assert_eq!(error.to_string(), "Deduplication and parent options cannot be used together");
    }
}
