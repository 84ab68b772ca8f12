//! Children of a job as JSON objects by kind.

use serde::Serialize;
use serde_json::value::RawValue;
use serde_json::{Map, Value, json};
use synapse_queue_engine::queue::{Child, ChildrenKind, ChildrenPage, DependencyPage};

use super::Lines;
use super::job_lines::push_job;

/// First line of a range of children.
#[derive(Serialize)]
struct DependenciesHeader<'a> {
    total: u64,
    /// Key and value of each child.
    items: Vec<(&'a str, Option<Box<RawValue>>)>,
}

/// All children: `{"processed":{"<key>":<value>},"unprocessed":["<key>"],"ignored":{"<key>":"<reason>"},"failed":["<key>"]}`.
pub(crate) fn children_text(kinds: &[ChildrenKind], children: &[Vec<Child>]) -> String {
    let members = kinds.iter().zip(children).map(|(kind, children)| member(*kind, children));
    object(members)
}

/// Parts of the children, each with a member `next<Kind>Cursor` beside it.
pub(crate) fn children_pages_text(pages: &[ChildrenPage]) -> String {
    let members = pages.iter().flat_map(|ChildrenPage { kind, children, next_cursor }| {
        [member(*kind, children), (next_name(*kind).to_owned(), next_cursor.to_string())]
    });
    object(members)
}

/// Numbers of children by kind.
pub(crate) fn children_counts_text(kinds: &[ChildrenKind], counts: &[u64]) -> String {
    object(kinds.iter().zip(counts).map(|(kind, count)| (kind.name().to_owned(), count.to_string())))
}

/// A header, then four lines per job.
pub(crate) fn dependencies_text(page: &DependencyPage) -> String {
    let mut lines = Lines::default();
    let item = |child: &'_ Child| child.value.as_deref().map(raw);
    let items = page.children.iter().map(|child| (child.key.as_str(), item(child))).collect();
    lines.push_json(&DependenciesHeader { total: page.total, items });
    for job in &page.jobs {
        push_job(&mut lines, job);
    }
    lines.into_text()
}

fn member(kind: ChildrenKind, children: &[Child]) -> (String, String) {
    let text = match kind {
        ChildrenKind::Processed => {
            object(children.iter().map(|child| (child.key.clone(), raw(value_of(child)).get().to_owned())))
        }
        ChildrenKind::Ignored => {
            let reasons: Map<String, Value> =
                children.iter().map(|child| (child.key.clone(), value_of(child).into())).collect();
            Value::Object(reasons).to_string()
        }
        ChildrenKind::Unprocessed | ChildrenKind::Failed => {
            json!(children.iter().map(|child| child.key.as_str()).collect::<Vec<_>>()).to_string()
        }
    };
    (kind.name().to_owned(), text)
}

fn value_of(child: &Child) -> &str {
    child.value.as_deref().unwrap_or("null")
}

/// A value written by others may be plain text.
fn raw(text: &str) -> Box<RawValue> {
    RawValue::from_string(text.to_owned())
        .unwrap_or_else(|_| serde_json::value::to_raw_value(text).expect("text is always expressible in JSON"))
}

/// An object of members whose values are JSON texts.
fn object(members: impl Iterator<Item = (String, String)>) -> String {
    let members: Vec<String> = members.map(|(name, text)| format!("{}:{text}", Value::from(name))).collect();
    format!("{{{}}}", members.join(","))
}

fn next_name(kind: ChildrenKind) -> &'static str {
    match kind {
        ChildrenKind::Processed => "nextProcessedCursor",
        ChildrenKind::Unprocessed => "nextUnprocessedCursor",
        ChildrenKind::Ignored => "nextIgnoredCursor",
        ChildrenKind::Failed => "nextFailedCursor",
    }
}

#[cfg(test)]
mod tests {
    use synapse_queue_engine::job::Job;

    use super::*;

    fn child(key: &str, value: Option<&str>) -> Child {
        Child { key: key.into(), value: value.map(Into::into) }
    }

    #[test]
    fn results_are_values_and_reasons_are_texts() {
        let kinds = [ChildrenKind::Processed, ChildrenKind::Ignored, ChildrenKind::Unprocessed];
        let children = [
            vec![child("a", Some("{\"x\":1}")), child("b", Some("plain"))],
            vec![child("c", Some("5"))],
            vec![child("d", None)],
        ];
        let text = children_text(&kinds, &children);
        assert_eq!(text, r#"{"processed":{"a":{"x":1},"b":"plain"},"ignored":{"c":"5"},"unprocessed":["d"]}"#);
    }

    #[test]
    fn a_page_tells_where_to_go_on() {
        let page = ChildrenPage { kind: ChildrenKind::Failed, children: vec![child("a", None)], next_cursor: 20 };
        assert_eq!(children_pages_text(&[page]), r#"{"failed":["a"],"nextFailedCursor":20}"#);
    }

    #[test]
    fn a_range_has_a_header_and_the_jobs() {
        let children = vec![child("a", Some("1")), child("b", None)];
        let page = DependencyPage { children, jobs: vec![Job::default()], total: 7 };
        let text = dependencies_text(&page);
        let lines: Vec<_> = text.split('\n').collect();
        assert_eq!(lines[0], r#"{"total":7,"items":[["a",1],["b",null]]}"#);
        assert_eq!(lines.len(), 5);
    }
}
