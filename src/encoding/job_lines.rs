//! Jobs as four lines each: header, options, data, return value.

use serde::Serialize;
use synapse_queue_engine::job::Job;

use super::Lines;

/// Everything of a job that is short; fields with their initial value are left out.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct JobHeader<'a> {
    id: &'a str,
    name: &'a str,
    timestamp: i64,
    #[serde(skip_serializing_if = "is_zero")]
    delay: i64,
    #[serde(skip_serializing_if = "is_none")]
    priority: u32,
    #[serde(skip_serializing_if = "is_none")]
    attempts_started: u32,
    #[serde(skip_serializing_if = "is_none")]
    attempts_made: u32,
    #[serde(skip_serializing_if = "is_none")]
    stalled_counter: u32,
    #[serde(skip_serializing_if = "Option::is_none")]
    processed_on: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    finished_on: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    processed_by: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    failed_reason: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    deferred_failure: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    progress: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    stacktrace: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    parent: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    parent_key: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    repeat_job_key: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    deduplication_id: Option<&'a str>,
}

impl<'a> From<&'a Job> for JobHeader<'a> {
    fn from(job: &'a Job) -> Self {
        Self {
            id: &job.id,
            name: &job.name,
            timestamp: job.timestamp,
            delay: job.delay,
            priority: job.priority,
            attempts_started: job.attempts_started,
            attempts_made: job.attempts_made,
            stalled_counter: job.stalled_counter,
            processed_on: job.processed_on,
            finished_on: job.finished_on,
            processed_by: job.processed_by.as_deref(),
            failed_reason: job.failed_reason.as_deref(),
            deferred_failure: job.deferred_failure.as_deref(),
            progress: job.progress.as_deref(),
            stacktrace: job.stacktrace.as_deref(),
            parent: job.parent.as_deref(),
            parent_key: job.parent_key.as_deref(),
            repeat_job_key: job.repeat_job_key.as_deref(),
            deduplication_id: job.deduplication_id.as_deref(),
        }
    }
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "the signature serde calls")]
fn is_zero(value: &i64) -> bool {
    *value == 0
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "the signature serde calls")]
fn is_none(value: &u32) -> bool {
    *value == 0
}

/// One job.
pub(crate) fn job_text(job: &Job) -> String {
    jobs_text(std::slice::from_ref(job))
}

/// Jobs in order; empty text for none.
pub(crate) fn jobs_text(jobs: &[Job]) -> String {
    let mut lines = Lines::default();
    for job in jobs {
        push_job(&mut lines, job);
    }
    lines.into_text()
}

pub(super) fn push_job(lines: &mut Lines, job: &Job) {
    lines.push_json(&JobHeader::from(job));
    push_job_texts(lines, job);
}

/// What follows the header.
pub(super) fn push_job_texts(lines: &mut Lines, job: &Job) {
    lines.push_text(or_empty_object(&job.opts));
    lines.push_text(or_empty_object(&job.data));
    lines.push_text(job.returnvalue.as_deref().unwrap_or_default());
}

/// Jobs of other clients may lack the field.
fn or_empty_object(json: &str) -> &str {
    if json.is_empty() { "{}" } else { json }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fresh_job_has_a_short_header_and_no_return_value() {
        let job = Job {
            id: "7".into(),
            name: "paint".into(),
            data: r#"{"a":1}"#.into(),
            opts: r#"{"attempts":0}"#.into(),
            timestamp: 5,
            ..Job::default()
        };
        assert_eq!(job_text(&job), "{\"id\":\"7\",\"name\":\"paint\",\"timestamp\":5}\n{\"attempts\":0}\n{\"a\":1}\n");
    }

    #[test]
    fn texts_of_other_clients_cannot_break_the_lines() {
        let job = Job {
            id: "a\nb".into(),
            data: "{\n \"a\": 1\n}".into(),
            returnvalue: Some("[\n]".into()),
            ..Job::default()
        };
        let text = job_text(&job);
        let lines: Vec<_> = text.split('\n').collect();
        assert_eq!(lines.len(), 4);
        assert!(lines[0].contains(r"a\nb"));
        assert_eq!(lines[1..], ["{}", "{  \"a\": 1 }", "[ ]"]);
    }

    #[test]
    fn no_jobs_are_no_text() {
        assert_eq!(jobs_text(&[]), "");
    }

    #[test]
    fn the_header_tells_everything_that_differs_from_a_fresh_job() {
        let job = Job {
            id: "1".into(),
            attempts_made: 2,
            processed_on: Some(3),
            failed_reason: Some("broken".into()),
            progress: Some("50".into()),
            stacktrace: Some(r#"["a"]"#.into()),
            ..Job::default()
        };
        let text = job_text(&job);
        let header: serde_json::Value = serde_json::from_str(text.lines().next().unwrap()).unwrap();
        let expected = serde_json::json!({
            "id": "1", "name": "", "timestamp": 0, "attemptsMade": 2, "processedOn": 3, "failedReason": "broken",
            "progress": "50", "stacktrace": "[\"a\"]",
        });
        assert_eq!(header, expected);
    }
}
