//! From what users ask for to jobs that are ready for Redis, each tied to its parent.

use std::sync::Arc;

use serde_json::{Value, json};

use super::{AddedFlowJob, NewFlowJob};
use crate::error::{Error, Result};
use crate::job::Job;
use crate::queue::{ResolvedOptions, parse_options};
use crate::scripts::EncodedJob;
use crate::wire::QueueKeys;

/// A checked job of a flow.
#[derive(Debug)]
pub(super) struct PreparedJob {
    pub(super) queue: QueueKeys,
    /// Has an id.
    pub(super) encoded: EncodedJob,
    /// Options as users see them, JSON text.
    options: Arc<str>,
}

/// Checks all jobs.
///
/// # Errors
/// `InvalidOption` in BullMQ's words; a parent that does not stand before its child.
pub(super) fn prepare(jobs: Vec<NewFlowJob>, now_ms: i64) -> Result<Vec<PreparedJob>> {
    let mut has_children = vec![false; jobs.len()];
    for (index, job) in jobs.iter().enumerate() {
        match job.parent {
            Some(parent) if parent >= index => return Err(invalid("a job of a flow must stand behind its parent")),
            Some(parent) => has_children[parent] = true,
            None => {}
        }
    }
    let mut prepared: Vec<PreparedJob> = Vec::with_capacity(jobs.len());
    for (job, has_children) in jobs.into_iter().zip(has_children) {
        let parent = job.parent.map(|parent| &prepared[parent]);
        let next = prepare_job(job, parent, has_children, now_ms)?;
        prepared.push(next);
    }
    Ok(prepared)
}

fn prepare_job(new: NewFlowJob, parent: Option<&PreparedJob>, has_children: bool, now_ms: i64) -> Result<PreparedJob> {
    let NewFlowJob { queue, job, .. } = new;
    let mut options = parse_options(&job.options)?;
    if has_children
        && options.get("deduplication").is_some_and(|rules| !matches!(rules, Value::Null | Value::Bool(false)))
    {
        return Err(invalid("Deduplication options cannot be used on flow nodes with children"));
    }
    if let Some(PreparedJob { queue, encoded, .. }) = parent {
        options.insert("parent".into(), json!({ "id": encoded.id, "queue": queue.qualified_name() }));
    }
    let resolved = ResolvedOptions::new(options)?;
    let options = Arc::clone(&resolved.public);
    let mut encoded = resolved.encode(job, now_ms)?;
    encoded.id.get_or_insert_with(|| uuid::Uuid::new_v4().to_string());
    Ok(PreparedJob { queue, encoded, options })
}

fn invalid(message: &str) -> Error {
    Error::InvalidOption { message: message.into() }
}

impl PreparedJob {
    /// The job after the calls; without an answer it was not reached.
    pub(super) fn into_added(self, answer: Option<Result<String>>) -> AddedFlowJob {
        let EncodedJob { id, name, timestamp, delay, priority, links, .. } = self.encoded;
        let (id, refusal) = match answer.unwrap_or(Err(Error::Closed)) {
            Ok(id) => (id, None),
            Err(refusal) => (id.unwrap_or_default(), Some(refusal)),
        };
        let (parent, deduplication) = links.map_or((None, None), |links| (links.parent, links.deduplication));
        let (parent_key, parent) = parent.map(|parent| (parent.key, parent.json)).unzip();
        let deduplication_id = deduplication.map(|rules| rules.id);
        let job = Job { id, name, timestamp, delay, priority, parent_key, parent, deduplication_id, ..Job::default() };
        AddedFlowJob { job, options: self.options, refusal }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::queue::NewJob;

    fn job(options: &str, parent: Option<usize>) -> NewFlowJob {
        let job = NewJob { name: "paint".into(), data: "{}".into(), options: options.into() };
        NewFlowJob { queue: QueueKeys::new("bull", "trunk").unwrap(), job, parent }
    }

    #[test]
    fn a_child_is_told_the_id_its_parent_got() {
        let prepared = prepare(vec![job("", None), job(r#"{"parent":{"id":"x","queue":"y"}}"#, Some(0))], 5).unwrap();
        let id = prepared[0].encoded.id.clone().unwrap();
        assert_eq!(uuid::Uuid::parse_str(&id).unwrap().get_version_num(), 4);
        let link = prepared[1].encoded.links.as_ref().unwrap().parent.clone().unwrap();
        assert_eq!(link.key, format!("bull:trunk:{id}"));
        let options: Value = serde_json::from_str(&prepared[1].options).unwrap();
        assert_eq!(options["parent"], json!({ "id": id, "queue": "bull:trunk" }));
    }

    #[test]
    fn refuses_what_cannot_work_in_bullmqs_words() {
        let refusals = [
            (
                vec![job(r#"{"deduplication":{"id":"x"}}"#, None), job("", Some(0))],
                "Deduplication options cannot be used on flow nodes with children",
            ),
            (
                vec![job("", None), job(r#"{"deduplication":{"id":"x"}}"#, Some(0))],
                "Deduplication and parent options cannot be used together",
            ),
            (vec![job("", None), job(r#"{"priority":1.5}"#, Some(0))], "Priority should not be float"),
            (vec![job("", Some(0))], "a job of a flow must stand behind its parent"),
        ];
        for (jobs, message) in refusals {
            assert_eq!(prepare(jobs, 0).unwrap_err().to_string(), message);
        }
    }
}
