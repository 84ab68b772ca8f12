//! Ended runs: two lines each, a header with the number of the run, and the return value's JSON text (empty unless completed).

use serde::Deserialize;
use synapse_queue_engine::error::{Error, Result};
use synapse_queue_engine::job::Failure;
use synapse_queue_engine::worker::JobOutcome;

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Header {
    /// 0 for a job that is processed by hand.
    run: u64,
    outcome: Kind,
    failure: Option<FailureJson>,
    backoff_ms: Option<f64>,
}

#[derive(Deserialize)]
#[serde(rename_all = "kebab-case")]
enum Kind {
    Completed,
    Failed,
    Moved,
    RateLimited,
}

#[derive(Deserialize)]
struct FailureJson {
    name: String,
    message: String,
    code: Option<String>,
    stack: Option<String>,
}

impl From<FailureJson> for Failure {
    fn from(failure: FailureJson) -> Self {
        let FailureJson { name, message, code, stack } = failure;
        Self { name, message, code, stack, retry_after: None }
    }
}

/// Reads a batch.
///
/// # Errors
/// `InvalidOption` if the lines are not those of results.
pub(crate) fn read_results(batch: &str) -> Result<Vec<(u64, JobOutcome)>> {
    let mut lines = batch.split('\n');
    let mut results = Vec::new();
    while let Some(header) = lines.next() {
        let payload = lines.next().ok_or_else(|| malformed("a result has no second line"))?;
        let header: Header = serde_json::from_str(header).map_err(|error| malformed(&error.to_string()))?;
        results.push((header.run, outcome(header, payload)));
    }
    Ok(results)
}

fn outcome(header: Header, payload: &str) -> JobOutcome {
    match header.outcome {
        Kind::Completed => JobOutcome::Completed(payload.into()),
        Kind::Failed => JobOutcome::Failed {
            failure: header.failure.map(Failure::from).unwrap_or_default(),
            custom_backoff_ms: header.backoff_ms.map(whole_ms),
        },
        Kind::Moved => JobOutcome::AlreadyMoved,
        Kind::RateLimited => JobOutcome::RateLimited,
    }
}

/// Strategies may answer fractions.
#[expect(clippy::cast_possible_truncation, reason = "a saturating cast is the wanted reading of out-of-range numbers")]
fn whole_ms(ms: f64) -> i64 {
    ms as i64
}

fn malformed(detail: &str) -> Error {
    Error::InvalidOption { message: format!("malformed batch of results: {detail}") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_every_kind_of_end() {
        let batch = [
            r#"{"run":1,"outcome":"completed"}"#,
            r#"{"ok":true}"#,
            r#"{"run":2,"outcome":"failed","failure":{"name":"Error","message":"no","stack":"s"},"backoffMs":7.9}"#,
            "",
            r#"{"run":3,"outcome":"moved"}"#,
            "",
            r#"{"run":4,"outcome":"rate-limited"}"#,
            "",
        ];
        let results = read_results(&batch.join("\n")).unwrap();
        let failure =
            Failure { name: "Error".into(), message: "no".into(), stack: Some("s".into()), ..Failure::default() };
        let expected = [
            (1, JobOutcome::Completed(r#"{"ok":true}"#.into())),
            (2, JobOutcome::Failed { failure, custom_backoff_ms: Some(7) }),
            (3, JobOutcome::AlreadyMoved),
            (4, JobOutcome::RateLimited),
        ];
        assert_eq!(results, expected);
    }

    #[test]
    fn a_cut_batch_is_refused() {
        assert!(read_results(r#"{"run":1,"outcome":"moved"}"#).is_err());
        assert!(read_results("{}\n").is_err());
    }
}
