//! A worker's events: a line with the headers of all of them, a JSON array, then for each the texts of its job or its one JSON text.

use serde::Serialize;
use synapse_queue_engine::job::Failure;
use synapse_queue_engine::processor::LogLevel;
use synapse_queue_engine::queue::OpenSchedule;
use synapse_queue_engine::worker::{WorkerEvent, run_of};

use super::Lines;
use super::job_lines::{JobHeader, push_job_texts};
use crate::native_error::NativeError;

#[derive(Serialize)]
#[serde(tag = "event", rename_all = "camelCase", rename_all_fields = "camelCase")]
enum Header<'a> {
    Ready,
    Drained,
    AskTime,
    Closed,
    Active {
        run: u64,
        is_ours: bool,
        job: JobHeader<'a>,
    },
    Completed {
        run: u64,
        finished_on: i64,
        attempts_made: u32,
    },
    Failed {
        job_id: &'a str,
        run: u64,
        failure: FailureJson<'a>,
        attempts_made: u32,
        #[serde(skip_serializing_if = "Option::is_none")]
        finished_on: Option<i64>,
        delay: i64,
    },
    HandedBack {
        run: u64,
    },
    Progress {
        run: u64,
    },
    Log {
        run: u64,
        level: &'static str,
        message: &'a str,
    },
    Stalled {
        job_id: &'a str,
    },
    AskSlot {
        scheduler_id: &'a str,
        name: &'a str,
        after: i64,
    },
    Cancelled {
        run: u64,
        #[serde(skip_serializing_if = "Option::is_none")]
        reason: Option<&'a str>,
    },
    TimedOut {
        job_id: &'a str,
        run: u64,
        failure: FailureJson<'a>,
    },
    LocksRenewed {
        job_ids: &'a [String],
    },
    LockRenewalFailed {
        job_ids: &'a [String],
    },
    Error {
        error: NativeError,
    },
}

#[derive(Serialize)]
struct FailureJson<'a> {
    name: &'a str,
    message: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    code: Option<&'a str>,
}

impl<'a> From<&'a Failure> for FailureJson<'a> {
    fn from(failure: &'a Failure) -> Self {
        Self { name: &failure.name, message: &failure.message, code: failure.code.as_deref() }
    }
}

/// Events in order; empty text for none, which tells that the worker has ended.
pub(crate) fn worker_events_text(events: &[WorkerEvent]) -> String {
    if events.is_empty() {
        return String::new();
    }
    let mut lines = Lines::default();
    lines.push_json(&events.iter().map(header).collect::<Vec<_>>());
    for event in events {
        match event {
            WorkerEvent::Active { job, .. } => push_job_texts(&mut lines, job),
            WorkerEvent::Completed { returnvalue, .. } => lines.push_text(returnvalue.as_deref().unwrap_or_default()),
            WorkerEvent::Failed { stacktrace, .. } => lines.push_text(stacktrace),
            WorkerEvent::Progress { progress, .. } => lines.push_text(progress),
            WorkerEvent::AskSlot(schedule) => lines.push_text(&schedule.repeat),
            _ => {}
        }
    }
    lines.into_text()
}

