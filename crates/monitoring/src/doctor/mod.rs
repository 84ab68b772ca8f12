//! What is wrong with a server or a queue, and what to do about it.

mod queue;
mod server;

use serde::Serialize;

pub use queue::{QueueFacts, Thoroughness, examine_queue, queue_findings};
pub use server::{ServerFacts, examine_server, server_findings};

/// How bad a finding is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// As it should be.
    Ok,
    /// Works, and could be lost or slow.
    Warning,
    /// Jobs are lost, stuck or late.
    Problem,
}

/// One thing that was looked at.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Finding {
    /// Stable name of what was looked at, e.g. `maxmemory-policy`.
    pub check: &'static str,
    /// How bad it is.
    pub severity: Severity,
    /// What was found, one sentence.
    pub message: String,
    /// What to do, one sentence; absent if nothing is to be done.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub advice: Option<String>,
}

impl Finding {
    fn ok(check: &'static str, message: impl Into<String>) -> Self {
        Self { check, severity: Severity::Ok, message: message.into(), advice: None }
    }

    fn warning(check: &'static str, message: impl Into<String>, advice: impl Into<String>) -> Self {
        Self { check, severity: Severity::Warning, message: message.into(), advice: Some(advice.into()) }
    }

    fn problem(check: &'static str, message: impl Into<String>, advice: impl Into<String>) -> Self {
        Self { check, severity: Severity::Problem, message: message.into(), advice: Some(advice.into()) }
    }
}
