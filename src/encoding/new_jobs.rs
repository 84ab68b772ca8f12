//! Jobs to be added: three lines each, `[<now ms>,"<name>"]`, options or an empty line, data.

use serde::Serialize;
use synapse_queue_engine::error::{Error, Result};
use synapse_queue_engine::queue::NewJob;

use crate::native_error::NativeError;

/// A job to be added and the time JavaScript showed when it was asked for, ms since the Unix epoch.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct TimedJob {
    pub(crate) job: NewJob,
    pub(crate) now_ms: i64,
}

/// Reads a batch.
///
/// # Errors
/// `MalformedBatch` if the lines are not those of jobs.
pub(crate) fn read_new_jobs(batch: &str) -> Result<Vec<TimedJob>> {
    let mut lines = batch.split('\n');
    let mut jobs = Vec::new();
    while let Some(header) = lines.next() {
        let (Some(options), Some(data)) = (lines.next(), lines.next()) else {
            return Err(malformed("a job of a batch has less than three lines"));
        };
        let (now_ms, name) = serde_json::from_str(header).map_err(|error| malformed(&error.to_string()))?;
        jobs.push(TimedJob { job: NewJob { name, data: data.into(), options: options.into() }, now_ms });
    }
    Ok(jobs)
}

fn malformed(detail: &str) -> Error {
    Error::InvalidOption { message: format!("malformed batch of jobs: {detail}") }
}

/// What became of a new job.
#[derive(Serialize)]
#[serde(untagged)]
enum Added<'a> {
    Id(&'a str),
    Refused(NativeError),
}

impl<'a> From<&'a Result<String>> for Added<'a> {
    fn from(result: &'a Result<String>) -> Self {
        match result {
            Ok(id) => Self::Id(id),
            Err(error) => Self::Refused(NativeError::from(error)),
        }
    }
}

/// A JSON array with the id of each job, or why it was refused.
pub(crate) fn added_json(results: &[Result<String>]) -> String {
    serde_json::to_string(&results.iter().map(Added::from).collect::<Vec<_>>()).expect("texts are JSON")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_each_job_with_its_own_time() {
        let jobs = read_new_jobs("[5,\"a\"]\n{\"delay\":1}\n{\"x\":1}\n[6,\"b\\nc\"]\n\nnull").unwrap();
        assert_eq!(jobs.iter().map(|job| job.now_ms).collect::<Vec<_>>(), [5, 6]);
        assert_eq!(jobs[1].job, NewJob { name: "b\nc".into(), data: "null".into(), options: String::new() });
        assert_eq!(jobs[0].job.options, "{\"delay\":1}");
    }

    #[test]
    fn a_cut_batch_is_refused() {
        assert!(read_new_jobs("[5,\"a\"]\n{}").is_err());
        assert!(read_new_jobs("a\n{}\n{}").is_err());
    }

    #[test]
    fn a_refused_job_does_not_hide_the_ids_of_others() {
        let text = added_json(&[Ok("1".into()), Err(Error::Closed), Ok("2".into())]);
        let error = r#"{"code":"CONNECTION_CLOSED","message":"Connection is closed."}"#;
        assert_eq!(text, format!("[\"1\",{error},\"2\"]"));
    }
}