fn header(event: &WorkerEvent) -> Header<'_> {
    match event {
        WorkerEvent::Ready => Header::Ready,
        WorkerEvent::Drained => Header::Drained,
        WorkerEvent::AskTime => Header::AskTime,
        WorkerEvent::Closed => Header::Closed,
        WorkerEvent::Active { token, run, job } => {
            Header::Active { run: run_of(token), is_ours: *run, job: (&**job).into() }
        }
        WorkerEvent::Completed { token, finished_on, attempts_made, .. } => {
            Header::Completed { run: run_of(token), finished_on: *finished_on, attempts_made: *attempts_made }
        }
        WorkerEvent::Failed { job_id, token, failure, attempts_made, finished_on, delay_ms, .. } => Header::Failed {
            job_id,
            run: run_of(token),
            failure: failure.into(),
            attempts_made: *attempts_made,
            finished_on: *finished_on,
            delay: *delay_ms,
        },
        WorkerEvent::HandedBack { token, .. } => Header::HandedBack { run: run_of(token) },
        WorkerEvent::Progress { token, .. } => Header::Progress { run: run_of(token) },
        WorkerEvent::Log { level, token, message } => {
            Header::Log { run: run_of(token), level: level_name(*level), message }
        }
        WorkerEvent::Stalled { job_id } => Header::Stalled { job_id },
        WorkerEvent::AskSlot(OpenSchedule { scheduler_id, name, after_ms, .. }) => {
            Header::AskSlot { scheduler_id, name, after: *after_ms }
        }
        WorkerEvent::Cancelled { token, reason, .. } => {
            Header::Cancelled { run: run_of(token), reason: reason.as_deref() }
        }
        WorkerEvent::TimedOut { job_id, token, failure } => {
            Header::TimedOut { job_id, run: run_of(token), failure: failure.into() }
        }
        WorkerEvent::LocksRenewed { job_ids } => Header::LocksRenewed { job_ids },
        WorkerEvent::LockRenewalFailed { job_ids } => Header::LockRenewalFailed { job_ids },
        WorkerEvent::Error { error } => Header::Error { error: error.into() },
    }
}

fn level_name(level: LogLevel) -> &'static str {
    match level {
        LogLevel::Info => "info",
        LogLevel::Warn => "warn",
        LogLevel::Error => "error",
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use synapse_queue_engine::error::Error;
    use synapse_queue_engine::job::Job;

    use super::*;

    #[test]
    fn a_batch_keeps_the_order_of_outcomes_and_jobs() {
        let job = Job { id: "2".into(), name: "n".into(), data: "{}".into(), opts: "{}".into(), ..Job::default() };
        let text = worker_events_text(&[
            WorkerEvent::Completed {
                job_id: "1".into(),
                token: "w:1".into(),
                returnvalue: None,
                finished_on: 9,
                attempts_made: 1,
            },
            WorkerEvent::Active { job: Arc::new(job), token: "w:2".into(), run: true },
            WorkerEvent::Drained,
        ]);
        let headers = [
            r#"{"event":"completed","run":1,"finishedOn":9,"attemptsMade":1}"#,
            r#"{"event":"active","run":2,"isOurs":true,"job":{"id":"2","name":"n","timestamp":0}}"#,
            r#"{"event":"drained"}"#,
        ];
        assert_eq!(text, format!("[{}]\n\n{{}}\n{{}}\n", headers.join(",")));
    }

    #[test]
    fn a_failure_tells_its_name_and_code_but_not_the_stack_twice() {
        let text = worker_events_text(&[WorkerEvent::Failed {
            job_id: "1".into(),
            token: "w:1".into(),
            failure: Failure { stack: Some("long".into()), ..Failure::new("CORRUPT_IMAGE", "no JPEG") },
            stacktrace: r#"["long"]"#.into(),
            attempts_made: 2,
            finished_on: None,
            delay_ms: 100,
        }]);
        let failure = r#"{"name":"Error","message":"no JPEG","code":"CORRUPT_IMAGE"}"#;
        let header =
            format!(r#"[{{"event":"failed","jobId":"1","run":1,"failure":{failure},"attemptsMade":2,"delay":100}}]"#);
        assert_eq!(text, format!("{header}\n[\"long\"]"));
    }

    #[test]
    fn an_error_about_a_job_names_it() {
        let error = Error::LockMissing { job_id: "3".into(), command: "moveToFinished" };
        let text = worker_events_text(&[WorkerEvent::Error { error }]);
        let details = r#""code":"JOB_LOCK_MISSING","message":"Missing lock for job 3. moveToFinished","jobId":"3""#;
        assert_eq!(text, format!(r#"[{{"event":"error","error":{{{details}}}}}]"#));
    }

    #[test]
    fn an_ended_worker_is_no_text() {
        assert_eq!(worker_events_text(&[]), "");
    }
}
