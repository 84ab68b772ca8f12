//! A call of the `settle` script as its arguments.

use std::time::Duration;

use super::call_names::CallName;
use super::settle::{Finish, FinishKind, SettleCall};
use crate::options::Retention;
use crate::wire::ledger_field;

/// What the script is passed after its keys.
pub(super) fn arguments(call: &SettleCall, name: &CallName) -> Vec<String> {
    let tokens = call.fetch.as_ref().map_or(&[][..], |fetch| &fetch.tokens);
    let limiter = call.fetch.as_ref().and_then(|fetch| fetch.limiter);
    let window = limiter.map(|limiter| limiter.duration).filter(|duration| !duration.is_zero());
    let window = window.map(|duration| duration.as_millis().to_string()).unwrap_or_default();
    let lock_duration =
        call.fetch.as_ref().map(|fetch| fetch.lock_duration).or(call.followed_by_fetch.then_some(Duration::ZERO));
    let mut args = Vec::with_capacity(10 + 5 * call.finishes.len() + tokens.len());
    args.extend([
        name.slot(),
        name.run(),
        call.now_ms.to_string(),
        call.finishes.len().to_string(),
        tokens.len().to_string(),
        lock_duration.map(|duration| duration.as_millis().to_string()).unwrap_or_default(),
        call.fetch.as_ref().and_then(|fetch| fetch.worker_name.clone()).unwrap_or_default(),
        limiter.map(|limiter| format!("{},{window}", limiter.max)).unwrap_or_default(),
        call.metrics_max_points.filter(|points| *points > 0).map(|points| points.to_string()).unwrap_or_default(),
        if call.fetch.as_ref().is_some_and(|fetch| fetch.took_marker) { "1".into() } else { String::new() },
    ]);
    for finish in &call.finishes {
        push_finish(&mut args, finish);
    }
    args.extend(tokens.iter().cloned());
    push_last_parts(&mut args, &call.finishes);
    args
}

/// Pushes the five arguments of one finish.
fn push_finish(args: &mut Vec<String>, finish: &Finish) {
    let (kind, value, details) = match &finish.kind {
        FinishKind::Completed { returnvalue, retention } => ("completed", returnvalue.as_str(), rule(retention)),
        FinishKind::Failed { reason, stacktrace, retention, attempts } => {
            ("failed", reason.as_str(), format!("{} {attempts} {stacktrace}", rule(retention)))
        }
        FinishKind::Retry { reason, stacktrace, lifo } => {
            ("retry", reason.as_str(), format!("{} {stacktrace}", u8::from(*lifo)))
        }
        FinishKind::RetryLater { reason, stacktrace, until_ms, delay_ms } => {
            ("delay", reason.as_str(), format!("{until_ms} {delay_ms} {stacktrace}"))
        }
        FinishKind::Delay { until_ms, delay_ms } => ("delay", "", format!("{until_ms} {delay_ms}")),
        FinishKind::Release => ("release", "", String::new()),
    };
    args.extend([kind.into(), finish.job_id.clone(), finish.token.clone(), value.to_owned(), details]);
}

/// Pushes the two arguments of each run with finished parts that Redis does not show yet.
fn push_last_parts(args: &mut Vec<String>, finishes: &[Finish]) {
    for (index, finish) in finishes.iter().enumerate().filter(|(_, finish)| !finish.last_parts.is_empty()) {
        let fields: Vec<String> = finish.last_parts.iter().flat_map(|part| [ledger_field(part), "1".into()]).collect();
        args.push((index + 1).to_string());
        args.push(serde_json::to_string(&fields).expect("strings serialise to JSON"));
    }
}

/// How long a finished job is kept, as the script takes it: empty for ever, "0" for a job that is not kept at all.
fn rule(retention: &Retention) -> String {
    let Retention { age_s, count, limit } = retention;
    match (age_s, count) {
        (_, Some(0)) => "0".into(),
        (None, None) => String::new(),
        (age_s, count) => {
            let text = |limit: Option<String>| limit.unwrap_or_default();
            format!("{},{},{limit}", text(age_s.map(|age| age.to_string())), text(count.map(|count| count.to_string())))
        }
    }
}
