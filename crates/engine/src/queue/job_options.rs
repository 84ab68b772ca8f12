//! The options of new jobs: what the job brings over the queue's defaults.

use std::sync::{Arc, Mutex};

use serde_json::{Map, Value};

use super::new_job::{ResolvedOptions, parse_options};
use crate::error::Result;

/// Longer options are not kept.
const REMEMBERED_LENGTH: usize = 4096;

/// Merges and checks options. Cheap to clone.
#[derive(Debug, Clone)]
pub(super) struct JobOptionsResolver {
    /// As users write them.
    defaults: Arc<Map<String, Value>>,
    /// Ready for jobs without options.
    resolved_defaults: ResolvedOptions,
    /// What the latest job brought. Jobs that follow each other mostly bring the same, and to read, check and pack that costs more than
    /// the rest of an add. Never held across an await.
    latest: Arc<Mutex<Option<Latest>>>,
}

#[derive(Debug)]
struct Latest {
    text: Box<str>,
    resolved: ResolvedOptions,
}

impl JobOptionsResolver {
    /// `defaults` is a JSON object, or empty for none.
    ///
    /// # Errors
    /// `InvalidOption` if they cannot work.
    pub(super) fn new(defaults: &str) -> Result<Self> {
        let defaults = parse_options(defaults)?;
        let resolved_defaults = ResolvedOptions::new(defaults.clone())?;
        Ok(Self { defaults: defaults.into(), resolved_defaults, latest: Arc::default() })
    }

    /// The queue's defaults as users write them.
    pub(super) fn defaults(&self) -> &Map<String, Value> {
        &self.defaults
    }

    /// The options of a job that brings `options` (JSON object or empty).
    ///
    /// # Errors
    /// `InvalidOption` in BullMQ's words.
    pub(super) fn resolve(&self, options: &str) -> Result<ResolvedOptions> {
        if options.is_empty() {
            return Ok(self.resolved_defaults.clone());
        }
        let mut latest = self.latest.lock().expect("no code panics while it holds this lock");
        if let Some(latest) = latest.as_ref().filter(|latest| *latest.text == *options) {
            return Ok(latest.resolved.clone());
        }
        let resolved = self.resolve_anew(options)?;
        if options.len() <= REMEMBERED_LENGTH {
            *latest = Some(Latest { text: options.into(), resolved: resolved.clone() });
        }
        Ok(resolved)
    }

    fn resolve_anew(&self, options: &str) -> Result<ResolvedOptions> {
        let mut merged = Map::clone(&self.defaults);
        merged.extend(parse_options(options)?);
        ResolvedOptions::new(merged)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn options_of_a_job_stand_over_the_defaults_whatever_job_came_before() {
        let resolver = JobOptionsResolver::new(r#"{"attempts":3,"priority":2}"#).unwrap();
        let shown =
            |options: &str| -> Value { serde_json::from_str(&resolver.resolve(options).unwrap().public).unwrap() };
        for _ in 0..2 {
            assert_eq!(shown(""), serde_json::json!({ "attempts": 3, "priority": 2 }));
            assert_eq!(shown(r#"{"attempts":5}"#), serde_json::json!({ "attempts": 5, "priority": 2 }));
            assert_eq!(shown(r#"{"attempts":5}"#), serde_json::json!({ "attempts": 5, "priority": 2 }));
            assert_eq!(shown(r#"{"delay":1}"#), serde_json::json!({ "attempts": 3, "priority": 2, "delay": 1 }));
        }
    }

    #[test]
    fn options_that_cannot_work_are_refused_each_time() {
        let resolver = JobOptionsResolver::new("").unwrap();
        for _ in 0..2 {
            let error = resolver.resolve(r#"{"priority":1.5}"#).unwrap_err();
            assert_eq!(error.to_string(), "Priority should not be float");
        }
    }

    #[test]
    fn long_options_are_not_kept() {
        let resolver = JobOptionsResolver::new("").unwrap();
        let long = format!(r#"{{"jobId":"{}"}}"#, "a".repeat(REMEMBERED_LENGTH));
        resolver.resolve(&long).unwrap();
        assert!(resolver.latest.lock().unwrap().is_none());
    }
}
