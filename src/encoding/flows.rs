//! Flows: jobs to be added as three lines each, what became of them as two, and jobs that were read as five.

use serde::Serialize;
use synapse_queue_engine::error::{Error, Result};
use synapse_queue_engine::flow::{AddedFlowJob, FlowNode, NewFlowJob};
use synapse_queue_engine::queue::NewJob;
use synapse_queue_engine::wire::QueueKeys;

use super::Lines;
use super::job_lines::{JobHeader, push_job};
use crate::native_error::NativeError;

/// First line of a job to be added: `["<name>","<queue>",<prefix or null>,<position of the parent or null>]`.
type NewHeader<'a> = (String, String, Option<String>, Option<usize>);

/// First line of what became of a job.
#[derive(Serialize)]
struct AddedHeader<'a> {
    job: JobHeader<'a>,
    #[serde(skip_serializing_if = "Option::is_none")]
    refusal: Option<NativeError>,
}

/// Reads a batch; `keys` names a queue by its name and prefix.
///
/// # Errors
/// `InvalidOption` if the lines are not those of jobs; what `keys` refuses.
pub(crate) fn read_flow_jobs(
    batch: &str,
    keys: impl Fn(&str, Option<&str>) -> Result<QueueKeys>,
) -> Result<Vec<NewFlowJob>> {
    let mut lines = batch.split('\n');
    let mut jobs = Vec::new();
    while let Some(header) = lines.next() {
        let (Some(options), Some(data)) = (lines.next(), lines.next()) else {
            return Err(malformed("a job has less than three lines"));
        };
        let (name, queue, prefix, parent): NewHeader<'_> =
            serde_json::from_str(header).map_err(|error| malformed(&error.to_string()))?;
        let queue = keys(&queue, prefix.as_deref())?;
        jobs.push(NewFlowJob { queue, job: NewJob { name, data: data.into(), options: options.into() }, parent });
    }
    Ok(jobs)
}

/// Two lines per job: a header, its options.
pub(crate) fn added_flow_text(jobs: &[AddedFlowJob]) -> String {
    let mut lines = Lines::default();
    for added in jobs {
        let refusal = added.refusal.as_ref().map(NativeError::from);
        lines.push_json(&AddedHeader { job: JobHeader::from(&added.job), refusal });
        lines.push_text(&added.options);
    }
    lines.into_text()
}

/// Five lines per job, parents before their children: `["<queue>","<prefix>",<number of its children that follow>]`, then the job.
pub(crate) fn flow_text(root: &FlowNode) -> String {
    let mut lines = Lines::default();
    let mut next = vec![root];
    while let Some(node) = next.pop() {
        lines.push_json(&(node.queue.queue(), node.queue.prefix(), node.children.len()));
        push_job(&mut lines, &node.job);
        next.extend(node.children.iter().rev());
    }
    lines.into_text()
}

fn malformed(detail: &str) -> Error {
    Error::InvalidOption { message: format!("malformed batch of flows: {detail}") }
}

#[cfg(test)]
mod tests {
    use synapse_queue_engine::job::Job;

    use super::*;

    fn keys(name: &str, prefix: Option<&str>) -> Result<QueueKeys> {
        QueueKeys::new(prefix.unwrap_or("bull"), name)
    }

    #[test]
    fn reads_jobs_with_their_queues_and_parents() {
        let batch = "[\"a\",\"trunk\",null,null]\n{}\n1\n[\"b\",\"twig\",\"other\",0]\n{\"delay\":1}\n{\"x\":2}";
        let jobs = read_flow_jobs(batch, keys).unwrap();
        assert_eq!(jobs[0].queue.qualified_name(), "bull:trunk");
        assert_eq!(jobs[1].queue.qualified_name(), "other:twig");
        assert_eq!((jobs[0].parent, jobs[1].parent), (None, Some(0)));
        assert_eq!(jobs[1].job, NewJob { name: "b".into(), data: "{\"x\":2}".into(), options: "{\"delay\":1}".into() });
    }

    #[test]
    fn a_cut_batch_is_refused() {
        assert!(read_flow_jobs("[\"a\",\"trunk\",null,null]\n{}", keys).is_err());
        assert!(read_flow_jobs("a\n{}\n{}", keys).is_err());
    }

    #[test]
    fn a_refusal_stands_beside_its_job() {
        let job = Job { id: "1".into(), name: "a".into(), timestamp: 5, ..Job::default() };
        let text = added_flow_text(&[AddedFlowJob { job, options: "{}".into(), refusal: Some(Error::Closed) }]);
        let refusal = r#"{"code":"CONNECTION_CLOSED","message":"Connection is closed."}"#;
        let expected =
            format!("{{\"job\":{{\"id\":\"1\",\"name\":\"a\",\"timestamp\":5}},\"refusal\":{refusal}}}\n{{}}");
        assert_eq!(text, expected);
    }

    #[test]
    fn parents_stand_before_their_children() {
        let node = |id: &str, children| FlowNode {
            queue: QueueKeys::new("bull", "trunk").unwrap(),
            job: Job { id: id.into(), ..Job::default() },
            children,
        };
        let text = flow_text(&node("r", vec![node("a", vec![node("a1", vec![])]), node("b", vec![])]));
        let lines: Vec<_> = text.split('\n').collect();
        let heads: Vec<_> = lines.iter().step_by(5).collect();
        let counted = |children: u32| format!("[\"trunk\",\"bull\",{children}]");
        assert_eq!(heads, [&counted(2), &counted(1), &counted(0), &counted(0)]);
        assert!(lines[6].contains("\"a\"") && lines[11].contains("\"a1\"") && lines[16].contains("\"b\""));
    }
}
