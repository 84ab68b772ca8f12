//! The stack traces kept with a job.

use crate::job::Failure;

/// The job's `stacktrace` (JSON array of strings, oldest first) with this failure's added.
///
/// `limit` keeps the newest ones; `None` = all, 0 = none. A native failure has no stack and is kept as `<name>: <message>`; a
/// JavaScript value thrown without a stack (an empty one here) adds nothing. Unreadable earlier traces are dropped.
pub fn append_stacktrace(stacktrace: Option<&str>, failure: &Failure, limit: Option<u32>) -> String {
    let earlier: Vec<String> = stacktrace.and_then(|json| serde_json::from_str(json).ok()).unwrap_or_default();
    let newest = match &failure.stack {
        Some(stack) => stack.clone(),
        None => format!("{}: {}", failure.name, failure.message),
    };
    let traces: Vec<String> = earlier.into_iter().chain((!newest.is_empty()).then_some(newest)).collect();
    let kept = limit.map_or(traces.len(), |limit| traces.len().min(limit as usize));
    serde_json::Value::from(&traces[traces.len() - kept..]).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn failure(stack: Option<&str>) -> Failure {
        Failure { stack: stack.map(Into::into), ..Failure::new("BOOM", "it broke") }
    }

    #[test]
    fn traces_are_kept_oldest_first() {
        assert_eq!(append_stacktrace(None, &failure(Some("a")), None), r#"["a"]"#);
        assert_eq!(append_stacktrace(Some(r#"["a"]"#), &failure(Some("b\n\"c\"")), None), r#"["a","b\n\"c\""]"#);
    }

    #[test]
    fn a_limit_keeps_the_newest() {
        assert_eq!(append_stacktrace(Some(r#"["a","b"]"#), &failure(Some("c")), Some(2)), r#"["b","c"]"#);
        assert_eq!(append_stacktrace(Some(r#"["a","b"]"#), &failure(Some("c")), Some(0)), "[]");
    }

    #[test]
    fn a_native_failure_is_one_line_and_a_thrown_value_without_stack_none() {
        assert_eq!(append_stacktrace(None, &failure(None), None), r#"["Error: it broke"]"#);
        assert_eq!(append_stacktrace(None, &failure(Some("")), None), "[]");
    }

    #[test]
    fn unreadable_earlier_traces_are_dropped() {
        assert_eq!(append_stacktrace(Some("{}"), &failure(Some("a")), None), r#"["a"]"#);
    }
}
