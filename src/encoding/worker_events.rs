//! A worker's events: a header line each, followed by the texts of its job or by one JSON text.

use serde::Serialize;
use synapse_queue_engine::job::Failure;
use synapse_queue_engine::processor::LogLevel;
use synapse_queue_engine::queue::OpenSchedule;
use synapse_queue_engine::worker::WorkerEvent;

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
        token: &'a str,
        run: bool,
        job: JobHeader<'a>,
    },
    Completed {
        job_id: &'a str,
        token: &'a str,
        finished_on: i64,
        attempts_made: u32,
    },
    Failed {
        job_id: &'a str,
        token: &'a str,
        failure: FailureJson<'a>,
        attempts_made: u32,
        #[serde(skip_serializing_if = "Option::is_none")]
        finished_on: Option<i64>,
        delay: i64,
    },
    HandedBack {
        job_id: &'a str,
        token: &'a str,
    },
    Progress {
        token: &'a str,
    },
    Log {
        token: &'a str,
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
        job_id: &'a str,
        token: &'a str,
        #[serde(skip_serializing_if = "Option::is_none")]
        reason: Option<&'a str>,
    },
    TimedOut {
        job_id: &'a str,
        token: &'a str,
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
    let mut lines = Lines::default();
    for event in events {
        lines.push_json(&header(event));
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
        WorkerEvent::Active { token, run, job } => Header::Active { token, run: *run, job: (&**job).into() },
        WorkerEvent::Completed { job_id, token, finished_on, attempts_made, .. } => {
            Header::Completed { job_id, token, finished_on: *finished_on, attempts_made: *attempts_made }
        }
        WorkerEvent::Failed { job_id, token, failure, attempts_made, finished_on, delay_ms, .. } => Header::Failed {
            job_id,
            token,
            failure: failure.into(),
            attempts_made: *attempts_made,
            finished_on: *finished_on,
            delay: *delay_ms,
        },
        WorkerEvent::HandedBack { job_id, token } => Header::HandedBack { job_id, token },
        WorkerEvent::Progress { token, .. } => Header::Progress { token },
        WorkerEvent::Log { level, token, message } => Header::Log { token, level: level_name(*level), message },
        WorkerEvent::Stalled { job_id } => Header::Stalled { job_id },
        WorkerEvent::AskSlot(OpenSchedule { scheduler_id, name, after_ms, .. }) => {
            Header::AskSlot { scheduler_id, name, after: *after_ms }
        }
        WorkerEvent::Cancelled { job_id, token, reason } => {
            Header::Cancelled { job_id, token, reason: reason.as_deref() }
        }
        WorkerEvent::TimedOut { job_id, token, failure } => Header::TimedOut { job_id, token, failure: failure.into() },
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
        let expected = [
            r#"{"event":"completed","jobId":"1","token":"w:1","finishedOn":9,"attemptsMade":1}"#,
            "",
            r#"{"event":"active","token":"w:2","run":true,"job":{"id":"2","name":"n","timestamp":0}}"#,
            "{}",
            "{}",
            "",
            r#"{"event":"drained"}"#,
        ];
        assert_eq!(text, expected.join("\n"));
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
        let header = format!(
            r#"{{"event":"failed","jobId":"1","token":"w:1","failure":{failure},"attemptsMade":2,"delay":100}}"#
        );
        assert_eq!(text, format!("{header}\n[\"long\"]"));
    }

    #[test]
    fn an_error_about_a_job_names_it() {
        let error = Error::LockMissing { job_id: "3".into(), command: "moveToFinished" };
        let text = worker_events_text(&[WorkerEvent::Error { error }]);
        let details = r#""code":"JOB_LOCK_MISSING","message":"Missing lock for job 3. moveToFinished","jobId":"3""#;
        assert_eq!(text, format!(r#"{{"event":"error","error":{{{details}}}}}"#));
    }

    #[test]
    fn an_ended_worker_is_no_text() {
        assert_eq!(worker_events_text(&[]), "");
    }
}
